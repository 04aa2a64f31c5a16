"""Counts with their movement, heat cells of mixed cadences, cost bars: pure, by hand-made values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.portfolio.movement import (
    LEVELS,
    SCALE,
    Group,
    Move,
    Standing,
    cells,
    cost_bar,
    count_levels,
    slip_change,
    why_no_cost,
)

groups = st.lists(
    st.builds(
        Group,
        level=st.sampled_from(LEVELS),
        was=st.sampled_from(LEVELS),
        state=st.sampled_from(["accepted", "missing", ""]),
        needs_action=st.booleans(),
        count=st.integers(1, 50),
    ),
    max_size=30,
)


@dataclass(frozen=True)
class Column:
    starts_on: date
    ends_on: date


MONTHS = [
    Column(date(2026, 9, 1), date(2026, 9, 30)),
    Column(date(2026, 10, 1), date(2026, 10, 31)),
    Column(date(2026, 11, 1), date(2026, 11, 30)),
]


def standing(starts_on, ends_on, confidence="amber", state="accepted") -> Standing:
    return Standing(state=state, confidence=confidence, starts_on=starts_on, ends_on=ends_on)


def month(number, confidence="amber", state="accepted") -> Standing:
    column = MONTHS[number]
    return standing(column.starts_on, column.ends_on, confidence, state)


def kinds(*standings, columns=MONTHS):
    return [(c.kind, c.level) for c in cells(standings, columns)]


def test_a_project_that_fell_leaves_one_level_and_comes_to_another_by_name():
    fell = Move("A", "Apollo", "/projects/A/", was="amber", now="red")
    found = {
        level.key: level
        for level in count_levels(
            [Group("red", "amber", "accepted", True, 1), Group("amber", "amber", "accepted", False, 3)], [fell]
        )
    }
    assert (found["red"].count, found["red"].before, found["red"].change) == (1, 0, 1)
    assert (found["amber"].count, found["amber"].before, found["amber"].change) == (3, 4, -1)
    assert found["red"].moved_in == [fell] and found["amber"].moved_out == [fell]
    assert found["amber"].share == 100 and found["red"].share == 33.3


def test_the_first_three_are_named_and_the_rest_counted():
    moves = [Move(str(n), str(n), "", was="green", now="amber") for n in range(5)]
    amber = count_levels([Group("amber", "green", "accepted", False, 7)], moves)[2]
    assert [m.name for m in amber.moved_in] == ["0", "1", "2"] and amber.more_in == 4 and amber.more_out == 0


@given(groups)
def test_nobody_is_lost_between_two_periods(given_groups):
    found = count_levels(given_groups)
    total = sum(g.count for g in given_groups)
    assert sum(level.count for level in found) == sum(level.before for level in found) == total
    assert sum(level.change for level in found) == 0
    assert all(level.change == level.came - level.went for level in found)


def test_monthly_projects_fill_each_month():
    assert kinds(month(0, "green"), month(1, "amber"), month(2, "red")) == [
        ("reported", "green"),
        ("reported", "amber"),
        ("reported", "red"),
    ]


def test_what_is_not_reported_is_told_apart_from_what_was_not_due_and_what_had_not_begun():
    missing = month(2, "none", "missing")
    assert kinds(month(1, "amber"), missing) == [("blank", "none"), ("reported", "amber"), ("missing", "amber")]
    assert kinds(month(0, "none", "exempt"), month(1, "none", "accepted")) == [
        ("exempt", "none"),
        ("unrated", "none"),
        ("between", "none"),
    ]


def test_a_quarterly_project_stands_in_the_month_that_its_quarter_ends_in():
    quarter = standing(date(2026, 7, 1), date(2026, 9, 30), "amber_green")
    assert kinds(quarter) == [("reported", "amber_green"), ("between", "amber_green"), ("between", "amber_green")]


def test_of_a_weekly_project_a_month_shows_the_last_week_told():
    weeks = [
        standing(date(2026, 10, 5), date(2026, 10, 11), "green"),
        standing(date(2026, 10, 12), date(2026, 10, 18), "red"),
        standing(date(2026, 10, 19), date(2026, 10, 25), "none", "missing"),
        standing(date(2026, 10, 26), date(2026, 11, 1), "amber"),
    ]
    assert kinds(*weeks) == [("blank", "none"), ("reported", "red"), ("reported", "amber")]


def test_a_monthly_project_stands_in_the_week_that_its_month_ends_in():
    weeks = [Column(date(2026, 10, 26), date(2026, 11, 1)), Column(date(2026, 11, 2), date(2026, 11, 8))]
    assert kinds(month(1, "amber"), columns=weeks) == [("reported", "amber"), ("between", "amber")]


@pytest.mark.parametrize(
    ("spent", "forecast", "approved", "bar"),
    [
        (50, 90, 100, (50, 90, 0, False)),
        (50, 120, 100, (50, 100, 20, False)),
        (465, 480, 465, (100, 100, 3.2, False)),
        (900, 1000, 100, (150, 100, 50, True)),
        (None, 10, 100, (0, 10, 0, False)),
    ],
)
def test_cost_is_drawn_in_percent_of_approval(spent, forecast, approved, bar):
    drawn = cost_bar(None if spent is None else Decimal(spent), Decimal(forecast), Decimal(approved))
    assert (drawn.spent, drawn.within, drawn.over, drawn.is_cut) == bar


@given(*(st.decimals(0, 10**12, places=2) for _n in range(2)), st.decimals(1, 10**12, places=2))
def test_a_bar_never_leaves_its_scale(spent, forecast, approved):
    drawn = cost_bar(spent, forecast, approved)
    assert 0 <= drawn.within + drawn.over <= SCALE and 0 <= drawn.spent <= SCALE


def test_an_undefined_figure_says_why():
    ten = Decimal(10)
    assert why_no_cost(True, ten, None) == "approval"
    assert why_no_cost(True, ten, Decimal(0)) == "approval"
    assert why_no_cost(True, None, ten) == "forecast"
    assert why_no_cost(False, None, ten) == "report"
    assert why_no_cost(True, ten, ten) == ""


@pytest.mark.parametrize(
    ("row", "days", "expected"),
    [(2, 70, 28), (2, None, None), (1, 42, None), (3, 70, None), (9, 70, None), (None, 70, None)],
)
def test_the_finish_moved_by_what_was_added_since_the_row_before(row, days, expected):
    assert slip_change([(1, 42), (2, 70), (5, None), (3, 70)], row, days) == expected
