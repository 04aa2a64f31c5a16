"""How often each page asks the database: as often with 30 rows as with 3, never more than the house allows.

The numbers stand in query_counts.json; `make query-counts` rewrites them, and the diff is read.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pmo_portal.custom.queries import forget as forget_custom_fields
from pmo_portal.pages import ListPage, Page
from pmo_portal.periods.models import CompanyDay
from pmo_portal.periods.queries import forget_office_settings
from pmo_portal.routes import routes
from projects.register.models import Project
from tests.cast import make_cast, make_office
from tests.house.rows import add_rows
from tests.house.world import make_world

pytestmark = pytest.mark.django_db
PINNED = Path(__file__).with_name("query_counts.json")
FEW, MANY = 3, 30
PAGE_LIMIT, API_LIMIT = 15, 10
# Pages that gather from many rooms, and how much more they may ask. None of it for each row.
GATHERING = {
    "/": 16,  # with the preview of what is due next, a status report
    "/projects/<str:key>/": 26,  # with whether one watches it
    "/administration/collection/": 25,
    "/governance/portfolio/": 21,
    "/approvals/routes/<int:pk>/edit/": 20,
    "/approvals/<int:number>/": 18,  # with what was attached to it, what else is under way, whether one watches it
    "/governance/investment/<int:number>/": 19,
    "/governance/portfolio/pdf/": 16,
    "/approvals/routes/new/": 16,
    "/administration/collection/campaigns/<int:pk>/": 16,
    "/projects/<str:key>/status/<str:period>/": 16,
}
# Where what is listed decides how much is asked: one query for each kind of record, so the page shows one kind.
ASKED = {
    "/setup/audit/": lambda: f"?kind={ContentType.objects.get_for_model(Project).pk}",
    "/setup/office/changes/": lambda: f"?kind={ContentType.objects.get_for_model(CompanyDay).pk}",
}
OFFICE = ("pmo", "manager", "admin")
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def pages():
    """Every page that shows rows, and every list and record of the API."""
    for route in routes():
        ours = isinstance(route.view, type) and issubclass(route.view, Page) and not route.view.public
        if (route.is_api or ours) and "GET" in route.methods:
            yield route


class Counter:
    """Asks each page as each of some people and counts; nothing that a page writes stays."""

    def __init__(self, world) -> None:
        self.world = world
        self.people = {part: getattr(world.office.cast, part) for part in ("pm", *OFFICE)}
        self.clients = {part: Client() for part in self.people}
        for part, client in self.clients.items():
            client.force_login(self.people[part])

    def all(self) -> dict[str, int]:
        """Each page as the project's PM and as the first of the office who may open it."""
        found = {}
        for route in pages():
            address = reverse(route.name, kwargs=self.world.kwargs_of(route, self.people["pm"], "inside"))
            address += ASKED.get(route.pattern, str)()
            for part in ("pm", *OFFICE):
                count = self.count(part, address)
                if count is not None:
                    found[f"{route.pattern} as {part}"] = count
                if count is not None and part != "pm":
                    break
        return found

    def count(self, part: str, address: str) -> int | None:
        """The queries of the second visit (the first one fills what is kept between requests); None: not for them."""
        client = self.clients[part]
        clear_caches()
        with transaction.atomic():
            if client.get(address).status_code != 200:
                transaction.set_rollback(True)
                return None
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            transaction.set_rollback(True)
        return sum(not query["sql"].startswith(BOOKKEEPING) for query in asked)


def clear_caches() -> None:
    """What is kept for some seconds is kept from the first visit on, so that no page finds it just run out."""
    for cache in caches.all():
        cache.clear()
    forget_office_settings()
    forget_custom_fields()


@pytest.fixture(scope="module")
def counted(django_db_setup, django_db_blocker):
    """(with few rows, with many)."""
    with django_db_blocker.unblock(), transaction.atomic():
        office = make_office(make_cast())
        world = make_world(office)
        add_rows(office, 1, FEW)
        counter = Counter(world)
        few = counter.all()
        add_rows(office, FEW + 1, MANY)
        yield few, counter.all()
        transaction.set_rollback(True)


def test_query_counts_do_not_grow_with_the_rows(counted):
    few, many = counted
    grown = {page: (few[page], many.get(page)) for page in few if many.get(page) != few[page]}
    assert grown == {}, "(with few rows, with many)"


def test_query_counts_are_as_written(counted):
    _few, many = counted
    if os.environ.get("PMO_REWRITE") == "1":
        PINNED.write_text(json.dumps(many, indent=0, ensure_ascii=False) + "\n")
    assert many == json.loads(PINNED.read_text()), "read the difference; if it is meant: make query-counts"


def test_query_counts_stay_below_the_limit(counted):
    _few, many = counted
    assert {page: n for page, n in many.items() if n > limit_of(page)} == {}


def limit_of(page: str) -> int:
    pattern = page.split(" as ")[0]
    return GATHERING.get(pattern, API_LIMIT if pattern.startswith("/api/") else PAGE_LIMIT)


def test_query_counts_cover_every_list_of_the_house(counted):
    """A list that nobody of the cast can open would stand here with nothing counted."""
    _few, many = counted
    lists = {r.pattern for r in pages() if isinstance(r.view, type) and issubclass(r.view, ListPage)}
    assert lists <= {page.split(" as ")[0] for page in many}
