"""The portfolio book: cover, the portfolio, one page for each project – as PDF, as slides, as figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.portfolio import book_queries
from governance.portfolio.book_queries import MOST, Point, ProjectPage
from governance.portfolio.document import SHAPES, heat_cells, portfolio_data
from governance.portfolio.drawing import LOOKS
from governance.portfolio.sight import Sight
from pmo_portal.i18n import numbers
from pmo_portal.i18n.dates import format_date
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.rendering import declaring
from pmo_portal.rendering.faults import Unmade
from pmo_portal.rendering.pdf import render
from pmo_portal.templatetags import pmo as marks
from projects.status.document import asked_on_paper, figures_on_paper, lights_on_paper, milestones_on_paper

SEEN_BY = ("manager", "sponsor", "auditor", "administrator", "expert")
SECONDS = 300  # for setting three hundred pages
LONGEST = {"reason": 90, "words": 330, "asked": 160}
SHOWN_MILESTONES = 8


@dataclass(frozen=True)
class Book:
    """What all three forms are made of."""

    viewer: Any
    sight: Sight
    screen: dict[str, Any]
    conditions: list[str]
    progress: declaring.Progress

    @property
    def title(self) -> str:
        return title_of(self.sight)

    @property
    def total(self) -> int:
        return len(self.screen["heat"])

    def pages(self) -> Iterator[ProjectPage]:
        """One after the other, saying how far it is."""
        for number, page in enumerate(book_queries.pages(self.viewer, self.sight, self.screen["heat"]), 1):
            if number % 5 == 1:
                self.progress(number - 1, self.total, _("Projects are put together"))
            yield page
        self.progress(self.total, self.total, _("The document is being set"))

    def lines(self) -> list[tuple[str, str]]:
        """What the cover says."""
        found = [
            (_("Projects"), str(self.screen["total"])),
            (_("Made"), f"{marks.moment_on_paper(timezone.now())}　{self.viewer.name}"),
        ]
        if self.conditions:
            found.insert(1, (_("Conditions"), " / ".join(self.conditions)))
        return found


def title_of(sight: Sight) -> str:
    return _("Portfolio book %(period)s") % {"period": sight.period.label}


def about(wanted: declaring.Wanted) -> declaring.About:
    """What the book would hold. It is not made of nothing, and not of more than a board can leaf through."""
    try:
        sight = book_queries.sight_asked(wanted.conditions)
    except ReportingPeriod.DoesNotExist:
        sight = None
    if sight is None:
        return declaring.About(str(LABEL), hindrance=_("No project has reported in this period."))
    listing = book_queries.listed(wanted.viewer, wanted.conditions, sight)
    count = listing.queryset.order_by().count()
    lines = [(_("Period"), sight.period.label), (_("Projects"), str(count))]
    if listing.is_filtered:
        lines.append((_("Conditions"), listing.said()))
    if sight.picture is not None:
        lines.append((_("As it was frozen on"), marks.moment_on_paper(sight.picture.frozen_at)))
    hindrance = ""
    if not count:
        hindrance = _("No project matches these conditions")
    elif count > MOST:
        hindrance = _("A book holds at most %(most)s projects; these are %(count)s. Narrow the portfolio first.") % {
            "most": MOST,
            "count": count,
        }
    return declaring.About(title_of(sight), tuple(lines), hindrance)


def gather(wanted: declaring.Wanted) -> Book:
    wanted.progress(0, 0, _("The portfolio is read"))
    sight = book_queries.sight_asked(wanted.conditions)
    if sight is None:  # the office's only period went after the book was ordered
        raise Unmade("broken", "no period to look at")
    listing = book_queries.listed(wanted.viewer, wanted.conditions, sight)
    screen = book_queries.whole_screen(wanted.viewer, sight, listing)
    conditions = [listing.said()] if listing.is_filtered else []
    return Book(wanted.viewer, sight, screen, conditions, wanted.progress)


# ---- PDF


def as_pdf(wanted: declaring.Wanted) -> bytes:
    book = gather(wanted)
    overview = portfolio_data(book.screen, book.sight, book.viewer, book.conditions)
    projects = [page_data(page, book) for page in book.pages()]
    cover = {"title": _("Portfolio book"), "sub": book.sight.period.label, "lines": book.lines()}
    data = {"title": book.title, "foot": overview["foot"], "cover": cover, "overview": overview, "projects": projects}
    return render("book", data, seconds=SECONDS)


def page_data(page: ProjectPage, book: Book) -> dict[str, Any]:
    row, report = page.row, page.report
    return {
        "name": row.project.name,
        "sub": sub_of(page),
        "level": _level(row.project.level, row.project.was),
        "figures": figures_of(page, book.viewer),
        "told": "" if report else _("No report in this period; the figures are those told last."),
        "lights": lights_of(page),
        "asked": asked_of(page, book.viewer),
        "texts": [{"title": title, "text": text} for title, text in texts_of(page)],
        "cells": heat_cells(row),
        "trend": _trend(page, book),
        "milestones": milestones_of(page),
        "words": {
            "lights": _("Lights"),
            "asked": _("Help and decisions asked for"),
            "course": _("Delivery confidence over the periods"),
            "cost": _("Cost over the periods"),
            "milestones": _("Milestones"),
            "milestone-head": [_("Name"), _("Baseline"), _("Is"), ""],
        },
    }


def _level(level: str, was: str) -> dict[str, str]:
    before = _("was %(level)s") % {"level": marks.word_of("confidence", was)} if was != level else ""
    return {"look": LOOKS[level], "shape": SHAPES[level], "word": marks.word_of("confidence", level), "was": before}


def sub_of(page: ProjectPage) -> str:
    project, pm = page.project, page.row.project.pm
    parts = [
        (_("Key"), project.key),
        (_("Portfolio"), project.portfolio.name if project.portfolio else ""),
        (_("PM"), pm.name if pm else "–"),
        (_("Sponsor"), project.sponsor.name if project.sponsor else "–"),
        (_("Tier"), project.tier),
    ]
    return "　".join(f"{label} {said}" for label, said in parts if said)


def money_of(page: ProjectPage, viewer) -> Callable[[Any], str]:
    return lambda amount: numbers.format_money(amount, page.project.currency, viewer.money_unit)


def figures_of(page: ProjectPage, viewer) -> list[dict[str, str]]:
    """Of the report where there is one; else as the screen has them."""
    money, project = money_of(page, viewer), page.row.project
    if page.report is not None:
        return figures_on_paper(page.report, money)[1:]
    percent = numbers.percent(project.cost_percent, 1, sign=True) if project.cost_percent is not None else ""
    return [
        {
            "label": _("Forecast finish"),
            "value": format_date(project.forecast_finish_on, "plain") or "–",
            "note": marks.signed_days(project.days) if project.days else "",
        },
        {
            "label": _("Cost at completion"),
            "value": money(project.at_forecast_cost),
            "note": f"{_('approved %(amount)s') % {'amount': money(project.at_approved_budget)}}　{percent}",
        },
        {"label": _("Spent"), "value": money(project.at_spent), "note": ""},
    ]


def lights_of(page: ProjectPage) -> list[list[Any]]:
    """Light by light: what it is called, how it stands, why."""
    if page.report is None:
        return []
    rows = lights_on_paper(page.report)["rows"]
    return [[label, light, _cut(reason, "reason")] for label, light, _computed, reason in rows]


def asked_of(page: ProjectPage, viewer) -> list[dict[str, str]]:
    found = asked_on_paper(page.project, page.report, viewer)
    return [{key: _cut(said, "asked") for key, said in one.items()} for one in found[:3]]


def texts_of(page: ProjectPage) -> list[tuple[str, str]]:
    if page.report is None:
        return []
    said = ((_("Done this period"), page.report.achieved), (_("Next period"), page.report.planned))
    why = ((_("Why this confidence"), page.report.confidence_reason),)
    return [(title, _cut(text, "words")) for title, text in (*why, *said) if text.strip()]


def milestones_of(page: ProjectPage) -> list[list[Any]]:
    """Those to come before those reached, as many as the page holds, in their order."""
    if page.report is None:
        return []
    rows = milestones_on_paper(page.report)["rows"]
    reached = [m["is_reached"] for m in page.report.milestones_shown]
    chosen = sorted(range(len(rows)), key=lambda n: (reached[n], n))[:SHOWN_MILESTONES]
    return [[rows[n][0], rows[n][1], rows[n][3], rows[n][4]] for n in sorted(chosen)]


def _cut(text: str, what: str) -> str:
    most = LONGEST[what]
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _trend(page: ProjectPage, book: Book) -> dict[str, Any] | None:
    """Shares of the greatest figure, for drawing; None where fewer than two are known."""
    told = [one for point in page.course for one in (point.approved, point.forecast, point.spent) if one is not None]
    if sum(point.forecast is not None for point in page.course) < 2 or max(told) <= 0:
        return None
    top = max(told)

    def shares(of: Callable[[Point], Decimal | None]) -> list[float | None]:
        return [
            None if (v := of(point)) is None else round(float(max(Decimal(0), v) / top), 4) for point in page.course
        ]

    return {
        "ticks": [period.tick for period in book.sight.columns],
        "approved": shares(lambda p: p.approved),
        "forecast": shares(lambda p: p.forecast),
        "spent": shares(lambda p: p.spent),
        "top": money_of(page, book.viewer)(top),
        "key": _("Line: cost at completion. Dashed: approved. Bars: spent."),
    }


LABEL = gettext_lazy("Portfolio book")


def declare() -> None:
    from governance.portfolio import book_figures, book_slides

    declaring.kind(
        "portfolio-book",
        label=LABEL,
        note=gettext_lazy(
            "A cover, the portfolio as its page shows it, and one page for each project: as it stands, or as it was frozen."
        ),
        seen_by=SEEN_BY,
        about=about,
        makers={"pdf": as_pdf, "pptx": book_slides.as_pptx, "xlsx": book_figures.as_xlsx},
        back=reverse_lazy("governance:portfolio:screen"),
    )
