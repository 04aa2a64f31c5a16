"""The row behind every screen: what it carries over, what follows when an earlier period is corrected, what is asked."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from administration.collection import actions as collection
from pmo_portal.asks.models import Ask
from pmo_portal.audit.models import AuditEntry
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods import actions as periods
from projects.register import actions as register
from projects.status import actions as status
from projects.status.maintaining import chain, expect_reports, maintain
from projects.status.models import ProjectPeriod
from tests.factories import PeriodFactory, ReportFactory


def row(confidence="amber", light="amber", finish=date(2027, 3, 31), cost="480", spent="100") -> ProjectPeriod:
    return ProjectPeriod(
        confidence=confidence,
        overall_light=light,
        forecast_finish_on=finish,
        forecast_cost=Decimal(cost),
        spent=Decimal(spent),
    )


UNREPORTED = {"confidence": "none", "light": "none"}


def chained(*rows):
    before = None
    for each in rows:
        before = chain(each, before)
    return before


def test_a_row_stands_where_it_was_reported_else_where_it_stood():
    last = chained(row("amber"), row("red", "red"), row(**UNREPORTED))
    assert (last.standing, last.standing_before) == ("red", "red")
    assert (chained(row("amber"), row("red")).standing_before) == "amber"
    assert chained(row(**UNREPORTED)).standing == "none"


def test_reports_that_say_the_same_are_counted_and_any_change_begins_anew():
    assert chained(row(), row(), row()).same_reports == 3
    assert chained(row(), row(), row(cost="481")).same_reports == 1
    assert chained(row(), row(), row(finish=date(2027, 4, 1))).same_reports == 1
    assert chained(row(), row(**UNREPORTED), row()).same_reports == 1


def test_where_all_is_well_the_same_means_that_no_money_was_spent_either():
    green = {"confidence": "green", "light": "green"}
    assert chained(row(**green, spent="100"), row(**green, spent="120")).same_reports == 1
    assert chained(row(**green, spent="100"), row(**green, spent="100")).same_reports == 2
    assert chained(row(spent="100"), row(spent="120")).same_reports == 2


def ask_of(project, period):
    return Ask.objects.get(key=status.ask_key(project, period))


@pytest.mark.django_db
class TestInTheOffice:
    @pytest.fixture(autouse=True)
    def _asked(self, office):
        expect_reports(office.period)

    def test_correcting_an_earlier_period_moves_what_follows(self, office):
        before = PeriodFactory(day=office.period.starts_on - timedelta(days=1))
        periods.open_period(before, by=None)
        first = ReportFactory(project=office.apollo, period=before, confidence="amber")
        ReportFactory(project=office.apollo, period=office.period, confidence="red")
        now = ProjectPeriod.objects.get(project=office.apollo, period=office.period)
        assert (now.standing_before, now.standing) == ("amber", "red")
        status.return_report(first, by=office.cast.pmo, reason="確度を見直す")
        status.submit_report(first, by=office.cast.pm, version=None, confidence="amber_red")
        now.refresh_from_db()
        assert (now.standing_before, now.standing) == ("amber_red", "red")

    def test_a_project_that_is_exempt_has_no_completeness_left_behind(self, office):
        kept = MeasureValue.objects.filter(scope=office.boreas.scope, measure="completeness")
        assert kept.count() == 1
        collection.exempt(office.boreas, office.period, by=office.cast.pmo, reason="着工前")
        assert not kept.exists()

    def test_a_draft_does_not_keep_an_exempt_project_waiting(self, office):
        ReportFactory(project=office.boreas, period=office.period, submitted=False)
        collection.exempt(office.boreas, office.period, by=office.cast.pmo, reason="着工前")
        assert ProjectPeriod.objects.get(project=office.boreas, period=office.period).state == "exempt"

    def test_freezing_withdraws_what_was_still_asked_and_re_opening_asks_again(self, office):
        periods.close_period(office.period, by=office.cast.pmo)
        assert ask_of(office.boreas, office.period).state == "open"  # late reports are still taken
        periods.freeze_period(office.period, by=office.cast.pmo)
        assert ask_of(office.boreas, office.period).state == "withdrawn"
        periods.reopen_period(office.period, by=office.cast.manager, reason="訂正")
        expect_reports(office.period)
        assert ask_of(office.boreas, office.period).state == "open"

    def test_moving_the_due_date_moves_the_asks_but_not_an_extension(self, office):
        later = office.period.due_at + timedelta(days=20)
        collection.extend(office.apollo, office.period, by=office.cast.pmo, due_at=later, reason="見積り待ち")
        moved = office.period.due_at + timedelta(days=2)
        periods.move_due(office.period, by=office.cast.pmo, due_at=moved, reason="祝日")
        expect_reports(office.period)
        assert ask_of(office.boreas, office.period).due_at == moved
        assert ask_of(office.apollo, office.period).due_at == later

    def test_a_project_that_closes_owes_nothing(self, office):
        register.close_project(office.boreas, by=office.cast.manager, note="済", finished_on=timezone.localdate())
        assert ask_of(office.boreas, office.period).state == "withdrawn"
        assert ProjectPeriod.objects.get(project=office.boreas, period=office.period).state == "exempt"

    def test_a_report_entered_on_behalf_says_so_on_itself_and_in_the_trail(self, office):
        report = ReportFactory(project=office.apollo, period=office.period, by=office.cast.pmo)
        assert report.origin == "on_behalf" and report.submitted_by == office.cast.pmo
        entry = AuditEntry.objects.filter(action="submitted").get()
        assert (entry.actor, entry.on_behalf_of) == (office.cast.pmo, office.cast.pm)
        own = ReportFactory(project=office.boreas, period=office.period)
        assert own.origin == "typed"
        assert AuditEntry.objects.filter(action="submitted").latest("id").on_behalf_of is None

    def test_many_projects_cost_no_more_queries_than_one(self, office, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as one:
            maintain([office.apollo.pk], office.period)
        with django_assert_num_queries(len(one)):
            maintain([office.apollo.pk, office.boreas.pk], office.period)
