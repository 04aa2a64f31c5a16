"""What is measured, beside what of the floor, and at most how many times that. The goals are the project's own."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from governance.bench.measuring import CLIENTS, Answer, Client, Once
from governance.demo.generated import COMMON_WORD, RARE_KEY, grant_one_percent
from pmo_portal.accounts.models import Person
from pmo_portal.accounts.tokens import create_api_token
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.approvals.queries import waiting_for
from pmo_portal.periods.models import ReportingPeriod
from projects.register.actions import hand_over
from projects.register.approving import BUDGET, request_budget
from projects.register.models import Portfolio, Project
from projects.status.models import DIMENSIONS, ProjectPeriod

SORTED_BY = "-cost"
MOST_WAITING = 300
FLOORS: dict[str, Callable[[Client], Answer]] = {
    "page": lambda c: c.get("/"),
    "post": lambda c: c.post(f"/post/?n={c.number}", {}),
    "api": lambda c: c.get("/api/"),
    "csv": lambda c: c.get("/csv/"),
}


@dataclass(frozen=True)
class Task:
    """`path` is fetched as `who`, or `once` says how it is asked. `sql` is the most queries it may take (0: no goal)."""

    name: str
    floor: str
    limit: float
    who: str = "manager"
    path: str = ""
    once: Once | None = field(default=None, compare=False)
    sql: int = 0
    kilobytes: int = 0

    def asked(self) -> Once:
        return self.once or (lambda client: client.get(self.path))


@dataclass
class Stage:
    """Who and what the tasks are about, in the office at hand. A project stands in one place only, so that no task meets
    what another has done to its report."""

    project: Project  # led by the demo's PM, its report not yet begun
    period: ReportingPeriod
    portfolio: Portfolio
    owing: list[Project]
    drafting: list[Project]  # one for each client

    @classmethod
    def found(cls) -> Stage:
        reader = Person.objects.get(email="member@demo.example")
        grant_one_percent(reader)
        period = ReportingPeriod.objects.filter(state="open", cadence="monthly").get()
        missing = missing_in(period)
        leader = Person.objects.get(email="pm@demo.example")
        project = next((p for p in missing if p.pm_id == leader.pk), None) or led_from_now_on(missing[-1], leader)
        others = [p for p in missing if p.pk != project.pk]
        return cls(
            project=project,
            period=period,
            portfolio=Portfolio.objects.order_by("pk")[0],
            owing=others[CLIENTS:],
            drafting=others[:CLIENTS],
        )


def fill_approvers_list() -> None:
    """So many budgets ask for the PMO's signature that its list is as long as it gets."""
    pmo = Person.objects.get(email="pmo@demo.example")
    left = MOST_WAITING - waiting_for(pmo).count()
    running = Project.objects.filter(state="active", archived_at=None, pm__isnull=False).exclude(pm=pmo)
    asked = ApprovalRequest.objects.filter(kind=BUDGET, state="running").values("object_id")
    for project in running.exclude(pk__in=asked).select_related("pm", "scope").order_by("pk")[: max(0, left)]:
        request_budget(project, by=project.pm, amount=Decimal(90_000_001), reason="接続先が増えた。")


def missing_in(period: ReportingPeriod) -> list[Project]:
    """Running projects whose report of the period nobody has begun. Those of the demo's PM come first: in a large office
    they would stand beyond the end."""
    rows = ProjectPeriod.objects.filter(period=period, state="missing", project__state="active")
    rows = rows.select_related("project__pm").order_by("project__key")
    demo = rows.filter(project__pm__email="pm@demo.example")[:1]
    found = {row.project_id: row.project for row in [*demo, *rows[:400]]}
    return list(found.values())


def led_from_now_on(project: Project, leader: Person) -> Project:
    """By chance the demo's PM owes nothing: another project's PM hands it over."""
    manager = Person.objects.get(email="manager@demo.example")
    return hand_over(project, by=manager, new_pm=leader)


def tasks(stage: Stage) -> list[Task]:
    key, period = stage.project.key, stage.period.key
    return [
        Task("desk", "page", 5, path="/"),
        Task("desk of a project manager", "page", 5, "pm", "/"),
        _list("project list", "/projects/"),
        _list("list, filtered", "/projects/?overall=red&tier=A"),
        _list("list, sorted by a measure", f"/projects/?sort={SORTED_BY}"),
        _list("list, filtered by a custom field", "/projects/?custom_investment=rules"),
        _list("list, sorted by a custom field", "/projects/?sort=-custom_outsourced"),
        _list("list, searched", "/projects/?q=%E7%89%A9%E6%B5%81"),
        _list("list, reader of 1 %", "/projects/", "member"),
        Task("project record", "page", 4, path=f"/projects/{key}/"),
        Task("status form", "page", 4, "pm", f"/projects/{key}/status/{period}/edit/"),
        Task("collection dashboard", "page", 5, "pmo", "/administration/collection/"),
        Task("portfolio screen", "page", 5, path="/governance/portfolio/"),
        Task("approver's list of 300", "page", 5, "pmo", "/approvals/"),
        Task("search, rare word", "page", 4, path=f"/search/?q={RARE_KEY}"),
        Task("search, common word", "page", 4, path=f"/search/?q={quote(COMMON_WORD)}"),
        Task("status draft, POST", "post", 8, "pmo", once=drafter(stage)),
        Task("status report, POST", "post", 8, "pmo", once=sender(stage)),
        Task("API, list of 100", "api", 8, "program", "/api/v1/projects/?page_size=100", sql=10),
        Task("API, create", "api", 8, "program", once=creator(stage)),
        Task("export of all, CSV", "csv", 8, path="/projects/?export=csv"),
    ]


def _list(name: str, path: str, who: str = "manager") -> Task:
    return Task(name, "page", 4, who, path, sql=12, kilobytes=150)


# ---- the tasks that write


def drafter(stage: Stage) -> Once:
    """A keystroke's autosave of a draft: each client has a report of its own."""
    forms: dict[Client, dict[str, str]] = {}
    words = itertools.count()

    def once(client: Client) -> Answer:
        path = f"/projects/{stage.drafting[client.number].key}/status/{stage.period.key}/"
        form = forms.get(client) or forms.setdefault(client, opened(client, f"{path}edit/"))
        began = time.perf_counter()
        status, body = client.post(f"{path}draft/", {**form, "achieved": f"第{next(words)}版まで進めた。"})
        client.took = time.perf_counter() - began
        if status == 200:
            form["version"] = str(json.loads(body)["version"])
        return status, body

    return once


def sender(stage: Stage) -> Once:
    """A report handed in: frozen, applied to the project, in the trail, in the stored sums, its ask finished. Opening the
    form is another task and not counted; every report is sent once."""
    left = iter(stage.owing)

    def once(client: Client) -> Answer:
        path = f"/projects/{next(left).key}/status/{stage.period.key}/edit/"
        form = opened(client, path) | declared()
        began = time.perf_counter()
        status, body = client.post(path, form)
        client.took = time.perf_counter() - began
        return (200, body) if status == 302 else (max(status, 400), body)

    return once


def declared() -> dict[str, str]:
    lights = {f"{d}_light": "green" for d in DIMENSIONS}
    return {**lights, "confidence": "green", "achieved": "計画した作業を終えた。", "planned": "次の工程に入る。"}


def creator(stage: Stage) -> Once:
    number = itertools.count(int(time.time() * 1000))

    def once(client: Client) -> Answer:
        given = {"key": f"B-{next(number)}", "name_en": "Bench", "portfolio": stage.portfolio.key, "tier": "D"}
        return client.send("POST", "/api/v1/projects/", json.dumps(given), {"Content-Type": "application/json"})

    return once


def opened(client: Client, path: str) -> dict[str, str]:
    """What the form at `path` carries along; the token's cookie goes to the client."""
    status, page = client.get(path)
    found = dict(re.findall(r'name="(version|csrfmiddlewaretoken)"[^>]*value="([^"]*)"', page.decode()))
    if status != 200 or len(found) != 2:
        raise RuntimeError(f"{path} gave {status} and no form")
    session = client.headers["Cookie"].partition(";")[0]
    client.headers["Cookie"] = f"{session}; csrftoken={found['csrfmiddlewaretoken']}"
    return found


# ---- who asks


def cookie_of(person: Person) -> str:
    """A session as signing in makes it."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


def credentials_of(who: str) -> dict[str, str]:
    """The headers of a person's browser, or of a program that carries the manager's token."""
    if who == "program":
        token = create_api_token(Person.objects.get(email="manager@demo.example"), "bench")
        return {"Authorization": f"Token {token}"}
    return {"Cookie": cookie_of(Person.objects.get(email=f"{who}@demo.example"))}
