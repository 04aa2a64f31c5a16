"""Periods by the clock: each safe to run twice."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import jobs
from pmo_portal.periods import actions


@jobs.periodic(every=timedelta(minutes=10))
@jobs.job(
    label=gettext_lazy("Plan and open reporting periods"),
    told=lambda done: _("opened: %(names)s") % {"names": ", ".join(done["opened"]) or "–"},
)
def open_periods() -> dict:
    """Open the periods whose day has come."""
    return {"opened": [period.key for period in actions.open_due_periods()]}


@jobs.periodic(every=timedelta(minutes=10))
@jobs.job(
    label=gettext_lazy("Close and freeze reporting periods"),
    told=lambda done: _("closed: %(closed)s; frozen: %(frozen)s") % {k: ", ".join(v) or "–" for k, v in done.items()},
)
def close_periods() -> dict:
    """Close the periods whose due moment has passed, freeze those closed long enough."""
    closed = [period.key for period in actions.close_due_periods()]
    return {"closed": closed, "frozen": [period.key for period in actions.freeze_due_periods()]}
