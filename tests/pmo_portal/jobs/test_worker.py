"""A real worker, killed in the middle, and a broker that is down: nothing is lost, nothing is done twice.

On SQLite with the filesystem broker, or, where DATABASE_URL and REDIS_URL are set, on those servers.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow


class Office:
    """A database and a broker of its own, with a worker that can be started and killed."""

    def __init__(self, folder: Path, database: str, redis: str) -> None:
        self.workers: list[subprocess.Popen] = []
        self.folder = folder
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.pmo_portal.jobs.worker_settings",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "ERROR",
            "CELERY_SKIP_CHECKS": "1",
        }

    def python(self, code: str, **env: str) -> str:
        """What `code` prints in a process of its own, Django being set up."""
        code = f"import django; django.setup()\n{code}"
        done = subprocess.run(
            [sys.executable, "-c", code], env={**self.env, **env}, cwd=ROOT, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self) -> subprocess.Popen:
        log = (self.folder / f"worker-{len(self.workers)}.log").open("w")
        command = "celery -A pmo_portal worker -B -P threads -c 2 --without-gossip --without-mingle --without-heartbeat"
        worker = subprocess.Popen(
            [sys.executable, "-m", *command.split()],
            env=self.env,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.workers.append(worker)
        return worker

    def marks(self) -> list[str]:
        return self.python("from tests.pmo_portal.jobs.marks import left; print('\\n'.join(left()))").splitlines()

    def wait_for(self, condition, seconds: float) -> list[str]:
        """The marks, once `condition` holds of them or the time is over."""
        until = time.monotonic() + seconds
        while not condition(marks := self.marks()) and time.monotonic() < until:
            time.sleep(0.2)
        return marks

    def stop(self) -> None:
        """Each worker and its beat, which outlives a worker that is killed."""
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


@pytest.fixture
def office(tmp_path, django_db_blocker):
    database, redis = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    name = f"pmo_worker_{uuid.uuid4().hex[:8]}"
    if database.startswith("postgres"):
        administer(database, f'CREATE DATABASE "{name}"')
    own = database.rsplit("/", 1)[0] + f"/{name}" if database else ""
    made = Office(tmp_path, own, redis.rsplit("/", 1)[0] + "/9" if redis else "")
    made.python(
        "from django.core.management import call_command\n"
        "call_command('migrate', run_syncdb=True, verbosity=0, skip_checks=True)\n"
        "from django.db import connection\n"
        "connection.cursor().execute('CREATE TABLE mark (name varchar(60))')"
    )
    if redis:
        made.python(
            "import redis; from django.conf import settings; redis.Redis.from_url(settings.REDIS_URL).flushdb()"
        )
    yield made
    made.stop()
    if database.startswith("postgres"):
        administer(database, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def administer(database: str, statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(database)
    connection.autocommit = True
    connection.cursor().execute(statement)
    connection.close()


SUBMIT = """
from django.db import transaction
from pmo_portal import jobs
from tests.pmo_portal.jobs import marks
with transaction.atomic():
    for number in range(%d):
        jobs.submit("tests.pmo_portal.jobs.marks.%s", f"%s {number}")
"""


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(office):
    office.python(SUBMIT % (4, "slow", "slow") + SUBMIT % (60, "quick", "quick"))
    first = office.start()
    office.wait_for(lambda marks: any("begun" in mark for mark in marks) and len(marks) > 3, 40)
    first.send_signal(signal.SIGKILL)
    first.wait()
    interrupted = office.marks()
    assert 0 < len(interrupted) < 64, "the worker was to be killed in the middle"

    office.start()
    wanted = {f"slow {n}" for n in range(4)} | {f"quick {n}" for n in range(60)}
    marks = office.wait_for(lambda marks: wanted <= set(marks), 90)
    counted = Counter(mark for mark in marks if "begun" not in mark)
    assert counted == Counter(wanted)
    states = office.python(
        "from pmo_portal.jobs.models import Job\n"
        "own = Job.objects.exclude(key__startswith='periodic:').order_by()\n"
        "print(sorted(own.values_list('state', flat=True).distinct()))"
    )
    assert states == "['done']"


def test_a_long_job_keeps_its_lease_and_runs_once(office):
    office.python(SUBMIT % (1, "outlasts_its_lease", "long"))
    office.start()
    marks = office.wait_for(lambda marks: "long 0" in marks, 40)
    time.sleep(1)
    assert marks.count("long 0 begun") == 1


def test_a_broker_that_is_down_at_commit_costs_neither_the_request_nor_the_job(office):
    started = time.monotonic()
    office.python(SUBMIT % (3, "quick", "quick"), REDIS_URL="redis://127.0.0.1:1/0")
    assert time.monotonic() - started < 30
    assert office.marks() == []
    office.start()
    marks = office.wait_for(lambda marks: len(marks) == 3, 40)
    assert sorted(marks) == ["quick 0", "quick 1", "quick 2"]
