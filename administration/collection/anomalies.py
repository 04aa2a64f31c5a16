"""What is worth a call, from figures. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

UNCHANGED_PERIODS = 3
SLIP_LIMIT = 14


@dataclass(frozen=True)
class Standing:
    """One project's present figures. `history` is the last periods' (confidence, overall, finish, cost), oldest first."""

    overall: str
    slip_days: int | None
    forecast_finish_on: date | None
    spent: Decimal | None
    approved: Decimal | None
    is_active: bool
    history: tuple[tuple, ...] = ()


def anomalies(standing: Standing, today: date) -> list[str]:
    """Which of the four hold: green_but_slipping, unchanged, spent_over, finish_past."""
    found = []
    if standing.overall == "green" and standing.slip_days is not None and standing.slip_days > SLIP_LIMIT:
        found.append("green_but_slipping")
    last = standing.history[-UNCHANGED_PERIODS:]
    if len(last) == UNCHANGED_PERIODS and len(set(last)) == 1 and last[0][0] not in ("green", "none"):
        found.append("unchanged")
    if standing.spent is not None and standing.approved and standing.spent > standing.approved:
        found.append("spent_over")
    if standing.is_active and standing.forecast_finish_on and standing.forecast_finish_on < today:
        found.append("finish_past")
    return found
