"""Five signs that figures do not fit together; what is unknown is none."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from administration.collection.anomalies import SLIP_LIMIT, UNCHANGED_PERIODS, Standing, anomalies

TODAY = date(2026, 11, 24)
SOUND = Standing("green", 0, TODAY + timedelta(days=90), Decimal(40), Decimal(100), True, 1)


def told(**changes):
    return anomalies(replace(SOUND, **changes), TODAY)


def test_a_sound_project_is_not_worth_a_call():
    assert told() == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"slip_days": SLIP_LIMIT}, []),
        ({"slip_days": SLIP_LIMIT + 1}, ["green_but_slipping"]),
        ({"slip_days": 45, "overall": "amber"}, []),
        ({"same_reports": UNCHANGED_PERIODS - 1}, []),
        ({"same_reports": UNCHANGED_PERIODS}, ["unchanged"]),
        ({"spent": Decimal(100)}, []),
        ({"spent": Decimal("100.01")}, ["spent_over"]),
        ({"forecast_finish_on": TODAY}, []),
        ({"forecast_finish_on": TODAY - timedelta(days=1)}, ["finish_past"]),
        ({"forecast_finish_on": TODAY - timedelta(days=1), "is_active": False}, []),
        ({"last_milestone_on": SOUND.forecast_finish_on}, []),
        ({"last_milestone_on": SOUND.forecast_finish_on + timedelta(days=1)}, ["milestone_beyond"]),
        (
            {"slip_days": 20, "same_reports": 9, "spent": Decimal(101), "forecast_finish_on": date(2026, 10, 31)},
            ["green_but_slipping", "unchanged", "spent_over", "finish_past"],
        ),
    ],
)
def test_each_sign_has_its_limit(changes, found):
    assert told(**changes) == found


@given(
    st.sampled_from(["green", "amber", "red", "none"]),
    st.none() | st.integers(-400, 400),
    st.none() | st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.none() | st.decimals(0, 10**9, places=2),
    st.none() | st.decimals(0, 10**9, places=2),
)
def test_nothing_is_said_of_what_is_not_known(overall, slip, finish, spent, approved):
    found = anomalies(Standing(overall, slip, finish, spent, approved, True), TODAY)
    if slip is None:
        assert "green_but_slipping" not in found
    if finish is None:
        assert "finish_past" not in found
    if spent is None or not approved:
        assert "spent_over" not in found
