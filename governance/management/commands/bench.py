"""Measure the portal on PostgreSQL beside the floor page, and keep the table: `manage.py bench`."""

from __future__ import annotations

import itertools
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from governance.bench.measuring import Server, Timing, measure

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


class Command(BaseCommand):
    help = "Measure pages, writes, API and export at 1,000 and 10,000 projects × 12 periods. Needs a PostgreSQL server."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--server",
            default=os.environ.get("BENCH_SERVER", "postgres://postgres@127.0.0.1:5432"),
            help="PostgreSQL without a database name",
        )
        parser.add_argument("--sizes", default="1000,10000")
        parser.add_argument("--rounds", type=int, default=25)
        parser.add_argument("--inside", type=int, help="(internal) measure the office of DATABASE_URL, of this size")
        parser.add_argument("--no-write", action="store_true", help="print the table only")

    def handle(self, *args, **options) -> None:
        if options["inside"]:
            self.stdout.write(json.dumps(self._measure_office(options["rounds"])))
            return
        found = {}
        for size in [int(s) for s in options["sizes"].split(",")]:
            found[size] = self._office(options["server"].rstrip("/"), size, options["rounds"])
        table = self._table(found)
        self.stdout.write(table)
        if not options["no_write"]:
            self._keep(table)

    # ---- one office, in a process of its own, because a process has one database

    def _office(self, server: str, size: int, rounds: int) -> dict:
        env = {
            **os.environ,
            "DATABASE_URL": f"{server}/pmo_bench_{size}",
            "DATA_DIR": str(settings.DATA_DIR / "bench"),
            "DEMO_PASSWORD": "bench-office",
        }
        self._create(server, f"pmo_bench_{size}")
        run = [sys.executable, "manage.py"]
        subprocess.run([*run, "migrate", "-v0"], env=env, check=True, cwd=settings.BASE_DIR)
        subprocess.run(
            [*run, "generate_office", "--projects", str(size), "--seed", "1"],
            env=env,
            check=False,
            cwd=settings.BASE_DIR,
            capture_output=True,
        )
        done = subprocess.run(
            [*run, "bench", "--inside", str(size), "--rounds", str(rounds)],
            env=env,
            check=False,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise CommandError(done.stderr[-2000:])
        return json.loads(done.stdout.strip().splitlines()[-1])

    @staticmethod
    def _create(server: str, name: str) -> None:
        import psycopg2

        try:
            connection = psycopg2.connect(f"{server}/postgres".replace("postgres://", "postgresql://"))
        except psycopg2.OperationalError as error:
            raise CommandError(
                f"No PostgreSQL answers at {server}: {error}. Give one with --server or BENCH_SERVER."
            ) from None
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()

    def _measure_office(self, rounds: int) -> dict:
        from governance.bench import tasks_measured as measured
        from governance.demo.generated import grant_one_percent
        from pmo_portal.access.models import Grant
        from pmo_portal.accounts.models import Person
        from pmo_portal.measures import rebuild
        from pmo_portal.periods.models import ReportingPeriod
        from projects.register.models import Project

        member = Person.objects.get(email="member@demo.example")
        if not Grant.objects.filter(person=member).exists():
            grant_one_percent(member)
        project = Project.objects.filter(pm__email="pm@demo.example", state="active").order_by("key")[0]
        period = ReportingPeriod.objects.filter(state="open", cadence="monthly")[0].key
        cookies = {who: measured.cookie_of(f"{who}@demo.example") for who in ("manager", "pm", "pmo", "member")}
        token = measured.token_of("manager@demo.example")
        secret = {"SECRET_KEY": settings.SECRET_KEY, "ALLOWED_HOSTS": "127.0.0.1"}
        timings: list[Timing] = []
        floor = Server(8931, "governance.bench.floor_settings", secret)
        portal = Server(8932, "pmo_portal.settings", secret)
        try:
            floor.wait("/api/")
            portal.wait("/healthz")
            clients = [floor.client(cookies["manager"]) for _ in range(4)]
            for name, path in (("page", "/"), ("post", "/post/"), ("api", "/api/"), ("csv", "/csv/")):
                send = (lambda c, p=path: c.post(p, {})) if name == "post" else (lambda c, p=path: c.get(p))
                timings.append(measure(f"floor {name}", send, clients, rounds))
            for task in measured.tasks(project, period):
                timings.append(self._task(task, portal, cookies, token, measured.first_portfolio(), rounds))
            memory = {"floor": floor.memory(), "portal": portal.memory()}
        finally:
            floor.stop()
            portal.stop()
        began = time.perf_counter()
        sums = rebuild(list(ReportingPeriod.objects.values_list("pk", flat=True)))
        return {
            "timings": [vars(t) for t in timings],
            "memory": memory,
            "rollup": {"seconds": time.perf_counter() - began, "sums": sums},
            "limits": {t.name: (t.floor, t.limit) for t in measured.tasks(project, period)},
        }

    @staticmethod
    def _task(task, portal: Server, cookies: dict, token: str, portfolio: str, rounds: int) -> Timing:
        if task.who.startswith("token"):
            head = {"Authorization": f"Token {token}"}
            clients = [portal.client("") for _ in range(4)]
            if task.who == "token":
                return measure(task.name, lambda c: c.get(task.path, head), clients, rounds)
            number = itertools.count(int(time.time() * 1000))

            def create(client):
                body = json.dumps({"key": f"B-{next(number)}", "name_en": "Bench", "portfolio": portfolio, "tier": "C"})
                return client._send("POST", task.path, body, {**head, "Content-Type": "application/json"})

            return measure(task.name, create, clients, rounds)
        clients = [portal.client(cookies[task.who]) for _ in range(4)]
        if not task.path.endswith("/draft/"):
            return measure(task.name, lambda c: c.get(task.path), clients, rounds)
        form = task.path.replace("/draft/", "/edit/")
        _status, page = clients[0].get(form)
        field = dict(re.findall(r'name="(version|csrfmiddlewaretoken)"[^>]*value="([^"]*)"', page.decode()))
        jar = f"{cookies[task.who]}; csrftoken={field['csrfmiddlewaretoken']}"
        words = itertools.count()
        version = [field["version"]]

        def post(client):
            client.headers["Cookie"] = jar
            answer = client.post(
                task.path,
                {
                    "csrfmiddlewaretoken": field["csrfmiddlewaretoken"],
                    "version": version[0],
                    "achieved": f"Word {next(words)}",
                },
            )
            if answer[0] == 200:
                version[0] = str(json.loads(answer[1])["version"])
            return (200, answer[1]) if answer[0] == 409 else answer

        return measure(task.name, post, clients, rounds)

    # ---- the table

    def _table(self, found: dict[int, dict]) -> str:
        sizes = list(found)
        lines = [
            f"Measured {time.strftime('%Y-%m-%d')} on {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, PostgreSQL, gunicorn with 2 workers, "
            "client on the same machine. p50 / p95 in ms with one client, requests a second with four. F: the floor's figure of the same run.",
            "",
            "| task | " + " | ".join(f"{s:,} projects" for s in sizes) + " | × F | at most |",
            "| --- | " + " | ".join("---:" for _ in sizes) + " | ---: | ---: |",
        ]
        last = found[sizes[-1]]
        floors = {t["name"][6:]: t["p50"] for t in last["timings"] if t["name"].startswith("floor")}
        for row in last["timings"]:
            cells = []
            for size in sizes:
                t = next(x for x in found[size]["timings"] if x["name"] == row["name"])
                cells.append(
                    f"{t['p50']:.1f} / {t['p95']:.1f}, {t['rate']:.0f}/s{' FAULTS ' + t['faults'][0] if t['faults'] else ''}"
                )
            kind, limit = last["limits"].get(row["name"], ("", 0))
            times = f"{row['p50'] / floors[kind]:.1f}" if kind else ""
            mark = " **over**" if kind and row["p50"] / floors[kind] > limit else ""
            lines.append(f"| {row['name']} | {' | '.join(cells)} | {times}{mark} | {limit or ''} |")
        for size in sizes:
            one = found[size]
            lines.append("")
            lines.append(
                f"{size:,} projects: memory of all processes after the run {one['memory']['portal']} MB (floor {one['memory']['floor']} MB); every sum from nothing: {one['rollup']['sums']} sums in {one['rollup']['seconds']:.1f} s."
            )
        return "\n".join(lines)

    def _keep(self, table: str) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "performance.md"
        text = path.read_text(encoding="utf-8") if path.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
        head, rest = text.split(BEGIN)
        path.write_text(f"{head}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}", encoding="utf-8")
        self.stdout.write(f"Kept in {path}.")
