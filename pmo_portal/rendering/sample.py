"""A document about nothing, to look at the office's paper."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal.i18n.dates import format_date
from pmo_portal.rendering.pdf import render


def pdf() -> bytes:
    rows = [
        [_("Basic design complete"), {"text": f"● {_('On track')}", "tone": "green", "chip": True}, "2026/9/30"],
        [_("Acceptance test"), {"text": f"▲ {_('Watch')}", "tone": "amber", "chip": True}, "2026/12/18"],
        [_("Go-live"), {"text": f"■ {_('At risk')}", "tone": "red", "chip": True}, "2027/2/26"],
    ]
    words = _(
        "This page shows how documents look: the head with logo or name and the mark of confidentiality, lines in the office's "
        "colour, the line at the foot. Names with rare characters stand as they are written: 髙橋, 﨑, ㈱, ①."
    )
    return render(
        "report",
        {
            "title": _("Sample of a document"),
            "crumb": _("Sample"),
            "foot": _("Sample"),
            "sub": format_date(timezone.localdate(), "plain"),
            "figures": [
                {"label": _("Approved budget"), "value": "120", "note": ""},
                {"label": _("Cost at completion"), "value": "123", "note": "+2.5%"},
                {"label": _("Spent"), "value": "64", "note": "53.3%"},
                {"label": _("Forecast finish"), "value": "2027/2/26", "note": ""},
            ],
            "sections": [
                {"title": _("Words"), "text": words},
                {
                    "title": _("Milestones"),
                    "columns": ["rest", "auto", "auto"],
                    "head": [_("Name"), _("State"), _("Day")],
                    "rows": rows,
                },
                {
                    "title": _("Help and decisions asked for"),
                    "asked": [{"what": _("Two people for the acceptance test"), "why": "", "who": ""}],
                },
            ],
        },
    )
