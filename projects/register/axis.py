"""Milestones along a line of months: where each was forecast and where it is now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH = 180  # of the drawing, in its own units
MARGIN = 7  # so that a mark on the first or last day is whole
MOST_TICKS = 6
STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)  # months between two ticks


@dataclass(frozen=True)
class Mark:
    """Places on the line: `now` as forecast or reached, `was` before it moved; None where unknown or not moved."""

    now: float | None
    was: float | None
    is_later: bool = False


@dataclass(frozen=True)
class Axis:
    """`ticks` are (place, first day of the month); `by_year` where only years can be named; `today` lies on the line or
    is None. One mark for each pair, in their order."""

    ticks: list[tuple[float, date]]
    by_year: bool
    today: float | None
    marks: list[Mark]


def axis(pairs: Sequence[tuple[date | None, date | None]], today: date) -> Axis | None:
    """(is, was) of each milestone; None where no date is known at all."""
    known = [day for pair in pairs for day in pair if day is not None]
    if not known:
        return None
    if abs((min(known) - today).days) < 120:
        known.append(today)
    first, last = _month(min(known)), _month(max(known), 1)
    days = (last - first).days
    months = (last.year - first.year) * 12 + last.month - first.month

    def place(day: date) -> float:
        return round(MARGIN + (day - first).days / days * (WIDTH - 2 * MARGIN), 1)

    def mark(now: date | None, was: date | None) -> Mark:
        moved = now is not None and was is not None and now != was
        return Mark(
            place(now) if now else None,
            place(was) if was and moved else None,
            bool(moved and now and was and now > was),
        )

    step = next((s for s in STEPS if months / s <= MOST_TICKS), STEPS[-1])
    start = first if step < 12 else date(first.year + (first.month > 1), 1, 1)
    ticks = []
    while start < last:
        ticks.append((place(start), start))
        start = _month(start, step)
    return Axis(ticks, step >= 12, place(today) if first <= today <= last else None, [mark(*p) for p in pairs])


def _month(day: date, later: int = 0) -> date:
    """The first day of the month, or of one that many months later."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)
