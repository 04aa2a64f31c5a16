"""A project's variances. Pure: sources in docs/measures.md."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CONFIDENCE_RANK = {"red": 1, "amber_red": 2, "amber": 3, "amber_green": 4, "green": 5, "none": 9}
LIGHT_RANK = {"red": 1, "amber": 2, "green": 3, "none": 9}
WORST_PERCENT = Decimal("9999999999.99")


def variance_percent(forecast: Decimal | None, approved: Decimal | None) -> Decimal | None:
    """(forecast − approved) / approved × 100, two places, positive: over. None where either is unknown or approved is 0."""
    if forecast is None or not approved:
        return None
    value = ((forecast - approved) / abs(approved) * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return max(-WORST_PERCENT, min(WORST_PERCENT, value))


def slip_days(forecast: date | None, planned: date | None) -> int | None:
    """Calendar days of the forecast finish after the planned one; negative: earlier. None where either is unknown."""
    return (forecast - planned).days if forecast and planned else None


def share_percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """part / whole × 100, one place. None where either is unknown or the whole is 0."""
    if part is None or not whole:
        return None
    return (part / whole * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
