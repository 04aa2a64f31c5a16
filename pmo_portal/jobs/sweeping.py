"""The clock: waking workers for work that was left lying, and submitting what is due by the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from celery.schedules import crontab
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.jobs.registry import Periodic, periodics
from pmo_portal.jobs.running import claimable
from pmo_portal.jobs.submitting import submit, wake

PATIENCE = timedelta(seconds=20)  # after which a worker that was told is told again
AT_ONCE = 200


def sweep(now: datetime | None = None) -> int:
    """Wake workers for what is due and nobody has; returns how many. Waking twice does no harm: one claims."""
    now = now or timezone.now()
    abandoned = Q(state=Job.State.RUNNING, woken_at__lt=F("lease_until"))
    untold = Q(woken_at=None) | Q(woken_at__lt=now - PATIENCE) | abandoned
    due = list(Job.objects.filter(untold, claimable(now)).order_by("run_after").values_list("pk", flat=True)[:AT_ONCE])
    if due:
        Job.objects.filter(pk__in=due).update(woken_at=now)
    for pk in due:
        wake(pk)
    return len(due)


def reclaim() -> int:
    """Let go of everything that is marked as running, and forget who was told; returns how many were running.

    Only for whoever knows that no worker lives: the supervisor before it starts the one there is.
    """
    now = timezone.now()
    Job.objects.filter(state=Job.State.QUEUED).exclude(woken_at=None).update(woken_at=None)
    return Job.objects.filter(state=Job.State.RUNNING).update(lease_until=now - timedelta(seconds=1), woken_at=None)


def tick(now: datetime | None = None) -> list[str]:
    """Submit every periodic task whose time has come; returns their names. Two clocks submit once, by the slot."""
    now, submitted = now or timezone.now(), []
    slots = _slots()
    for entry in periodics.values():
        had = slots[entry.name]
        slot = _slot(entry, had, now)
        if slot == had:
            continue
        with transaction.atomic():
            moved_on = PeriodicRun.objects.filter(name=entry.name, slot=had).update(slot=slot)
            # A crontab that is seen for the first time waits for its moment; a span begins at once.
            if moved_on and (had or isinstance(entry.every, timedelta)):
                submit(entry.name, key=f"periodic:{entry.name}")
                submitted.append(entry.name)
    return submitted


def _slot(entry: Periodic, had: str, now: datetime) -> str:
    """The slot in which `now` falls: the span's beginning, or when a crontab was last due."""
    if isinstance(entry.every, crontab):
        due = not had or entry.every.is_due(datetime.fromisoformat(had)).is_due
        return now.isoformat() if due else had
    size = int(entry.every.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // size * size, UTC).isoformat()


def _slots() -> dict[str, str]:
    """The slot for which each task was last submitted; makes the rows of those that are new."""
    slots = dict(PeriodicRun.objects.values_list("name", "slot"))
    new = [name for name in periodics if name not in slots]
    if new:
        PeriodicRun.objects.bulk_create([PeriodicRun(name=name) for name in new], ignore_conflicts=True)
        slots = dict(PeriodicRun.objects.values_list("name", "slot"))
    return slots
