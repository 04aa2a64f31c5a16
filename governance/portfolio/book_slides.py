"""The portfolio book as slides: charts and tables that can be edited in PowerPoint."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from governance.portfolio import book as making
from governance.portfolio.book import Book
from governance.portfolio.book_queries import ProjectPage
from governance.portfolio.document import heat_told, portfolio_data
from governance.portfolio.queries import HeatRow
from pmo_portal.rendering import declaring
from pmo_portal.rendering.paper import paper_now
from pmo_portal.rendering.pptx import LEVELS, MARGIN, SOFT, WIDE, Slides
from pmo_portal.templatetags import pmo as marks

ON_A_SLIDE = 18  # rows of the table of projects
LETTERS = {"green": "5", "amber_green": "4", "amber": "3", "amber_red": "2", "red": "1", "none": "–"}


def as_pptx(wanted: declaring.Wanted) -> bytes:
    book = making.gather(wanted)
    slides = Slides(book.title, paper_now(), get_language() or "ja")
    slides.cover(_("Portfolio book"), book.sight.period.label, book.lines())
    _overview(slides, book)
    _projects(slides, book)
    for page in book.pages():
        _project(slides, book, page)
    return slides.content()


def _overview(slides: Slides, book: Book) -> None:
    data = portfolio_data(book.screen, book.sight, book.viewer, book.conditions)
    slide = slides.slide(book.title, data["sub"])
    levels = book.screen["levels"]
    slides.words(slide, _("Projects by delivery confidence"), (MARGIN, 36, 140, 7), size=12, is_bold=True)
    slides.columns(
        slide,
        [marks.word_of("confidence", level.key) for level in levels],
        _("Projects"),
        [level.count for level in levels],
        [LEVELS[level.key] for level in levels],
        (MARGIN, 43, 150, 72),
    )
    rows = [
        [level["label"], level["value"], level["change"], "\n".join(w for w in (level["came"], level["went"]) if w)]
        for level in data["levels"]
    ]
    slides.table(
        slide,
        [_("Delivery confidence"), _("Projects"), _("Change"), _("Which")],
        rows,
        (WIDE / 2, 38),
        (28, 26, 16, WIDE / 2 - MARGIN - 70),
        size=8,
        row_height=10.5,
        ends=(1, 2),
    )
    slides.table(slide, [], data["sums"], (WIDE / 2, 140), (60, 80), size=11, row_height=9)
    costs = [row for row in book.screen["costs"] if row.project.at_approved_budget]
    if costs:
        slides.words(slide, data["costs"]["title"], (MARGIN, 116, 140, 7), size=12, is_bold=True)
        names = [row.project.name for row in costs]
        share = [float(100 + row.project.cost_percent) for row in costs]
        spent = [float((row.project.at_spent or 0) * 100 / row.project.at_approved_budget) for row in costs]
        series = [(_("Cost at completion"), share), (_("Spent"), spent)]
        slides.bars(slide, names, series, (MARGIN, 122, 150, 58), (slides.accent, "AEB6C2"))


def _projects(slides: Slides, book: Book) -> None:
    """The rows of the heat table; confidence over the periods as figures, 5 the best."""
    rows: list[HeatRow] = book.screen["heat"]
    ticks = [period.tick for period in book.sight.columns][-6:]
    head = [_("Project"), _("PM"), *ticks, _("Cost"), _("Finish"), _("Next decision")]
    widths = (92, 30, *((12,) * len(ticks)), 26, 24, WIDE - 2 * MARGIN - 92 - 30 - 12 * len(ticks) - 50)
    for start in range(0, len(rows), ON_A_SLIDE):
        block = rows[start : start + ON_A_SLIDE]
        lines = []
        for row in block:
            told = heat_told(row)
            cells = [LETTERS[c.level] if c.kind == "reported" else "–" for c in row.cells[-6:]]
            cost: Any = {"text": told["cost"], "tone": "red"} if told["is_over"] else told["cost"]
            lines.append([told["name"], told["pm"], *cells, cost, told["days"], told["course"]])
        sub = _("Confidence: 5 highly likely, 1 unachievable.")
        slide = slides.slide(
            _("Projects, where action is needed first"), f"{start + 1}–{start + len(block)} / {len(rows)}　{sub}"
        )
        slides.table(
            slide, head, lines, (MARGIN, 34), widths, size=9, row_height=7.4, ends=(len(ticks) + 2, len(ticks) + 3)
        )


def _project(slides: Slides, book: Book, page: ProjectPage) -> None:
    level = page.row.project.level
    slide = slides.slide(page.row.project.name, making.sub_of(page))
    word = marks.word_of("confidence", level)
    figures = [{"label": _("Delivery confidence"), "value": word, "note": ""}, *making.figures_of(page, book.viewer)]
    wide = (WIDE - 2 * MARGIN) / len(figures)
    slides.table(
        slide,
        [figure["label"] for figure in figures],
        [
            [{"text": f["value"], "tone": "bold"} for f in figures],
            [f["note"] for f in figures],
        ],
        (MARGIN, 34),
        (wide,) * len(figures),
        size=11,
        row_height=7,
    )
    half, right = (WIDE - 3 * MARGIN) / 2, MARGIN * 2 + (WIDE - 3 * MARGIN) / 2
    top = 61.0
    if lights := making.lights_of(page):
        slides.table(
            slide,
            ["", pgettext("status", "Light"), _("Reason")],
            lights,
            (MARGIN, top),
            (24, 26, half - 50),
            size=8.5,
            row_height=6,
        )
        top += 6 * 8 + 5
    parts = making.texts_of(page)
    if asked := making.asked_of(page, book.viewer):
        lines = ["・" + "　".join(w for w in (a["what"], a["why"], a["who"]) if w).replace("\n", " ") for a in asked]
        parts.insert(0, (_("Help and decisions asked for"), "\n".join(lines)))
    if page.report is None:
        said = _("No report in this period; the figures are those told last.")
        slides.words(slide, said, (MARGIN, top, half, 8), size=10, colour=SOFT)
        top += 9
    if parts:
        slides.told(slide, parts, (MARGIN, top, half, 175 - top), size=9)
    _course(slides, slide, book, page, (right, 61, half, 56))
    if milestones := making.milestones_of(page):
        head = [_("Milestones"), _("Baseline"), _("Is"), ""]
        slides.table(slide, head, milestones, (right, 120), (half - 72, 26, 26, 20), size=8.5, row_height=6)


def _course(slides: Slides, slide: Any, book: Book, page: ProjectPage, at: tuple[float, float, float, float]) -> None:
    """Cost over the periods, in millions, as a chart with its figures behind it."""
    if sum(point.forecast is not None for point in page.course) < 2:
        return
    of = {
        _("Approved budget"): [p.approved for p in page.course],
        _("Cost at completion"): [p.forecast for p in page.course],
        _("Spent"): [p.spent for p in page.course],
    }
    named = _("%(what)s (%(currency)s million)")
    series = [
        (
            named % {"what": name, "currency": page.project.currency},
            [None if value is None else round(float(value) / 1e6, 2) for value in values],
        )
        for name, values in of.items()
    ]
    slides.lines(slide, [p.tick for p in book.sight.columns], series, at, (SOFT, slides.accent, "AEB6C2"))
