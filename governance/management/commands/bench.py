"""Measure the portal beside the floor page, and keep the tables: `manage.py bench` (make bench)."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from governance.bench import excel, inside, offices
from governance.bench.table import tables

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
SERVER = "postgres://postgres@127.0.0.1:5432"


class Command(BaseCommand):
    help = (
        "Measure pages, writes, API, export, import and sums at 1,000 and 10,000 projects × 12 periods on PostgreSQL and "
        "SQLite, and write the tables into docs/performance.md. Offices are made once for each state of the code."
    )
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        server = os.environ.get("BENCH_SERVER", SERVER)
        parser.add_argument("--server", default=server, help="PostgreSQL without a database name (BENCH_SERVER)")
        parser.add_argument("--sizes", default="1000,10000", help="projects of the offices on PostgreSQL; empty: none")
        parser.add_argument("--sqlite-sizes", default="1000,10000", help="the same on SQLite")
        parser.add_argument("--rounds", type=int, default=25)
        parser.add_argument("--only", default="", help="only the tasks whose name holds this; nothing is written")
        parser.add_argument("--no-write", action="store_true", help="print the tables only")
        parser.add_argument("--clean", action="store_true", help="drop every office kept for later runs, and stop")
        parser.add_argument("--inside", action="store_true", help="(internal) measure the office of DATABASE_URL")
        parser.add_argument("--with-import", action="store_true", help="(internal)")
        parser.add_argument("--rebuild-sums", action="store_true", help="(internal)")
        parser.add_argument("--import-file", help="(internal)")
        parser.add_argument("--workbooks", action="store_true", help="(internal)")

    def handle(self, *args, **options) -> None:
        if options["inside"]:
            found = inside.measure_office(
                options["rounds"], with_import=options["with_import"], only=options["only"], say=self._aside
            )
        elif options["rebuild_sums"]:
            found = inside.rebuild_sums()
        elif options["workbooks"]:
            found = excel.measure_workbooks()
        elif options["import_file"]:
            found = inside.import_file(options["import_file"])
        else:
            self._run(options)
            return
        self.stdout.write(json.dumps(found))

    def _run(self, options: dict) -> None:
        try:
            databases: list[tuple[offices.Database, list[int]]] = [
                (offices.Postgres(options["server"]), _sizes(options["sizes"])),
                (offices.Sqlite(), _sizes(options["sqlite_sizes"])),
            ]
            for database, sizes in databases:
                if sizes or options["clean"]:
                    database.clean(everything=options["clean"])
        except psycopg2.OperationalError as error:
            raise CommandError(
                f"No PostgreSQL answers at {options['server']}: {error}. Give one with --server or BENCH_SERVER, "
                "or measure SQLite alone with --sizes ''."
            ) from None
        if options["clean"]:
            return
        began, load = time.time(), os.getloadavg()[1]
        parts = [self._database(d, sizes, options) for d, sizes in databases if sizes]
        text = "\n\n".join([_said(began, load, options["rounds"], [d for d, sizes in databases if sizes]), *parts])
        self.stdout.write(text)
        if not options["no_write"] and not options["only"]:
            self._keep(text)

    def _database(self, database: offices.Database, sizes: list[int], options: dict) -> str:
        found: dict[int, dict[str, Any]] = {}
        for size in sizes:
            self._aside(f"{database.name}, {size:,} projects: making the office")
            try:
                url = database.fresh(size)
                more = ["--with-import"] if size == min(sizes) else []
                found[size] = self._inside(url, options["rounds"], options["only"], more)
            except subprocess.CalledProcessError as error:
                raise CommandError(f"{' '.join(error.cmd[1:3])} failed: {error.stderr or error.output}") from None
            finally:
                database.drop(size)
        if options["only"]:
            return json.dumps(found, indent=1)
        return tables(f"{database.version()}", found)

    def _inside(self, url: str, rounds: int, only: str, more: list[str]) -> dict:
        """In a process of its own, because a process has one database."""
        command = [sys.executable, "manage.py", "bench", "--inside", "--rounds", str(rounds), *more]
        command += ["--only", only] if only else []
        done = subprocess.run(
            command,
            env=offices.environment(url),
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=None,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError("the measuring failed; its complaint stands above")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def _aside(self, text: str) -> None:
        self.stderr.write(text)
        self.stderr.flush()

    def _keep(self, text: str) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "performance.md"
        before, _mark, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        _old, _mark, after = rest.partition(END)
        path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
        self.stdout.write(f"\nKept in {path}.")


def _sizes(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise CommandError(f"Sizes are numbers with commas between them, not {text!r}.") from None


def _said(began: float, load: float, rounds: int, databases: list) -> str:
    processor = platform.processor() or platform.machine()
    return (
        f"Measured {time.strftime('%Y-%m-%d %H:%M', time.localtime(began))} on {os.cpu_count()} cores ({processor}, "
        f"{platform.system()} {platform.release()}), Python {platform.python_version()}, "
        f"{' and '.join(d.version() for d in databases)}, gunicorn with 2 workers of 2 threads, client on the same machine; "
        f"load average {load:.1f} at the beginning and {os.getloadavg()[1]:.1f} at the end (about 2 are the bench itself). "
        f"{rounds} rounds, each in turn with the floor. F: the floor's p50 measured beside the task. "
        "“4 clients”: requests a second of four at once; “1/F”: how many times fewer than the floor's. "
        "“growth”: × F in the largest office against × F in the smallest."
    )
