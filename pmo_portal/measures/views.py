"""One figure: its formula in words, its course over the periods, and what it is made of."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from pmo_portal import access, charts
from pmo_portal.access.models import Scope
from pmo_portal.access.tree import parents_on
from pmo_portal.measures import showing
from pmo_portal.measures.models import MeasureValue
from pmo_portal.measures.registry import Measure, find
from pmo_portal.measures.storing import figure_url
from pmo_portal.pages import RecordPage
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import earlier, office_settings

MOST = 200  # parts on one page


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
        if value is None or find(value.measure) is None:
            raise Http404(_("There is no such figure."))
        return value

    @cached_property
    def measure(self) -> Measure:
        return cast(Measure, find(self.record.measure))

    def title(self) -> str:
        return _("%(measure)s: %(scope)s") % {"measure": self.measure.name, "scope": self.record.scope}

    def content(self) -> dict[str, Any]:
        value, measure = self.record, self.measure
        seen = access.visible(self.viewer, MeasureValue).filter(measure=value.measure)
        below = self._below(seen, value)
        parts = list(below.select_related("scope", "period").order_by("-numerator", "scope_id")[:MOST])
        periods = earlier(value.period, 12)
        kept = dict(seen.filter(scope_id=value.scope_id, period__in=periods).values_list("period_id", "value"))
        records = (
            measure.records([v for v in (value, *parts) if v.scope.kind == Scope.Kind.PROJECT])
            if measure.records
            else {}
        )
        return {
            "value": value,
            "measure": measure,
            "parts": [(p, self._url(p, records)) for p in parts],
            "more": below.count() - len(parts) if len(parts) == MOST else 0,
            "chart": self._chart(measure, periods, kept),
            "place_url": place_url(value.scope),
            "record_url": records.get(value.scope_id, ""),
        }

    @staticmethod
    def _below(seen, value: MeasureValue):
        """The figures it was summed from: of what stood below on the period's last day."""
        moved = parents_on(value.period.ends_on)
        here = [scope_id for scope_id, parent_id in moved.items() if parent_id == value.scope_id]
        stayed = Q(scope__parent_id=value.scope_id) & ~Q(scope_id__in=moved)
        return seen.filter(stayed | Q(scope_id__in=here), period=value.period)

    @staticmethod
    def _url(part: MeasureValue, records: dict[int, str]) -> str:
        """A project's own figure leads to its record, a sum to the figure that explains it."""
        if part.scope.kind == Scope.Kind.PROJECT:
            return records.get(part.scope_id) or place_url(part.scope)
        return figure_url(part.measure, part.scope_id, part.period.key)

    def _chart(self, measure, periods, kept) -> charts.Chart | None:
        known = [p for p in periods if kept.get(p.pk) is not None]
        if len(known) < 2:
            return None
        unit = self.viewer.money_unit
        before, after = showing.around(measure, money_unit=unit, currency=office_settings().currency)
        return charts.Chart(
            kind="line",
            title=str(measure.name),
            unit=after,
            before=before,
            labels=[p.label for p in known],
            ticks=[p.tick for p in known],
            series=[
                charts.Series(
                    str(measure.name),
                    [showing.scaled(measure, kept[p.pk], unit) for p in known],
                    unfinished=known[-1].state == ReportingPeriod.State.OPEN,
                )
            ],
        )


def place_url(scope) -> str:
    """The page of what stands at a scope; "" for the office."""
    place = getattr(scope, scope.kind, None) if scope.kind != "office" else None
    return place.get_absolute_url() if place is not None else ""
