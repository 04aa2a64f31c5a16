"""Synthetic offices to measure: made once for each state of what makes them, and copied for each run, so that a run may
write. PostgreSQL databases `pmo_bench_…`, SQLite files below DATA_DIR/bench."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import psycopg2
from django.conf import settings
from django.utils import timezone
from psycopg2 import sql

MADE_BY = (
    "*/migrations/*.py",
    "governance/demo/*.py",
    "pmo_portal/measures/*.py",
    "pmo_portal/search/*.py",
    "pmo_portal/setup/defaults.py",
    "projects/register/*.py",
    "projects/status/*.py",
)
OURS = re.compile(r"^pmo_bench_(run_)?\d+(_[0-9a-f]{10})?$")


def fingerprint() -> str:
    """What an office depends on: the code that makes it, and the month in which it stands."""
    base = Path(settings.BASE_DIR)
    digest = hashlib.sha256(f"{timezone.localdate():%Y-%m}".encode())
    for path in sorted(p for pattern in MADE_BY for p in base.glob(pattern)):
        digest.update(str(path.relative_to(base)).encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def folder() -> Path:
    found = Path(settings.DATA_DIR) / "bench"
    found.mkdir(parents=True, exist_ok=True)
    return found


def environment(url: str) -> dict[str, str]:
    """For processes that work on the office at `url`."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DATA_DIR": str(folder() / "run"),
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "PYTHONWARNINGS": "ignore",
        "PMO_MODE": "embedded",
        "DEBUG": "0",
    }


def manage(url: str, *arguments: str) -> str:
    """Run a command on the office at `url`; what it printed. Raises CalledProcessError with what it complained of."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, env=environment(url), cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout[-2000:], done.stderr[-4000:])
    return done.stdout


def make(url: str, size: int) -> None:
    manage(url, "migrate", "-v0")
    manage(url, "generate_office", "--projects", str(size), "--seed", "1")


class Database(Protocol):
    """Where offices to measure are kept."""

    name: str

    def version(self) -> str: ...
    def fresh(self, size: int) -> str:
        """The address of a copy of the office of `size` projects."""

    def drop(self, size: int) -> None: ...
    def clean(self, *, everything: bool) -> None:
        """Drop the copies, and the offices that other code made; with `everything` the others as well."""


class Postgres:
    """A server, addressed without a database."""

    name = "PostgreSQL"

    def __init__(self, server: str) -> None:
        self.server = server.rstrip("/")

    def version(self) -> str:
        return f"PostgreSQL {self._do('SHOW server_version')[0][0].split()[0]}"

    def fresh(self, size: int) -> str:
        kept, copy = f"pmo_bench_{size}_{fingerprint()}", f"pmo_bench_run_{size}"
        if kept not in self._ours():
            self._drop(copy)
            self._create(copy)
            make(f"{self.server}/{copy}", size)
            self._do(f'ALTER DATABASE "{copy}" RENAME TO "{kept}"')
        self._drop(copy)
        self._create(copy, kept)
        return f"{self.server}/{copy}"

    def drop(self, size: int) -> None:
        self._drop(f"pmo_bench_run_{size}")

    def clean(self, *, everything: bool) -> None:
        for name in self._ours():
            if everything or not name.endswith(fingerprint()):
                self._drop(name)

    def _ours(self) -> list[str]:
        return [name for (name,) in self._do("SELECT datname FROM pg_database") if OURS.match(name)]

    def _create(self, name: str, like: str = "template1") -> None:
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')

    def _drop(self, name: str) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _do(self, statement: str) -> list[tuple]:
        connection = psycopg2.connect(f"{self.server}/postgres".replace("postgres://", "postgresql://"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(statement))
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


class Sqlite:
    """Files in the bench's folder."""

    name = "SQLite"

    def version(self) -> str:
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"

    def fresh(self, size: int) -> str:
        kept, copy = folder() / f"{size}_{fingerprint()}.sqlite3", folder() / f"run_{size}.sqlite3"
        self.drop(size)
        if not kept.exists():
            make(f"sqlite:///{copy}", size)
            copy.rename(kept)
        shutil.copyfile(kept, copy)
        return f"sqlite:///{copy}"

    def drop(self, size: int) -> None:
        for path in folder().glob(f"run_{size}.sqlite3*"):
            path.unlink()

    def clean(self, *, everything: bool) -> None:
        for path in folder().glob("*.sqlite3*"):
            if everything or fingerprint() not in path.name:
                path.unlink()
