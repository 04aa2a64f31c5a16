"""What programs do with the resources beside projects and reports: the same acts as on the pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.access.models import Grant
from pmo_portal.accounts.models import ApiToken, Person
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.asks.models import Ask
from pmo_portal.audit.models import AuditEntry
from projects.register import approving
from projects.register.models import Milestone
from tests.factories import CampaignFactory, MilestoneFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


def test_a_milestone_moves_with_its_forecast_before_and_its_version(office, program_of):
    program, milestone = program_of(office.cast.pm), MilestoneFactory(project=office.apollo)
    address = f"/api/v1/milestones/{milestone.pk}/"
    was, seen = milestone.forecast_on, program.get(address)
    day = (was + timedelta(days=30)).isoformat()
    moved = program.post(
        f"{address}forecast/", {"forecast_on": day}, headers={"If-Match": seen.headers["ETag"]}, **JSON
    )
    assert moved.status_code == 200 and moved.json()["forecast_on"] == day
    assert moved.json()["previous_on"] == was.isoformat()
    again = program.post(
        f"{address}forecast/", {"forecast_on": day}, headers={"If-Match": seen.headers["ETag"]}, **JSON
    )
    assert again.status_code == 412
    unexplained = program.patch(address, {"baseline_on": day}, **JSON)
    assert unexplained.status_code == 400, "what it is measured against moves with a reason only"
    assert program.patch(address, {"baseline_on": day, "reason": "合意した"}, **JSON).status_code == 200


def test_a_milestone_of_a_project_outside_is_not_there(office, program_of):
    theirs = Milestone.objects.get(project=office.boreas)
    program = program_of(office.cast.pm)
    assert program.get(f"/api/v1/milestones/{theirs.pk}/").status_code == 404
    assert {m["project"] for m in program.get("/api/v1/milestones/").json()["results"]} == {"APOLLO"}


def test_a_request_is_signed_with_what_was_read(office, program_of):
    request = approving.request_budget(
        office.apollo, by=office.cast.pm, amount=office.apollo.approved_budget + 1, reason="接続先が増えた"
    )
    program = program_of(office.cast.pmo)
    read = program.get(f"/api/v1/approvals/{request.number}/").json()
    assert next(s["seats"][0]["state"] for s in read["steps"] if s["round"] == 1) == "open"
    stale = program.post(f"/api/v1/approvals/{request.number}/signature/", {"digest": "0" * 64}, **JSON)
    assert stale.status_code == 412
    done = program.post(f"/api/v1/approvals/{request.number}/signature/", {"digest": read["digest"]}, **JSON)
    assert done.status_code == 200, done.json()
    own = program_of(office.cast.pm).post(f"/api/v1/approvals/{request.number}/signature/", {}, **JSON)
    assert own.status_code == 403 and ApprovalRequest.objects.get().state == "running"


def test_a_campaign_is_answered_by_the_rules_of_its_form(office, program_of):
    CampaignFactory(by=office.cast.pmo, projects=[office.apollo])
    jobs.drain()
    program = program_of(office.cast.pm)
    [reply] = program.get("/api/v1/campaign-replies/").json()["results"]
    address = f"/api/v1/campaign-replies/{reply['id']}/answers/"
    assert set(program.post(address, {"answers": {"1": "perhaps"}}, **JSON).json()["errors"]) == {"answers.1"}
    assert set(program.post(address, {"answers": {"7": "yes"}}, **JSON).json()["errors"]) == {"answers.7"}
    assert program.post(address, {"answers": {"1": "yes"}}, **JSON).json()["state"] == "answered"


def test_the_trail_tells_what_changed(office, program_of):
    program_of(office.cast.pmo).patch("/api/v1/projects/APOLLO/", {"category": "基幹"}, **JSON)
    auditor = program_of(office.cast.auditor)
    rows = auditor.get("/api/v1/audit/?about=project&action=changed").json()["results"]
    assert rows[-1]["changes"]["category"] == ["", "基幹"] and rows[-1]["actor"] == office.cast.pmo.email
    assert program_of(office.cast.pm).get("/api/v1/audit/").json()["results"] == []


def test_a_role_is_given_and_ended(office, program_of):
    program, pm = program_of(office.cast.admin), office.cast.nobody
    body = {"person": pm.email, "role": "expert", "scope": office.core.scope_id}
    made = program.post("/api/v1/grants/", body, **JSON)
    assert made.status_code == 201 and Grant.objects.get(person=pm).role == "expert"
    ended = program.post(f"/api/v1/grants/{made.json()['id']}/ending/", {}, **JSON)
    assert ended.status_code == 200 and ended.json()["archived_at"]


def test_people_are_known_without_how_they_sign_in(office, program_of):
    row = program_of(office.cast.nobody).get(f"/api/v1/people/{office.cast.pm.pk}/").json()
    assert row["email"] == office.cast.pm.email
    assert not {"last_login", "is_active", "password", "quiet_from"} & set(row)
    admin = program_of(office.cast.admin)
    made = admin.post("/api/v1/people/", {"name_ja": "新田 花", "email": "NITTA@aoba.example"}, **JSON)
    assert made.status_code == 201 and Person.objects.get(pk=made.json()["id"]).email == "nitta@aoba.example"
    renamed = admin.patch(f"/api/v1/people/{made.json()['id']}/", {"job_title": "部長"}, **JSON)
    assert renamed.status_code == 200 and renamed.json()["name_ja"] == "新田 花"


def test_an_ask_is_reminded_of_by_whoever_may(office, program_of):
    jobs.drain()
    ask = Ask.objects.filter(person=office.cast.pm, state="open").first()
    assert program_of(office.cast.pm).post(f"/api/v1/asks/{ask.pk}/reminder/", {}, **JSON).status_code == 403
    assert program_of(office.cast.pmo).post(f"/api/v1/asks/{ask.pk}/reminder/", {}, **JSON).status_code == 200
    assert AuditEntry.objects.filter(action="reminded", object_id=ask.pk).exists()


def test_ones_own_keys_are_seen_without_what_opens_them_and_ended(office, program_of):
    program, other = program_of(office.cast.pm), program_of(office.cast.member)
    [own] = program.get("/api/v1/tokens/").json()["results"]
    assert "key_hash" not in own and other.get(f"/api/v1/tokens/{own['id']}/").status_code == 404
    assert program.post(f"/api/v1/tokens/{own['id']}/ending/", {}, **JSON).status_code == 200
    assert ApiToken.objects.get(pk=own["id"]).revoked_at and program.get("/api/v1/tokens/").status_code == 401


def test_reports_that_are_expected_say_whether_they_have_come(office, program_of):
    jobs.drain()
    program = program_of(office.cast.pmo)
    rows = program.get(f"/api/v1/expected-reports/?period={office.period.key}&collected=missing").json()["results"]
    assert {row["project"] for row in rows} == {"APOLLO", "BOREAS"}
    due = (timezone.now() + timedelta(days=40)).isoformat()
    body = {"project": "APOLLO", "period": office.period.key, "kind": "extension", "reason": "繁忙期"}
    assert set(program.post("/api/v1/arrangements/", body, **JSON).json()["errors"]) == {"due_at"}
    assert program.post("/api/v1/arrangements/", body | {"due_at": due}, **JSON).status_code == 201


def test_a_condition_on_rows_that_is_none_is_refused_by_its_name(office, program_of):
    program = program_of(office.cast.manager)
    for address in ("figures/?scope=x", "milestones/?forecast=soon", "grants/?in_use=1", "scopes/?kind=planet"):
        answer = program.get(f"/api/v1/{address}")
        assert list(answer.json()["errors"]) == [address.split("?")[1].split("=")[0]], address
    ProgrammeFactory(key="HUB", portfolio=office.site)
    for address in ("milestones/?sort=-forecast", "programmes/?sort=-projects"):
        page = program.get(f"/api/v1/{address}&page_size=1").json()
        rest = program.get(page["next"]).json()
        assert rest["results"] != page["results"] and rest["next"] is None, "by what is counted for the list, too"


def test_search_finds_what_the_person_sees(office, program_of):
    def keys(person) -> list[str]:
        groups = program_of(person).get("/api/v1/search/?q=BOREAS").json()["groups"]
        return [hit["lead"] for group in groups for hit in group["hits"]]

    assert "BOREAS" in keys(office.cast.pmo) and "BOREAS" not in keys(office.cast.pm)
    wrong = program_of(office.cast.pm).get("/api/v1/search/?words=x")
    assert wrong.status_code == 400 and list(wrong.json()["errors"]) == ["words"]


def test_waiting_times_are_for_those_who_keep_the_routes(office, program_of):
    approving.request_budget(
        office.apollo, by=office.cast.pm, amount=office.apollo.approved_budget + 1, reason="接続先が増えた"
    )
    [row, *_rest] = program_of(office.cast.pmo).get("/api/v1/waiting-times/").json()
    assert row["open_now"] == 1
    assert program_of(office.cast.pmo).get("/api/v1/waiting-times/?scope=x").status_code == 400
    assert program_of(office.cast.pm).get("/api/v1/waiting-times/").status_code == 403
