"""From a day to its period: every day lies in one, no two share a key, quarters follow the fiscal year. Pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.periods.cadences import label, span_of
from pmo_portal.periods.calendar import add_working_days, is_working_day, working_days_between
from pmo_portal.periods.fiscal import fiscal_half, fiscal_quarter, fiscal_year, quarter_span, year_name

DAYS = st.dates(date(1990, 1, 1), date(2199, 12, 1))
REGULAR = ("weekly", "fortnightly", "monthly", "quarterly")


@given(st.sampled_from(REGULAR), DAYS, st.integers(1, 12))
def test_every_day_lies_in_the_span_it_is_given(cadence, day, start_month):
    span = span_of(cadence, day, start_month)
    assert span.starts_on <= day <= span.ends_on
    assert span_of(cadence, span.starts_on, start_month) == span_of(cadence, span.ends_on, start_month) == span


@given(st.sampled_from(REGULAR), DAYS, st.integers(1, 12))
def test_spans_follow_each_other_without_gap_and_with_another_key(cadence, day, start_month):
    span = span_of(cadence, day, start_month)
    following = span_of(cadence, span.ends_on + timedelta(days=1), start_month)
    assert following.starts_on == span.ends_on + timedelta(days=1)
    assert following.key != span.key


@pytest.mark.parametrize("cadence", REGULAR)
def test_no_two_spans_of_thirty_years_share_a_key(cadence):
    """Fortnights are named after the ISO year: 2024-01-01 and 2024-12-30 are both in a first week."""
    day, keys = date(2020, 1, 1), set()
    while day < date(2050, 1, 1):
        span = span_of(cadence, day)
        assert span.key not in keys
        keys.add(span.key)
        day = span.ends_on + timedelta(days=1)


def test_the_fiscal_year_begins_in_april_unless_set_otherwise():
    assert (fiscal_year(date(2027, 3, 31)), fiscal_year(date(2027, 4, 1))) == (2026, 2027)
    assert [fiscal_quarter(date(2026, m, 1)) for m in (4, 6, 7, 12, 1, 3)] == [1, 1, 2, 3, 4, 4]
    assert [fiscal_half(date(2026, m, 1)) for m in (4, 9, 10, 3)] == [1, 1, 2, 2]
    assert quarter_span(2026, 4) == (date(2027, 1, 1), date(2027, 3, 31))
    assert quarter_span(2026, 1, 1) == (date(2026, 1, 1), date(2026, 3, 31))
    assert (year_name(2026, "ja"), year_name(2026, "en")) == ("2026年度", "FY2026")


def test_a_period_is_named_in_both_languages():
    first, last = date(2026, 10, 1), date(2026, 12, 31)
    assert label("quarterly", first, last, "ja", "2026-Q3") == "2026年度 第3四半期"
    assert label("quarterly", first, last, "en", "2026-Q4b") == "FY2026 Q4", "a key keeps the name it was given"
    assert label("monthly", first, last, "ja") == "2026年10月"
    assert label("weekly", date(2026, 11, 23), date(2026, 11, 29), "en") == "week of 23 Nov 2026"


# ---- working days


def test_holidays_substitute_holidays_and_company_days_are_no_working_days():
    assert not is_working_day(date(2026, 11, 23)), "勤労感謝の日"
    assert not is_working_day(date(2026, 5, 6)), "憲法記念日 falls on a Sunday: its substitute"
    assert not is_working_day(date(2026, 9, 22)), "between two holidays: 国民の休日"
    assert is_working_day(date(2026, 11, 24))
    own = {date(2026, 12, 29): "holiday", date(2026, 11, 28): "workday"}
    assert not is_working_day(date(2026, 12, 29), own)
    assert is_working_day(date(2026, 11, 28), own), "a Saturday on which the office works"


def test_counting_working_days_passes_over_golden_week():
    assert add_working_days(date(2026, 4, 30), 3) == date(2026, 5, 8)
    assert add_working_days(date(2026, 5, 8), -3) == date(2026, 4, 30)
    assert add_working_days(date(2026, 5, 3), 0) == date(2026, 5, 7), "0: the next day on which people work"


@given(DAYS.filter(lambda d: d.year > 2000 and d.year < 2090), st.integers(1, 40))
def test_adding_and_counting_agree(day, count):
    later = add_working_days(day, count)
    assert working_days_between(day, later) == count
    assert is_working_day(later)


def test_another_calendar_has_other_holidays():
    assert not is_working_day(date(2026, 12, 25), calendar="GB")
    assert is_working_day(date(2026, 12, 25), calendar="JP")
    assert is_working_day(date(2026, 11, 23), calendar="GB")
