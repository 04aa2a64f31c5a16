"""The managers' go/no-go screen."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.portfolio import queries
from governance.portfolio.charts import bubble_chart
from governance.portfolio.document import portfolio_pdf
from pmo_portal.pages import DeskPage
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import office_settings, one_before

SEEN_BY = ("manager", "sponsor", "auditor", "administrator", "expert")


class _Screen(DeskPage):
    seen_by = SEEN_BY
    section = "governance:portfolio"

    @cached_property
    def filters(self) -> queries.Filters:
        given = {
            name: self.request.GET.get(name, "").replace("\0", "")[:120]
            for name in ("portfolio", "tier", "stage", "unit", "sponsor")
        }
        return queries.Filters(**given)

    def asked_period(self, name: str) -> ReportingPeriod | None:
        key = self.request.GET.get(name, "").replace("\0", "")[:20]
        return get_object_or_404(ReportingPeriod, key=key) if key else None

    @cached_property
    def period(self) -> ReportingPeriod | None:
        return self.asked_period("period") or queries.default_period(self.filters, self.viewer)

    @cached_property
    def screen(self) -> dict[str, Any]:
        return queries.screen(self.viewer, self.period, self.filters) if self.period else {}


class PortfolioScreen(_Screen):
    """What do I have, how does it stand, where must I act."""

    template_name = "governance/portfolio/portfolio_desk.html"

    def title(self) -> str:
        if not self.screen or not self.screen["total"]:
            return _("No project has reported yet")
        count = self.screen["needs_count"]
        return ngettext(
            "%(count)s of %(total)s project needs action", "%(count)s of %(total)s projects need action", count
        ) % {"count": count, "total": self.screen["total"]}

    def content(self) -> dict[str, Any]:
        if not self.screen:
            return {"period": None, "choices": queries.choices(self.viewer), "filters": self.filters}
        return {
            **self.screen,
            "period": self.period,
            "filters": self.filters,
            "choices": queries.choices(self.viewer),
            "hidden": queries.hidden(self.viewer),
            "chart": bubble_chart(self.screen["bubbles"]),
            "currency": office_settings().currency,
            "is_presentation": self.request.GET.get("present") == "1",
            "query": self.request.GET.urlencode(),
        }


class PortfolioComparison(_Screen):
    """Two periods side by side: what differs."""

    template_name = "governance/portfolio/comparison_room.html"

    def title(self) -> str:
        return _("Two periods compared")

    def content(self) -> dict[str, Any]:
        second = self.asked_period("period") or self.period
        first = self.asked_period("with")
        if second and first is None:
            first = one_before(second)
        rows = queries.compare(self.viewer, first, second, self.filters) if first and second else []
        return {
            "first": first,
            "second": second,
            "rows": rows,
            "choices": queries.choices(self.viewer),
            "filters": self.filters,
        }


class PortfolioPdf(_Screen):
    """The screen on paper."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if not self.screen:
            return HttpResponse(status=404)
        answer = HttpResponse(portfolio_pdf(self.screen, self.period, self.viewer), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="portfolio-{self.period.key}.pdf"'
        return answer
