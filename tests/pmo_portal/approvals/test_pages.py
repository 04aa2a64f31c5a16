"""The approver's pages through the client, by words and status."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from pmo_portal import approvals
from pmo_portal.access.models import Grant
from pmo_portal.accounts.models import Substitute
from pmo_portal.approvals import actions
from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute
from pmo_portal.i18n.dates import format_date
from projects.register import approving
from projects.register.models import Project
from tests.factories import PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of(office):
    """A budget request on the route that a new office starts with."""
    return approving.request_budget(
        office.apollo, by=office.cast.pm, amount=Decimal(60_000_000), reason="More interfaces"
    )


def url(request, name="request_record") -> str:
    return reverse(f"approvals:{name}", kwargs={"number": request.number})


def in_english(client):
    client.cookies["django_language"] = "en"
    return client


def signing(request) -> dict:
    return {"version": request.version, "digest": request.digest, "comment": ""}


def test_a_pm_asks_for_a_budget_and_two_signatures_later_it_holds(office, signed_in):
    cast, page = office.cast, reverse("projects:register:budget_revision", kwargs={"key": "APOLLO"})
    pm = signed_in(cast.pm)
    assert pm.get(page).status_code == 200
    sent = pm.post(page, {"amount": "60,000,000", "reason": "More interfaces", "version": office.apollo.version})
    request = ApprovalRequest.objects.get()
    assert (sent.status_code, sent.url) == (302, url(request))
    for person in (cast.pmo, cast.manager):
        client = signed_in(person)
        assert url(request) in client.get(reverse("approvals:waiting")).text
        shown = client.get(url(request))
        assert "60" in shown.text and 'data-key="A"' in shown.text
        request.refresh_from_db()
        assert client.post(url(request, "signature"), signing(request)).status_code == 302
    assert Project.objects.get(key="APOLLO").approved_budget == Decimal(60_000_000)
    assert office.apollo.budget_revisions.order_by("number").last().reason.startswith(request.code)


def test_the_same_budget_and_a_second_request_are_refused_with_words(office, signed_in, request_of):
    pm, page = signed_in(office.cast.pm), reverse("projects:register:budget_revision", kwargs={"key": "APOLLO"})
    told = pm.post(page, {"amount": "60,000,000", "reason": "again", "version": office.apollo.version})
    assert told.status_code == 422
    told = pm.post(page, {"amount": str(office.apollo.approved_budget), "reason": "x", "version": 1})
    assert told.status_code in (409, 422)


def test_only_whose_turn_it_is_can_sign(office, signed_in, request_of):
    cast = office.cast
    for person, status in ((cast.manager, 403), (cast.pm, 403), (cast.auditor, 403), (cast.outsider, 404)):
        told = signed_in(person).post(url(request_of, "signature"), signing(request_of))
        assert told.status_code == status, person
    request_of.refresh_from_db()
    assert request_of.state == "running"


def test_a_stale_page_signs_nothing_and_shows_the_present(office, signed_in, request_of):
    pmo, seen = signed_in(office.cast.pmo), signing(request_of)
    assert pmo.post(url(request_of, "comment"), {"text": "One moment"}).status_code == 302
    ApprovalRequest.objects.filter(pk=request_of.pk).update(version=9)
    assert pmo.post(url(request_of, "signature"), seen).status_code == 409


def test_rejecting_and_sending_back_need_their_words(office, signed_in, request_of):
    pmo = signed_in(office.cast.pmo)
    assert pmo.post(url(request_of, "refusal"), signing(request_of)).status_code == 422
    given = {"comment": "Show the breakdown", "version": request_of.version, "to_position": ""}
    assert pmo.post(url(request_of, "sending_back"), given).status_code == 302
    pm = signed_in(office.cast.pm)
    assert "Show the breakdown" in pm.get("/").text
    request_of.refresh_from_db()
    again = {"reason": "With the breakdown", "amount": "55,000,000", "version": request_of.version}
    assert pm.post(url(request_of, "resubmission"), again).status_code == 302
    request_of.refresh_from_db()
    assert (request_of.state, request_of.round, request_of.amount) == ("running", 2, Decimal(55_000_000))
    assert Decimal(request_of.content["amount"]) == request_of.amount


def test_planned_dates_that_came_back_are_mended_and_frozen_anew(office, signed_in):
    request = approving.request_baseline(
        office.apollo,
        by=office.cast.pm,
        reason="納品が遅れる",
        planned_start_on=None,
        planned_finish_on=date(2031, 3, 31),
    )
    actions.pull_back(request, by=office.cast.pm)
    pm = signed_in(office.cast.pm)
    form = pm.get(url(request, "resubmission")).text
    assert 'name="planned_finish_on"' in form and 'name="amount"' not in form
    request.refresh_from_db()
    digest, again = (
        request.digest,
        {"reason": "納品が遅れる", "planned_finish_on": "2031-06-30", "version": request.version},
    )
    assert pm.post(url(request, "resubmission"), again).status_code == 302
    request.refresh_from_db()
    assert request.content["planned_finish_on"] == "2031-06-30" and request.digest != digest
    assert request.digest == actions.digest_of(request.content, request.reason)


def test_an_amount_is_not_hung_on_what_has_none(office, request_of):
    with pytest.raises(ValidationError) as refused:
        actions.pull_back(request_of, by=office.cast.pm)
        actions.resubmit(request_of, by=office.cast.pm, planned_finish_on=date(2031, 3, 31))
    assert refused.value.code == "values"


def test_who_stands_in_is_told_so_before_they_sign(office, signed_in, request_of):
    today = timezone.localdate()
    Substitute.objects.create(person=office.cast.pmo, substitute=office.cast.member, starts_on=today, ends_on=today)
    member = signed_in(office.cast.member)
    for page in (url(request_of), url(request_of, "signature")):
        assert office.cast.pmo.name in member.get(page).text.partition("<main")[2].partition("<table")[0]
    assert "代理として" in member.get(url(request_of, "signature")).text


def test_why_it_came_back_and_what_else_is_under_way_stand_on_the_request(office, signed_in, request_of):
    other = approving.request_baseline(
        office.apollo,
        by=office.cast.pm,
        reason="納品が遅れる",
        planned_start_on=None,
        planned_finish_on=date(2031, 3, 31),
    )
    pmo = signed_in(office.cast.pmo)
    assert other.code in pmo.get(url(request_of)).text.partition("<aside")[0]
    given = {"comment": "Show the breakdown", "version": request_of.version, "to_position": ""}
    pmo.post(url(request_of, "sending_back"), given)
    assert "Show the breakdown" in signed_in(office.cast.pm).get(url(request_of)).text.partition("<aside")[0]


def test_several_are_signed_from_the_list_and_a_changed_one_is_left(office, signed_in, request_of):
    second = ProjectFactory(key="CERES", portfolio=office.core, pm=office.cast.outsider)
    other = approving.request_budget(second, by=office.cast.outsider, amount=Decimal(9_000_000), reason="Cranes")
    pmo, page = signed_in(office.cast.pmo), reverse("approvals:waiting")
    ticked = [f"{request_of.pk}:{request_of.version}", f"{other.pk}:{other.version + 5}"]
    told = pmo.post(page, {"request": ticked, "comment": "checked"}, follow=True)
    assert 'class="pmo-toast"' in told.text  # the receipt of the one that was signed
    standing = re.search(r'pmo-standing" role="alert">(.*?)</section>', told.text, re.S)
    assert standing and "承認できなかったもの 1件" in standing[1] and "変わりました" in standing[1]
    assert f'href="{url(other)}"' in standing[1] and f'href="{url(request_of)}"' not in standing[1]
    signed = set(ApprovalRequest.objects.filter(steps__seats__state="for").values_list("pk", flat=True))
    assert signed == {request_of.pk}


def test_what_was_not_signed_stays_ticked_and_what_was_written_stays(office, signed_in, request_of, submit, route_of):
    client = in_english(signed_in(office.cast.manager))
    route_of((1, "decide", "manager"))
    wish = submit()
    approvals.kinds[wish.kind] = dataclasses.replace(approvals.kinds[wish.kind], approved=_full)
    ticked = {"request": [f"{wish.pk}:{wish.version}", f"{request_of.pk}:0"], "comment": "All good"}
    page = client.post(reverse("approvals:waiting"), ticked, follow=True)
    assert page.context["comment"] == "All good" and page.context["ticked"] == [wish.pk]
    assert "The year is full." in page.text and f'value="{wish.pk}:{wish.version}" data-pick checked' in page.text
    assert client.get(reverse("approvals:waiting")).context["comment"] == "", "kept for one page"


def _full(request, by) -> None:
    raise ValidationError("The year is full.")


def test_the_list_says_what_was_and_what_is_asked_from_what_was_frozen(office, signed_in, request_of):
    was = office.apollo.approved_budget
    Project.objects.filter(pk=office.apollo.pk).update(approved_budget=1)  # what is signed is what was put in
    start, finish = office.boreas.planned_start_on, office.boreas.planned_finish_on
    dates = approving.request_baseline(
        office.boreas, by=office.boreas.pm, reason="Late ships",
        planned_start_on=start, planned_finish_on=finish + timedelta(days=30),
    )  # fmt: skip
    people = {request.steps.order_by("position").first().seats.first().person for request in (request_of, dates)}
    pages = [signed_in(person).get(reverse("approvals:waiting")).text for person in people]
    asked = [cell for page in pages for cell in re.findall(r'<td class="p2 asked">(.*?)</td>', page, re.S)]
    told = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in asked]
    assert len(told) == 2 and all("→" in cell for cell in told)
    money, moved = sorted(told, key=lambda cell: format_date(finish, "plain") in cell)
    assert f"{was / 1_000_000:.0f}" in money and "60" in money
    assert format_date(finish, "plain") in moved and format_date(finish + timedelta(days=30), "plain") in moved


def test_planned_dates_of_a_running_project_move_by_approval_only(office, signed_in):
    cast = office.cast
    Project.objects.filter(pk=office.apollo.pk).update(stage="execution")
    finish = office.apollo.planned_finish_on + timedelta(days=30)
    page = reverse("projects:register:baseline_revision", kwargs={"key": "APOLLO"})
    given = {
        "planned_start_on": office.apollo.planned_start_on.isoformat(),
        "planned_finish_on": finish.isoformat(),
        "reason": "The supplier is late",
        "version": office.apollo.version,
    }
    assert signed_in(cast.pm).post(page, given).status_code == 302
    request = ApprovalRequest.objects.get()
    for person in (cast.expert, cast.manager):
        request.refresh_from_db()
        assert signed_in(person).post(url(request, "signature"), signing(request)).status_code == 302
    office.apollo.refresh_from_db()
    assert office.apollo.planned_finish_on == finish
    request.refresh_from_db()
    assert request.state == "approved"


def test_a_manager_makes_a_route_and_its_next_version(office, signed_in):
    manager = in_english(signed_in(office.cast.manager))
    given = {
        "kind": "register.budget",
        "name_en": "Very large",
        "starts_on": timezone.localdate().isoformat(),
        "amount_from": "1,000,000,000",
        "currency": "JPY",
        "manner_1": "decide",
        "who_1": "role:sponsor",
        "name_en_1": "Board",
    }
    told = manager.post(reverse("approvals:route_new"), given)
    route = ApprovalRoute.objects.get(name_en="Very large")
    assert told.url == route.get_absolute_url()
    assert "Board" in manager.get(route.get_absolute_url()).text
    later = given | {"starts_on": (timezone.localdate() + timedelta(days=3)).isoformat(), "name_en": "Very large, 2"}
    assert manager.post(reverse("approvals:route_edit", kwargs={"pk": route.pk}), later).status_code == 302
    route.refresh_from_db()
    assert route.ends_on == timezone.localdate() + timedelta(days=2)
    assert "is saved" in manager.get(ApprovalRoute.objects.latest("pk").get_absolute_url()).text
    half = given | {"who_1": ""}
    assert manager.post(reverse("approvals:route_new"), half).status_code == 422
    for unknown in ("zzz", "ZZZ", "usd"):
        refused = manager.post(reverse("approvals:route_new"), given | {"currency": unknown})
        assert refused.status_code == 422 and set(refused.context["form"].errors) == {"currency"}
    assert signed_in(office.cast.pmo).post(reverse("approvals:route_new"), given).status_code == 403


def test_a_request_is_tried_without_submitting_anything(office, signed_in):
    client = in_english(signed_in(office.cast.manager))
    page = client.get(reverse("approvals:route_trial"))
    assert page.status_code == 200 and page.context["trial"] is None
    given = {"kind": "register.budget", "drafter": office.cast.pm.pk, "amount": "9,000,000", "currency": "JPY"}
    asked = client.get(reverse("approvals:route_trial"), given | {"day": timezone.localdate().isoformat()})
    names = [str(p) for seated in asked.context["trial"].steps for p in seated.people]
    assert names and str(office.cast.pm) not in names and all(name in asked.text for name in names)
    assert not ApprovalRequest.objects.exists()
    wrong = client.get(reverse("approvals:route_trial"), given | {"day": "soon"})
    assert wrong.context["form"].errors and wrong.context["trial"] is None
    assert signed_in(office.cast.pm).get(reverse("approvals:route_trial")).status_code == 403


def test_a_route_gets_its_last_day_on_its_page(office, signed_in):
    client = in_english(signed_in(office.cast.manager))
    route = ApprovalRoute.objects.filter(kind="register.budget").first()
    ending = reverse("approvals:route_end", kwargs={"pk": route.pk})
    assert ending in client.get(route.get_absolute_url()).text
    day = timezone.localdate() + timedelta(days=30)
    given = {"ends_on": day.isoformat(), "reason": "The board decides", "version": route.version}
    assert client.post(ending, given).url == route.get_absolute_url()
    route.refresh_from_db()
    assert route.ends_on == day
    assert client.post(ending, given | {"ends_on": "2020-01-01"}).status_code == 422


def test_after_a_signature_one_stands_on_what_was_signed_and_the_next_is_a_key_away(office, signed_in, request_of):
    second = ProjectFactory(key="CERES", portfolio=office.core, pm=office.cast.outsider)
    other = approving.request_budget(second, by=office.cast.outsider, amount=Decimal(9_000_000), reason="Cranes")
    client = in_english(signed_in(office.cast.pmo))
    assert 'data-key="N"' not in client.get(url(request_of)).text  # it waits for a signature itself
    signed = client.post(url(request_of, "signature"), signing(request_of))
    assert signed.url == url(request_of)
    page = client.get(signed.url).text
    assert "You approved" in page and f'href="{url(other)}" data-key="N">Next request: {other.code}' in page
    client.post(url(other, "refusal"), signing(other) | {"comment": "Too many"})
    assert 'data-key="N"' not in client.get(url(other)).text


STEPS = {"manner_1": "decide", "who_1": "role:manager", "need_1": "1"}
ROUTE = {"kind": "register.budget", "name_en": "A route", "currency": "JPY", **STEPS}


def refused_at(client, url, **given):
    """The form's faults by field; what was typed stands in it still."""
    day = timezone.localdate().isoformat()
    page = client.post(url, ROUTE | {"starts_on": day} | given)
    assert page.status_code == 422
    assert all(str(page.context["form"][name].value()) == str(value) for name, value in given.items())
    return set(page.context["form"].errors)


def test_a_step_that_is_begun_and_not_finished_is_a_fault_at_its_row(office, signed_in):
    client, url = signed_in(office.cast.manager), reverse("approvals:route_new")
    assert refused_at(client, url, name_en_5="Finance") == {"manner_5", "who_5"}
    assert refused_at(client, url, days_2="3", who_2="role:expert") == {"manner_2"}
    assert refused_at(client, url, person_2=office.cast.pmo.pk, who_2="role:expert", manner_2="consult") == {"person_2"}
    page = client.post(url, ROUTE | {"starts_on": timezone.localdate().isoformat(), "name_en_5": "Finance"})
    assert page.text.count('<details class="pmo-routestep" open>') == 4  # the first three, and the one with the fault


def test_a_step_never_asks_for_more_signatures_than_sign_in_it(office, signed_in):
    client, url = signed_in(office.cast.manager), reverse("approvals:route_new")
    named = {"who_1": "people", "person_1": office.cast.pmo.pk}
    assert refused_at(client, url, **named, need_1="2") == {"need_1"}
    assert refused_at(client, url, who_1="unit_head:0", need_1="3") == {"need_1"}
    gone = PersonFactory(email=None)
    assert refused_at(client, url, who_1="people", person_1=gone.pk) == {"person_1"}


def test_nothing_approves_after_the_final_decision(office, signed_in):
    client, url = signed_in(office.cast.manager), reverse("approvals:route_new")
    after = {"who_2": "role:administrator"}
    for manner in ("approve", "agree", "consult", "decide"):
        assert refused_at(client, url, **after, manner_2=manner) == {"manner_2"}
    assert refused_at(client, url, **after, manner_2="approve", position_2="9") == {"manner_2"}
    reads = ROUTE | after | {"manner_2": "after", "starts_on": timezone.localdate().isoformat()}
    assert client.post(url, reads).status_code == 302


def test_a_route_says_where_too_few_people_could_sign_today(office, signed_in):
    client = in_english(signed_in(office.cast.manager))
    three = ROUTE | {"starts_on": timezone.localdate().isoformat(), "need_1": "3", "name_en_1": "Three of them"}
    page = client.get(client.post(reverse("approvals:route_new"), three).url)
    assert "It asks for 3 signatures; 1 person could give one." in page.text
    Grant.objects.filter(role="manager").update(ends_on=timezone.localdate() - timedelta(days=1))
    route = ApprovalRoute.objects.latest("pk")
    assert (
        "Nobody is PMO manager today." in in_english(signed_in(office.cast.auditor)).get(route.get_absolute_url()).text
    )


def test_the_next_version_starts_after_the_one_in_force(office, signed_in):
    client, today = signed_in(office.cast.manager), timezone.localdate()
    route = ApprovalRoute.objects.filter(kind="register.budget").first()
    url = reverse("approvals:route_edit", kwargs={"pk": route.pk})
    assert client.get(url).context["form"]["starts_on"].value() == today
    for day in (route.starts_on, route.starts_on - timedelta(days=1)):
        assert refused_at(client, url, starts_on=day.isoformat()) == {"starts_on"}
    coming = today + timedelta(days=9)
    told = client.post(url, ROUTE | {"starts_on": coming.isoformat()})
    made = ApprovalRoute.objects.get(code=route.code, starts_on=coming)
    assert told.url == made.get_absolute_url() and "A route" in client.get(told.url).text
    # What is to come is mended as it stands; the one before it has its successor.
    assert refused_at(client, url, starts_on=coming.isoformat()) == {"starts_on"}
    assert url not in client.get(route.get_absolute_url()).text
    again = reverse("approvals:route_edit", kwargs={"pk": made.pk})
    assert client.get(again).context["form"]["starts_on"].value() == coming
    assert client.post(again, ROUTE | {"starts_on": coming.isoformat(), "name_en": "Mended"}).status_code == 302
    made.refresh_from_db()
    assert made.name_en == "Mended"


def test_a_version_from_today_is_followed_by_one_from_tomorrow(office, signed_in):
    client, today = signed_in(office.cast.manager), timezone.localdate()
    route = ApprovalRoute.objects.get(pk=ApprovalRoute.objects.filter(kind="register.budget").first().pk)
    ApprovalRoute.objects.filter(pk=route.pk).update(starts_on=today)
    form = client.get(reverse("approvals:route_edit", kwargs={"pk": route.pk})).context["form"]
    assert form["starts_on"].value() == today + timedelta(days=1)


@pytest.mark.parametrize(
    ("language", "told"), [("ja", "100百万円以上 500百万円未満"), ("en", "from ¥100 m below ¥500 m")]
)
def test_the_amounts_of_a_route_read_as_one_says_them(office, signed_in, language, told):
    route = ApprovalRoute.objects.filter(kind="register.budget").first()
    ApprovalRoute.objects.filter(pk=route.pk).update(amount_from=100_000_000, amount_below=500_000_000)
    client = signed_in(office.cast.manager)
    client.cookies["django_language"] = language
    assert told in client.get(route.get_absolute_url()).text


def test_the_waiting_times_page_says_where_it_takes_longest(office, signed_in, request_of):
    page = signed_in(office.cast.manager).get(reverse("approvals:waiting_times"))
    assert page.status_code == 200
    assert signed_in(office.cast.pm).get(reverse("approvals:waiting_times")).status_code == 403
