"""The approver's pages through the client, by words and status."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute
from pmo_portal.i18n.dates import format_date
from projects.register import approving
from projects.register.models import Project
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of(office):
    """A budget request on the route that a new office starts with."""
    return approving.request_budget(
        office.apollo, by=office.cast.pm, amount=Decimal(60_000_000), reason="More interfaces"
    )


def url(request, name="request_record") -> str:
    return reverse(f"approvals:{name}", kwargs={"number": request.number})


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


def test_several_are_signed_from_the_list_and_a_changed_one_is_left(office, signed_in, request_of):
    second = ProjectFactory(key="CERES", portfolio=office.core, pm=office.cast.outsider)
    other = approving.request_budget(second, by=office.cast.outsider, amount=Decimal(9_000_000), reason="Cranes")
    pmo, page = signed_in(office.cast.pmo), reverse("approvals:waiting")
    ticked = [f"{request_of.pk}:{request_of.version}", f"{other.pk}:{other.version + 5}"]
    told = pmo.post(page, {"request": ticked, "comment": "checked"}, follow=True)
    assert "changed since it was shown" in told.text or "変わりました" in told.text
    signed = set(ApprovalRequest.objects.filter(steps__seats__state="for").values_list("pk", flat=True))
    assert signed == {request_of.pk}


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
    manager = signed_in(office.cast.manager)
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
    half = given | {"who_1": ""}
    assert manager.post(reverse("approvals:route_new"), half).status_code == 422
    for unknown in ("zzz", "ZZZ", "usd"):
        refused = manager.post(reverse("approvals:route_new"), given | {"currency": unknown})
        assert refused.status_code == 422 and set(refused.context["form"].errors) == {"currency"}
    assert signed_in(office.cast.pmo).post(reverse("approvals:route_new"), given).status_code == 403


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
