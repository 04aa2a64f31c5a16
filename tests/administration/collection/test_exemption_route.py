"""An exemption from reporting: decided at once, or along the office's route where it has set one."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from administration.collection import actions
from administration.collection.models import ReportingArrangement
from pmo_portal.access import forget
from pmo_portal.accounts.models import Substitute
from pmo_portal.approvals import actions as approvals
from pmo_portal.approvals import queries as approval_queries
from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute, ApprovalRouteStep
from pmo_portal.asks.models import Ask
from projects.status.maintaining import expect_reports
from projects.status.models import ProjectPeriod
from tests.factories import GrantFactory, PersonFactory, ReportFactory

pytestmark = pytest.mark.django_db
WHY = "The project starts next month."


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def owed(office):
    expect_reports(office.period)
    return office


@pytest.fixture
def routed(owed):
    """The office has exemptions decided by its manager."""
    given = {"kind": actions.EXEMPTION, "code": "exemption", "name_en": "Exemption", "starts_on": date(2020, 4, 1)}
    owed.route = ApprovalRoute.objects.create(**given)
    ApprovalRouteStep.objects.create(route=owed.route, position=1, manner="decide", who="role", role="manager")
    return owed


def asked_of_the_pm(office) -> bool:
    return Ask.objects.filter(kind="status.report", person=office.boreas.pm, state="open").exists()


def test_without_a_route_in_force_it_is_decided_at_once(owed):
    made = actions.exempt(owed.boreas, owed.period, by=owed.cast.pmo, reason=WHY)
    assert isinstance(made, ReportingArrangement) and not asked_of_the_pm(owed)
    assert not ApprovalRequest.objects.exists()


def test_a_route_that_has_ended_does_not_hold_it_up(routed):
    ApprovalRoute.objects.update(ends_on=date(2021, 3, 31))
    assert isinstance(
        actions.exempt(routed.boreas, routed.period, by=routed.cast.pmo, reason=WHY), ReportingArrangement
    )


def test_along_its_route_the_report_is_owed_until_it_is_through(routed):
    request = actions.exempt(routed.boreas, routed.period, by=routed.cast.pmo, reason=WHY)
    assert request.state == "running" and asked_of_the_pm(routed)
    assert not ReportingArrangement.objects.exists()
    told = {str(line.label): line.value for line in approval_queries.lines_of(request)}
    assert told["Period"] == routed.period.key and approval_queries.is_untouched(request)
    approvals.approve(request, by=routed.cast.manager)
    made = ReportingArrangement.objects.get()
    assert (made.project, made.period, made.by) == (routed.boreas, routed.period, routed.cast.manager)
    assert request.code in made.reason and WHY in made.reason
    row = ProjectPeriod.objects.get(project=routed.boreas, period=routed.period)
    assert row.state == "exempt" and not asked_of_the_pm(routed)
    assert routed.cast.pmo.inbox_items.filter(kind="approvals.moved").exists()


def test_refused_the_report_is_owed_and_can_be_asked_for_again(routed):
    request = actions.exempt(routed.boreas, routed.period, by=routed.cast.pmo, reason=WHY)
    with pytest.raises(ValidationError):  # one at a time
        actions.exempt(routed.boreas, routed.period, by=routed.cast.pmo, reason=WHY)
    approvals.reject(request, by=routed.cast.manager, comment="It has started.")
    assert asked_of_the_pm(routed) and not ReportingArrangement.objects.exists()
    assert actions.exempt(routed.boreas, routed.period, by=routed.cast.pmo, reason=WHY).number == request.number + 1


def test_neither_who_asks_nor_the_pm_nor_their_substitute_signs(routed):
    """All of them hold the manager's role besides."""
    stand_in, today = PersonFactory(), timezone.localdate()
    Substitute.objects.create(person=routed.boreas.pm, substitute=stand_in, starts_on=today, ends_on=today)
    for person in (routed.cast.pmo, routed.boreas.pm, stand_in):
        GrantFactory(person=person, role="manager")
        forget(person)
    request = actions.exempt(routed.boreas, routed.period, by=routed.cast.pmo, reason=WHY)
    for person in (routed.cast.pmo, routed.boreas.pm, stand_in):
        with pytest.raises(PermissionDenied):
            approvals.approve(request, by=person)
    approvals.approve(request, by=routed.cast.manager)
    assert request.state == "approved"


def test_a_report_that_comes_in_meanwhile_ends_the_request(routed):
    request = actions.exempt(routed.boreas, routed.period, by=routed.cast.pmo, reason=WHY)
    ReportFactory(project=routed.boreas, period=routed.period)
    request.refresh_from_db()
    assert request.state == "withdrawn" and not Ask.objects.filter(kind="approvals.sign", state="open").exists()


def test_the_form_says_that_a_route_decides(routed, signed_in):
    row = ProjectPeriod.objects.get(project=routed.boreas, period=routed.period)
    client = signed_in(routed.cast.pmo)
    client.cookies["django_language"] = "en"
    where = reverse("administration:collection:exemption")
    page = client.get(f"{where}?pick={row.pk}")
    assert "decides on exemptions along an approval route" in page.text and "Ask for approval" in page.text
    done = client.post(where, {"pick": row.pk, "reason": WHY}, follow=True)
    assert "1 request is on its route" in done.text and ApprovalRequest.objects.get().drafter == routed.cast.pmo
    routed.route.steps.all().delete()
    assert "along an approval route" not in client.get(f"{where}?pick={row.pk}").text


def test_what_is_asked_for_shows_on_the_dashboard_until_it_is_decided(routed, signed_in):
    actions.exempt(routed.boreas, routed.period, by=routed.cast.site_pmo, reason=WHY)
    page = signed_in(routed.cast.manager).get("/administration/collection/")
    request = ApprovalRequest.objects.get(kind=actions.EXEMPTION)
    assert "免除を申請中" in page.text and request.get_absolute_url() in page.text
    approvals.reject(request, by=routed.cast.manager, comment="Report all the same")
    assert "免除を申請中" not in signed_in(routed.cast.manager).get("/administration/collection/").text
