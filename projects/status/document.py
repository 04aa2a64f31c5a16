"""A status report as a PDF, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal.custom.forms import CustomFieldsMixin
from pmo_portal.custom.models import CustomField
from pmo_portal.custom.shape import shown
from pmo_portal.i18n import numbers
from pmo_portal.i18n.dates import format_date
from pmo_portal.rendering.pdf import render
from pmo_portal.templatetags import pmo as marks
from pmo_portal.templatetags.pmo import signed_days, word_of
from projects.register.standing import share_percent, slip_days, variance_percent
from projects.status import queries, telling
from projects.status.models import StatusReport
from projects.status.ports import decisions_asked

LIGHT_SIGNS = {"green": "●", "amber": "▲", "red": "■", "none": "○"}


def report_pdf(report: StatusReport, viewer) -> bytes:
    """The report on paper: figures, lights with reasons, what is asked for, words, milestones, what changed."""
    project = report.project

    def money(amount) -> str:
        return numbers.format_money(amount, project.currency, viewer.money_unit)

    words = [
        (_("Done this period"), report.achieved),
        (_("Next period"), report.planned),
        (_("Why this confidence"), report.confidence_reason),
        (_("On the schedule"), report.schedule_note),
        (_("On the cost"), report.cost_note),
        (_("Summary"), report.summary),
    ]
    sections: list[dict] = [lights_on_paper(report)]
    if asked := asked_on_paper(project, report, viewer):
        sections.append({"title": _("Help and decisions asked for"), "asked": asked})
    if facts := telling.lines(report.facts_taken, viewer.money_unit):
        sections.append(_facts(facts))
    sections += [{"title": title, "text": text} for title, text in words if text.strip()]
    if report.milestones:
        sections.append(milestones_on_paper(report))
    if own := shown(viewer, report):
        sections.append(_own(own, money))
    if before := queries.report_before(project, report.period):
        sections.append(_difference(report, before, money))
    people = (
        (_("PM"), str(project.pm or "–")),
        (_("Sponsor"), str(project.sponsor or "–")),
        (_("Submitted"), marks.moment_on_paper(report.submitted_at)),
    )
    return render(
        "report",
        {
            "crumb": f"{project.portfolio.name}　{project.key}",
            "title": f"{report.name_then}　{report.period.label}",
            "foot": f"{report.get_state_display()}　{_('Frozen')} {report.digest[:12]}" if report.digest else "",
            "sub": "　".join(f"{label} {said}" for label, said in people),
            "figures": figures_on_paper(report, money),
            "sections": sections,
        },
    )


def figures_on_paper(report: StatusReport, money: Callable) -> list[dict]:
    """Confidence, finish, cost and what was spent, each against what was approved at the time."""
    finish, approved = report.forecast_finish_on, report.approved_budget
    slip, variance = slip_days(finish, report.planned_finish_on), variance_percent(report.forecast_cost, approved)
    spent = share_percent(report.spent, approved)
    return [
        {"label": _("Delivery confidence"), "value": word_of("confidence", report.confidence), "note": ""},
        {
            "label": _("Forecast finish"),
            "value": format_date(finish, "plain") or "–",
            "note": _with(
                _("approved %(date)s") % {"date": format_date(report.planned_finish_on, "plain") or "–"},
                signed_days(slip) if slip else "",
            ),
        },
        {
            "label": _("Cost at completion"),
            "value": money(report.forecast_cost),
            "note": _with(
                _("approved %(amount)s") % {"amount": money(approved)},
                numbers.percent(variance, 1, sign=True) if variance else "",
            ),
        },
        {
            "label": _("Spent"),
            "value": money(report.spent),
            "note": _("%(percent)s of what is approved") % {"percent": numbers.percent(spent, 1)}
            if spent is not None
            else "",
        },
    ]


def _with(words: str, difference: str) -> str:
    return f"{words}　{difference}" if difference else words


def asked_on_paper(project, report: StatusReport | None, viewer) -> list[dict[str, str]]:
    """What whoever reads this is asked for: help, and decisions that wait."""
    asked = [
        {"what": what, "why": why, "who": who}
        for what, why, who in decisions_asked.gather(project=project, viewer=viewer)
    ]
    if report is not None and report.help_needed.strip():
        whom = [str(report.help_from or ""), format_date(report.help_by, "plain")]
        asked.insert(0, {"what": report.help_needed, "why": "", "who": "　".join(part for part in whom if part)})
    return asked


def _facts(facts: list[telling.Line]) -> dict:
    rows = [
        [f.label, f"{f.was} → {f.now}" if f.was else f.now, {"text": f.difference, "tone": _tone(f.hurts)}, f.note]
        for f in facts
    ]
    return {
        "title": _("What the figures say"),
        "columns": ["auto", "auto", "auto", "rest"],
        "head": [],
        "rows": rows,
    }


def _difference(report: StatusReport, before: StatusReport, money: Callable) -> dict:
    """Was → is of every field that differs from the report before; of texts, what went and what came."""
    lines = queries.difference(report, before)
    rows = [[capfirst(str(line["label"])), _was_is(line, money)] for line in lines]
    against = _("against %(period)s") % {"period": before.period.label}
    return {
        "title": f"{_('What changed')}　{against}",
        "columns": ["auto", "rest"],
        "head": [],
        "rows": rows or [[_("Nothing changed since the report before."), ""]],
    }


def _was_is(line: dict, money: Callable) -> str:
    if line["kind"] == "text":
        shapes = {"same": "{}", "gone": "〔−{}〕", "new": "〔＋{}〕"}
        return "".join(shapes[piece.kind].format(piece.text) for piece in line["pieces"])
    say = {
        "light": lambda value: f"{LIGHT_SIGNS[value]} {word_of('light', value)}",
        "confidence": lambda value: word_of("confidence", value),
        "date": lambda value: format_date(value, "plain") or "–",
        "money": money,
        "said": lambda value: str(value or "–"),
    }[line["kind"]]
    return f"{say(line['was'])} → {say(line['now'])}"


def _own(own: list[tuple[CustomField, Any]], money: Callable) -> dict:
    """What the office's own fields say."""
    say = {"money": money, "number": numbers.exact, "date": lambda value: format_date(value, "plain")}
    return {
        "title": str(CustomFieldsMixin.group_label),
        "columns": ["auto", "rest"],
        "head": [],
        "rows": [[str(field), say.get(field.kind, str)(value)] for field, value in own],
    }


def _tone(hurts: bool) -> str:
    return "red" if hurts else "green"


def lights_on_paper(report: StatusReport) -> dict:
    rows = [
        [
            capfirst(row["label"]),
            light_on_paper(row["light"]),
            light_on_paper(row["computed"]) if row["computed"] not in ("none", row["light"]) else "",
            row["reason"] or "–",
        ]
        for row in queries.lights_of(report)
    ]
    return {
        "title": _("Lights"),
        "columns": ["auto", "auto", "auto", "rest"],
        "head": ["", pgettext("status", "Light"), _("Computed"), _("Reason")],
        "rows": rows,
    }


def light_on_paper(light: str) -> dict:
    return {"text": f"{LIGHT_SIGNS[light]} {word_of('light', light)}", "tone": light, "chip": True}


def milestones_on_paper(report: StatusReport) -> dict:
    def day(value) -> str:
        return format_date(value, "plain") or "–"

    rows = [
        [m["name"], day(m["baseline_on"]), day(m["was_on"]), day(m["now_on"]), _course(m)]
        for m in report.milestones_shown
    ]
    return {
        "title": _("Milestones"),
        "columns": ["rest", "auto", "auto", "auto", "auto"],
        "head": [_("Name"), _("Baseline"), _("Was"), _("Is"), ""],
        "rows": rows,
    }


def _course(milestone: dict) -> dict | str:
    """Reached, or how far it has moved since the report before."""
    if milestone["is_reached"]:
        return {"text": _("reached"), "tone": "green"}
    moved = milestone["moved"]
    return {"text": signed_days(moved), "tone": _tone(moved > 0)} if moved else ""
