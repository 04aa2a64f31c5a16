"""A report that is in is accepted: by the PMO, once, not by whoever handed it in."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from pmo_portal import access, audit, measures
from pmo_portal.audit.models import AuditEntry
from pmo_portal.measures.models import StaleRollup
from projects.status import actions
from projects.status.models import DIMENSIONS, ProjectPeriod, StatusReport

GREEN = {f"{dimension}_light": "green" for dimension in DIMENSIONS}


def hand_in(office, *, by) -> StatusReport:
    report = actions.open_report(office.apollo, office.period, by=by)
    return actions.submit_report(
        report,
        by=by,
        version=None,
        **GREEN,
        confidence="green",
        forecast_finish_on=date(2027, 3, 31),
        forecast_cost=Decimal(480_000_000),
        cost_reason="予備費で吸収する",
        schedule_reason="次の工程で取り戻す",
        spent=Decimal(200_000_000),
        achieved="Data moved",
        planned="Rehearsal",
    )


@pytest.fixture
def report(office) -> StatusReport:
    return hand_in(office, by=office.cast.pm)


def url(report: StatusReport) -> str:
    return reverse("projects:status:status_acceptance", args=[report.project.key, report.period.key])


def test_the_pmo_accepts_it_with_a_comment(office, report, signed_in):
    StaleRollup.objects.all().delete()
    given = {"comment": "Clear, thank you", "version": report.version}
    answer = signed_in(office.cast.pmo).post(url(report), given)
    assert answer.status_code == 302
    report.refresh_from_db()
    assert (report.state, report.decided_by, report.return_reason) == ("accepted", office.cast.pmo, "Clear, thank you")
    entry = AuditEntry.objects.filter(object_id=report.pk, action="accepted").get()
    assert entry.changes["state"] == ["submitted", "accepted"] and entry.reason == "Clear, thank you"
    assert ProjectPeriod.objects.get(project=office.apollo, period=office.period).state == "accepted"
    assert measures.values(office.apollo.scope_id, office.period.pk)["completeness"].value == 100
    assert StaleRollup.objects.filter(scope=office.apollo.scope, period=office.period).exists()


def test_it_is_accepted_once(office, report):
    actions.accept_report(report, by=office.cast.pmo)
    with pytest.raises(ValidationError) as refused:
        actions.accept_report(report, by=office.cast.pmo)
    assert refused.value.code == "state"


def test_nobody_accepts_what_they_handed_in_themselves(office):
    report = hand_in(office, by=office.cast.pmo)
    with pytest.raises(PermissionDenied):
        actions.accept_report(report, by=office.cast.pmo)


def test_whoever_looked_at_an_older_version_is_told(office, report):
    with pytest.raises(audit.Conflict):
        actions.accept_report(report, by=office.cast.pmo, version=report.version - 1)
    report.refresh_from_db()
    assert report.state == "submitted"


@pytest.mark.parametrize(("who", "status"), [("pm", 403), ("auditor", 403), ("outsider", 404), ("nobody", 404)])
def test_others_cannot(office, report, signed_in, who, status):
    answer = signed_in(getattr(office.cast, who)).post(url(report), {"version": report.version})
    assert answer.status_code == status
    report.refresh_from_db()
    assert report.state == "submitted"


def test_the_button_is_there_for_those_who_may(office, report, signed_in):
    page = report.get_absolute_url()
    assert url(report) in signed_in(office.cast.pmo).get(page).text
    assert url(report) not in signed_in(office.cast.pm).get(page).text
    assert access.may(office.cast.pmo, "review", report)


def test_a_correction_starts_with_what_was_accepted_and_keeps_it_when_it_is_opened_again(office, report, signed_in):
    actions.accept_report(report, by=office.cast.pmo, version=report.version)
    pm = signed_in(office.cast.pm)
    address = reverse("projects:status:status_report", args=[report.project.key, report.period.key])
    form = pm.post(f"{address}correction/", follow=True).context["form"]
    assert (form["planned"].value(), form["schedule_reason"].value()) == ("Rehearsal", "次の工程で取り戻す")
    taken_up = actions.open_report(office.apollo, office.period, by=office.cast.pm)
    said = (
        "schedule_light",
        "schedule_reason",
        "cost_reason",
        "confidence",
        "achieved",
        "planned",
        "forecast_cost",
        "spent",
    )
    assert taken_up.revision == 2 and all(getattr(taken_up, n) == getattr(report, n) for n in said)
