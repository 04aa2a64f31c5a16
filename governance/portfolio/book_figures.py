"""The portfolio book's figures as a workbook: facts, projects, their course over the periods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from governance.portfolio import book as making
from governance.portfolio.book import Book
from governance.portfolio.book_queries import ProjectPage
from governance.portfolio.document import heat_told
from pmo_portal.periods.queries import office_settings
from pmo_portal.rendering import declaring
from pmo_portal.rendering.paper import paper_now
from pmo_portal.rendering.pptx import LEVELS
from pmo_portal.rendering.xlsx import Workbook
from pmo_portal.templatetags.pmo import word_of


def as_xlsx(wanted: declaring.Wanted) -> Any:
    book = making.gather(wanted)
    workbook = Workbook(book.title, paper_now())
    pages = list(book.pages())
    _facts(workbook, book)
    workbook.table(_("Projects"), _heads(), (_project(page) for page in pages))
    course = [(_("Key"), "", 12), (_("Project"), "", 34), (_("Period"), "", 14), (_("Delivery confidence"), "", 16)]
    money = [(label, "number", 18) for label in (_("Approved budget"), _("Cost at completion"), _("Spent"))]
    workbook.table(_("Course"), [*course, *money, (_("Currency"), "", 10)], _courses(pages, book))
    return workbook.content()


def _facts(workbook: Workbook, book: Book) -> None:
    sums, currency = book.screen["sums"], office_settings().currency
    lines: list[tuple[str, Any]] = [(_("Period"), book.sight.period.label), *book.lines()]
    lines += [
        (f"{label} ({currency})", sums[name])
        for name, label in (
            ("approved", _("Approved budget")),
            ("forecast", _("Cost at completion")),
            ("spent", _("Spent")),
        )
    ]
    first = len(lines) + (3 if workbook.paper.mark else 2)
    lines += [(word_of("confidence", level.key), level.count) for level in book.screen["levels"]]
    name = _("Overview")
    sheet = workbook.facts(name, book.title, lines)
    last = first + len(book.screen["levels"]) - 1
    chart = workbook.book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": _("Projects by delivery confidence"),
            "categories": [sheet.get_name(), first, 0, last, 0],
            "values": [sheet.get_name(), first, 1, last, 1],
            "points": [{"fill": {"color": f"#{LEVELS[level.key]}"}} for level in book.screen["levels"]],
            "data_labels": {"value": True},
            "gap": 60,
        }
    )
    chart.set_legend({"none": True})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
    sheet.insert_chart(first - 8 if first > 9 else 1, 3, chart)


def _heads() -> list[tuple[str, str, float]]:
    return [
        (_("Key"), "", 12),
        (_("Project"), "", 36),
        (_("Portfolio"), "", 20),
        (_("PM"), "", 16),
        (_("Tier"), "", 6),
        (_("Delivery confidence"), "", 16),
        (_("Was"), "", 16),
        (_("Approved budget"), "number", 18),
        (_("Cost at completion"), "number", 18),
        (_("Spent"), "number", 18),
        (_("Currency"), "", 10),
        (_("Cost against approval"), "percent", 12),
        (_("Forecast finish"), "", 14),
        (_("Days of slip"), "number", 10),
        (_("Next decision"), "", 24),
        (_("Why this confidence"), "", 50),
        (_("Help needed"), "", 50),
    ]


def _project(page: ProjectPage) -> list[Any]:
    shown, project, report = page.row.project, page.project, page.report
    return [
        project.key,
        shown.name,
        project.portfolio.name if project.portfolio else "",
        shown.pm.name if shown.pm else "",
        project.tier,
        word_of("confidence", shown.level),
        word_of("confidence", shown.was),
        shown.at_approved_budget,
        shown.at_forecast_cost,
        shown.at_spent,
        project.currency,
        shown.cost_percent,
        report.forecast_finish_on if report else shown.forecast_finish_on,
        shown.days,
        heat_told(page.row)["course"],
        report.confidence_reason if report else "",
        report.help_needed if report else "",
    ]


def _courses(pages: list[ProjectPage], book: Book) -> Iterator[list[Any]]:
    for page in pages:
        for column, cell, point in zip(book.sight.columns, page.row.cells, page.course, strict=True):
            level = word_of("confidence", cell.level) if cell.kind == "reported" else ""
            if level or point.forecast is not None:
                figures = [point.approved, point.forecast, point.spent]
                yield [page.project.key, page.row.project.name, column.label, level, *figures, page.project.currency]
