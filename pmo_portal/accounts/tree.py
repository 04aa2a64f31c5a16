"""Dated places in a tree. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Place:
    """From a day to a day (None: open), `unit` hangs below `parent` (None: at the top)."""

    unit: int
    parent: int | None
    starts_on: date
    ends_on: date | None = None

    def holds(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def parents_on(places: Iterable[Place], day: date) -> dict[int, int | None]:
    """Unit → its parent on a day."""
    return {p.unit: p.parent for p in places if p.holds(day)}


def circle_on(places: Iterable[Place], new: Place) -> date | None:
    """The first day on which `new`, put in among the other units' places, would close a circle; None: never."""
    others = [p for p in places if p.unit != new.unit]
    days = {new.starts_on} | {p.starts_on for p in others if new.holds(p.starts_on)}
    for day in sorted(days):
        above, seen = parents_on(others, day), set()
        at = new.parent
        while at is not None and at not in seen:
            if at == new.unit:
                return day
            seen.add(at)
            at = above.get(at)
    return None


def from_the_top(parents: dict[int, int | None], units: Iterable[int]) -> list[tuple[int, int]]:
    """The units, each below its parent, with how deep it hangs; brothers as they are given. A unit whose parent is not among
    them stands at the top."""
    given = list(units)
    shown = set(given)
    children: dict[int | None, list[int]] = {}
    for unit in given:
        parent = parents.get(unit)
        children.setdefault(parent if parent in shown else None, []).append(unit)
    found: dict[int, int] = {}
    waiting = [(unit, 0) for unit in reversed(children.get(None, []))]
    while waiting:
        unit, depth = waiting.pop()
        if unit not in found:
            found[unit] = depth
            waiting += [(child, depth + 1) for child in reversed(children.get(unit, []))]
    return [*found.items(), *((unit, 0) for unit in given if unit not in found)]


def below(parents: dict[int, int | None], unit: int) -> set[int]:
    """Every unit under `unit`, itself included. A circle that slipped in does not hang it."""
    children: dict[int | None, list[int]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)
    found, waiting = set(), [unit]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += children.get(at, [])
    return found
