"""Dated places in a tree: circles are found on the day on which they would close, and never slip in."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.accounts.tree import Place, below, circle_on, from_the_top, parents_on

DAY = date(2026, 4, 1)


def test_a_unit_cannot_hang_below_itself():
    assert circle_on([], Place(1, 1, DAY)) == DAY


def test_a_unit_cannot_hang_below_what_hangs_below_it():
    places = [Place(2, 1, DAY), Place(3, 2, DAY)]
    assert circle_on(places, Place(1, 3, DAY)) == DAY


def test_a_circle_that_a_planned_move_would_close_is_found_on_that_day():
    later = DAY + timedelta(days=90)
    places = [Place(1, None, DAY), Place(2, None, DAY, later - timedelta(days=1)), Place(2, 1, later)]
    assert circle_on(places, Place(1, 2, DAY)) == later


def test_a_place_that_ends_before_the_planned_move_closes_nothing():
    later = DAY + timedelta(days=90)
    places = [Place(2, None, DAY, later - timedelta(days=1)), Place(2, 1, later)]
    assert circle_on(places, Place(1, 2, DAY, later - timedelta(days=1))) is None


def test_what_hung_elsewhere_in_the_past_does_not_count():
    places = [Place(2, 1, date(2020, 4, 1), date(2020, 12, 31)), Place(2, None, date(2021, 1, 1))]
    assert circle_on(places, Place(1, 2, DAY)) is None


moves = st.lists(st.tuples(st.integers(1, 6), st.none() | st.integers(1, 6), st.integers(0, 20)), max_size=25)


@given(moves)
def test_however_units_are_moved_every_day_is_a_tree(asked):
    """Each accepted move holds from its day until the unit's next one, as the actions write it."""
    kept: list[Place] = []
    for unit, parent, offset in asked:
        on = DAY + timedelta(days=offset)
        own = [p for p in kept if p.unit == unit]
        later = min((p.starts_on for p in own if p.starts_on > on), default=None)
        new = Place(unit, parent, on, later - timedelta(days=1) if later else None)
        if circle_on(kept, new) is not None:
            continue
        cut = []
        for p in own:
            if p.starts_on == on:
                continue
            ends = on - timedelta(days=1)
            cut.append(Place(unit, p.parent, p.starts_on, ends) if p.starts_on < on and p.holds(on) else p)
        kept = [p for p in kept if p.unit != unit] + cut + [new]
    for offset in range(22):
        parents = parents_on(kept, DAY + timedelta(days=offset))
        for unit in parents:
            at, steps = unit, 0
            while at is not None:
                at, steps = parents.get(at), steps + 1
                assert steps <= len(parents) + 1


def test_below_holds_itself_and_everything_under_it_and_ends():
    assert below({2: 1, 3: 2, 4: None}, 1) == {1, 2, 3}
    assert below({1: 2, 2: 1}, 1) == {1, 2}


def test_from_the_top_each_stands_below_its_parent_and_a_circle_hangs_nothing():
    parents = {1: None, 2: 1, 3: 2, 4: 1, 5: 9, 6: 7, 7: 6}
    assert from_the_top(parents, [4, 5, 1, 3, 2]) == [(5, 0), (1, 0), (4, 1), (2, 1), (3, 2)]
    assert from_the_top(parents, [6, 7]) == [(6, 0), (7, 0)]
