"""Claiming a job, running it under a lease, and writing down how it ended."""

from __future__ import annotations

import logging
import secrets
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import partial

from django.db import Error, IntegrityError, close_old_connections, connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.jobs.registry import Kind, known, periodics
from pmo_portal.jobs.submitting import wake

log = logging.getLogger("pmo_portal.jobs")
_current: ContextVar[tuple[Job, Kind] | None] = ContextVar("current_job", default=None)
FIRST_WAIT, LONGEST_WAIT = 5, 3600  # seconds between attempts: 5, 20, 80, 320, …


class Cancelled(Exception):
    """Raised inside a job that somebody stopped."""


class LeaseLost(Exception):
    """Raised inside a job that another worker has taken over, as this one gave no sign of life."""


def claimable(now: datetime) -> Q:
    """Due and free: queued, or left by a worker that died; and nothing with the same key is under way."""
    twin = Job.objects.filter(key=OuterRef("key"), state=Job.State.RUNNING, lease_until__gte=now).exclude(key="")
    free = Q(state=Job.State.QUEUED, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    return free & Q(~Exists(twin))


def run(pk: int) -> bool:
    """Claim job `pk` and run it. False: it is not due, or someone else has it."""
    name = Job.objects.filter(pk=pk).values_list("name", flat=True).first()
    if name is None:
        return False
    kind = known.get(name)
    if kind is None:
        Job.objects.filter(pk=pk, state=Job.State.QUEUED).update(
            state=Job.State.DEAD, error=f"no job is called {name!r}", finished_at=timezone.now()
        )
        return False
    job = _claim(pk, kind)
    if job is None:
        return False
    if job.attempts > kind.attempts:
        _give_up(job, job.error or "its workers died again and again")
    elif job.cancel_requested:
        _end(job, Job.State.CANCELLED)
    else:
        _run_claimed(job, kind)
    return True


def _claim(pk: int, kind: Kind) -> Job | None:
    """One conditional UPDATE: of several workers, one gets it."""
    now, lease = timezone.now(), secrets.token_hex(8)
    claimed = Job.objects.filter(claimable(now), pk=pk).update(
        state=Job.State.RUNNING,
        lease=lease,
        lease_until=now + timedelta(seconds=kind.lease),
        attempts=F("attempts") + 1,
        started_at=now,
    )
    return Job.objects.filter(pk=pk, lease=lease).first() if claimed else None


def _run_claimed(job: Job, kind: Kind) -> None:
    token = _current.set((job, kind))
    stop = _keep_alive(job, kind)
    started = time.monotonic()
    _note_periodic(job, PeriodicRun.Outcome.RUNNING)
    try:
        # Inside a caller's transaction (a test that drains) an error of the database must not break that one.
        with transaction.atomic() if kind.atomic or connection.in_atomic_block else nullcontext():
            result = kind.function(*job.args)
            if not _end(job, Job.State.DONE, result=result, error=""):
                raise LeaseLost
        _note_periodic(job, PeriodicRun.Outcome.OK, seconds=time.monotonic() - started, result=result, error="")
    except Cancelled:
        _end(job, Job.State.CANCELLED)
    except LeaseLost:
        log.warning("job %s was taken over by another worker", job.pk)
    except Exception as error:
        _failed(job, kind, error, time.monotonic() - started)
    finally:
        stop()
        _current.reset(token)


def _keep_alive(job: Job, kind: Kind) -> Callable[[], None]:
    """Renew the lease from a thread of its own until the returned function is called."""
    stopped = threading.Event()

    def renew() -> None:
        try:
            while not stopped.wait(kind.lease / 3):
                try:
                    Job.objects.filter(pk=job.pk, lease=job.lease, state=Job.State.RUNNING).update(
                        lease_until=timezone.now() + timedelta(seconds=kind.lease)
                    )
                except Error as error:
                    log.warning("lease of job %s not renewed: %s", job.pk, type(error).__name__)
                    close_old_connections()
        finally:
            connection.close()

    threading.Thread(target=renew, name=f"lease-{job.pk}", daemon=True).start()
    return stopped.set


def _end(job: Job, state: str, **fields) -> bool:
    """Only the holder of the lease ends a job. Then the next one with its key may start."""
    ended = Job.objects.filter(pk=job.pk, lease=job.lease, state=Job.State.RUNNING).update(
        state=state, finished_at=timezone.now(), lease_until=None, **fields
    )
    if ended and job.key:
        following = Job.objects.filter(key=job.key, state=Job.State.QUEUED, run_after__lte=timezone.now())
        for pk in following.values_list("pk", flat=True):
            transaction.on_commit(partial(wake, pk), robust=True)
    return bool(ended)


def _failed(job: Job, kind: Kind, error: Exception, seconds: float) -> None:
    """Try again later, or give up. When the same work waits again already, that one is the next attempt."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    text = "".join(traceback.format_exception(error))[-4000:]
    log.error("job %s failed at attempt %s: %s", job, job.attempts, type(error).__name__)
    if job.attempts >= kind.attempts:
        _give_up(job, text, seconds)
        return
    wait = min(LONGEST_WAIT, FIRST_WAIT * 4 ** (job.attempts - 1))
    try:
        with transaction.atomic():
            Job.objects.filter(pk=job.pk, lease=job.lease).update(
                state=Job.State.QUEUED,
                lease_until=None,
                error=text,
                woken_at=None,
                run_after=timezone.now() + timedelta(seconds=wait),
            )
    except IntegrityError:
        _end(job, Job.State.CANCELLED, error=text)
    _note_periodic(job, PeriodicRun.Outcome.FAILED, seconds=seconds, error=text)


def _give_up(job: Job, text: str, seconds: float = 0.0) -> None:
    _end(job, Job.State.DEAD, error=text)
    _note_periodic(job, PeriodicRun.Outcome.FAILED, seconds=seconds, error=text)


def _note_periodic(job: Job, outcome: str, **fields) -> None:
    if job.name in periodics:
        PeriodicRun.objects.filter(name=job.name).update(started_at=job.started_at, outcome=outcome, **fields)


def progress(done: int, total: int = 0, note: str = "") -> None:
    """Say how far the running job is; also the moment at which a cancelled one stops. No job: nothing happens."""
    current = _current.get()
    if current is None:
        return
    job, kind = current
    still_ours = Job.objects.filter(pk=job.pk, lease=job.lease, state=Job.State.RUNNING).update(
        done=done, total=total, note=note[:200], lease_until=timezone.now() + timedelta(seconds=kind.lease)
    )
    if not still_ours:
        raise LeaseLost
    if cancelled():
        raise Cancelled


def cancelled() -> bool:
    """Whether somebody asked the running job to stop."""
    current = _current.get()
    return bool(current and Job.objects.filter(pk=current[0].pk, cancel_requested=True).exists())


def drain(limit: int = 1000, *, strict: bool = False) -> int:
    """Run everything due, here and now; returns how many ran. For tests, commands and the first start.

    `strict` raises RuntimeError for the first one that fails, with its traceback.
    """
    ran = 0
    while ran < limit:
        pk = Job.objects.filter(claimable(timezone.now())).order_by("pk").values_list("pk", flat=True).first()
        if pk is None:
            break
        ran += run(pk)
        if strict:
            job = Job.objects.get(pk=pk)
            if job.error:
                raise RuntimeError(f"{job}: {job.error}")
    return ran
