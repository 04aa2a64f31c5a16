"""The moment that compares with now, in working days; and how somebody usually reports."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from administration.collection.timing import habit, same_moment

TOKYO = ZoneInfo("Asia/Tokyo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


DUE, BEFORE = at("2026-11-27 17:00"), at("2026-10-30 17:00")  # both Fridays


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-27 09:12", "2026-10-30 09:12"),  # the due day itself
        ("2026-11-26 09:12", "2026-10-29 09:12"),  # the working day before
        (
            "2026-11-20 09:12",
            "2026-10-26 09:12",
        ),  # four before: Labour Thanksgiving Day lies between and does not count
        ("2026-12-01 09:12", "2026-11-04 09:12"),  # two after: Culture Day does not count
    ],
)
def test_the_same_moment_is_as_many_working_days_away(now, then):
    assert same_moment(at(now), DUE, BEFORE) == at(then)


def test_company_days_count_as_the_office_says():
    closed = {at("2026-10-29 00:00").date(): "holiday"}
    assert same_moment(at("2026-11-26 09:12"), DUE, BEFORE, closed) == at("2026-10-28 09:12")


@given(st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 20)))
def test_of_a_period_with_itself_the_moment_stays_on_its_working_day(moment):
    moment = moment.replace(tzinfo=TOKYO)
    then = same_moment(moment, DUE, DUE)
    assert then.timetz() == moment.timetz()
    assert then.date() <= moment.date() + timedelta(days=4) and moment.date() <= then.date() + timedelta(days=4)


def days(*numbers):
    return [timedelta(days=n) for n in numbers]


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (days(2, 2), ""),  # too few to tell
        (days(2, 2, -1), "late"),  # one in three
        (days(2, 3, 4, -1), "early"),
        (days(1, 1, 1), "day_before"),
        ([timedelta(hours=2)] * 4, "day_of"),
        (days(5, 6, 7), "early"),
    ],
)
def test_a_habit_is_told_from_enough_reports(ahead, said):
    assert habit(ahead) == said
