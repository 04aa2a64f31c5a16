"""How a project fares over its periods: a believable course from a seed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

# How bad it is, 0 … 1, at the beginning, at each quarter, and at the end of the periods told.
CHARACTERS = {
    "steady": (0.10, 0.12, 0.22, 0.18, 0.20),
    "early": (0.16, 0.12, 0.08, 0.06, 0.05),
    "slipping": (0.08, 0.12, 0.20, 0.33, 0.50),
    "troubled": (0.14, 0.26, 0.44, 0.62, 0.79),
    "doubtful": (0.12, 0.20, 0.34, 0.50, 0.66),
    "recovering": (0.30, 0.62, 0.74, 0.46, 0.26),
    "stuck": (0.30, 0.46, 0.54, 0.54, 0.54),
    "quiet": (0.10, 0.10, 0.12, 0.13, 0.14),
}
# Where the last period stands out, so that the present has news.
LAST = {"slipping": 0.10, "doubtful": 0.12, "troubled": 0.10, "recovering": -0.16, "stuck": 0.0, "quiet": 0.0}
LEVELS = ((0.14, "green"), (0.36, "amber_green"), (0.60, "amber"), (0.80, "amber_red"), (9.0, "red"))


@dataclass
class Point:
    """One period of a course. `days` and `percent` are over what was approved."""

    severity: float
    confidence: str
    days: int
    percent: Decimal
    spent_share: Decimal
    lights: dict[str, str] = field(default_factory=dict)
    finish_on: date | None = None
    cost: Decimal | None = None


def level_of(severity: float) -> str:
    return next(name for limit, name in LEVELS if severity < limit)


def light_of(severity: float) -> str:
    return "green" if severity < 0.38 else "amber" if severity < 0.72 else "red"


def severity_at(character: str, share: float) -> float:
    """Interpolated over the five knots; `share` from 0 to 1."""
    knots = CHARACTERS[character]
    at = max(0.0, min(1.0, share)) * (len(knots) - 1)
    low = min(int(at), len(knots) - 2)
    return knots[low] + (knots[low + 1] - knots[low]) * (at - low)


def course(
    character: str, ends: list[date], start: date, planned: date, budget: Decimal, random: Random
) -> list[Point]:
    """A point for each period end; cost and finish move in steps, as they do when people decide on them."""
    points: list[Point] = []
    weights = {d: random.uniform(0.55, 1.1) for d in ("schedule", "cost", "scope", "resources", "quality", "risk")}
    worst = random.choice(("schedule", "cost", "resources"))
    weights[worst] = 1.2
    drift = random.uniform(0.6, 1.3)
    for n, end in enumerate(ends):
        severity = max(0.02, severity_at(character, n / max(1, len(ends) - 1)) + random.uniform(-0.03, 0.03))
        is_last = n == len(ends) - 1
        if is_last:
            severity = max(0.02, severity + LAST.get(character, random.choice((-0.08, 0.0, 0.0, 0.0, 0.0, 0.0, 0.2))))
        if character == "stuck" and points and n > len(ends) * 0.6:
            points.append(points[-1])
            continue
        days = _days(character, severity, drift)
        percent = _percent(character, severity, drift * weights["cost"])
        if points and not is_last and random.random() < 0.55:
            days, percent = points[-1].days, points[-1].percent
        passed = (end - start).days / max(1, (planned - start).days)
        spent = Decimal(str(round(max(0.0, min(0.98, passed**1.25)) * (1 + float(percent) / 100), 4)))
        point = Point(severity, level_of(severity), days, percent, spent)
        point.lights = {d: light_of(severity * w) for d, w in weights.items()}
        if character == "quiet":
            point.lights = dict.fromkeys(weights, "green")
        point.lights["overall"] = "green" if character == "quiet" else light_of(severity)
        point.finish_on = planned + timedelta(days=days)
        point.cost = (budget * (1 + percent / 100)).quantize(Decimal(1))
        points.append(point)
    return points


def _days(character: str, severity: float, drift: float) -> int:
    if character == "early":
        return -int(14 * (1 - severity) // 7 * 7) // 2
    if character == "quiet":
        return int(60 * drift * severity * 6 // 5) if severity > 0.1 else 10
    return int(severity**1.6 * 95 * drift) // 7 * 7 if severity > 0.2 else 0


def _percent(character: str, severity: float, drift: float) -> Decimal:
    if severity < 0.2:
        return Decimal(str(round(-2.5 * drift + severity * 8, 1)))
    return Decimal(str(round(severity**2 * 19 * drift, 1)))
