"""Measuring the office of this process's DATABASE_URL: pages, writes, memory, roll-up, import, and how soon what was
accepted is seen. Gives plain figures; judging.py says what they mean."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.test import Client as DjangoClient
from django.test.utils import CaptureQueriesContext

from governance.bench import offices
from governance.bench.measuring import Answer, Client, Server, measure, stop
from governance.bench.tasks_measured import (
    FLOORS,
    Stage,
    Task,
    cookie_of,
    credentials_of,
    declared,
    fill_approvers_list,
    opened,
    tasks,
)
from governance.demo.sentences import DONE
from pmo_portal.access.models import Scope
from pmo_portal.access.tree import add_scopes, office
from pmo_portal.accounts.models import Person
from pmo_portal.i18n.text import fold
from pmo_portal.measures import rebuild
from pmo_portal.measures.models import MeasureValue
from pmo_portal.operation.supervisor import dies_with_parent, python
from pmo_portal.periods.models import ReportingPeriod
from projects.register.actions import restand
from projects.register.models import Milestone, Portfolio, Project
from projects.status.models import StatusReport

ARRIVALS = 5
IMPORTED_ROWS = 10_000


def measure_office(rounds: int, *, with_import: bool, only: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Everything; with `only`, the tasks whose name holds it and nothing else."""
    stage = Stage.found()
    fill_approvers_list()
    arriving, stage.owing = stage.owing[-2 * ARRIVALS :], stage.owing[: -2 * ARRIVALS]
    whole = [t for t in tasks(stage) if only in t.name]
    people = {who: credentials_of(who) for who in {t.who for t in whole} | {"manager", "pmo"}}
    log = offices.folder() / "servers.log"
    floor, portal = Server("governance.bench.floor_settings", log), Server("pmo_portal.settings", log)
    try:
        floor.wait("/api/")
        portal.wait("/healthz")
        floors = floor.clients(**people["manager"])
        timings = []
        for task in whole:
            timing = measure(task.asked(), FLOORS[task.floor], portal.clients(**people[task.who]), floors, rounds)
            timing.name, timing.floor, timing.limit = task.name, task.floor, task.limit
            timing.sql = queries_of(task, people[task.who])
            timings.append({**vars(timing), "most_sql": task.sql, "most_kilobytes": task.kilobytes})
            say(f"{task.name}: {timing.p50:.1f} ms, {timing.p50 / timing.floor_p50:.1f} × {timing.floor_p50:.1f}")
        if only:
            return {"timings": timings}
        after_one = portal.memory()
        _once_more(whole, portal, people)
        memory = {"floor": floor.memory(), "portal": portal.memory(), "after_one_round": after_one}
        arrival = _arrivals(arriving, stage, portal, people)
        say(f"seen after {', '.join(f'{s:.1f}' for s in arrival)} s")
    finally:
        floor.stop()
        portal.stop()
    found = {"timings": timings, "memory": memory, "arrival": arrival, "rollup": _rollup()}
    found |= {"entries": entries(), "workbooks": workbooks()}
    if with_import:
        found["import"] = _import()
    return found


def _once_more(whole: list[Task], portal: Server, people: dict) -> None:
    """A second round of everything, to see whether memory grows."""
    for task in whole:
        for client in portal.clients(**people[task.who]):
            for _ in range(3):
                task.asked()(client)


# ---- how many queries


class Inside:
    """Asks within this process, as a `Client` does over the wire, and counts the queries of its last request."""

    def __init__(self, headers: dict[str, str], number: int = 0) -> None:
        self.number, self.took, self.sql = number, None, 0
        self.headers = dict(headers)

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        return self.send("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def send(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> Answer:
        given = {**self.headers, **(headers or {})}
        kind = given.pop("Content-Type", "application/octet-stream")
        with CaptureQueriesContext(connection) as asked:
            answer = DjangoClient(SERVER_NAME="127.0.0.1").generic(method, path, body, content_type=kind, headers=given)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        self.sql = sum(1 for q in asked if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")))
        return answer.status_code, content


def queries_of(task: Task, headers: dict[str, str]) -> int:
    """Of a warm request."""
    client: Any = Inside(headers)
    for _ in range(2):
        task.asked()(client)
    return client.sql


# ---- how soon what was accepted is seen


def _arrivals(projects: list[Project], stage: Stage, portal: Server, people: dict) -> list[float]:
    """Seconds from the answer to an acceptance until the managers' screen shows the new sum, with a worker running."""
    command = "celery -q -A pmo_portal worker -B -P threads --without-gossip --without-mingle --without-heartbeat -c 2"
    quiet = {**os.environ, "CELERY_SKIP_CHECKS": "1", "LOG_LEVEL": "WARNING"}
    with (offices.folder() / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            python(*command.split()),
            env=quiet,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=dies_with_parent,
        )
        try:
            pmo, manager = Client(portal.port, **people["pmo"]), Client(portal.port, **people["manager"])
            screen = f"/governance/portfolio/?period={stage.period.key}"
            _settled(manager, screen)
            led = [(p, p.pm) for p in projects if p.pm is not None][:ARRIVALS]
            return [
                _arrival(
                    f"/projects/{project.key}/status/{stage.period.key}/",
                    7_000_000_000 * (n + 1),
                    (Client(portal.port, Cookie=cookie_of(leader)), pmo, manager),
                    screen,
                )
                for n, (project, leader) in enumerate(led)
            ]
        finally:
            stop(worker)


def _arrival(address: str, cost: int, people: tuple[Any, Any, Any], screen: str) -> float:
    before = sum_shown(people[2], screen)
    hand_in(address, cost, people)
    began = time.perf_counter()
    while sum_shown(people[2], screen) == before:
        if time.perf_counter() - began > 30:
            return 30.0
        time.sleep(0.05)
    return time.perf_counter() - began


def hand_in(address: str, cost: int, people: tuple[Any, Any, Any]) -> None:
    """Reported by the project's own PM, accepted by the PMO: nobody accepts what is their own. `people`: PM, PMO, manager."""
    leader, pmo, _manager = people
    said = {"forecast_cost": str(cost), "cost_light": "red", "cost_reason": "契約が増えた。"}
    _must(leader.post(f"{address}edit/", opened(leader, f"{address}edit/") | declared() | said))
    _must(pmo.post(f"{address}acceptance/", opened(pmo, address)))


def _must(answer: Answer) -> None:
    if answer[0] != 302:
        raise RuntimeError(f"a report was not taken: {answer[0]} {answer[1][:300]!r}")


def sum_shown(manager: Any, screen: str) -> str:
    status, page = manager.get(screen)
    found = re.search(
        r">(?:完成時の総コスト|Cost at completion)</a></th>\s*<td[^>]*>(.*?)</td>", page.decode(), re.DOTALL
    )
    if status != 200 or not found:
        raise RuntimeError(f"the portfolio screen gave {status} and no sum")
    return found[1]


def _settled(manager: Client, screen: str) -> None:
    """Until the worker has come up and done what the measuring before left to it."""
    from pmo_portal.jobs.models import Job
    from pmo_portal.measures.models import StaleRollup

    until = time.perf_counter() + 90
    while time.perf_counter() < until:
        if not StaleRollup.objects.exists() and not Job.objects.filter(state__in=("queued", "running")).exists():
            return
        time.sleep(0.25)
    raise RuntimeError("the worker did not finish what was waiting")


# ---- what the search looks through, and workbooks


def entries() -> dict[str, int]:
    """How much there is to be found."""
    counted: dict[str, Any] = {"projects": Project, "milestones": Milestone, "reports": StatusReport, "people": Person}
    return {name: model.objects.count() for name, model in counted.items()}


def workbooks() -> dict[str, float]:
    """In a process of its own, so that its memory can be told."""
    return json.loads(offices.manage(_url(), "bench", "--workbooks").strip().splitlines()[-1])


# ---- sums


def _rollup() -> dict[str, float]:
    """Every sum from nothing, in a process of its own so that its memory can be told; and what stored sums save."""
    found = json.loads(offices.manage(_url(), "bench", "--rebuild-sums").strip().splitlines()[-1])
    months = list(ReportingPeriod.objects.order_by("-starts_on").values_list("pk", flat=True)[:12])
    portfolios = list(Portfolio.objects.values_list("scope_id", flat=True))

    def stored() -> list:
        kept = MeasureValue.objects.filter(scope__in=portfolios, period__in=months, measure="forecast_cost")
        return list(kept.values_list("scope_id", "period_id", "value"))

    def raw() -> list:
        reports = StatusReport.objects.filter(period__in=months, is_current=True)
        return list(
            reports.values_list("project__portfolio_id", "period_id").annotate(s=Sum("forecast_cost")).order_by()
        )

    return found | {"stored_ms": _middle(stored), "raw_ms": _middle(raw)}


def rebuild_sums() -> dict[str, float]:
    """For the process that `_rollup` starts."""
    MeasureValue.objects.exclude(scope__kind="project").delete()
    figures, before, began = MeasureValue.objects.count(), _peak(), time.perf_counter()
    sums = rebuild(list(ReportingPeriod.objects.values_list("pk", flat=True)))
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "sums": sums, "figures": figures, "base_mb": before, "peak_mb": _peak()}


def _middle(ask: Callable[[], list], rounds: int = 7) -> float:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _url() -> str:
    return os.environ["DATABASE_URL"]


# ---- import

HEADS = ("GMPP ID", "Project name", "Department", "Delivery Confidence Assessment", "Project Start Date")
MORE = ("Project End Date", "Baseline Whole Life Cost", "Financial Year Baseline", "Financial Year Forecast")
NOTE = "Departmental narrative on schedule, including any deviation from planned schedule (if necessary)"
NARRATIVES = DONE["middle"]
LEVELS = ("Green", "Amber/Green", "Amber", "Amber/Red", "Red")


def _import() -> dict[str, float]:
    """A portfolio of 10,000 rows through the intake (understood, matched, in the trail, maintained, undoable), beside
    reading the same file and inserting the same projects and reports with nothing asked."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "portfolio.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([*HEADS, *MORE, NOTE])
            writer.writerows(import_rows(IMPORTED_ROWS))
        bare = min(_bare(path) for _ in range(3))
        found = json.loads(offices.manage(_url(), "bench", "--import-file", str(path)).strip().splitlines()[-1])
    return {"rows": IMPORTED_ROWS, "bare_seconds": bare, **found}


def import_rows(count: int) -> Iterator[list]:
    start = date(2024, 4, 1)
    for n in range(count):
        begin = start + timedelta(days=n % 700)
        cost = f"{120 + n % 4000}.{n % 10}"
        yield [
            f"BENCH_{n:05d}",
            f"Programme {n} of works",
            f"Department {n % 17}",
            LEVELS[n % 5],
            f"{begin:%d/%m/%Y}",
            f"{begin + timedelta(days=900 + n % 365):%d/%m/%Y}",
            cost,
            f"{12 + n % 90}.5",
            f"{12 + n % 95}.0",
            f"{NARRATIVES[n % len(NARRATIVES)][1]} ({n})",
        ]


def import_file(path: str) -> dict[str, float]:
    """For the process that `_import` starts: the command that an office uses."""
    before, began = _peak(), time.perf_counter()
    call_command(
        "import_portfolio",
        path,
        profile="gmpp",
        portfolio="BENCH",
        period=["2026-03-31"],
        as_json=True,
        stdout=io.StringIO(),
    )
    seconds = time.perf_counter() - began
    arrived = StatusReport.objects.filter(project__portfolio__key="BENCH").count()
    if arrived != IMPORTED_ROWS:
        raise RuntimeError(f"{arrived} of {IMPORTED_ROWS} rows arrived")
    return {"seconds": seconds, "base_mb": before, "peak_mb": _peak()}


def _bare(path: Path) -> float:
    """Read the file, make the same projects and reports, insert them, and take it all back."""
    period, scope = ReportingPeriod.objects.order_by("pk")[0], office()
    portfolio = Portfolio.objects.order_by("pk")[0]
    began = time.perf_counter()
    with transaction.atomic():
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        scopes = add_scopes(Scope.Kind.PROJECT, [scope] * len(rows), [(r["Project name"], "") for r in rows])
        projects = [
            restand(
                Project(
                    key=r["GMPP ID"],
                    key_folded=fold(r["GMPP ID"]),
                    source_id=r["GMPP ID"],
                    name_en=r["Project name"],
                    department=r["Department"],
                    scope=at,
                    portfolio=portfolio,
                    planned_start_on=_day(r["Project Start Date"]),
                    planned_finish_on=_day(r["Project End Date"]),
                    approved_budget=Decimal(r["Baseline Whole Life Cost"]) * 1_000_000,
                )
            )
            for r, at in zip(rows, scopes, strict=True)
        ]
        Project.objects.bulk_create(projects, batch_size=500)
        StatusReport.objects.bulk_create(
            [
                StatusReport(
                    project=p,
                    period=period,
                    confidence=r["Delivery Confidence Assessment"].lower().replace("/", "_"),
                    year_budget=Decimal(r["Financial Year Baseline"]) * 1_000_000,
                    year_forecast=Decimal(r["Financial Year Forecast"]) * 1_000_000,
                    forecast_finish_on=p.planned_finish_on,
                    schedule_note=r[NOTE],
                )
                for r, p in zip(rows, projects, strict=True)
            ],
            batch_size=500,
        )
        transaction.set_rollback(True)
    return time.perf_counter() - began


def _day(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))
