"""Whatever is sent to a form or to the API: it is refused in words or taken for what it is, and nothing ever breaks. Generated
from the resolver: every page that takes a form, every address of the API that writes."""

import copy
import json
from urllib.parse import urljoin, urlsplit

import pytest
from django import forms
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from pmo_portal.routes import Route, routes
from tests.cast import PASSWORD
from tests.house import walk

pytestmark = pytest.mark.django_db

WRITERS = ("pmo", "manager", "admin", "pm", "auditor")
LET_IN = ("200", "201", "202", "204", "302", "400", "409", "422")
# What each field of each form is told, all at once; the last ones are not what a browser sends.
TYPED = {
    "not a number": "NaN",
    "without end": "-Infinity",
    "too large": "1e30",
    "less than nothing": "-0",
    "full-width digits": "１２３４",
    "before 1900": "1899-12-31",
    "after 2200": "2201-01-01",
    "a day that is none": "2027/2/31",
    "emoji and right-to-left": "👩‍👩‍👧 مشروع \u202eabc",
    "control characters": "a\0b\x1b[31m\x07\ud83d".encode("utf-8", "ignore").decode(),
    "a page of a book": "長" * 10_000,
    "a megabyte": "x" * 1_000_000,
    "markup": "<script>alert(1)</script>{{ 7*7 }}{% url %}",
    "a huge id": "9" * 40,
}
STRANGE = {"id": 1, "version": 99, "is_superuser": True, "owner_id": 1, "scope_id": 1, "__class__": "x"}
BODIES = {
    "no JSON": b"{",
    "nothing": b"",
    "null": b"null",
    "a list": b'[{"key": "A"}]',
    "a number": b"7",
    "not UTF-8": b'{"key": "\xff"}',
    "half a character": b'{"key": "\\ud800", "reason": "\\udfff"}',
    "a name twice": b'{"key": "A", "key": "B"}',
    "NaN": b'{"amount": NaN}',
    "very deep": b'{"key": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a long number": b'{"amount": ' + b"9" * 5000 + b"}",
    "lists for everything": b'{"key": [], "name_ja": {}, "reason": [1], "portfolio": [[]], "note": {"a": 1}}',
}


def send(client: Client, method: str, address: str, **given):
    """What is answered; nothing that the request writes stays, nor what the client was told to remember."""
    kept = copy.deepcopy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, method.lower())(address, **given)
        transaction.set_rollback(True)
    client.cookies = kept
    cache.clear()
    return answer


@pytest.fixture(scope="module")
def doors(world) -> list[tuple[Route, str, Client, str]]:
    """Each address and method that writes, with somebody whom the table of access lets through (route, method, …)."""
    people, table, clients, found = world.office.cast.everybody(), walk.read(), {}, []
    for route in routes():
        for method in set(route.methods) & {"POST", "PATCH"}:
            rows = [r for key, r in table.items() if key[:2] == (method, route.pattern) and key[2] != "BOREAS"]
            part = next((p for row in rows for p in WRITERS if row[p] in LET_IN), None)
            if part is None:
                continue
            if part not in clients:
                clients[part] = Client(raise_request_exception=False)
                clients[part].force_login(people[part])
            kwargs = world.kwargs_of(route, people[part], "inside")
            found.append((route, method, clients[part], reverse(route.name, kwargs=kwargs)))
    return found


def fields_of(route: Route, client: Client, address: str) -> dict[str, forms.Field]:
    """The fields that the page's form has for this person; those that it declares, where the page shows none."""
    answer = send(client, "get", address) if "GET" in route.methods else None
    form = (answer.context or {}).get("form") if answer is not None and answer.context else None
    declared = getattr(getattr(route.view, "form_class", None), "base_fields", {})
    return form.fields if isinstance(form, forms.BaseForm) else declared


@pytest.fixture(scope="module")
def filled(doors) -> list[tuple[Client, str, dict[str, forms.Field]]]:
    """Each page that takes a form, with its fields."""
    pages = [(route, client, address) for route, _method, client, address in doors if not route.is_api]
    told = ((client, address, fields_of(route, client, address)) for route, client, address in pages)
    return [(client, address, fields) for client, address, fields in told if fields]


@pytest.mark.parametrize("what", TYPED)
def test_no_form_breaks_whatever_is_typed_into_it(filled, what):
    assert len(filled) > 30
    wrong = {}
    for client, address, fields in filled:
        typed = {name: "1" if name == "version" else TYPED[what] for name in fields}
        status = send(client, "post", address, data=typed).status_code
        if status not in (200, 204, 302, 400, 403, 404, 409, 413, 422):
            wrong[address] = status
    assert wrong == {}


def test_the_api_is_refused_what_it_cannot_read_in_its_own_shape(doors):
    writing = [door for door in doors if door[0].is_api]
    assert len(writing) > 15
    wrong = {}
    for _route, method, client, address in writing:
        for what, body in BODIES.items():
            answer = send(client, method, address, data=body, content_type="application/json")
            is_told = answer.status_code < 300 or answer.headers["Content-Type"] == "application/problem+json"
            if answer.status_code >= 500 or not is_told:
                wrong[f"{method} {address} {what}"] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense", ""])
def test_the_api_reads_no_other_format(doors, kind):
    for route, method, client, address in doors:
        if route.is_api:
            answer = send(client, method, address, data=b"<a/>", content_type=kind)
            assert answer.status_code == 415, (address, kind)


def test_no_address_of_the_api_takes_what_is_not_its_own(doors):
    for route, method, client, address in doors:
        if not route.is_api:
            continue
        answer = send(client, method, address, data=json.dumps(STRANGE), content_type="application/json")
        assert answer.status_code == 400, address
        assert set(STRANGE) <= set(answer.json()["errors"]), address


def test_a_body_that_is_too_large_is_refused_before_it_is_read_whole(doors):
    body = b'{"key": "' + b"x" * (5 * 1024 * 1024) + b'"}'
    for _route, method, client, address in [door for door in doors if door[0].is_api][:4]:
        answer = send(client, method, address, data=body, content_type="application/json")
        assert answer.status_code == 413 and answer.json()["type"].endswith("#too-large")


# ---- forged and led astray


def test_every_page_that_writes_refuses_a_form_that_is_not_its_own(doors, world):
    """Sent without the page's secret, as another site would."""
    forged = Client(enforce_csrf_checks=True, raise_request_exception=False)
    forged.force_login(world.office.cast.admin)
    answers = {address: send(forged, method, address).status_code for _route, method, _client, address in doors}
    taken = {address: status for address, status in answers.items() if status != 403}
    assert taken == {}


EVIL = (
    "//evil.example",
    "https:evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "///evil.example",
)
EVIL += ("%2F%2Fevil.example", "javascript:alert(1)", "http:///evil.example", "\t//evil.example", "/%09/evil.example")


def leads_away(location: str) -> bool:
    """Whether a browser goes to another site; it takes a backslash for a slash and does not see tabs."""
    seen = location.replace("\\", "/").replace("\t", "")
    return urlsplit(urljoin("http://testserver/here/", seen))[:2] != ("http", "testserver")


def test_no_page_leads_to_another_site(doors, world):
    anonymous, led = Client(raise_request_exception=False), {}
    for route, method, client, address in [*doors, *((None, "POST", anonymous, a) for a in ("/login/", "/logout/"))]:
        if route is not None and route.is_api:
            continue
        for where in EVIL[:4]:
            given = dict.fromkeys(("next", "back", "url", "return", "to", "redirect"), where)
            answer = send(client, method, address, data=given | {"language": "en", "theme": "dark"})
            location = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
            if leads_away(location):
                led[f"{address} {where}"] = location
    assert led == {}


@pytest.mark.parametrize("where", EVIL)
def test_signing_in_never_leads_to_another_site(world, where):
    given = {"login": world.office.cast.pm.email, "password": PASSWORD, "next": where}
    answer = send(Client(), "post", "/login/", data=given)
    assert answer.status_code == 302
    assert not leads_away(answer.headers["Location"])
