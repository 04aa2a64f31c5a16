"""Each thing that the clock does, done by two processes at the same moment: nothing is doubled.

Harder than it comes: the job's key and lease, which let one of them work, are passed by, and the database is slow at a
row in the middle, so that the second one comes while the first is there.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from textwrap import indent

import pytest

from tests.pmo_portal.jobs.clockwork import BASE, SCENARIOS, SETUP, SlowDatabase
from tests.pmo_portal.jobs.offices import own_office

pytestmark = pytest.mark.slow
BY_HAND = {  # what submits no job of its own
    "rolls up": "pmo_portal.measures.roll_up",
    "sweeps jobs": "sweep",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with own_office(tmp_path_factory.mktemp("office")) as made:
        made.python(BASE)
        yield made


@pytest.fixture(scope="module")
def both(office):
    """Two processes that stand ready in the office."""
    colleagues = [office.colleague(), office.colleague()]
    yield colleagues
    for colleague in colleagues:
        colleague.stop()


def the_work(task: str, prepared: str) -> str:
    """Code that does the task as its job would, here and now."""
    if task == "draws previews":
        return (
            "from pmo_portal.files import previews\nfrom pmo_portal.files.models import FileVersion\n"
            "for pk in FileVersion.objects.order_by('pk').values_list('pk', flat=True): previews.draw(pk)"
        )
    name = BY_HAND.get(task) or re.search(r'jobs\.submit\("([\w.]+)"', prepared).group(1)
    if name == "sweep":
        return "import tests.pmo_portal.jobs.marks\nfrom pmo_portal import jobs\njobs.sweep()\njobs.drain(strict=True)"
    return f"from pmo_portal.jobs.registry import known; known[{name!r}].function()"


@pytest.mark.parametrize("task", SCENARIOS)
def test_two_at_once_double_nothing(office, both, task):
    prepared, (table, event, condition), looked_at, expected = SCENARIOS[task]
    office.python(f"{SETUP}\nfrom django.db import transaction\nwith transaction.atomic():\n{indent(prepared, '    ')}")
    database = SlowDatabase(office)
    database.at(table, event, condition, "moment")
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda colleague: colleague.python(the_work(task, prepared)), both))
    finally:
        database.no_more(table)
    office.python("from pmo_portal import jobs; jobs.drain(strict=True)")
    assert office.python(SETUP + looked_at) == expected


def test_two_clocks_submit_each_task_once(office, both):
    office.python(
        "from pmo_portal.jobs.models import Job, PeriodicRun\nJob.objects.all().delete()\nPeriodicRun.objects.all().delete()"
    )
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda colleague: colleague.python("from pmo_portal import jobs; jobs.tick()"), both))
    submitted = office.python(
        "from pmo_portal.jobs.models import Job\nprint(*Job.objects.order_by('name').values_list('name', flat=True))"
    ).split()
    assert submitted and len(submitted) == len(set(submitted))
