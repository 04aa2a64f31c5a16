"""Periods follow the rules: planned, opened, closed and frozen by the clock; moved when the calendar or a cadence moves."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods import actions, queries
from pmo_portal.periods.models import CadenceRule, ReportingPeriod
from pmo_portal.periods.ports import period_opened
from pmo_portal.setup.defaults import install_defaults

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
TODAY = date(2037, 10, 26)
State = ReportingPeriod.State


def rule(tier, cadence, starts_on, days=3):
    return CadenceRule.objects.create(tier=tier, cadence=cadence, starts_on=starts_on, due_working_days=days)


def keys(**which):
    return sorted(ReportingPeriod.objects.filter(**which).values_list("key", flat=True))


@pytest.fixture
def monthly(db):
    rule("A", "monthly", date(2037, 4, 1))


def test_every_cadence_in_use_has_its_current_and_next_period(db):
    for tier, cadence in (("A", "weekly"), ("B", "fortnightly"), ("C", "monthly"), ("D", "quarterly")):
        rule(tier, cadence, date(2037, 4, 1))
    actions.open_due_periods(date(2037, 10, 20))
    assert keys() == ["2037-10", "2037-11", "2037-F43", "2037-F45", "2037-Q3", "2037-Q4", "2037-W43", "2037-W44"]


def test_a_tier_that_does_not_report_has_no_periods(db):
    rule("A", "none", date(2037, 4, 1))
    actions.open_due_periods(TODAY)
    assert not ReportingPeriod.objects.exists()


def test_the_clock_opens_closes_and_freezes_each_once(monthly):
    assert [p.key for p in actions.open_due_periods(TODAY)] == ["2037-10"]
    assert actions.open_due_periods(TODAY) == []
    period = ReportingPeriod.objects.get(key="2037-10")
    assert period.due_at == datetime(2037, 11, 5, 17, tzinfo=TOKYO), (
        "three working days after the month, 文化の日 between"
    )
    assert actions.close_due_periods(period.due_at) == []
    assert [p.key for p in actions.close_due_periods(period.due_at + timedelta(seconds=1))] == ["2037-10"]
    assert actions.close_due_periods(period.due_at + timedelta(days=1)) == []
    period.refresh_from_db()
    closed_on = queries.office_today(period.closed_at)
    frozen_on = queries.add_working_days(closed_on, queries.office_settings().freeze_after_days)
    assert actions.freeze_due_periods(frozen_on - timedelta(days=1)) == []
    assert [p.key for p in actions.freeze_due_periods(frozen_on)] == ["2037-10"]
    assert actions.freeze_due_periods(frozen_on) == []
    said = list(AuditEntry.objects.filter(object_id=period.pk).order_by("pk").values_list("action", flat=True))
    assert said == ["planned", "opened", "closed", "frozen"]
    assert period.pictures.count() == 1


def test_what_fails_for_one_period_does_not_keep_the_others(monthly, monkeypatch):
    rule("B", "weekly", date(2037, 4, 1))

    def refuses(period, by=None):
        if period.cadence == "monthly":
            raise ValidationError("not this one")

    monkeypatch.setattr(period_opened, "takers", [*period_opened.takers, refuses])
    with pytest.raises(ValidationError):
        actions.open_due_periods(date(2037, 10, 30))
    assert keys(state=State.OPEN) == ["2037-W44"]
    assert ReportingPeriod.objects.get(key="2037-10").state == State.PLANNED


def test_opening_asks_and_opens_in_one_step(monthly, monkeypatch):
    """A room that refuses leaves the period planned: nothing is open that nobody was asked for."""

    def breaks(period, by=None):
        raise RuntimeError("the room is out of order")

    monkeypatch.setattr(period_opened, "takers", [breaks])
    period = actions.ensure_period("monthly", TODAY)
    with pytest.raises(RuntimeError):
        actions.open_period(period, by=None)
    period.refresh_from_db()
    assert period.state == State.PLANNED and not AuditEntry.objects.filter(action="opened").exists()


# ---- changes on the way


def test_a_cadence_changed_mid_year_drops_what_nobody_reports_on_and_plans_the_new(cast):
    hara = cast.admin
    rule("C", "monthly", date(2037, 4, 1))
    actions.open_due_periods(date(2038, 9, 1))
    assert {"2038-09", "2038-10"} <= set(keys(state=State.PLANNED))
    actions.open_due_periods(date(2038, 9, 24))
    assert ReportingPeriod.objects.get(key="2038-09").state == State.OPEN
    actions.set_cadence(by=hara, tier="C", cadence="quarterly", starts_on=date(2038, 10, 1), due_working_days=5)
    assert "2038-10" not in keys(), "nobody reports on October alone any more"
    assert AuditEntry.objects.filter(action="withdrawn").exists()
    assert "2038-09" in keys(state=State.OPEN), "September is still handed in monthly"
    actions.open_due_periods(date(2038, 10, 1))
    assert "2038-Q3" in keys(state=State.PLANNED) and "2038-10" not in keys()
    assert [p.key for p in queries.taking_for("C")] == ["2038-09"]


def test_two_tiers_may_report_in_different_cadences(db):
    rule("A", "weekly", date(2037, 4, 1))
    rule("D", "quarterly", date(2037, 4, 1), days=5)
    actions.open_due_periods(TODAY)
    week = actions.open_period(ReportingPeriod.objects.get(key="2037-W44"), by=None)
    quarter = actions.open_period(ReportingPeriod.objects.get(key="2037-Q3"), by=None)
    assert queries.taking_for("A") == [week] and queries.taking_for("D") == [quarter]
    assert queries.taking_for("B") == []


def test_tiers_that_share_a_cadence_share_its_due_date(cast):
    install_defaults(date(2037, 4, 1))
    actions.set_cadence(by=cast.admin, tier="A", cadence="monthly", starts_on=date(2038, 5, 1), due_working_days=4)
    held = queries.cadences_in_force(date(2038, 5, 31))
    assert {tier: held[tier].due_working_days for tier in "ABCD"} == {"A": 4, "B": 4, "C": 4, "D": 5}
    assert queries.cadences_in_force(date(2038, 4, 30))["B"].due_working_days == -1, "the past stays as it was"


def test_a_planned_period_follows_company_days_and_the_rule(cast):
    install_defaults(date(2037, 4, 1))
    period = actions.ensure_period("monthly", date(2038, 6, 15))
    assert period.due_at == datetime(2038, 6, 29, 17, tzinfo=TOKYO)
    day = actions.add_company_day(by=cast.admin, day=date(2038, 6, 29), kind="holiday", label="創立記念日")
    period.refresh_from_db()
    assert period.due_at == datetime(2038, 6, 28, 17, tzinfo=TOKYO)
    actions.remove_company_day(day, by=cast.admin)
    period.refresh_from_db()
    assert period.due_at == datetime(2038, 6, 29, 17, tzinfo=TOKYO)
    actions.set_cadence(
        by=cast.admin,
        tier="A",
        cadence="monthly",
        starts_on=date(2038, 6, 1),
        due_working_days=2,
        due_time=time(12, 0),
    )
    period.refresh_from_db()
    assert period.due_at == datetime(2038, 7, 2, 12, tzinfo=TOKYO)


def test_a_due_date_set_by_hand_stays(cast):
    install_defaults(date(2037, 4, 1))
    period = actions.ensure_period("monthly", date(2038, 6, 15))
    chosen = datetime(2038, 7, 9, 10, tzinfo=TOKYO)
    actions.move_due(period, by=cast.manager, due_at=chosen, reason="監査のため")
    actions.add_company_day(by=cast.admin, day=date(2038, 6, 29), kind="holiday", label="")
    period.refresh_from_db()
    assert period.due_at == chosen


def test_another_fiscal_year_renames_what_is_planned_and_leaves_what_has_begun(cast):
    rule("D", "quarterly", date(2037, 4, 1), days=5)
    actions.open_due_periods(TODAY)
    begun = actions.open_period(ReportingPeriod.objects.get(key="2037-Q3"), by=None)
    office = queries.office_settings_now()
    actions.save_office(office, by=cast.admin, version=office.version, fiscal_start_month=2)
    actions.open_due_periods(date(2038, 1, 4))
    spans = {p.key: (p.starts_on, p.ends_on) for p in ReportingPeriod.objects.filter(cadence="quarterly")}
    assert spans[begun.key] == (date(2037, 10, 1), date(2037, 12, 31)) and begun.label.endswith("第3四半期")
    assert spans["2037-Q4"] == (date(2038, 1, 1), date(2038, 1, 31)), "the quarter between is cut, not doubled"
    assert spans["2038-Q1"] == (date(2038, 2, 1), date(2038, 4, 30))


def test_the_office_reckons_in_its_own_zone(cast):
    late_evening = datetime(2037, 11, 24, 16, 0, tzinfo=ZoneInfo("UTC"))
    assert queries.office_today(late_evening) == date(2037, 11, 25)
    office = queries.office_settings_now()
    actions.save_office(office, by=cast.admin, version=office.version, timezone="Europe/London")
    assert queries.office_today(late_evening) == date(2037, 11, 24)
    assert queries.office_moment(date(2037, 11, 24), time(17, 0)).utcoffset() == timedelta(0)
