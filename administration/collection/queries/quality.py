"""The collection's own quality, period by period."""

from __future__ import annotations

from django.db.models import (
    Q,
)

from pmo_portal import access
from pmo_portal.access.models import Scope
from pmo_portal.access.tree import widest
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.models import ReportingPeriod


def own_place(viewer) -> Q:
    """Figures of the widest place whose collection the viewer runs or watches: the office, else where their role was
    granted."""
    held = access.reach(viewer)
    roles = access.access_of(MeasureValue).seen_by
    if held.everywhere(roles):
        return Q(scope__kind=Scope.Kind.OFFICE)
    place = widest(held.scopes_of(roles))
    return Q(scope=place.pk if place else 0)


def trend(viewer, periods: list[ReportingPeriod]) -> list[dict]:
    """Completeness, timeliness and burden of the viewer's own place, period by period. One query."""
    rows = MeasureValue.objects.filter(
        own_place(viewer), period__in=periods, measure__in=("completeness", "timeliness", "burden_minutes")
    )
    kept = {(r.period_id, r.measure): r.value for r in rows}
    return [
        {
            "period": p,
            "completeness": kept.get((p.pk, "completeness")),
            "timeliness": kept.get((p.pk, "timeliness")),
            "burden": kept.get((p.pk, "burden_minutes")),
            "is_running": p.state in (ReportingPeriod.State.OPEN, ReportingPeriod.State.CLOSED),
        }
        for p in periods
    ]
