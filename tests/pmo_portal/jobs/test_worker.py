"""A real worker, killed in the middle, and a broker that is down: nothing is lost, nothing is done twice.

On SQLite with the broker that is a folder, or, where DATABASE_URL and REDIS_URL are set, on those servers.
"""

import os
import signal
from collections import Counter

import pytest

from tests.pmo_portal.jobs.offices import own_office, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path):
    with own_office(tmp_path) as made:
        yield made


SUBMIT = """
from django.db import transaction
from pmo_portal import jobs
from tests.pmo_portal.jobs import marks
with transaction.atomic():
    for number in range(%d):
        jobs.submit("tests.pmo_portal.jobs.marks.%s", f"%s {number}")
"""


STATES = """
from pmo_portal.jobs.models import Job
own = Job.objects.exclude(key__startswith="periodic:").order_by()
print(*sorted(own.values_list("state", flat=True).distinct()))
"""
OPEN_GATE = "from tests.pmo_portal.jobs import marks; marks.open_gate()"


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(office):
    office.python(SUBMIT % (20, "quick", "early") + SUBMIT % (4, "held", "held") + SUBMIT % (20, "quick", "late"))
    first = office.start()
    # Two threads, both held: the worker can do nothing more until it is killed.
    office.wait_for(lambda marks: sum("begun" in mark for mark in marks) == 2)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not [mark for mark in office.marks() if mark.startswith("held") and "begun" not in mark]

    office.python(OPEN_GATE)
    office.start()
    wanted = {f"held {n}" for n in range(4)} | {f"{when} {n}" for n in range(20) for when in ("early", "late")}
    marks = office.wait_for(lambda marks: wanted <= set(marks))
    assert Counter(mark for mark in marks if "begun" not in mark and mark != "gate") == Counter(wanted)
    wait_until(lambda: office.python(STATES) == "done")


def test_a_job_that_outlasts_its_lease_keeps_it_and_runs_once(office):
    office.python(SUBMIT % (1, "held", "long"))
    office.start()
    office.wait_for(lambda marks: "long 0 begun" in marks)
    job = "from pmo_portal.jobs.models import Job; job = Job.objects.get(name__endswith='.held');"
    wait_until(lambda: office.python(f"{job} print((job.lease_until - job.started_at).total_seconds() > 8)") == "True")
    office.python(OPEN_GATE)
    wait_until(lambda: office.python(STATES) == "done")
    assert Counter(office.marks()) == Counter(["long 0 begun", "gate", "long 0"])


def test_a_broker_that_is_down_at_commit_costs_neither_the_request_nor_the_job(office):
    office.python(SUBMIT % (3, "quick", "quick"), REDIS_URL="redis://127.0.0.1:1/0")
    assert office.marks() == []
    office.start()
    marks = office.wait_for(lambda marks: len(marks) == 3)
    assert sorted(marks) == ["quick 0", "quick 1", "quick 2"]


def test_without_a_broker_the_worker_works_from_the_job_table_and_says_so(office):
    """The broker's folder is a file (a folder without rights would not hinder root): nothing is sent or received."""
    (office.folder / "broker").write_text("in the way")
    office.env["REDIS_URL"] = ""
    office.python(SUBMIT % (2, "quick", "quick"))
    office.start()
    assert sorted(office.wait_for(lambda marks: len(marks) == 2)) == ["quick 0", "quick 1"]
    log = (office.folder / "worker-0.log").read_text()
    assert "the broker's folder cannot be read" in log and "working from the job table" in log
