"""Whatever stands in an address: a page says what it did not understand and shows the rest, the API names the parameter, and
nothing ever breaks. Generated from the resolver, from the lists, and from the parameters that the code reads."""

import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from pmo_portal.api import ResourceViewSet
from pmo_portal.pages import ListPage
from pmo_portal.routes import Route, routes
from tests.house import walk

READ = re.compile(r"""(?:GET|params|asked|query_params|given)(?:\.get|\.getlist)?[\[(]"([a-z_]+)"[\]),]""")
OPENERS = ("manager", "pmo", "pm", "admin", "auditor")
ROOMS = ("pmo_portal", "projects", "administration", "expertise", "governance")
# Sent as every parameter of every page at once.
EVERYWHERE = (
    "-1",
    "9" * 30,
    "a\0b' OR 1=1;--",
    '"><script>alert(1)</script>' + "字" * 300,
    "１２",
    "0001-01-01..9999-12-31",
    "👩‍👩‍👧\u202eابج",
)
# Sent as each condition of each list alone, as the API stops at the first fault.
ALONE = ("9" * 30, "1e-400..1e14", "\0", "2026-02-31..2026-02-30")
# What is not even text.
RAW = "%&%zz=%&page=%ff%fe&q=%ED%A0%80&sort=%00&&==&=&page=1&page=2&cols[]=name&tab=%C3%28&revision=" + "%2C" * 300

pytestmark = pytest.mark.django_db


def parameters() -> list[str]:
    """Every name that some page looks for in its address."""
    found = {"page", "sort", "cols", "col", "q", "next", "cursor", "page_size"}
    for room in ROOMS:
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            if "migrations" not in file.parts:
                found |= set(READ.findall(file.read_text()))
    return sorted(found - {"export", "format"})


def readable() -> list[Route]:
    return [r for r in routes() if "GET" in r.methods and not r.is_foreign]


def lists_of(route: Route):
    """The list that the address shows, or None."""
    is_many = isinstance(route.view, type) and (
        issubclass(route.view, ListPage)
        or (issubclass(route.view, ResourceViewSet) and route.methods.get("GET") == "list")
    )
    return route.view.list_class if is_many else None


@pytest.fixture(scope="module")
def openers(world) -> list[tuple[Route, Client, str]]:
    """Each readable address with somebody whom the table of access lets in."""
    people, table, clients, found = world.office.cast.everybody(), walk.read(), {}, []
    for route in readable():
        rows = [row for key, row in table.items() if key[:2] == ("GET", route.pattern) and key[2] != "BOREAS"]
        part = next((p for row in rows for p in OPENERS if row[p] == "200"), None)
        if part is None:
            continue
        if part not in clients:
            clients[part] = Client(raise_request_exception=False)
            clients[part].force_login(people[part])
        found.append((route, clients[part], reverse(route.name, kwargs=world.kwargs_of(route, people[part], "inside"))))
    return found


def ask(client: Client, address: str):
    """What is answered; nothing that the request writes stays."""
    with transaction.atomic():
        answer = client.get(address)
        transaction.set_rollback(True)
    return answer


def test_the_addresses_were_found(openers):
    assert len(openers) > 60
    assert sum(lists_of(route) is not None for route, _client, _address in openers) >= 15
    assert {"tab", "revision", "page"} <= set(parameters())


@pytest.mark.parametrize("value", EVERYWHERE, ids=lambda value: quote(value)[:24])
def test_no_page_breaks_whatever_its_parameters_say(openers, value):
    asked = urlencode(dict.fromkeys(parameters(), value))
    answers = {address: ask(client, f"{address}?{asked}").status_code for _route, client, address in openers}
    assert {address: status for address, status in answers.items() if status >= 500} == {}


def test_no_page_breaks_on_what_is_not_even_text(openers):
    answers = {address: ask(client, f"{address}?{RAW}").status_code for _route, client, address in openers}
    assert {address: status for address, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("value", ALONE, ids=lambda value: quote(value)[:24])
def test_each_condition_of_each_list_takes_any_value(openers, value):
    wrong = {}
    for route, client, address in openers:
        if (shown := lists_of(route)) is None:
            continue
        filters = route.view.known_filters() if route.is_api else shown.filters
        for name in ("sort", *(f.key for f in filters)):
            answer = ask(client, f"{address}?{urlencode({name: value})}")
            if answer.status_code not in ((200, 400) if route.is_api else (200,)):
                wrong[f"{address} {name}"] = answer.status_code
            elif answer.status_code == 400 and list(answer.json()["errors"]) != [name]:
                wrong[f"{address} {name}"] = answer.json()
    assert wrong == {}
