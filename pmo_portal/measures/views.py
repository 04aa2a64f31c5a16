"""One figure: its formula in words, its course over the periods, and what it is made of."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from pmo_portal import access, charts
from pmo_portal.measures.models import MeasureValue
from pmo_portal.measures.registry import measures
from pmo_portal.measures.storing import figure_url
from pmo_portal.pages import RecordPage
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import earlier


class FigurePage(RecordPage):
    """Opened from any figure: where it comes from."""

    model = MeasureValue
    lookup = {"scope": "scope_id"}
    related = ("scope", "period")
    template_name = "pmo_portal/measures/figure_record.html"

    def fetch(self) -> MeasureValue:
        period = get_object_or_404(ReportingPeriod, key=self.kwargs["period"])
        found = access.visible(self.viewer, MeasureValue).select_related(*self.related)
        scope_id = self.kwargs["scope"] if self.kwargs["scope"] < 2**63 else 0
        value = found.filter(scope_id=scope_id, period=period, measure=self.kwargs["measure"]).first()
        if value is None or value.measure not in measures:
            raise Http404(_("There is no such figure."))
        return value

    def title(self) -> str:
        return _("%(measure)s: %(scope)s") % {"measure": measures[self.record.measure].name, "scope": self.record.scope}

    def content(self) -> dict[str, Any]:
        value, measure = self.record, measures[self.record.measure]
        seen = access.visible(self.viewer, MeasureValue).filter(measure=value.measure)
        parts = (
            seen.filter(period=value.period, scope__parent_id=value.scope_id)
            .select_related("scope")
            .order_by("-numerator", "scope_id")
        )
        periods = earlier(value.period, 12)
        kept = dict(seen.filter(scope_id=value.scope_id, period__in=periods).values_list("period_id", "value"))
        return {
            "value": value,
            "measure": measure,
            "parts": [(p, self._url(p)) for p in parts[:200]],
            "hidden": value.count - sum(p.count for p in parts[:200]),
            "chart": self._chart(measure, periods, kept),
            "place_url": place_url(value.scope),
        }

    @staticmethod
    def _url(part: MeasureValue) -> str:
        return (
            figure_url(part.measure, part.scope_id, part.period.key)
            if part.scope.kind != "project"
            else place_url(part.scope)
        )

    @staticmethod
    def _chart(measure, periods, kept) -> charts.Chart | None:
        known = [p for p in periods if kept.get(p.pk) is not None]
        if len(known) < 2:
            return None
        scale = 1_000_000 if measure.unit == "money" else 1
        unit = "" if measure.unit == "money" else measure.unit
        return charts.Chart(
            kind="line",
            title=str(measure.name),
            unit=unit,
            labels=[p.label for p in known],
            series=[charts.Series(str(measure.name), [float(kept[p.pk]) / scale for p in known])],
        )


def place_url(scope) -> str:
    """The page of what stands at a scope; "" for the office."""
    place = getattr(scope, scope.kind, None) if scope.kind != "office" else None
    return place.get_absolute_url() if place is not None else ""
