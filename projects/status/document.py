"""A status report as a PDF, in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from pmo_portal.i18n import numbers
from pmo_portal.i18n.dates import format_date, format_moment
from pmo_portal.periods.queries import office_settings
from pmo_portal.rendering.pdf import render
from pmo_portal.templatetags.pmo import word_of
from projects.status import queries
from projects.status.models import StatusReport

LIGHT_SIGNS = {"green": "●", "amber": "▲", "red": "■", "none": "○"}


def report_pdf(report: StatusReport, viewer) -> bytes:
    """The report on paper: figures, lights with reasons, milestones, words."""
    project = report.project

    def money(amount) -> str:
        return numbers.format_money(amount, project.currency, viewer.money_unit)

    words = [
        (_("Done this period"), report.achieved),
        (_("Next period"), report.planned),
        (_("Help needed"), report.help_needed),
        (_("Why this confidence"), report.confidence_reason),
        (_("On the schedule"), report.schedule_note),
        (_("On the cost"), report.cost_note),
    ]
    sections = [_lights(report)]
    if report.milestones:
        sections.append(_milestones(report))
    sections += [{"title": title, "text": text} for title, text in words if text.strip()]
    return render(
        "report",
        {
            "lang": get_language() or "ja",
            "crumb": f"{office_settings().name}　{project.portfolio.name}　{project.key}",
            "title": f"{project.name}　{report.period.label}",
            "foot": f"{report.digest[:16]}　{report.get_state_display()}",
            "sub": f"{_('PM')} {project.pm or '–'}　{_('Submitted')} {format_moment(report.submitted_at) or '–'}",
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


def _lights(report: StatusReport) -> dict:
    rows = [
        [str(row["label"]), f"{LIGHT_SIGNS[row['light']]} {word_of('light', row['light'])}", row["reason"] or "–"]
        for row in queries.lights_of(report)
    ]
    return {
        "title": _("Lights"),
        "columns": ["auto", "auto", "rest"],
        "head": ["", pgettext("status", "Light"), _("Reason")],
        "rows": rows,
    }


def _milestones(report: StatusReport) -> dict:
    from datetime import date

    from pmo_portal.i18n.localised import pick

    def day(text) -> str:
        return format_date(date.fromisoformat(str(text)), "plain") if text else "–"

    rows = [
        [
            f"M-{m['number']:02d}",
            pick(m["name_ja"], m["name_en"]),
            day(m.get("baseline_on")),
            day(m.get("was_on")),
            day(m.get("reached_on") or m.get("forecast_on")),
        ]
        for m in report.milestones
        if "name_ja" in m
    ]
    return {
        "title": _("Milestones"),
        "columns": ["auto", "rest", "auto", "auto", "auto"],
        "head": ["", _("Name"), _("Baseline"), _("Was"), _("Is")],
        "rows": rows,
    }
