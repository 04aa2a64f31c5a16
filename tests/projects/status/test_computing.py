"""The lights that figures give."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.status.computing import (
    DEFAULT,
    ORDER,
    Thresholds,
    computed_lights,
    cost_light,
    differs,
    needs_reason,
    schedule_light,
    worst,
)

LIGHTS = ("green", "amber", "red", "none")
KNOWN = st.sampled_from(("green", "amber", "red"))


@pytest.mark.parametrize(
    ("days", "light"),
    [(None, "none"), (-20, "green"), (0, "green"), (1, "amber"), (30, "amber"), (31, "red"), (400, "red")],
)
def test_a_light_turns_past_its_limit_and_not_at_it(days, light):
    assert schedule_light(days) == light


@pytest.mark.parametrize(
    ("percent", "light"),
    [(None, "none"), ("-5", "green"), ("3", "green"), ("3.01", "amber"), ("10", "amber"), ("10.01", "red")],
)
def test_cost_is_judged_against_the_approval(percent, light):
    assert cost_light(Decimal(percent) if percent else None) == light


@given(st.integers(-3000, 3000), st.integers(-3000, 3000))
def test_a_longer_slip_is_never_a_better_light(one, other):
    first, second = sorted((one, other))
    assert ORDER[schedule_light(first)] >= ORDER[schedule_light(second)]


@given(st.lists(KNOWN, min_size=1))
def test_the_worst_light_is_one_of_them_whatever_their_order(lights):
    assert worst(*lights) == worst(*reversed(lights)) == min(lights, key=ORDER.get)


def test_what_is_not_known_does_not_hide_what_is():
    assert worst("none", "green") == "green"
    assert worst("none", "none") == "none"
    assert worst() == "none"


@pytest.mark.parametrize(
    ("declared", "computed", "is_different"),
    [
        ("green", "amber", True),
        ("green", "red", True),
        ("amber", "red", True),
        ("amber", "green", False),  # worse than computed needs no word beyond its own reason
        ("green", "green", False),
        ("green", "none", False),
        ("none", "red", False),
    ],
)
def test_only_a_light_better_than_its_figures_differs(declared, computed, is_different):
    assert differs(declared, computed) is is_different


def test_a_computed_light_names_the_limit_it_passed():
    found = computed_lights(45, Decimal("3.5"))
    assert (found["schedule"].light, found["schedule"].value, found["schedule"].limit) == ("red", 45, DEFAULT.red_days)
    assert (found["cost"].light, found["cost"].limit) == ("amber", DEFAULT.amber_percent)
    assert found["overall"].light == "red"


def test_limits_can_be_the_offices_own():
    lenient = Thresholds(amber_days=60, red_days=90)
    assert computed_lights(45, None, lenient)["schedule"].light == "green"


@pytest.mark.parametrize(
    ("dimension", "declared", "slip", "needs"),
    [
        ("quality", "green", 0, False),
        ("quality", "amber", 0, True),
        ("schedule", "green", 0, False),
        ("schedule", "green", 14, True),
        ("overall", "green", 14, False),  # the same figures are explained at the schedule already
        ("overall", "red", 0, True),
        ("schedule", "none", 14, False),
    ],
)
def test_a_word_is_asked_for_unless_green_and_unless_the_figures_agree(dimension, declared, slip, needs):
    assert needs_reason(dimension, declared, computed_lights(slip, None)) is needs
