"""The jobs of the office set-up."""

from datetime import timedelta

from pmo_portal import jobs
from pmo_portal.setup import actions, grants


@jobs.periodic(every=timedelta(hours=1))
@jobs.job
def end_expired_grants() -> dict:
    """Close the grants whose last day has passed."""
    return {"ended": grants.end_expired_grants()}


@jobs.periodic(every=timedelta(hours=1))
@jobs.job
def follow_placements() -> dict:
    """Move people into the units that were planned for today."""
    return {"moved": actions.follow_placements()}
