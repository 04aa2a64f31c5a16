"""Who has reported, who has not, and whom to call: the dashboard and the list behind it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.collection import queries
from administration.collection.charts import trend_chart
from administration.collection.lists import ExpectedList
from administration.collection.views.base import OFFICE, SECTION, OfPeriods
from pmo_portal import access
from pmo_portal.pages import DeskPage, ListPage
from pmo_portal.periods.models import Cadence, ReportingPeriod
from pmo_portal.periods.queries import begun
from projects.register import queries as register

BREAKDOWNS = ("portfolio", "pm")


class CollectionDesk(OfPeriods, DeskPage):
    """Who has reported, who has not, and whom to call."""

    seen_by = OFFICE
    section = SECTION
    template_name = "administration/collection/collection_desk.html"

    def title(self) -> str:
        if not self.periods:
            return _("No period is being collected")
        left, named = self.counted.to_go, self.periods[0].label if len(self.periods) == 1 else ""
        if not left:
            return _("%(period)s: every report is in") % {"period": named} if named else _("Every report is in")
        if named:
            words = ngettext("%(period)s: %(count)s report to go", "%(period)s: %(count)s reports to go", left)
            return words % {"period": named, "count": left}
        return ngettext("%(count)s report to go", "%(count)s reports to go", left) % {"count": left}

    @cached_property
    def counted(self) -> queries.Counted:
        return queries.counted(self.viewer, self.periods, self.narrowing)

    def content(self) -> dict[str, Any]:
        if not self.periods:
            return {}
        viewer, periods, narrowing, counted = self.viewer, self.periods, self.narrowing, self.counted
        common = queries.common_of(periods)
        before = queries.counts_before(viewer, periods, narrowing, common=common)
        trend = queries.trend(viewer, common.histories.until(self.main_period, 12))
        owing = queries.owing(viewer, periods, narrowing, common=common)
        sends, silent = queries.coming_sends(viewer, common=common)
        breakdown = self.request.GET.get("by", "")
        breakdown = breakdown if breakdown in BREAKDOWNS else "portfolio"
        people, more_people = queries.by_pm(viewer, periods, narrowing) if breakdown == "pm" else ([], 0)
        return {
            "periods": [self._told(p, counted.periods.get(p.pk)) for p in periods],
            "is_all": not any(self.request.GET.getlist("period")),
            "bar": _bar(counted),
            "total": counted.total,
            "to_go": counted.to_go,
            "in_count": counted.all["in"],
            "to_go_before": sum(before[s] for s in queries.TO_GO) if before else None,
            "figures": [
                {
                    "key": s,
                    "label": queries.WORDS_OF_STATE[s],
                    "count": counted.all[s],
                    "before": before[s] if before else None,
                    "url": self._list_url(s),
                }
                for s in queries.STATES
            ],
            "owing": owing,
            "has_late": any(o.state != "missing" for o in owing),
            "submitted": queries.submitted(viewer, periods, narrowing),
            "breakdown": breakdown,
            "lines": people or counted.portfolios,
            "more_people": more_people,
            "calls": queries.worth_a_call(viewer, periods, narrowing, common=common),
            "sends": sends,
            "silent": silent,
            "trend": trend,
            "chart": trend_chart(trend),
            "burden": next((t["burden"] for t in reversed(trend) if t["burden"] is not None), None),
            "choices": begun().exclude(cadence=Cadence.DATED)[:18],
            "chosen": {p.key for p in periods},
            "narrowing": narrowing,
            "narrowed_to": self._narrowed_to(),
            "query": self.request.GET.urlencode(),
            "and_query": f"&{self.request.GET.urlencode()}" if self.request.GET else "",
            "query_rest": self._query_without("by"),
            "list_url": self._list_url(""),
            "may_act": access.holds(viewer, "administrator"),
            "arranged": queries.in_force(viewer, periods, narrowing),
            "campaigns": queries.running_campaigns(viewer),
        }

    @property
    def main_period(self) -> ReportingPeriod:
        """The one whose course over time is drawn: where several run, the one most reports are expected for."""
        return max(self.periods, key=lambda p: self.counted.periods.get(p.pk, {}).get("expected", 0))

    @staticmethod
    def _told(period: ReportingPeriod, line: dict | None) -> dict:
        due = timezone.localdate(period.due_at)
        days = (timezone.localdate() - due).days if period.due_at < timezone.now() else 0
        return {"period": period, "line": line or {}, "days_late": days}

    def _query_without(self, *names: str) -> str:
        params = self.request.GET.copy()
        for gone in names:
            params.pop(gone, None)
        return params.urlencode()

    def _list_url(self, state: str) -> str:
        params = self.request.GET.copy()
        for gone in ("by", "pick", "state"):
            params.pop(gone, None)
        if state:
            params["state"] = state
        text = params.urlencode()
        return reverse("administration:collection:expected_list") + (f"?{text}" if text else "")

    def _narrowed_to(self) -> str:
        if self.narrowing.portfolio:
            found = register.portfolios(self.viewer).filter(key=self.narrowing.portfolio).first()
            return found.name if found else self.narrowing.portfolio
        if self.narrowing.pm:
            line = next(iter(queries.by_pm(self.viewer, self.periods, self.narrowing, most=1)[0]), None)
            return str(line["pm"]) if line else ""
        return ""


def _bar(counted: queries.Counted) -> list[dict]:
    """The states side by side, as shares of a hundred."""
    bar, x, total = [], 0.0, counted.total
    for state in queries.STATES:
        width = round(counted.all[state] * 100 / total, 2) if total else 0
        bar.append({"key": state, "x": round(x, 2), "width": max(0, round(width - 0.25, 2))})
        x += width
    return bar


class ExpectedListPage(ListPage):
    """Every expected report in a line, to filter, sort and take away."""

    list_class = ExpectedList
    seen_by = OFFICE
    section = SECTION
    template_name = "administration/collection/expected_list.html"
