"""Celery wakes and pools; the queue itself is the job table (see `pmo_portal.jobs`)."""

from __future__ import annotations

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")
app = Celery("pmo_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "sweep": {"task": "pmo_portal.sweep", "schedule": 3.0, "options": {"expires": 10}},
    "tick": {"task": "pmo_portal.tick", "schedule": 10.0, "options": {"expires": 20}},
}


def make_folders() -> None:
    """The filesystem broker and beat's own schedule do not make their folders themselves."""
    for name in ("data_folder_in", "data_folder_out", "processed_folder", "control_folder"):
        folder = app.conf.broker_transport_options.get(name)
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
    Path(app.conf.beat_schedule_filename).parent.mkdir(parents=True, exist_ok=True)


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
