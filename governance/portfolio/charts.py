"""The bubble of cost against confidence."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from pmo_portal import charts
from pmo_portal.templatetags.pmo import word_of
from projects.register.models import Project

ORDER = ("red", "amber_red", "amber", "amber_green", "green")


def bubble_chart(projects: list[Project]) -> charts.Chart | None:
    """Across: confidence; up: cost against approval; area: approval; only what is ill gets its name."""
    known = [p for p in projects if p.confidence in ORDER and p.cost_variance_percent is not None and p.approved_budget]
    if not known:
        return None
    ill = [p for p in known if p.confidence in ("red", "amber_red") and p.cost_variance_percent > 5]
    return charts.Chart(
        kind="bubble",
        title=_("Low confidence and over cost: %(count)s") % {"count": len(ill)},
        unit="%",
        labels=[word_of("confidence", level) for level in ORDER],
        points=[
            charts.Point(
                x=ORDER.index(p.confidence),
                y=float(max(Decimal(-100), min(Decimal(300), p.cost_variance_percent or Decimal(0)))),
                size=float(p.approved_budget),
                label=p.name,
                url=p.get_absolute_url(),
                level=p.confidence,
                named=p in ill,
                strong=p.tier == "A",
            )
            for p in known
        ],
    )
