"""Counts by confidence with their movement, and the cells of the heat table. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

LEVELS = ("green", "amber_green", "amber", "amber_red", "red", "none")
RANK = {level: n for n, level in enumerate(LEVELS)}
REPORTED = ("submitted", "accepted", "returned")


@dataclass(frozen=True)
class Group:
    """How many projects (`count`) stand at `level`, stood at `was` the period before, in this state of reporting."""

    level: str
    was: str
    state: str
    needs_action: bool
    count: int


@dataclass(frozen=True)
class Move:
    """One project whose confidence changed. `fall` counts the steps down; below zero it rose; None: rated the first time,
    or no longer. `slip_change`: days that the finish moved in the period; None: not known."""

    key: str
    name: str
    url: str
    was: str
    now: str
    reason: str = ""
    slip_change: int | None = None

    @property
    def fall(self) -> int | None:
        return None if "none" in (self.was, self.now) else RANK[self.now] - RANK[self.was]


@dataclass
class Level:
    """How many projects stand at one level, how many did the period before, and who came and went: the first few by name,
    with how many more there are."""

    key: str
    count: int = 0
    before: int = 0
    came: int = 0
    went: int = 0
    moved_in: list[Move] = field(default_factory=list)
    moved_out: list[Move] = field(default_factory=list)
    share: float = 0
    url: str = ""  # the list of those that stand here, and of those that came
    moved_url: str = ""

    @property
    def change(self) -> int:
        return self.count - self.before

    @property
    def more_in(self) -> int:
        return self.came - len(self.moved_in)

    @property
    def more_out(self) -> int:
        return self.went - len(self.moved_out)


def slip_change(rows: Sequence[tuple[int, int | None]], row: int | None, days: int | None) -> int | None:
    """Days that the finish moved since the row before `row`. `rows`: (id, slip in days) of one project, oldest first;
    `days`: the slip now. None where `row` is not among them, or either slip is not known."""
    ids = [pk for pk, _days in rows]
    before = rows[ids.index(row) - 1][1] if row in ids[1:] else None
    return None if days is None or before is None else days - before


def count_levels(groups: Iterable[Group], moves: Iterable[Move] = (), most: int = 3) -> list[Level]:
    """The levels, best first. `share` is the length of a level's bar in percent of the longest."""
    found = {key: Level(key) for key in LEVELS}
    for group in groups:
        found[group.level].count += group.count
        found[group.was].before += group.count
        if group.level != group.was:
            found[group.level].came += group.count
            found[group.was].went += group.count
    for move in moves:
        for names in (found[move.now].moved_in, found[move.was].moved_out):
            if len(names) < most:
                names.append(move)
    longest = max(level.count for level in found.values()) or 1
    for level in found.values():
        level.share = round(level.count * 100 / longest, 1)
    return list(found.values())


@dataclass(frozen=True)
class Standing:
    """One project in one period, as the office keeps it or as a picture kept it."""

    state: str
    confidence: str
    starts_on: date
    ends_on: date
    period_key: str = ""
    report_id: int | None = None
    cost_percent: Decimal | None = None
    slip_days: int | None = None
    forecast_cost: Decimal | None = None
    approved_budget: Decimal | None = None
    spent: Decimal | None = None

    @property
    def is_reported(self) -> bool:
        return self.state in REPORTED


@dataclass(frozen=True)
class Cell:
    """A project in one column. `kind`: reported; unrated (reported without a level); missing (a report was due; `level` is
    carried over); exempt; between (its own periods end in other columns); blank (nothing before)."""

    kind: str
    level: str = "none"
    standing: Standing | None = None


def cells(standings: Iterable[Standing], columns: Iterable[Any]) -> list[Cell]:
    """A row of the heat table. A column shows the last of the project's periods, of whatever cadence, that ended in it:
    weekly, monthly and quarterly projects stand side by side. Columns have `starts_on` and `ends_on`, oldest first."""
    waiting = sorted(standings, key=lambda s: (s.ends_on, s.starts_on))
    drawn, carried, begun = [], "none", False
    for column in columns:
        ended = [s for s in waiting if column.starts_on <= s.ends_on <= column.ends_on]
        for earlier in (s for s in waiting if s.ends_on < column.starts_on):
            begun = True
            carried = earlier.confidence if earlier.is_reported and earlier.confidence != "none" else carried
        told = next((s for s in reversed(ended) if s.is_reported), ended[-1] if ended else None)
        drawn.append(_cell(told, carried, begun))
    return drawn


def _cell(told: Standing | None, carried: str, begun: bool) -> Cell:
    if told is None:
        return Cell("between", carried) if begun else Cell("blank")
    if told.is_reported:
        return Cell("reported" if told.confidence != "none" else "unrated", told.confidence, told)
    return Cell("exempt" if told.state == "exempt" else "missing", carried, told)


SCALE = 150  # percent of approval that a cost bar reaches to; what is above is cut and said in figures


@dataclass(frozen=True)
class CostBar:
    """A project's cost in percent of its approval, cut at the end of the scale: what is spent, what is forecast within
    the approval, what goes beyond it."""

    spent: float
    within: float
    over: float
    is_cut: bool


def cost_bar(spent: Decimal | None, forecast: Decimal, approved: Decimal) -> CostBar:
    """`approved` above zero."""

    def share(amount: Decimal) -> float:
        return float(max(Decimal(0), amount) / approved * 100)

    total = share(forecast)
    shown = min(total, SCALE)
    return CostBar(
        spent=round(min(share(spent or Decimal(0)), SCALE), 1),
        within=round(min(shown, 100), 1),
        over=round(max(0, shown - 100), 1),
        is_cut=total > SCALE,
    )


def why_no_cost(standing_is_reported: bool, forecast: Decimal | None, approved: Decimal | None) -> str:
    """Why cost against approval is undefined: approval, forecast, report; "" where it is defined."""
    if approved is None or approved == 0:
        return "approval"
    if forecast is None:
        return "forecast" if standing_is_reported else "report"
    return ""
