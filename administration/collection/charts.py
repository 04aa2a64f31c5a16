"""The collection's charts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pmo_portal import charts


def trend_chart(trend: list[dict]) -> charts.Chart | None:
    """Completeness and timeliness over the periods."""
    known = [t for t in trend if t["completeness"] is not None]
    if len(known) < 2:
        return None
    labels = [t["period"].label for t in known]
    first, last = known[0]["timeliness"], known[-1]["timeliness"]
    return charts.Chart(
        kind="line",
        title=_("In time: %(was)s%% → %(now)s%%") % {"was": round(first or 0), "now": round(last or 0)},
        unit="%",
        labels=labels,
        ticks=[t["period"].tick for t in known],
        series=[
            charts.Series(_("Complete"), [float(t["completeness"]) for t in known]),
            charts.Series(
                _("In time"), [float(t["timeliness"]) if t["timeliness"] is not None else None for t in known]
            ),
        ],
        minimum=0,
        maximum=100,
    )
