"""Who is asked for a report, and when that ends: with the period's opening, freezing, re-opening and its due date."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from administration.collection import actions as collection
from pmo_portal import jobs
from pmo_portal.asks.ladder import climb
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.periods import actions as periods
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import office_moment, office_today
from projects.register import actions as register
from projects.register.models import Project
from projects.status import actions as status
from projects.status.maintaining import ask_key, expect_newcomers, expect_reports
from projects.status.models import ProjectPeriod
from projects.status.queries import next_report
from tests.factories import PeriodFactory, ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(office):
    """The office, its period's reports asked for."""
    jobs.drain(strict=True)
    return office


def ask_of(project, period) -> Ask:
    return Ask.objects.get(key=ask_key(project, period))


def test_opening_a_period_asks_each_pm_once_however_often_it_runs(asked):
    for _again in range(2):
        assert expect_reports(asked.period) == 2
    asks = Ask.objects.filter(kind="status.report")
    assert {a.person for a in asks} == {asked.cast.pm, asked.cast.outsider} and asks.count() == 2
    assert all(a.due_at == asked.period.due_at and a.state == "open" for a in asks)


def test_a_worker_that_died_between_two_chunks_left_nothing_half_asked(asked):
    """Rows and asks of the same projects stand in one transaction: a row without its ask cannot be."""
    Ask.objects.all().delete()
    assert ProjectPeriod.objects.filter(period=asked.period).count() == 2
    expect_reports(asked.period)
    assert Ask.objects.count() == 2


def test_an_ask_withdraws_itself_when_the_period_is_frozen_and_returns_with_it(asked):
    ReportFactory(project=asked.boreas, period=asked.period, by=asked.cast.outsider)
    manager = asked.cast.manager
    periods.close_period(asked.period, by=manager)
    assert ask_of(asked.apollo, asked.period).state == "open", "late reports are still taken"
    periods.freeze_period(asked.period, by=manager)
    assert ask_of(asked.apollo, asked.period).state == "withdrawn"
    assert ask_of(asked.boreas, asked.period).state == "done"
    periods.reopen_period(asked.period, by=manager, reason="APOLLO was missing")
    jobs.drain(strict=True)
    again = ask_of(asked.apollo, asked.period)
    assert (again.state, again.due_at, again.ended_at) == ("open", asked.period.due_at, None)
    assert ask_of(asked.boreas, asked.period).state == "done", "who has reported is not asked again"


def test_in_a_new_office_those_above_hear_of_a_late_report_while_it_can_still_come(office):
    """The ladder ends when the period is frozen, so freezing comes after its last step."""
    ReportingPeriod.objects.filter(pk=office.period.pk).update(due_at=timezone.now())
    office.period.refresh_from_db()
    jobs.drain(strict=True)
    periods.close_due_periods()
    told, day = InboxItem.objects.filter(kind="asks.escalation", person=office.cast.pmo), office_today()
    while not periods.freeze_due_periods(day):
        climb(office_moment(day, time(12)))
        day += timedelta(days=1)
    assert told.count() == 1, "of APOLLO's, whose nearest administrator has the whole office"
    assert ask_of(office.apollo, office.period).state == "withdrawn"


def test_another_due_date_moves_what_is_asked_but_not_what_was_extended(asked):
    pmo, later = asked.cast.pmo, asked.period.due_at + timedelta(days=10)
    collection.extend(asked.boreas, asked.period, by=pmo, due_at=later, reason="長期休暇")
    moved = asked.period.due_at + timedelta(days=1)
    periods.move_due(asked.period, by=pmo, due_at=moved, reason="祝日")
    jobs.drain(strict=True)
    assert ask_of(asked.apollo, asked.period).due_at == moved
    assert ask_of(asked.boreas, asked.period).due_at == later


def test_a_project_that_comes_while_the_period_is_open_is_asked_too(asked):
    joined = ProjectFactory(portfolio=asked.core, pm=asked.cast.pm, key="LATECOMER")
    assert expect_newcomers() == 1
    assert expect_newcomers() == 0
    assert ask_of(joined, asked.period).person == asked.cast.pm
    assert ProjectPeriod.objects.get(project=joined, period=asked.period).state == "missing"


def test_an_exempt_project_is_not_asked(asked):
    collection.exempt(asked.apollo, asked.period, by=asked.cast.pmo, reason="開始前")
    expect_reports(asked.period)
    assert ask_of(asked.apollo, asked.period).state == "withdrawn"


def test_a_project_without_a_pm_is_expected_and_nobody_is_asked(asked):
    orphan = ProjectFactory(portfolio=asked.core, pm=None, key="ORPHAN")
    expect_newcomers()
    assert ProjectPeriod.objects.filter(project=orphan, period=asked.period).exists()
    assert not Ask.objects.filter(key=ask_key(orphan, asked.period)).exists()
    register.hand_over(orphan, by=asked.cast.pmo, new_pm=asked.cast.pm)
    assert ask_of(orphan, asked.period).person == asked.cast.pm, "until somebody leads it"


# ---- the next step of a project


@pytest.fixture
def last_month(office) -> ReportingPeriod:
    """The month before, with APOLLO's report accepted, frozen."""
    month = PeriodFactory(day=office.period.starts_on - timedelta(days=10))
    periods.open_period(month, by=office.cast.pmo)
    status.accept_report(ReportFactory(project=office.apollo, period=month), by=office.cast.pmo)
    jobs.drain(strict=True)
    periods.close_period(month, by=office.cast.manager)
    periods.freeze_period(month, by=office.cast.manager)
    return month


def reopened(month, office) -> ReportingPeriod:
    periods.reopen_period(month, by=office.cast.manager, reason="訂正のため")
    jobs.drain(strict=True)
    return month


def test_the_next_step_is_what_is_due_though_an_older_period_is_open_again(office, last_month):
    reopened(last_month, office)
    assert next_report(office.apollo) == (office.period, None)
    report = ReportFactory(project=office.apollo, period=office.period)
    assert next_report(office.apollo) == (office.period, report), "owing nothing, what was handed in last"
    assert next_report(office.boreas) == (office.period, None)
    ReportFactory(project=office.boreas, period=office.period, by=office.cast.outsider)
    assert next_report(office.boreas) == (last_month, None), "owed for the month that is open again"


def test_what_was_returned_is_the_next_step_before_all_else(office, last_month):
    reopened(last_month, office)
    report = ReportFactory(project=office.boreas, period=last_month, by=office.cast.outsider)
    status.return_report(report, by=office.cast.pmo, reason="費用の内訳を")
    period, found = next_report(office.boreas)
    assert (period, found.state) == (last_month, "returned")


def test_a_late_report_is_still_the_next_step_once_its_period_has_closed(office):
    jobs.drain(strict=True)
    periods.close_period(office.period, by=office.cast.manager)
    assert next_report(office.apollo) == (office.period, None)


def test_a_project_that_came_later_owes_nothing_to_a_period_that_is_open_again(office, last_month):
    later = ProjectFactory(portfolio=office.core, pm=office.cast.pm, key="LATER")
    ended = office_moment(last_month.ends_on, time(12))
    Project.objects.filter(pk__in=[office.apollo.pk, office.boreas.pk]).update(created_at=ended)
    Project.objects.filter(pk=later.pk).update(created_at=ended + timedelta(days=2))
    reopened(last_month, office)
    expect_newcomers()
    asked = set(ProjectPeriod.objects.filter(period=last_month).values_list("project__key", flat=True))
    assert {"APOLLO", "BOREAS"} <= asked and "LATER" not in asked
    assert next_report(Project.objects.get(pk=later.pk))[0] == office.period
