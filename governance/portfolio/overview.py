"""The figures of the screen and the projects it names, from one narrow reading of the standings: each figure by itself
scanned the period's rows again (docs/performance.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, QuerySet, Value, When

from governance.portfolio.movement import LEVELS, Group
from governance.portfolio.sight import Sight
from pmo_portal.lists import once

FIGURES = ("forecast_cost", "approved_budget", "spent")
SUMMED = ("approved", "forecast", "spent")
COUNTED = ("counted", "no_approval", "no_forecast", "elsewhere")
CENT = Decimal("0.01")
COLUMNS = {  # of the narrow reading → of `queries.standings`
    "pk": "pk",
    "told": "row__pk",
    "level": "level",
    "was": "was",
    "state": "row_state",
    "needs": "needs_action",
    "proposed": "is_proposed",
    "percent": "cost_percent",
    "days": "days",
    "approved": "at_approved_budget",
    "forecast": "at_forecast_cost",
    "spent": "at_spent",
    "currency": "currency",
    "sorted_by": "key",
    "differs": "differs",
}
RUNGS = " ".join(f"WHEN '{level}' THEN {rung}" for rung, level in enumerate(("none", *LEVELS[:-1])))
RUNG, BEFORE = f"CASE level {RUNGS} END", f"CASE was {RUNGS} END"  # the higher the worse, as in `queries.LADDER`
HERE, ELSEWHERE = "NOT differs AND currency = %s", "NOT differs AND currency <> %s"
KNOWN = "approved > 0 AND forecast IS NOT NULL"
ONE = "level, was, state, needs, told, percent, days, approved, forecast, spent"
NO_COUNTS = "NULL, NULL, NULL, NULL, NULL"
ASKED = f"""
SELECT 'group' AS part, 0 AS place, CAST(NULL AS integer) AS pk, level, was, state, needs, CAST(NULL AS integer),
  CAST(NULL AS numeric), CAST(NULL AS integer),
  SUM(approved) FILTER (WHERE {HERE} AND {KNOWN}), SUM(forecast) FILTER (WHERE {HERE} AND {KNOWN}),
  SUM(spent) FILTER (WHERE {HERE} AND {KNOWN}), COUNT(*), COUNT(*) FILTER (WHERE {HERE} AND {KNOWN}),
  COUNT(*) FILTER (WHERE NOT differs AND (approved IS NULL OR approved = 0)),
  COUNT(*) FILTER (WHERE NOT differs AND approved > 0 AND forecast IS NULL),
  COUNT(*) FILTER (WHERE {ELSEWHERE} AND {KNOWN})
FROM rows GROUP BY level, was, state, needs
UNION ALL SELECT 'worst', row_number() OVER (), pk, {ONE}, {NO_COUNTS} FROM (
  SELECT * FROM rows ORDER BY needs DESC, {RUNG} DESC, percent DESC NULLS LAST, sorted_by LIMIT %s) AS worst
UNION ALL SELECT 'move', row_number() OVER (), pk, {ONE}, {NO_COUNTS} FROM (
  SELECT * FROM rows WHERE level <> was
  ORDER BY CASE WHEN level = 'none' OR was = 'none' THEN 1 ELSE 0 END, {RUNG} - {BEFORE} DESC, {RUNG} DESC, sorted_by LIMIT %s) AS moves
UNION ALL SELECT 'proposed', 0, pk, {ONE}, {NO_COUNTS} FROM rows WHERE proposed
"""  # noqa: S608  put together from the words above


@dataclass(frozen=True)
class Named:
    """One project that the screen names: how it stands, and the id of its row in the period."""

    pk: int
    level: str
    was: str
    row_state: str
    needs_action: bool
    row: int | None
    cost_percent: Decimal | None
    days: int | None
    at_approved_budget: Decimal | None
    at_forecast_cost: Decimal | None
    at_spent: Decimal | None

    def stand(self, project: Any) -> Any:
        """Say of the project's record what `queries.standings` would."""
        project.__dict__.update(self.__dict__)
        return project


@dataclass
class Overview:
    """How the projects stand in groups, what they come to in the office's currency (those that differ from a picture left
    out), those that need action most, whose confidence changed most, and the ids of those with a proposal."""

    groups: list[Group] = field(default_factory=list)
    sums: dict[str, Any] = field(default_factory=dict)
    worst: list[Named] = field(default_factory=list)
    moves: list[Named] = field(default_factory=list)
    proposed: set[int] = field(default_factory=set)


def overview(found: QuerySet, sight: Sight, currency: str, *, worst: int, moves: int) -> Overview:
    """`found` narrows `queries.standings`. One query."""
    differs = Case(When(pk__in=list(sight.differing), then=True), default=False, output_field=BooleanField())
    marked = found.annotate(differs=differs if sight.differing else Value(False))
    params = (currency, currency, currency, currency, currency, worst, moves)
    seen = Overview(sums=dict.fromkeys(SUMMED, None) | dict.fromkeys(COUNTED, 0))
    for part, _place, *values in sorted(once.read(marked, COLUMNS, ASKED, params), key=lambda row: row[:2]):
        if part == "group":
            _add_group(seen, values)
        elif part == "proposed":
            seen.proposed.add(values[0])
        else:
            (seen.worst if part == "worst" else seen.moves).append(_named(values))
    return seen


def _add_group(seen: Overview, values: list) -> None:
    _pk, level, was, state, needs, _told, _percent, _days, *amounts, n, counted, no_approval, no_forecast, away = values
    seen.groups.append(Group(level, was, state, bool(needs), n))
    for name, amount in zip(SUMMED, map(_decimal, amounts), strict=True):
        if amount is not None:
            seen.sums[name] = (seen.sums[name] or Decimal(0)) + amount
    for name, count in zip(COUNTED, (counted, no_approval, no_forecast, away), strict=True):
        seen.sums[name] += count


def _named(values: list) -> Named:
    pk, level, was, state, needs, told, percent, days, *amounts = values[:11]
    return Named(pk, level, was, state, bool(needs), told, _decimal(percent), days, *map(_decimal, amounts))


def _decimal(value: Any) -> Decimal | None:
    """An amount as the columns hold it; SQLite gives floats."""
    return None if value is None else Decimal(str(value)).quantize(CENT)
