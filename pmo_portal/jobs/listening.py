"""When the broker says nothing: the worker keeps the clock and works from the job table by itself.

Beat's `sweep` comes through the broker every three seconds. A worker that has not heard it for a while cannot know
whether the broker, its folder or beat is gone; it need not, as `tick` and `run` may be called by any number of workers.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.db import Error, close_old_connections
from django.utils import timezone

from pmo_portal.jobs.models import Job
from pmo_portal.jobs.running import claimable, run
from pmo_portal.jobs.sweeping import tick

log = logging.getLogger("pmo_portal.jobs")
SILENCE = 20.0  # seconds without a word from the broker, after which the worker helps itself
LOOK_EVERY = 2.0
_heard_at = time.monotonic()
_helps_itself = False


def heard() -> None:
    """A message came through the broker."""
    global _heard_at, _helps_itself
    _heard_at = time.monotonic()
    if _helps_itself:
        log.warning("the broker speaks again")
    _helps_itself = False


def is_silent() -> bool:
    """Whether nothing came through the broker for `SILENCE` seconds."""
    return time.monotonic() - _heard_at > SILENCE


def work_from_the_table(now: datetime | None = None) -> int:
    """Submit what the clock asks for and run what is due and nobody took; returns how many jobs ran."""
    tick(now)
    due = Job.objects.filter(claimable(now or timezone.now())).order_by("run_after", "pk")
    return sum(run(pk) for pk in list(due.values_list("pk", flat=True)[:50]))


def start() -> threading.Thread:
    """Watch from a thread of its own, as long as the worker lives."""
    thread = threading.Thread(target=_watch, name="jobs-listening", daemon=True)
    thread.start()
    return thread


def _watch() -> None:
    global _helps_itself
    while True:
        time.sleep(LOOK_EVERY)
        if not is_silent():
            continue
        if not _helps_itself:
            log.error("no word from the broker for %s s; working from the job table", round(SILENCE))
            _helps_itself = True
        close_old_connections()
        try:
            work_from_the_table()
        except Error as error:
            log.error("the job table was not reached: %s", type(error).__name__)
        except Exception:  # whatever it was, the worker goes on helping itself
            log.exception("working from the job table failed")
