"""From what was measured to what is met. Pure arithmetic over figures."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

GROWTH, CROWD_SHARE, CROWD_WAIT = 1.25, 6, 6
MEMORY, MEMORY_GROWTH = 2.0, 1.1
ARRIVAL_SECONDS, IMPORT_TIMES, STORED_SHARE, LINEAR = 2.0, 6.0, 0.2, 1.25
READER, COMMON = 0.20, 2.0
WORKBOOK_TIMES, WORKBOOK_FLOORS = 3.0, 60.0
_COMMON_GOAL = "search: a common word against a rare one"


@dataclass(frozen=True)
class Verdict:
    """One goal: what was found, what it may be at most, and whether it is met."""

    goal: str
    found: str
    most: str
    met: bool

    @property
    def word(self) -> str:
        return "met" if self.met else "**not met**"


def times(timing: dict[str, Any]) -> float:
    """How many times its floor a task takes, with one client."""
    return timing["p50"] / timing["floor_p50"]


def growth(small: dict[str, Any], large: dict[str, Any]) -> float:
    """How much dearer a task is in the larger office, each measured against the floor of its own run."""
    return times(large) / times(small)


def share(timing: dict[str, Any]) -> float:
    """How many times fewer requests a second than the floor four clients get."""
    return timing["floor_rate"] / timing["rate"] if timing["rate"] else inf


def by_name(office: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {t["name"]: t for t in office["timings"]}


def task_faults(timing: dict[str, Any]) -> list[str]:
    """Which goals of its own a task misses, in words; empty: none."""
    wrong = []
    if times(timing) > timing["limit"]:
        wrong.append(f"{times(timing) / timing['limit'] - 1:.0%} too slow")
    if timing["most_sql"] and timing["sql"] > timing["most_sql"]:
        wrong.append(f"{timing['sql']} queries, not {timing['most_sql']}")
    if timing["most_kilobytes"] and timing["size"] > timing["most_kilobytes"] * 1024:
        wrong.append(f"more than {timing['most_kilobytes']} KB")
    if share(timing) > CROWD_SHARE * max(1.0, timing["limit"] / 4):
        wrong.append(f"four clients get 1/{share(timing):.1f} of the floor's requests")
    if timing["crowd_p95"] > CROWD_WAIT * timing["p50"]:
        wrong.append(f"four clients wait {timing['crowd_p95'] / timing['p50']:.1f} times as long")
    if timing["faults"]:
        wrong.append(f"{len(timing['faults'])} answers were faults: {timing['faults'][0]}")
    return wrong


def verdicts(offices: dict[int, dict[str, Any]]) -> list[Verdict]:
    """The goals over the whole: the largest office, and what it costs more than the smallest."""
    smallest, largest = min(offices), max(offices)
    office = offices[largest]
    named = by_name(office)
    found: list[Verdict | None] = [_pages(named), _crowd(named)]
    if smallest != largest:
        found.append(_growth(by_name(offices[smallest]), named, smallest, largest))
    found += [_reader(named), _common(named, office.get("entries") or {}), _memory(office)]
    found += [_memory_growth(office), _arrival(office), _stored(office)]
    if smallest != largest:
        found.append(_linear(offices[smallest]["rollup"], office["rollup"]))
    if office.get("workbooks"):
        found += _workbooks(office["workbooks"])
        found.append(_job(office["workbooks"], named["export of all, CSV"]))
    if office.get("import"):
        found.append(_import(office["import"]))
    return [v for v in found if v is not None]


def _pages(named: dict) -> Verdict:
    over = [f"{n} {times(t):.1f} (at most {t['limit']:g})" for n, t in named.items() if times(t) > t["limit"]]
    found = "; ".join(over) if over else "none over"
    return Verdict("every page, write and export within its multiple of the floor", found, "see above", not over)


def _crowd(named: dict) -> Verdict:
    pages = {n: t for n, t in named.items() if t["floor"] == "page"}
    name, worst = max(pages.items(), key=lambda item: share(item[1]))
    waits, waiting = max(named.items(), key=lambda item: item[1]["crowd_p95"] / item[1]["p50"])
    wait, faults = waiting["crowd_p95"] / waiting["p50"], sum(len(t["faults"]) for t in named.values())
    return Verdict(
        "four clients at once: requests a second against the floor's, p95 against p50 of one, errors",
        f"1/{share(worst):.1f} ({name}), {wait:.1f} × ({waits}), {faults}",
        f"1/{CROWD_SHARE}, {CROWD_WAIT} ×, 0",
        share(worst) <= CROWD_SHARE and wait <= CROWD_WAIT and not faults,
    )


def _growth(small: dict, large: dict, least: int, most: int) -> Verdict:
    same = [n for n in large if n in small and large[n]["floor"] != "csv"]
    name = max(same, key=lambda n: growth(small[n], large[n]))
    worst = growth(small[name], large[name])
    return Verdict(f"growth from {least:,} to {most:,}", f"{worst:.2f} ({name})", f"{GROWTH}", worst <= GROWTH)


def _reader(named: dict) -> Verdict:
    ratio = named["list, reader of 1 %"]["p50"] / named["project list"]["p50"]
    return Verdict(
        "project list for a reader of 1 % against a reader of all",
        f"{ratio:.2f}",
        f"1 + {READER:.2f}",
        ratio <= 1 + READER,
    )


def _common(named: dict, entries: dict[str, int]) -> Verdict:
    ratio = named["search, common word"]["p50"] / named["search, rare word"]["p50"]
    among = ", ".join(f"{count:,} {name}" for name, count in entries.items())
    goal = f"search among {among}: a common word against a rare one" if among else _COMMON_GOAL
    return Verdict(goal, f"{ratio:.2f}", f"{COMMON:g}", ratio <= COMMON)


def _workbooks(found: dict[str, float]) -> list[Verdict]:
    """As it is shown, and as it is made for editing."""
    kinds = (("shown", "as the list shows it"), ("edited", "made for editing"))
    return [
        Verdict(
            f"Excel of {found['rows']:,} rows {words} against a bare XlsxWriter of the same cells",
            f"{found[kind] / found[f'{kind}_bare']:.1f} × ({found[kind]:.1f} s against {found[f'{kind}_bare']:.1f} s), "
            f"{found[f'{kind}_mb']:.0f} MB more",
            f"{WORKBOOK_TIMES:g} ×",
            found[kind] <= WORKBOOK_TIMES * found[f"{kind}_bare"],
        )
        for kind, words in kinds
    ]


def _job(found: dict[str, float], csv: dict[str, Any]) -> Verdict:
    """The work of the job that makes it, beside the floor's file of all."""
    ratio = found["shown"] * 1000 / csv["floor_p50"]
    return Verdict(
        f"Excel of all {found['rows']:,} projects, the work of its job, against the floor's CSV of all",
        f"{ratio:.1f} ×",
        f"{WORKBOOK_FLOORS:g} ×",
        ratio <= WORKBOOK_FLOORS,
    )


def _memory(office: dict) -> Verdict:
    memory = office["memory"]
    ratio = memory["portal"] / memory["floor"]
    return Verdict(
        "memory of two workers after the whole run",
        f"{memory['portal']:.0f} MB, {ratio:.2f} × the floor's {memory['floor']:.0f} MB",
        f"{MEMORY:g} ×",
        ratio <= MEMORY,
    )


def _memory_growth(office: dict) -> Verdict:
    ratio = office["memory"]["portal"] / office["memory"]["after_one_round"]
    return Verdict("memory does not grow between rounds", f"{ratio:.2f}", f"{MEMORY_GROWTH}", ratio <= MEMORY_GROWTH)


def _arrival(office: dict) -> Verdict | None:
    if not office.get("arrival"):
        return None
    worst = max(office["arrival"])
    return Verdict(
        "an accepted status is in the portfolio screen, sums included (worker running)",
        f"{worst:.1f} s at the longest of {len(office['arrival'])}",
        f"{ARRIVAL_SECONDS:g} s",
        worst <= ARRIVAL_SECONDS,
    )


def _stored(office: dict) -> Verdict:
    stored, raw = office["rollup"]["stored_ms"], office["rollup"]["raw_ms"]
    return Verdict(
        "portfolio × month over a year from stored sums against summing the reports",
        f"{stored:.1f} ms against {raw:.0f} ms",
        "1/5",
        stored <= raw * STORED_SHARE,
    )


def _linear(small: dict, large: dict) -> Verdict:
    ratio = (large["seconds"] / large["figures"]) / (small["seconds"] / small["figures"])
    return Verdict(
        "roll-up of everything from nothing is linear; its memory",
        f"{large['seconds']:.1f} s for {large['figures']:,} figures, a figure {ratio:.2f} × as dear; {large['peak_mb']:.0f} MB",
        f"{LINEAR} ×",
        ratio <= LINEAR,
    )


def _import(found: dict) -> Verdict:
    ratio = found["seconds"] / found["bare_seconds"]
    return Verdict(
        f"import of {found['rows']:,} rows against a bare read and bulk insert of the same",
        f"{ratio:.1f} × ({found['seconds']:.1f} s against {found['bare_seconds']:.1f} s), {found['peak_mb']:.0f} MB",
        f"{IMPORT_TIMES:g} ×",
        ratio <= IMPORT_TIMES,
    )
