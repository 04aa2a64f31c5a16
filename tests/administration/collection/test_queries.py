"""The dashboard's figures: where each report stands, the same moment last time, the ladder, whom to call."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext

from administration.collection import actions, queries
from pmo_portal.access import forget
from pmo_portal.asks.ladder import climb
from pmo_portal.asks.models import Ask, Reminder
from pmo_portal.periods import actions as periods
from pmo_portal.periods.models import CompanyDay, ReportingPeriod
from projects.register.models import Project
from projects.status import actions as status
from projects.status.maintaining import expect_reports, maintain
from projects.status.models import ProjectPeriod, StatusReport
from tests.factories import PeriodFactory, ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked(office):
    expect_reports(office.period)


def past_due(period):
    ReportingPeriod.objects.filter(pk=period.pk).update(due_at=timezone.now() - timedelta(hours=3))
    period.refresh_from_db()


def states(viewer, period, narrowing=None):
    return {s: n for s, n in queries.counted(viewer, [period], narrowing).all.items() if n}


def test_a_report_is_not_in_then_in_then_accepted_or_returned(office):
    pmo = office.cast.pmo
    assert states(pmo, office.period) == {"missing": 2}
    report = ReportFactory(project=office.apollo, period=office.period)
    assert states(pmo, office.period) == {"in": 1, "missing": 1}
    status.return_report(report, by=pmo, reason="根拠がない")
    assert states(pmo, office.period) == {"returned": 1, "missing": 1}
    status.submit_report(report, by=office.cast.pm, version=None)
    status.accept_report(report, by=pmo)
    assert states(pmo, office.period) == {"accepted": 1, "missing": 1}


def test_after_the_due_moment_what_is_not_in_is_late_unless_it_was_extended_or_exempt(office):
    third = ProjectFactory(portfolio=office.core)
    maintain([third.pk], office.period)
    later = office.period.due_at + timedelta(days=9)
    actions.extend(office.apollo, office.period, by=office.cast.pmo, due_at=later, reason="x")
    actions.exempt(third, office.period, by=office.cast.pmo, reason="x")
    past_due(office.period)
    assert states(office.cast.pmo, office.period) == {"late": 1, "missing": 1, "exempt": 1}


def test_portfolios_and_pms_are_counted_apart_and_nobody_sees_beyond_their_scope(office):
    ReportFactory(project=office.apollo, period=office.period)
    lines = queries.counted(office.cast.pmo, [office.period]).portfolios
    assert [(x["key"], x["done"], x["expected"]) for x in lines] == [("CORE", 1, 1), ("SITE", 0, 1)]
    people, more = queries.by_pm(office.cast.pmo, [office.period])
    assert [(x["pm"], x["done"]) for x in people] == [(office.cast.outsider, 0), (office.cast.pm, 1)] and more == 0
    assert [x["key"] for x in queries.counted(office.cast.site_pmo, [office.period]).portfolios] == ["SITE"]
    assert queries.by_pm(office.cast.pmo, [office.period], most=1)[1] == 1


def test_the_figures_are_narrowed_to_a_portfolio_or_a_pm(office):
    for narrowing in (queries.Narrowing(portfolio="SITE"), queries.Narrowing(pm=office.cast.outsider.pk)):
        assert states(office.cast.pmo, office.period, narrowing) == {"missing": 1}
        found = queries.owing(office.cast.pmo, [office.period], narrowing)
        assert [o.row.project for o in found] == [office.boreas]


def test_every_period_that_still_takes_reports_is_collected_the_nearest_due_first(office):
    week = PeriodFactory(cadence="weekly")
    periods.open_period(week, by=None)
    ReportingPeriod.objects.filter(pk=week.pk).update(due_at=timezone.now() - timedelta(days=1))
    assert queries.collected_periods() == [week, office.period]
    week.refresh_from_db()
    periods.close_period(week, by=office.cast.pmo)
    assert week in queries.collected_periods()  # late reports are still taken
    periods.freeze_period(week, by=office.cast.pmo)
    assert queries.collected_periods() == [office.period]


# ---- the same moment last time


@pytest.fixture
def month_before(office):
    """The month before: both reported, APOLLO two days before it was due, BOREAS at the last moment."""
    for day in range(120):  # no holidays, so that days are days
        CompanyDay.objects.create(day=timezone.localdate() - timedelta(days=70 - day), kind="workday")
    before = PeriodFactory(day=office.period.starts_on - timedelta(days=1))
    ReportingPeriod.objects.filter(pk=before.pk).update(due_at=office.period.due_at - timedelta(days=30))
    before.refresh_from_db()
    periods.open_period(before, by=None)
    expect_reports(before)
    for project, hours in ((office.apollo, 48), (office.boreas, 1)):
        report = ReportFactory(project=project, period=before)
        status.accept_report(report, by=office.cast.pmo)
        at = before.due_at - timedelta(hours=hours)
        StatusReport.objects.filter(pk=report.pk).update(submitted_at=at, decided_at=at + timedelta(hours=5))
    return before


@pytest.mark.parametrize(
    ("hours_to_go", "found"),
    [
        (72, {"missing": 2}),
        (47, {"in": 1, "missing": 1}),
        (24, {"accepted": 1, "missing": 1}),
        (0.5, {"accepted": 1, "in": 1}),
        (-24, {"accepted": 2}),
    ],
)
def test_last_time_is_told_as_it_stood_as_far_from_the_due_moment(office, month_before, hours_to_go, found):
    now = office.period.due_at - timedelta(hours=hours_to_go)
    before = queries.counts_before(office.cast.pmo, [office.period], now=now)
    assert {s: n for s, n in before.items() if n} == found


def test_without_a_period_before_there_is_nothing_to_compare_with(office):
    assert queries.counts_before(office.cast.pmo, [office.period]) is None


# ---- who is missing


def test_the_worst_come_first_each_with_its_ladder_and_how_it_usually_comes(office):
    report = ReportFactory(project=office.boreas, period=office.period)
    status.return_report(report, by=office.cast.pmo, reason="根拠がない")
    first, second = queries.owing(office.cast.pmo, [office.period])
    assert (first.state, second.state) == ("returned", "missing")
    assert second.rung_word == gettext("not reminded") and second.done_count == 0
    past_due(office.period)
    first, second = queries.owing(office.cast.pmo, [office.period])
    assert (first.row.project, first.state) == (office.apollo, "late")


def test_rungs_of_an_older_due_date_do_not_count_for_a_new_one(office):
    for day in range(20):
        CompanyDay.objects.create(day=timezone.localdate() - timedelta(days=10 - day), kind="workday")
    ReportingPeriod.objects.filter(pk=office.period.pk).update(due_at=timezone.now() - timedelta(days=4))
    office.period.refresh_from_db()
    expect_reports(office.period)
    Ask.objects.update(updated_at=timezone.now() - timedelta(days=12))  # asked for in good time
    climb()
    late = {o.row.project: o for o in queries.owing(office.cast.pmo, [office.period])}[office.apollo]
    assert late.done_count == len(late.rungs) - sum(s.offset_days == -3 for s in queries.ladder_steps())
    assert Reminder.objects.filter(step__contains="escalate", receiver=office.cast.pmo).exists()
    actions.extend(
        office.apollo, office.period, by=office.cast.pmo, due_at=timezone.now() + timedelta(days=30), reason="x"
    )
    extended = {o.row.project: o for o in queries.owing(office.cast.pmo, [office.period])}[office.apollo]
    assert (extended.state, extended.done_count) == ("missing", 0)


def test_what_goes_out_by_itself_is_told_with_its_day(office):
    sends, _silent = queries.coming_sends(office.cast.pmo)
    assert sends and all(send["day"] > timezone.localdate() and send["count"] == 2 for send in sends)
    assert queries.coming_sends(office.cast.site_pmo)[0][0]["count"] == 1


def test_the_number_of_queries_does_not_grow_with_the_projects(office):
    def cost():
        viewer = office.cast.pmo
        forget(viewer)
        with CaptureQueriesContext(connection) as seen:
            queries.owing(viewer, [office.period])
            queries.counted(viewer, [office.period])
            queries.by_pm(viewer, [office.period])
            queries.worth_a_call(viewer, [office.period])
            queries.submitted(viewer, [office.period])
        return len(seen)

    few = cost()
    for n in range(9):
        project = ProjectFactory(portfolio=office.site if n % 2 else office.core)
        maintain([project.pk], office.period)
    expect_reports(office.period)
    assert cost() == few


# ---- whom to call


def test_each_of_the_five_signs_is_found_and_named(office):
    slipping = office.apollo
    Project.objects.filter(pk=slipping.pk).update(overall_light="green", slip_days=45)
    Project.objects.filter(pk=office.boreas.pk).update(
        spent=Decimal(112), approved_budget=Decimal(100), forecast_finish_on=timezone.localdate() - timedelta(days=1)
    )
    stuck = ProjectFactory(portfolio=office.core)
    maintain([stuck.pk], office.period)
    ProjectPeriod.objects.filter(project=stuck).update(same_reports=3)
    found = {call["project"]: call["reasons"] for call in queries.worth_a_call(office.cast.pmo, [office.period])}
    assert [len(found[p]) for p in (slipping, office.boreas, stuck)] == [1, 3, 1]
    assert "マイルストーン" in found[office.boreas][2], "it is later than a finish that has passed"
    assert "45" in found[slipping][0] and "112%" in found[office.boreas][0] and "3" in found[stuck][0]
    assert [c["project"] for c in queries.worth_a_call(office.cast.site_pmo, [office.period])] == [office.boreas]


def test_a_report_that_moves_again_is_no_longer_unchanged(office):
    before = PeriodFactory(day=office.period.starts_on - timedelta(days=1))
    periods.open_period(before, by=None)
    ReportFactory(project=office.apollo, period=before)
    ProjectPeriod.objects.filter(project=office.apollo, period=before).update(same_reports=4)
    assert [c["project"] for c in queries.worth_a_call(office.cast.pmo, [office.period])] == [office.apollo]
    ReportFactory(project=office.apollo, period=office.period, confidence="amber")
    assert queries.worth_a_call(office.cast.pmo, [office.period]) == []


# ---- what answers come to


def test_answers_are_counted_summed_and_spanned(office):
    class Question:
        from administration.collection.models import CampaignQuestion

        Kind = CampaignQuestion.Kind

        def __init__(self, kind, choices=()):
            self.kind, self.choices = kind, list(choices)

    kind = Question.Kind
    choice = queries.told_summary(Question(kind.CHOICE, ["甲", "乙"]), ["甲", "甲", "乙"])
    assert [(c["label"], c["count"], c["share"]) for c in choice["counts"]] == [("甲", 2, 66.7), ("乙", 1, 33.3)]
    number = queries.told_summary(Question(kind.NUMBER), ["2", "10.5", "-1"])
    assert all(part in number["words"] for part in ("11.5", "−1", "10.5"))
    assert queries.told_summary(Question(kind.DATE), ["2026-11-02", "2026-01-31"])["words"].index("2026") >= 0
    assert queries.told_summary(Question(kind.TEXT), ["x"])["count"] == 1
    assert queries.told_summary(Question(kind.NUMBER), [])["words"] == ""
