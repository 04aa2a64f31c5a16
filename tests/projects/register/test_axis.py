"""The line of months on which milestones stand."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from projects.register.axis import MARGIN, MOST_TICKS, WIDTH, axis

TODAY = date(2026, 11, 25)
DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))


def test_without_dates_there_is_no_line():
    assert axis([], TODAY) is None
    assert axis([(None, None)], TODAY) is None


def test_months_from_the_first_to_the_last_with_today_on_it():
    found = axis([(date(2026, 11, 30), date(2026, 11, 16)), (date(2027, 4, 14), date(2027, 3, 31))], TODAY)
    assert [day for _place, day in found.ticks] == [date(2026, 11, 1), date(2026, 12, 1), *_months(2027, 4)]
    assert found.today is not None and not found.by_year
    assert found.marks[0].was < found.today < found.marks[0].now < found.marks[1].was < found.marks[1].now
    assert [mark.is_later for mark in found.marks] == [True, True]


def _months(year: int, upto: int) -> list[date]:
    return [date(year, month, 1) for month in range(1, upto + 1)]


def test_what_did_not_move_has_one_mark_and_what_came_forward_is_not_late():
    found = axis([(date(2027, 2, 12), date(2027, 2, 12)), (date(2027, 2, 1), date(2027, 2, 9)), (None, None)], TODAY)
    assert found.marks[0].was is None and found.marks[0].now is not None
    assert found.marks[1].was > found.marks[1].now and not found.marks[1].is_later
    assert found.marks[2].now is None


def test_over_many_years_only_years_are_named():
    found = axis([(date(2001, 5, 1), None), (date(2020, 5, 1), None)], TODAY)
    assert found.by_year and all((day.month, day.day) == (1, 1) for _place, day in found.ticks)


@given(st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), min_size=1, max_size=9))
def test_every_mark_lies_on_the_line_in_the_order_of_its_days(pairs):
    found = axis(pairs, TODAY)
    if found is None:
        return
    assert len(found.marks) == len(pairs) and len(found.ticks) <= MOST_TICKS + 1
    placed = [(day, mark.now) for (day, _was), mark in zip(pairs, found.marks, strict=True) if day is not None]
    assert all(MARGIN <= place <= WIDTH - MARGIN for _day, place in placed)
    assert [place for _day, place in sorted(placed)] == sorted(place for _day, place in placed)


@given(DAYS, st.integers(0, 400))
def test_there_are_never_more_ticks_than_can_be_read(first, days):
    found = axis([(first, None), (first + timedelta(days=days), None)], first)
    assert 1 <= len(found.ticks) <= MOST_TICKS + 1
