"""What is worth a call, from figures. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

UNCHANGED_PERIODS = 3
SLIP_LIMIT = 14


@dataclass(frozen=True)
class Standing:
    """One project's present figures. `same_reports`: how many of its last reports in a row say the same;
    `last_milestone_on`: the latest forecast of its open milestones."""

    overall: str
    slip_days: int | None
    forecast_finish_on: date | None
    spent: Decimal | None
    approved: Decimal | None
    is_active: bool
    same_reports: int = 0
    last_milestone_on: date | None = None


def anomalies(standing: Standing, today: date) -> list[str]:
    """Which of the five hold: green_but_slipping, unchanged, spent_over, finish_past, milestone_beyond. What is unknown is
    no anomaly."""
    found = []
    if standing.overall == "green" and standing.slip_days is not None and standing.slip_days > SLIP_LIMIT:
        found.append("green_but_slipping")
    if standing.same_reports >= UNCHANGED_PERIODS:
        found.append("unchanged")
    if standing.spent is not None and standing.approved and standing.spent > standing.approved:
        found.append("spent_over")
    if standing.is_active and standing.forecast_finish_on and standing.forecast_finish_on < today:
        found.append("finish_past")
    last, finish = standing.last_milestone_on, standing.forecast_finish_on
    if standing.is_active and last and finish and last > finish:
        found.append("milestone_beyond")
    return found
