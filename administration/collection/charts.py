"""The collection's charts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pmo_portal import charts


def trend_chart(trend: list[dict]) -> charts.Chart | None:
    """Completeness and timeliness over the periods; the title speaks of those that are over, and says of the one that
    runs, which the line ends with, how it stands so far."""
    known = [t for t in trend if t["completeness"] is not None]
    over = [t for t in known if not t["is_running"] and t["timeliness"] is not None]
    if len(known) < 2:
        return None
    first, last = (over[0], over[-1]) if len(over) > 1 else (known[0], known[-1])
    unfinished = known[-1]["is_running"]
    return charts.Chart(
        kind="line",
        title=_title(first, last, known[-1]),
        unit="%",
        labels=[t["period"].label for t in known],
        ticks=[t["period"].tick for t in known],
        series=[
            charts.Series(_("Complete"), [float(t["completeness"]) for t in known], unfinished),
            charts.Series(
                _("In time"),
                [float(t["timeliness"]) if t["timeliness"] is not None else None for t in known],
                unfinished,
            ),
        ],
        minimum=0,
        maximum=100,
    )


def _title(first: dict, last: dict, newest: dict) -> str:
    shares = {"was": round(first["timeliness"] or 0), "now": round(last["timeliness"] or 0)}
    if newest is last or newest["timeliness"] is None:
        return _("In time: %(was)s%% → %(now)s%%") % shares
    shares["running"] = round(newest["timeliness"])
    return _("In time: %(was)s%% → %(now)s%%, so far this time %(running)s%%") % shares
