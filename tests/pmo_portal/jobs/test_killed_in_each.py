"""A real worker, killed with -9 in the middle of each thing that the clock does: nothing is lost, nothing is doubled.

One office and one chain of workers for all of it: whoever ends one piece of work is killed in the next.
"""

import os
import signal
from contextlib import suppress
from textwrap import indent

import pytest

from tests.pmo_portal.jobs.clockwork import BASE, SCENARIOS, SETUP, SlowDatabase
from tests.pmo_portal.jobs.offices import own_office, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """One office with two projects for all of them."""
    with own_office(tmp_path_factory.mktemp("office")) as made:
        made.python(BASE)
        yield made


def kill(worker) -> None:
    """The worker and its beat, without a word."""
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


@pytest.mark.parametrize("task", SCENARIOS)
def test_killed_in_the_middle_it_loses_nothing_and_doubles_nothing(office, task):
    prepared, (table, event, condition), looked_at, expected = SCENARIOS[task]
    database = SlowDatabase(office)
    database.at(table, event, condition)
    try:
        office.python(
            f"{SETUP}\nfrom django.db import transaction\nwith transaction.atomic():\n{indent(prepared, '    ')}"
        )
        if not office.workers:
            office.start()
        wait_until(database.is_waited_for)
    finally:
        kill(office.workers[-1])
        database.no_more(table)
    office.python("from pmo_portal import jobs; jobs.reclaim()")  # as the supervisor does before it starts another
    office.start()
    wait_until(lambda: office.python(SETUP + looked_at) == expected)
