"""The heat table's rows as HTML. In Python and not in a template: some hundred cells, each with words for whoever cannot
see it, cost a template more than all else on the page (docs/performance.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.portfolio.movement import Cell
from governance.portfolio.queries import HeatRow
from pmo_portal.templatetags import pmo as marks

LOOKS = {"green": "h5", "amber_green": "h4", "amber": "h3", "amber_red": "h2", "red": "h1", "none": "none"}
OVER_PERCENT, LATE_DAYS = 5, 30  # past these a figure is drawn as one that hurts
WHY_NO_COST = {
    "approval": gettext_lazy("no approved budget"),
    "forecast": gettext_lazy("no forecast of the cost"),
    "report": gettext_lazy("not reported in this period"),
}
GROUPS = {
    "needs": gettext_lazy("Needs a decision"),
    "decided": gettext_lazy("Decided, still at risk"),
    "watch": gettext_lazy("To watch"),
}
RISKS = {"confidence": gettext_lazy("confidence"), "cost": gettext_lazy("cost"), "finish": gettext_lazy("finish")}


def heat_body(rows: list[HeatRow], columns: list[Any]) -> SafeString:
    """`<tr>`s in groups: what needs a decision, what is at risk after it, what is to be watched."""
    labels = [escape(c.label) for c in columns]
    report = reverse("projects:status:status_report", args=("KEY", "PERIOD"))
    drawn, group = [], None
    for row in rows:
        if row.group != group:
            group, words = row.group, GROUPS[row.group]
            drawn.append(
                f'<tr class="group"><th colspan="{len(columns) + 5}" scope="colgroup">{escape(words)}</th></tr>\n'
            )
        drawn.append(_row(row, labels, report))
    return mark_safe("".join(drawn))  # noqa: S308  each piece was escaped or comes from our own marks


def _row(row: HeatRow, labels: Sequence[str], report: str) -> str:
    project = row.project
    name, pm = escape(project.name), escape(project.pm.surname if project.pm else "")
    last = len(labels) - 1
    cells = "".join(
        f'<td class="cellbox{" now" if n == last else ""}">{_cell(cell, label, report, project.key)}</td>'
        for n, (cell, label) in enumerate(zip(row.cells, labels, strict=True))
    )
    return (
        f'<tr data-row><th scope="row" class="name"><a href="{escape(project.get_absolute_url())}">{name}</a></th>'
        f'<td class="quiet nowrap pm">{pm}</td>{cells}{_cost(row)}'
        f'<td class="end finish {marks.hurts(project.days, LATE_DAYS)}">{marks.signed_days(project.days)}</td>'
        f'<td class="course">{_course(row)}</td></tr>\n'
    )


def _cell(cell: Cell, label: str, report: str, key: str) -> str:
    words = f"{label} {escape(words_of(cell))}"
    look = LOOKS[cell.level] if cell.kind == "reported" else f"{cell.kind}"
    inner = marks.glyph(cell.level) if cell.kind in ("reported", "unrated", "missing") else ""
    box = f'<span class="pmo-cell is-{look}" title="{words}">{inner}</span><span class="visually-hidden">{words}</span>'
    if cell.standing is None or cell.standing.report_id is None or not cell.standing.is_reported:
        return box
    address = report.replace("KEY", escape(key)).replace("PERIOD", cell.standing.period_key)
    return f'<a href="{address}">{box}</a>'


def words_of(cell: Cell) -> str:
    """A cell in words: its level, or why it has none."""
    level = marks.word_of("confidence", cell.level)
    if cell.kind == "reported":
        return level
    if cell.kind == "missing":
        carried = _("not reported, was %(level)s") % {"level": level}
        return carried if cell.level != "none" else _("not reported")
    return {
        "unrated": _("reported without a rating"),
        "exempt": _("exempt from reporting"),
        "between": _("no report was due"),
        "blank": _("not yet running"),
    }[cell.kind]


def _cost(row: HeatRow) -> str:
    percent = row.project.cost_percent
    if percent is None:
        why = escape(WHY_NO_COST.get(row.why_no_cost, _("not known")))
        return f'<td class="end cost"><span class="quiet" title="{why}">–<span class="visually-hidden"> {why}</span></span></td>'
    return f'<td class="end cost {marks.hurts(percent, OVER_PERCENT)}">{marks.signed_percent(percent)}</td>'


def state_of(row: HeatRow) -> str:
    """Where nothing is proposed: what holds a project, what was decided, or what puts it at risk; else nothing."""
    if row.project.state != "active":
        return row.project.get_state_display()
    if row.decided:
        course = row.decided.get_decided_course_display() or row.decided.get_state_display()
        return _("Decided: %(course)s") % {"course": course}
    if row.risks:
        return _("At risk: %(what)s") % {"what": _(", ").join(str(RISKS[name]) for name in row.risks)}
    return "–"


def _course(row: HeatRow) -> str:
    proposal = row.proposal
    if proposal is None:
        told = format_html('<span class="quiet">{}</span>', state_of(row))
        if row.decided is None:
            return told
        day = marks.day_short(timezone.localdate(row.decided.decided_at))
        return format_html('<a href="{}" title="{}">{}</a>', row.decided.get_absolute_url(), day, told)
    when = marks.day_short(proposal.decide_by) if proposal.decide_by else _("to decide")
    return format_html(
        '<a href="{}" title="{}"><b>{}</b></a>', proposal.get_absolute_url(), when, proposal.get_course_display()
    )
