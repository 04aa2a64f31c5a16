"""The portfolio screen as a PDF."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pmo_portal.i18n import numbers
from pmo_portal.i18n.dates import format_date
from pmo_portal.periods.queries import office_settings
from pmo_portal.rendering.pdf import render
from pmo_portal.templatetags.pmo import word_of

SIGNS = {"green": "●", "amber_green": "◐", "amber": "▲", "amber_red": "◆", "red": "■", "none": "○"}


def portfolio_pdf(screen: dict, period, viewer) -> bytes:
    """Counts with movement, projects worst first with their last months, proposals."""
    rows = []
    for heat in screen["heat"]:
        p = heat.project
        rows.append(
            [
                p.name[:40],
                " ".join(SIGNS[c["level"]] if c["kind"] != "blank" else "·" for c in heat.cells),
                word_of("confidence", p.confidence),
                numbers.percent(p.cost_variance_percent, 1, sign=True),
                numbers.signed(p.slip_days) if p.slip_days is not None else "–",
                format_date(p.forecast_finish_on, "plain") or "–",
            ]
        )
    proposals = [
        [p.project.name[:40], str(p.get_course_display()), str(p.proposed_by), p.reason[:120]]
        for p in screen["proposals"]
    ]
    sections = [
        {
            "title": _("Projects, where action is needed first"),
            "columns": ["rest", "auto", "auto", "auto", "auto", "auto"],
            "head": [
                _("Project"),
                _("Last periods"),
                _("Delivery confidence"),
                _("Cost against approval"),
                _("Slip"),
                _("Forecast finish"),
            ],
            "rows": rows,
        }
    ]
    if proposals:
        sections.append(
            {
                "title": _("Proposals to decide"),
                "columns": ["rest", "auto", "auto", "rest"],
                "head": [_("Project"), _("Proposal"), _("Proposed by"), _("Reason")],
                "rows": proposals,
            }
        )
    return render(
        "report",
        {
            "lang": get_language() or "ja",
            "crumb": office_settings().name,
            "title": f"{_('Portfolio')}　{period.label}",
            "sub": _("%(reported)s of %(total)s projects reported")
            % {"reported": screen["reported"], "total": screen["total"]},
            "foot": period.key,
            "figures": [
                {
                    "label": word_of("confidence", level.key),
                    "value": str(level.count),
                    "note": numbers.signed(level.count - level.before),
                }
                for level in screen["levels"]
            ],
            "sections": sections,
        },
    )
