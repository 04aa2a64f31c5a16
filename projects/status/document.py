"""A status report as a PDF, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from pmo_portal.custom.forms import CustomFieldsMixin
from pmo_portal.custom.models import CustomField
from pmo_portal.custom.shape import shown
from pmo_portal.i18n import numbers
from pmo_portal.i18n.dates import format_date
from pmo_portal.periods.queries import office_settings
from pmo_portal.rendering.pdf import render
from pmo_portal.templatetags.pmo import signed_days, word_of
from projects.status import queries, telling
from projects.status.models import StatusReport

LIGHT_SIGNS = {"green": "●", "amber": "▲", "red": "■", "none": "○"}


def moment_on_paper(moment: datetime | None) -> str:
    """Day and time that are still true when the paper is read another day."""
    if moment is None:
        return "–"
    local = timezone.localtime(moment)
    return f"{format_date(local.date(), 'plain')} {local:%-H:%M}"


def report_pdf(report: StatusReport, viewer) -> bytes:
    """The report on paper: figures, lights with reasons, milestones, words."""
    project = report.project

    def money(amount) -> str:
        return numbers.format_money(amount, project.currency, viewer.money_unit)

    words = [
        (_("Done this period"), report.achieved),
        (_("Next period"), report.planned),
        (_("Help needed"), _help(report)),
        (_("Why this confidence"), report.confidence_reason),
        (_("On the schedule"), report.schedule_note),
        (_("On the cost"), report.cost_note),
    ]
    sections = [_lights(report)]
    if before := queries.report_before(project, report.period):
        sections.insert(0, _difference(report, before, money))
    if facts := telling.lines(report.facts_taken, viewer.money_unit):
        sections.insert(0, _facts(facts))
    if report.milestones:
        sections.append(_milestones(report))
    if own := shown(viewer, report):
        sections.append(_own(own, money))
    sections += [{"title": title, "text": text} for title, text in words if text.strip()]
    return render(
        "report",
        {
            "lang": get_language() or "ja",
            "crumb": f"{office_settings().name}　{project.portfolio.name}　{project.key}",
            "title": f"{project.name}　{report.period.label}",
            "foot": f"{report.get_state_display()}　{_('Frozen')} {report.digest[:12]}" if report.digest else "",
            "sub": f"{_('PM')} {project.pm or '–'}　{_('Submitted')} {moment_on_paper(report.submitted_at)}",
            "figures": [
                {"label": _("Delivery confidence"), "value": word_of("confidence", report.confidence), "note": ""},
                {
                    "label": _("Forecast finish"),
                    "value": format_date(report.forecast_finish_on, "plain") or "–",
                    "note": _("approved %(date)s") % {"date": format_date(report.planned_finish_on, "plain") or "–"},
                },
                {
                    "label": _("Cost at completion"),
                    "value": money(report.forecast_cost),
                    "note": _("approved %(amount)s") % {"amount": money(report.approved_budget)},
                },
            ],
            "sections": sections,
        },
    )


def _help(report: StatusReport) -> str:
    """What is asked, of whom, and by when."""
    if not report.help_needed.strip():
        return ""
    whom = [str(report.help_from or ""), format_date(report.help_by, "plain")]
    asked = "　".join(part for part in whom if part)
    return f"{report.help_needed}\n{asked}" if asked else report.help_needed


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


def _lights(report: StatusReport) -> dict:
    rows = [
        [
            capfirst(row["label"]),
            _light(row["light"]),
            _light(row["computed"]) if row["computed"] not in ("none", row["light"]) else "",
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


def _light(light: str) -> dict:
    return {"text": f"{LIGHT_SIGNS[light]} {word_of('light', light)}", "tone": light}


def _milestones(report: StatusReport) -> dict:
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
