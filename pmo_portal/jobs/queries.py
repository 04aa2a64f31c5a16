"""What is asked of the queue as a whole."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min

from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.jobs.running import claimable


def oldest_waiting(now: datetime) -> float:
    """Seconds since the oldest piece of work that is due and that nobody has became due; 0 where nothing waits."""
    since = Job.objects.filter(claimable(now)).aggregate(since=Min("run_after"))["since"]
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def counts_by_state() -> dict[str, int]:
    """How many pieces of work stand in each state, also where none does."""
    found = dict(Job.objects.order_by().values_list("state").annotate(count=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in Job.State}


def last_runs() -> list[PeriodicRun]:
    return list(PeriodicRun.objects.exclude(started_at=None))
