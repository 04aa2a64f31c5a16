"""The light that the figures give. Pure. The thresholds are the office's defaults until rules by tier come (issue C.2)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ORDER = {"red": 0, "amber": 1, "green": 2, "none": 3}


@dataclass(frozen=True)
class Thresholds:
    """Past `amber` (not at it) a light turns amber, past `red` it turns red. Days and percent over what was approved."""

    amber_days: int = 0
    red_days: int = 30
    amber_percent: Decimal = Decimal(3)
    red_percent: Decimal = Decimal(10)


DEFAULT = Thresholds()


def by_limit(value, amber, red) -> str:
    if value is None:
        return "none"
    return "red" if value > red else "amber" if value > amber else "green"


def schedule_light(slip_days: int | None, limits: Thresholds = DEFAULT) -> str:
    return by_limit(slip_days, limits.amber_days, limits.red_days)


def cost_light(variance_percent: Decimal | None, limits: Thresholds = DEFAULT) -> str:
    return by_limit(variance_percent, limits.amber_percent, limits.red_percent)


@dataclass(frozen=True)
class Computed:
    """A light that the figures give, with the figure and the limit that it passed."""

    light: str
    value: int | Decimal | None
    limit: int | Decimal = 0


def computed_lights(
    slip_days: int | None, variance_percent: Decimal | None, limits: Thresholds = DEFAULT
) -> dict[str, Computed]:
    """What can be computed so far: schedule, cost, and overall as the worse of them."""
    schedule, cost = schedule_light(slip_days, limits), cost_light(variance_percent, limits)
    return {
        "schedule": Computed(schedule, slip_days, limits.red_days if schedule == "red" else limits.amber_days),
        "cost": Computed(cost, variance_percent, limits.red_percent if cost == "red" else limits.amber_percent),
        "overall": Computed(worst(schedule, cost), None),
    }


def worst(*lights: str) -> str:
    """The worst of the known lights; none where nothing is known."""
    return min(lights, key=ORDER.__getitem__, default="none")


def differs(declared: str, computed: str) -> bool:
    """Whether the PM's light is better than what the figures say: the case that needs a word."""
    return computed != "none" and declared != "none" and ORDER[declared] > ORDER[computed]


def needs_reason(dimension: str, declared: str, computed: dict[str, Computed]) -> bool:
    """A light that is not green, or one that is better than its figures. Overall needs no second word on the same figures."""
    if declared == "none":
        return False
    if declared != "green":
        return True
    return dimension != "overall" and dimension in computed and differs(declared, computed[dimension].light)
