"""The bench's own arithmetic: what is met is met, and what is not says by how much."""

from __future__ import annotations

import pytest

from governance.bench import judging
from governance.bench.judging import growth, share, task_faults, times, verdicts
from governance.bench.measuring import Client, Timing, measure, percentile
from governance.bench.table import tables

NAMES = ("export of all, CSV", "project list", "list, reader of 1 %", "search, rare word", "search, common word")


def timing(name: str = "desk", **changed) -> dict:
    told = Timing(
        name, "page", 4, p50=20.0, p95=30.0, floor_p50=10.0, rate=80.0, floor_rate=160.0, crowd_p95=60.0, size=5000
    )
    return {**vars(told), "most_sql": 12, "most_kilobytes": 150, **changed}


def office(**changed) -> dict:
    return {
        "timings": [timing(name) for name in NAMES],
        "memory": {"floor": 200.0, "portal": 300.0, "after_one_round": 295.0},
        "arrival": [0.4, 1.2],
        "rollup": {
            "seconds": 10.0,
            "figures": 100_000,
            "sums": 900,
            "base_mb": 90,
            "peak_mb": 150,
            "stored_ms": 1.0,
            "raw_ms": 50.0,
        },
        **changed,
    }


@pytest.mark.parametrize(
    ("values", "share_of", "found"),
    [([5.0], 95, 5.0), ([1.0, 2.0, 3.0, 4.0], 50, 2.0), (list(range(1, 101)), 95, 95), (list(range(1, 21)), 95, 19)],
)
def test_percentile_is_the_nearest_rank(values, share_of, found):
    assert percentile(values, share_of) == found


def test_ratios():
    assert times(timing()) == 2.0
    assert growth(timing(), timing(p50=30.0)) == 1.5
    assert growth(timing(), timing(p50=40.0, floor_p50=20.0)) == 1.0
    assert share(timing()) == 2.0
    assert share(timing(rate=0.0)) == float("inf")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, []),
        ({"p50": 40.0}, []),
        ({"p50": 44.0}, ["10% too slow"]),
        ({"sql": 13}, ["13 queries, not 12"]),
        ({"size": 151 * 1024}, ["more than 150 KB"]),
        ({"rate": 20.0}, ["four clients get 1/8.0 of the floor's requests"]),
        ({"crowd_p95": 140.0}, ["four clients wait 7.0 times as long"]),
        ({"faults": ["500: b''"]}, ["1 answers were faults: 500: b''"]),
    ],
)
def test_a_task_names_each_goal_that_it_misses(changed, words):
    assert task_faults(timing(**changed)) == words


def test_an_office_that_meets_everything():
    judged = verdicts({1000: office(), 10_000: office()})
    assert [v.goal for v in judged if not v.met] == []
    assert len(judged) == 10


@pytest.mark.parametrize(
    ("changed", "goal"),
    [
        ({"memory": {"floor": 100.0, "portal": 300.0, "after_one_round": 295.0}}, "memory of two workers"),
        ({"memory": {"floor": 200.0, "portal": 300.0, "after_one_round": 200.0}}, "memory does not grow"),
        ({"arrival": [0.4, 2.5]}, "an accepted status"),
        ({"rollup": {**office()["rollup"], "stored_ms": 20.0}}, "portfolio × month"),
        ({"rollup": {**office()["rollup"], "seconds": 30.0}}, "roll-up of everything"),
        ({"timings": [timing(n, p50=29.0 if n.endswith("1 %") else 20.0) for n in NAMES]}, "project list for a reader"),
        ({"timings": [timing(n, p50=41.0 if n.endswith("common word") else 20.0) for n in NAMES]}, "search: a common"),
        ({"timings": [timing(n, p50=30.0) for n in NAMES]}, "growth from"),
    ],
)
def test_each_goal_that_the_larger_office_misses_is_named(changed, goal):
    missed = [v.goal for v in verdicts({1000: office(), 10_000: office(**changed)}) if not v.met]
    assert any(g.startswith(goal) for g in missed), missed


def test_an_import_is_judged_where_there_was_one():
    found = {"rows": 10_000, "seconds": 70.0, "bare_seconds": 10.0, "peak_mb": 400.0}
    judged = [v for v in verdicts({1000: office(**{"import": found})}) if v.goal.startswith("import")]
    assert [(v.met, v.found.split()[0]) for v in judged] == [(False, "7.0")]
    assert judging.IMPORT_TIMES == 6


def test_workbooks_are_judged_against_the_bare_writer_both_as_shown_and_for_editing():
    found = {
        "rows": 10_000,
        "shown": 2.0,
        "shown_bare": 1.0,
        "shown_mb": 9.0,
        "edited": 3.2,
        "edited_bare": 1.0,
        "edited_mb": 9.0,
    }
    judged = [v for v in verdicts({1000: office(workbooks=found)}) if v.goal.startswith("Excel of 10,000 rows")]
    assert [(v.met, v.found[:5]) for v in judged] == [(True, "2.0 ×"), (False, "3.2 ×")]


def test_the_search_says_among_how_much():
    judged = verdicts({1000: office(entries={"projects": 10_000, "reports": 99_000})})
    assert any(v.goal.startswith("search among 10,000 projects, 99,000 reports") for v in judged)


def test_the_table_has_a_row_for_each_task_and_goal():
    text = tables("PostgreSQL 15", {1000: office(), 10_000: office()})
    assert text.count("\n| search, ") == 2
    assert "**not met**" not in text
    assert all(line.count("|") == 12 for line in text.splitlines() if line.startswith(("| desk", "| project list |")))


def test_measuring_asks_floor_and_task_in_turn_and_tells_faults():
    asked: list[str] = []

    def of(name: str, status: int):
        def once(client):
            asked.append(name)
            return status, b"12345"

        return once

    clients, floors = ([Client(9, n) for n in range(4)] for _ in range(2))  # they never have to connect
    found = measure(of("task", 500), of("floor", 200), clients, floors, rounds=6)
    assert asked[6:18] == ["floor", "task"] * 6
    assert found.size == 5
    assert len(found.faults) == asked.count("task")
    assert found.p50 > 0
    assert found.rate > 0
