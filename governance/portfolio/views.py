"""The managers' go/no-go screen."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.portfolio import queries, sight
from governance.portfolio.charts import bubble_chart
from governance.portfolio.document import portfolio_pdf
from governance.portfolio.drawing import heat_body
from governance.portfolio.lists import MOVES, StandingList
from governance.portfolio.sheets import comparison_heads, comparison_texts
from pmo_portal import access, lists
from pmo_portal.pages import DeskPage, note_export
from pmo_portal.pages.documents import pdf_answer
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import office_settings, one_before
from projects.status.computing import DEFAULT

SEEN_BY = ("manager", "sponsor", "auditor", "administrator", "expert")
PRINTED_ROWS = 200
EXPORTED_ROWS = 10_000
PRESENTED_ROWS = 14  # as many as a projector shows at once


class _Screen(DeskPage):
    """What all pages of the room share: the period looked at, its picture, and the conditions."""

    seen_by = SEEN_BY
    section = "governance:portfolio"

    def asked_period(self, name: str) -> ReportingPeriod | None:
        key = self.request.GET.get(name, "").replace("\0", "")[:20]
        return get_object_or_404(ReportingPeriod, key=key) if key else None

    @cached_property
    def sight(self) -> sight.Sight | None:
        portfolios = [key.replace("\0", "")[:40] for key in self.request.GET.getlist("portfolio") if key][:20]
        period = self.asked_period("period") or sight.default_period(portfolios)
        return sight.sight_of(period, self.request.GET.get("picture", "")[:4]) if period else None

    @cached_property
    def list(self) -> StandingList:
        return StandingList(self.viewer, self.request.GET, self.sight)

    @cached_property
    def found(self) -> QuerySet:
        return self.list.queryset

    def frame(self) -> dict[str, Any]:
        """The head and the conditions of every page of the room."""
        if self.sight is None:
            return {"sight": None}
        return {
            "sight": self.sight,
            "period": self.sight.period,
            "previous": self.sight.previous,
            "listing": self.list.bar(self.request.path),
            "periods": sight.choosable(),
            "pictures": [
                {"picture": p, "url": self.list.url(self.request.path, picture=str(p.number))}
                for p in self.sight.pictures
            ],
            "now_url": self.list.url(self.request.path, picture=sight.NOW),
            "query": self.list.url("").removeprefix("?"),
            "currency": office_settings().currency,
            "is_narrow": not access.reach(self.viewer).everywhere(SEEN_BY),
        }

    def drill(self, **conditions: list[str]) -> str:
        """The list behind a figure: what narrows the screen stays, and these conditions come to it."""
        params = self.list.params.copy()
        for gone in ("page", "present", "cols", "sort"):
            params.pop(gone, None)
        for key, values in conditions.items():
            params.setlist(key, values)
        return f"{reverse('governance:portfolio:standing_list')}?{params.urlencode()}"

    @property
    def moved(self) -> list[str]:
        """The movements asked for, else all."""
        return [v for v in self.request.GET.getlist("moved") if v in MOVES and v != "same"] or ["fell", "rose", "rated"]


class PortfolioScreen(_Screen):
    """What do I have, how does it stand, where must I act."""

    template_name = "governance/portfolio/portfolio_desk.html"

    @cached_property
    def screen(self) -> dict[str, Any]:
        most = PRESENTED_ROWS if self.is_presentation else queries.SHOWN_ROWS
        return queries.screen(self.viewer, self.sight, self.found, most) if self.sight else {}

    def title(self) -> str:
        if not self.screen:
            return _("No project has reported yet")
        if not self.screen["total"]:
            return _("No project matches these conditions")
        count = self.screen["needs_count"]
        return ngettext(
            "%(count)s of %(total)s projects needs action", "%(count)s of %(total)s projects need action", count
        ) % {"count": count, "total": self.screen["total"]}

    @property
    def is_presentation(self) -> bool:
        return self.request.GET.get("present") == "1"

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if self.is_presentation and self.sight:
            self.template_name = "governance/portfolio/presentation.html"
        return self.show()

    def content(self) -> dict[str, Any]:
        if not self.screen:
            return self.frame()
        portfolios = self.request.GET.getlist("portfolio")
        others = any(self.list.values_of(f) for f in self.list.filters if f.key != "portfolio")
        whole = not others and not self.list.words and len(portfolios) <= 1
        place = "".join(portfolios) if whole else None
        kept = queries.kept_sums(self.viewer, self.sight, place)
        for level in self.screen["levels"]:
            level.url = self.drill(confidence=[level.key])
            level.moved_url = self.drill(confidence=[level.key], moved=self.moved)
        return {
            **self.frame(),
            **self.screen,
            "limits": DEFAULT,
            "heat_body": heat_body(self.screen["heat"], self.sight.columns),
            "chart": bubble_chart(self.screen["bubbles"]),
            "sum_rows": self._sum_rows(kept),
            "kept_place": next((k.place for k in kept.values()), ""),
            "moved_url": self.drill(moved=self.moved),
            "unapproved_url": self.drill(size=["unknown"]),
            "elsewhere_url": self.drill(elsewhere=["1"]),
            "list_url": self.drill(),
            "leave_url": self.list.url(self.request.path, present=None),
            "present_url": self.list.url(self.request.path, present="1"),
        }

    def _sum_rows(self, kept: dict[str, queries.KeptSum]) -> list[dict[str, Any]]:
        """A sum, the list behind it, and what was reported of it."""
        words = {"approved": _("Approved budget"), "forecast": _("Cost at completion"), "spent": _("Spent")}
        return [
            {
                "label": label,
                "url": self.drill(sort=[f"-{name}"]),
                "value": self.screen["sums"][name],
                "kept": kept.get(name),
            }
            for name, label in words.items()
        ]


class StandingListPage(_Screen):
    """The projects behind a figure of the screen, with what narrows it."""

    kind = "list"
    template_name = "governance/portfolio/standing_list.html"

    def title(self) -> str:
        return str(StandingList.title)

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if self.sight is None:
            return self.show()
        return self.as_file(self.list) or self.show()

    def content(self) -> dict[str, Any]:
        if self.sight is None:
            return self.frame()
        return {**self.frame(), "listing": self.list.page(self.request.path)}


class PortfolioComparison(_Screen):
    """Two periods side by side: what differs."""

    template_name = "governance/portfolio/comparison_room.html"
    most = 100

    def title(self) -> str:
        return _("Two periods compared")

    def get(self, request, *args, **kwargs) -> HttpResponse | FileResponse:
        kind = request.GET.get("export", "")
        if kind and self.sight and self.first:
            found = self.compared(EXPORTED_ROWS)
            heads = comparison_heads(self.first, self.sight.period)
            note_export(self.viewer, f"{self.title()}: {self.first} – {self.sight.period}", kind)
            name = f"comparison-{self.first.key}-{self.sight.period.key}"
            return lists.table_file(heads, [comparison_texts(row) for row in found.rows], name, kind)
        return self.show()

    @cached_property
    def first(self) -> ReportingPeriod | None:
        return self.asked_period("with") or one_before(self.sight.period)

    def compared(self, most: int) -> queries.Comparison:
        return queries.compared(self.found, self.first, self.sight.period, self.viewer.money_unit, most)

    def content(self) -> dict[str, Any]:
        if self.sight is None:
            return self.frame()
        if self.first is None:
            return {**self.frame(), "first": None, "second": self.sight.period, "rows": []}
        found = self.compared(self.most)
        return {
            **self.frame(),
            "first": self.first,
            "second": self.sight.period,
            "files": {kind: self.list.url(self.request.path, export=kind) for kind in ("xlsx", "csv")},
            "rows": found.rows,
            "count": found.count,
            "most": self.most,
            "alone": found.alone,
        }


class PortfolioPdf(_Screen):
    """The screen on paper."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if self.sight is None:
            return HttpResponse(status=404)
        screen = queries.screen(self.viewer, self.sight, self.found, most=PRINTED_ROWS)
        words = [f"{c['label']}: {c['words']}" for c in self.list.chips("") if c["words"]]
        if self.list.words:
            words.append(f"“{self.list.words}”")
        return pdf_answer(
            request,
            lambda: portfolio_pdf(screen, self.sight, self.viewer, words),
            name=f"portfolio-{self.sight.period.key}",
            what=f"{self.sight.period}; {'; '.join(words)}",
            back=self.list.url(reverse("governance:portfolio:screen")),
        )
