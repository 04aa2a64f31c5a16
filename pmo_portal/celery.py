"""Celery wakes and pools; the queue itself is the job table (see `pmo_portal.jobs`)."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from celery import Celery
from celery.signals import task_received, worker_ready
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["folder"] = "pmo_portal.jobs.folder:Transport"  # see there: kombu's own may end a worker
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")
app = Celery("pmo_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "sweep": {"task": "pmo_portal.sweep", "schedule": 3.0, "options": {"expires": 10}},
    "tick": {"task": "pmo_portal.tick", "schedule": 10.0, "options": {"expires": 20}},
}


def make_folders() -> None:
    """The broker's folders. Where they cannot be made, work goes on without a broker."""
    wanted = [app.conf.broker_transport_options.get(name) for name in ("data_folder_in", "control_folder")]
    for folder in filter(None, wanted):
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            logging.getLogger("pmo_portal.jobs").error("the broker's folder cannot be made: %s", error)


make_folders()


@app.task(name="pmo_portal.run_job", ignore_result=True)
def run_job(pk: int) -> None:
    from pmo_portal import jobs

    jobs.run(pk)


@app.task(name="pmo_portal.sweep", ignore_result=True)
def sweep() -> None:
    from pmo_portal import jobs

    jobs.sweep()


@app.task(name="pmo_portal.tick", ignore_result=True)
def tick() -> None:
    from pmo_portal import jobs

    jobs.tick()


@task_received.connect
def note_that_the_broker_speaks(**_given) -> None:
    from pmo_portal.jobs import listening

    listening.heard()


@worker_ready.connect
def listen(**_given) -> None:
    from pmo_portal.jobs import listening

    listening.start()
