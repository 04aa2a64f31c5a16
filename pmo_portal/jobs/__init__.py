"""Durable jobs: a row in the caller's transaction, a worker woken on commit, a sweeper for what was lost.

@jobs.job
def tell_the_chair(item_id): ...

jobs.submit("administration.meetings.tell_the_chair", item.pk)
"""

from pmo_portal.jobs.registry import job, known, label_of, periodic, periodics
from pmo_portal.jobs.running import Cancelled, LeaseLost, cancelled, drain, progress, run
from pmo_portal.jobs.submitting import cancel, retry, submit
from pmo_portal.jobs.sweeping import reclaim, sweep, tick

__all__ = [
    "Cancelled",
    "LeaseLost",
    "cancel",
    "cancelled",
    "drain",
    "job",
    "known",
    "label_of",
    "periodic",
    "periodics",
    "progress",
    "reclaim",
    "retry",
    "run",
    "submit",
    "sweep",
    "tick",
]
