"""The bubble of cost against confidence."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from governance.portfolio.movement import LEVELS
from governance.portfolio.queries import HeatRow
from pmo_portal import charts
from pmo_portal.templatetags.pmo import word_of

ORDER = LEVELS[-2::-1]  # worst first, without those not rated
LOWEST, HIGHEST = Decimal(-100), Decimal(300)
OVER_PERCENT = 5


def bubble_chart(rows: list[HeatRow]) -> charts.Chart | None:
    """Across: confidence; up: cost against approval; area: approval; only what is ill gets its name."""
    known = [
        p
        for p in (row.project for row in rows)
        if p.level in ORDER and p.cost_percent is not None and p.at_approved_budget
    ]
    if not known:
        return None
    ill = {p.pk for p in known if p.level in ("red", "amber_red") and p.cost_percent > OVER_PERCENT}
    return charts.Chart(
        kind="bubble",
        title=_("Low confidence and over cost: %(count)s") % {"count": len(ill)},
        unit="%",
        labels=[word_of("confidence", level) for level in ORDER],
        points=[
            charts.Point(
                x=ORDER.index(p.level),
                y=float(max(LOWEST, min(HIGHEST, p.cost_percent))),
                size=float(p.at_approved_budget),
                label=p.name,
                url=p.get_absolute_url(),
                level=p.level,
                named=p.pk in ill,
                strong=p.tier == "A",
            )
            for p in known
        ],
    )
