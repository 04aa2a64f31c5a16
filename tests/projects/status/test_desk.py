"""What My desk shows of a report that is asked for, before it is opened."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from pmo_portal.asks.queries import waiting
from pmo_portal.periods import actions as periods
from projects.register import milestones
from projects.status import actions
from projects.status.desk import changed_so_far
from projects.status.maintaining import expect_reports
from projects.status.models import StatusReport
from tests.factories import MilestoneFactory, PeriodFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(office):
    """APOLLO's ask for this month, with last month's report accepted and a milestone that has moved since."""
    month = PeriodFactory(day=office.period.starts_on - timedelta(days=10))
    periods.open_period(month, by=office.cast.pmo)
    milestone = MilestoneFactory(project=office.apollo)
    report = ReportFactory(project=office.apollo, period=month, forecast_cost=office.apollo.forecast_cost)
    actions.accept_report(report, by=office.cast.pmo)
    milestones.move_milestone(
        milestone, by=office.cast.pm, forecast_on=milestone.forecast_on + timedelta(days=14), as_of=timezone.localdate()
    )
    expect_reports(office.period)
    return next(a for a in waiting(office.cast.pm) if a.kind == "status.report" and a.object_id == office.apollo.pk)


def test_what_moved_since_the_last_report_is_shown_under_the_ask(office, asked, signed_in):
    (line,) = [line for line in changed_so_far(asked, office.cast.pm) if line.label == "本番稼働"]
    assert (line.difference, line.hurts, line.note) == ("+14日", True, "マイルストーン M-02")
    page = signed_in(office.cast.pm).get("/").text
    assert "+14日" in page and "マイルストーン M-02" in page


def test_looking_at_it_begins_no_report(office, asked, signed_in):
    signed_in(office.cast.pm).get("/")
    assert not StatusReport.objects.filter(project=office.apollo, period=office.period).exists()


def test_at_most_three_lines_and_none_of_a_report_that_was_sent_back(office, asked):
    for days in range(5):
        milestone = MilestoneFactory(project=office.apollo)
        milestones.move_milestone(
            milestone,
            by=office.cast.pm,
            forecast_on=milestone.forecast_on + timedelta(days=days + 1),
            as_of=timezone.localdate(),
        )
    assert len(changed_so_far(asked, office.cast.pm)) == 3
    asked.details["returned"] = "費用の根拠を追記してください。"
    assert changed_so_far(asked, office.cast.pm) == []


def test_a_draft_says_what_is_typed_into_it(office, asked):
    report = actions.open_report(office.apollo, office.period, by=office.cast.pm)
    StatusReport.objects.filter(pk=report.pk).update(forecast_cost=Decimal(999_000_000))
    assert any("999" in line.now for line in changed_so_far(asked, office.cast.pm))
