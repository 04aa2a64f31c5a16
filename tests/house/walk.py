"""Every address × every kind of viewer → what is answered, as the table `access.csv` has it."""

from __future__ import annotations

import csv
import io
import os
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from pmo_portal.routes import Route, routes
from tests.house.world import World

TABLE = Path(__file__).with_name("access.csv")
REWRITE = os.environ.get("PMO_REWRITE") == "1"
VIEWERS = (
    "anonymous",
    "nobody",
    "revoked",
    "expired",
    "outsider",
    "site_pmo",
    "member",
    "core_reader",
    "pm",
    "substitute",
    "pmo",
    "expert",
    "manager",
    "sponsor",
    "auditor",
    "admin",
)
HEAD = ("method", "address", "record")
Key = tuple[str, str, str]


class Walk:
    """Walks the whole house as one viewer after another; nothing that a request writes stays."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = {"anonymous": None} | world.office.cast.everybody()
        self.clients: dict[str, Client] = {}
        self.sessions: dict[str, str] = {}

    def rows(self) -> list[tuple[Key, Route]]:
        """Everything that can be asked: each method of each address, once for the record inside and once for the one
        outside where there are two."""
        found = []
        for route in routes():
            two = (
                self.world.record_of(route, "inside") is not None and self.world.record_of(route, "outside") is not None
            )
            for method in route.methods:
                for side in ("APOLLO", "BOREAS") if two else ("",):
                    found.append(((method, route.pattern, side), route))
        return found

    def column(self, viewer: str) -> dict[Key, str]:
        """What the viewer is answered, row by row."""
        return {key: label(self.ask(viewer, key, route)) for key, route in self.rows()}

    def ask(self, viewer: str, key: Key, route: Route) -> HttpResponse:
        method, _pattern, side = key
        client, side = self.client(viewer), "outside" if side == "BOREAS" else "inside"
        address = reverse(route.name, kwargs=self.world.kwargs_of(route, self.people[viewer], side))
        given: dict[str, Any] = {}
        if method != "GET" and route.is_api:
            given = {"data": self.world.body_of(route, method, side), "content_type": "application/json"}
        with transaction.atomic():
            answer = getattr(client, method.lower())(address, **given)
            transaction.set_rollback(True)
        cache.clear()
        return answer

    def client(self, viewer: str) -> Client:
        """In the viewer's session, with nothing remembered of earlier answers (one of them may have signed out)."""
        if viewer not in self.clients:
            client = self.clients[viewer] = Client(raise_request_exception=False)
            if self.people[viewer] is not None:
                client.force_login(self.people[viewer])
            self.sessions[viewer] = client.cookies.output(header="").strip()
        self.clients[viewer].cookies = SimpleCookie(self.sessions[viewer])
        return self.clients[viewer]


def label(answer: HttpResponse) -> str:
    """The status; a way to the sign-in page and to the password once more are said as such."""
    where = answer.headers.get("Location", "")
    if where.startswith("/login/"):
        return "login"
    return "again" if "reauthenticate/" in where else str(answer.status_code)


# ---- the table


def read() -> dict[Key, dict[str, str]]:
    if not TABLE.exists():
        return {}
    with TABLE.open(newline="") as file:
        return {(row["method"], row["address"], row["record"]): row for row in csv.DictReader(file)}


def write(viewer: str, column: dict[Key, str]) -> None:
    """Put one viewer's column into the table; rows whose address has gone fall away."""
    table = read()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*HEAD, *VIEWERS])
    for key, answer in column.items():
        row = table.get(key, {}) | {viewer: answer}
        writer.writerow([*key, *(row.get(name, "") for name in VIEWERS)])
    TABLE.write_text(text.getvalue())
