"""Offices of their own for tests that start and kill real workers: a database, a broker, a process that answers."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

PATIENCE = 180  # seconds, for a machine that does much else; what is waited for is a state, and mostly there at once
ROOT = Path(__file__).resolve().parents[3]


class Office:
    """A database and a broker of its own, with a worker that can be started and killed."""

    def __init__(self, folder: Path, database: str, redis: str) -> None:
        self.workers: list[subprocess.Popen] = []
        self._interpreter: subprocess.Popen | None = None
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
        """What `code` prints in a process of the office; in a new one, when it is to have an environment of its own."""
        if env:
            code = f"import django; django.setup()\n{code}"
            done = subprocess.run(
                [sys.executable, "-c", code],
                env={**self.env, **env},
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout.strip()
        if self._interpreter is None:
            self._interpreter = subprocess.Popen(
                [sys.executable, "-m", "tests.pmo_portal.jobs.interpreter"],
                env=self.env,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        self._interpreter.stdin.write(json.dumps(code) + "\n")
        self._interpreter.stdin.flush()
        said, fault = json.loads(self._interpreter.stdout.readline())
        assert not fault, fault
        return said

    def colleague(self) -> "Office":
        """Another process of the same office."""
        other = Office(self.folder, self.env["DATABASE_URL"], self.env["REDIS_URL"])
        other.python("")
        return other

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

    def wait_for(self, condition) -> list[str]:
        """The marks, once `condition` holds of them; AssertionError when it never does."""
        until = time.monotonic() + PATIENCE
        while not condition(marks := self.marks()):
            assert time.monotonic() < until, f"never came: {marks}"
            time.sleep(0.1)
        return marks

    def stop(self) -> None:
        """Each worker and its beat, which outlives a worker that is killed; and whoever answers."""
        if self._interpreter is not None:
            self._interpreter.kill()
            self._interpreter.wait()
            self._interpreter.stdin.close()
            self._interpreter.stdout.close()
        for worker in self.workers:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


@contextmanager
def own_office(folder: Path):
    """An office in `folder` with a database of its own, and tables straight from the models."""
    database, redis = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    name = f"pmo_worker_{uuid.uuid4().hex[:8]}"
    if database.startswith("postgres"):
        administer(database, f'CREATE DATABASE "{name}"')
    own = database.rsplit("/", 1)[0] + f"/{name}" if database else ""
    broker = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 8  # tests run side by side, each with its own
    made = Office(folder, own, f"{redis.rsplit('/', 1)[0]}/{broker}" if redis else "")
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
    try:
        yield made
    finally:
        made.stop()
        if database.startswith("postgres"):
            administer(database, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def administer(database: str, statement: str) -> None:
    connection = psycopg2.connect(database)
    connection.autocommit = True
    connection.cursor().execute(statement)
    connection.close()


def wait_until(true) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)
