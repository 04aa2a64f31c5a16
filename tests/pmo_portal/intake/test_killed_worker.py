"""A worker that is killed while it applies an import leaves nothing half done; the next one does it once."""

from __future__ import annotations

import signal
import time

import pytest

from tests.pmo_portal.jobs.test_worker import office as office_with_worker

pytestmark = pytest.mark.slow
office = office_with_worker
ROWS = 1500

PREPARE = f"""
from datetime import date
from pmo_portal import jobs
from pmo_portal.access.models import Grant
from pmo_portal.access.tree import office
from pmo_portal.accounts.models import Person
from pmo_portal.intake import actions, profiles
from projects.register.actions import create_portfolio
pmo = Person.objects.create(email="pmo@demo.example", name_ja="試験", name_en="Test")
Grant.objects.create(person=pmo, role="administrator", scope=office(), starts_on=date(2020, 4, 1))
place = create_portfolio(by=None, key="P", name_en="P").scope
text = "project_number,project_name,department,colour_rating,yearly_budget\\n"
text += "".join(f"X-{{n}},Project {{n}} of many,DfT,Amber,{{n}}\\n" for n in range({ROWS}))
run = actions.receive_file(by=pmo, target="projects", scope=place, file=text.encode(), file_name="list.csv",
                           profile=profiles.find("gmpp"), as_of=date(2020, 3, 31))
jobs.drain(strict=True)
run.refresh_from_db()
actions.apply_run(run, by=pmo)
"""
LOOK = """
from pmo_portal.intake.models import ImportRun
from pmo_portal.jobs.models import Job
from projects.register.models import Project
from projects.status.models import StatusReport
job = Job.objects.filter(name="pmo_portal.intake.apply").latest("pk")
print(ImportRun.objects.get().state, job.note or "-", Project.objects.count(), StatusReport.objects.count())
"""
RECLAIM = "from pmo_portal import jobs; jobs.reclaim()"  # as the supervisor does before it starts a worker


def wait(office, condition, seconds):
    until = time.monotonic() + seconds
    while not condition(told := office.python(LOOK).split()) and time.monotonic() < until:
        time.sleep(0.1)
    return told


def test_a_worker_killed_while_applying_leaves_nothing_half_done_and_the_next_one_does_it_once(office):
    office.python(PREPARE)
    worker = office.start()
    before = wait(office, lambda told: told[1] != "-" or told[0] == "applied", 90)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    state, _note, projects, reports = office.python(LOOK).split()
    assert before[1] != "-", "the worker was to be killed in the middle"
    assert (state, projects, reports) in (("applying", "0", "0"), ("applied", str(ROWS), str(ROWS)))
    office.python(RECLAIM)
    office.start()
    state, _note, projects, reports = wait(office, lambda told: told[0] == "applied", 150)
    assert (state, projects, reports) == ("applied", str(ROWS), str(ROWS))
