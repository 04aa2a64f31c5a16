"""What My desk shows of a report that is asked for, before it is opened."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from pmo_portal.asks.queries import waiting
from pmo_portal.periods import actions as periods
from projects.register import milestones
from projects.register.models import Project
from projects.status import actions
from projects.status.desk import at_a_glance
from projects.status.maintaining import expect_reports
from projects.status.models import StatusReport
from tests.factories import MilestoneFactory, PeriodFactory, ProjectFactory, ReportFactory

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
    actions.save_draft(report, by=office.cast.pm, version=report.version, forecast_cost=Decimal(999_000_000))
    assert any("999" in line.now for line in changed_so_far(asked, office.cast.pm))


@pytest.fixture
def both_asked(office, asked):
    """The same PM is asked for another project too, of which nothing has moved."""
    month = PeriodFactory(day=office.period.starts_on - timedelta(days=10))
    still = ProjectFactory(key="STILL", pm=office.cast.pm, portfolio=office.core)
    actions.accept_report(ReportFactory(project=still, period=month), by=office.cast.pmo)
    expect_reports(office.period)
    return [a for a in waiting(office.cast.pm) if a.kind == "status.report"]


def changed_so_far(ask, reader) -> list:
    found = at_a_glance([ask], reader).get(ask.pk)
    return list(found.lines) if found else []


def no_change(asks, reader) -> dict:
    return {pk: told.quick for pk, told in at_a_glance(asks, reader).items() if told.quick}


def project_still() -> Project:
    return Project.objects.get(key="STILL")


def quick_to(page: str, project, office) -> bool:
    return f'action="/projects/{project.key}/status/{office.period.key}/no-change/"' in page


def test_no_change_is_offered_only_where_the_reports_own_page_offers_it(office, both_asked, signed_in):
    client = signed_in(office.cast.pm)
    page = client.get("/").text
    assert quick_to(page, project_still(), office) and not quick_to(page, office.apollo, office)
    for project in (office.apollo, project_still()):
        form = client.get(f"/projects/{project.key}/status/{office.period.key}/edit/").text
        assert ("data-no-change" in form) == quick_to(page, project, office)


def test_it_is_not_offered_of_a_draft_that_was_written_on_nor_of_a_first_report(office, both_asked):
    assert [ask.object_id for ask in both_asked if ask.pk in no_change(both_asked, office.cast.pm)] == [
        project_still().pk
    ]
    draft = actions.open_report(project_still(), office.period, by=office.cast.pm)
    actions.save_draft(draft, by=office.cast.pm, version=draft.version, achieved="書いた")
    assert no_change(both_asked, office.cast.pm) == {}
    StatusReport.objects.filter(project=project_still()).update(is_current=False)
    assert no_change(both_asked, office.cast.pm) == {}


def test_many_asks_cost_as_many_queries_as_one(office, both_asked, django_assert_num_queries):
    no_change(both_asked, office.cast.pm)
    for some in (both_asked[:1], both_asked):
        with django_assert_num_queries(5):
            no_change(some, office.cast.pm)
