"""Putting work into the table, taking it out again, and telling a worker."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import Error, IntegrityError, transaction
from django.utils import timezone

from pmo_portal.jobs.models import Job
from pmo_portal.jobs.registry import known

log = logging.getLogger("pmo_portal.jobs")
REST = 15.0  # seconds for which a broker that failed is not tried again by this process
_broker_rests_until = 0.0


def submit(name: str, *args, by=None, key: str = "", run_after: datetime | None = None) -> Job:
    """Queue a job in the caller's transaction; a worker is woken on commit. Raises LookupError for an unknown name.

    With a `key`, the same work waits once: while one with that key is queued, that one is returned. One that is running
    does not count, as it may have read its input before this call's; the two never run at the same time.
    """
    if name not in known:
        raise LookupError(f"no job is called {name!r}")
    now = timezone.now()
    due = run_after or now
    while True:
        if key and (waiting := Job.objects.filter(key=key, state=Job.State.QUEUED).first()):
            return waiting
        try:
            with transaction.atomic():
                made = Job.objects.create(
                    name=name,
                    args=list(args),
                    key=key,
                    requested_by=by,
                    run_after=due,
                    woken_at=now if due <= now else None,
                )
        except IntegrityError:
            if not key:
                raise
            continue
        if due <= now:
            transaction.on_commit(partial(wake, made.pk), robust=True)
        return made


def wake(pk: int) -> None:
    """Tell a worker of job `pk`. A broker that is down costs a moment, not the job: the sweeper finds the row."""
    global _broker_rests_until
    if not settings.JOBS_WAKE:
        return
    from pmo_portal.celery import run_job

    try:
        if time.monotonic() < _broker_rests_until:
            raise ConnectionError("the broker rests")
        run_job.apply_async((pk,), retry=False)
    except Exception as error:  # any broker's own exceptions; the row is safe
        if not isinstance(error, ConnectionError) or str(error) != "the broker rests":
            _broker_rests_until = time.monotonic() + REST
            log.warning("broker not reached, jobs wait for the sweeper: %s", type(error).__name__)
        try:
            Job.objects.filter(pk=pk, state=Job.State.QUEUED).update(woken_at=None)
        except Error:
            log.warning("job %s is looked at again in half a minute", pk)


def cancel(job: Job) -> None:
    """A queued job goes; a running one is asked to stop at its next sign of progress."""
    if not Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.CANCELLED, finished_at=timezone.now()
    ):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True)


def retry(job: Job) -> bool:
    """Give a job that was given up another life. False: it was not, or the same work waits already."""
    try:
        with transaction.atomic():
            revived = Job.objects.filter(pk=job.pk, state=Job.State.DEAD).update(
                state=Job.State.QUEUED, attempts=0, error="", run_after=timezone.now(), finished_at=None
            )
    except IntegrityError:
        return False
    if revived:
        transaction.on_commit(partial(wake, job.pk), robust=True)
    return bool(revived)
