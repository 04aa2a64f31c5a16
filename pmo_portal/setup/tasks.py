"""The jobs of the office set-up."""

from datetime import timedelta

from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from pmo_portal.setup import actions, grants


@jobs.periodic(every=timedelta(hours=1))
@jobs.job(
    label=gettext_lazy("End expired roles"),
    told=lambda done: ngettext("%(n)s role", "%(n)s roles", done["ended"]) % {"n": done["ended"]},
)
def end_expired_grants() -> dict:
    """Close the grants whose last day has passed."""
    return {"ended": grants.end_expired_grants()}


@jobs.periodic(every=timedelta(hours=1))
@jobs.job(
    label=gettext_lazy("Move people into their new units"),
    told=lambda done: ngettext("%(n)s person", "%(n)s people", done["moved"]) % {"n": done["moved"]},
)
def follow_placements() -> dict:
    """Move people into the units that were planned for today."""
    return {"moved": actions.follow_placements()}
