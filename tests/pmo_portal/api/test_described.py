"""The API does what its description says: schemathesis sends to every address what the description allows and what it does
not, and looks whether the answer is among those that are described. The same cases each time, rolled back one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from pmo_portal.access.models import Grant, Role
from pmo_portal.access.tree import office as office_scope
from pmo_portal.accounts.models import Person
from pmo_portal.accounts.tokens import create_api_token
from pmo_portal.i18n.text import plain
from pmo_portal.routes import routes
from tests.cast import make_cast, make_office
from tests.factories import LONG_AGO
from tests.house.world import World, make_world

pytestmark = pytest.mark.slow

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
# Not asked: `positive_data_acceptance`, as the office refuses much that a description cannot say (a project that has ended is
# not closed again), and the checks about one request after another.
BOTH = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
FUZZED = 1  # of each kind for each address
COVERED = 10  # of the cases that go through the description's limits one by one


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world(make_office(make_cast()))
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def who(world) -> Person:
    """One person with every role for the office: what they are refused is the record's own no."""
    person = world.office.cast.manager
    held = set(Grant.objects.filter(person=person).values_list("role", flat=True))
    for role in set(Role.values) - held:
        Grant.objects.create(person=person, role=role, scope=office_scope(), starts_on=LONG_AGO)
    return person


@pytest.fixture(scope="module")
def headers(who) -> dict[str, str]:
    return {"Authorization": f"Token {create_api_token(who)}"}


@pytest.fixture(scope="module")
def described(headers) -> Iterator[Any]:
    """The description as the real application gives it. The connection stays open, as what is sent is rolled back in it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application(), headers=headers)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class Sender:
    """Sends each case, takes back what it wrote, and keeps what was wrong about the answer."""

    def __init__(self, world: World, who: Person, headers: dict[str, str]) -> None:
        self.headers = headers
        self.faults: dict[str, str] = {}
        self.answered: set[tuple[str, int]] = set()
        self.known = {
            self._as_described(route.pattern): self._named(world.kwargs_of(route, who, "inside"))
            for route in routes()
            if route.is_api
        }
        self.bodies = {
            self._as_described(f"{method} {route.pattern}"): world.body_of(route, method, "inside")
            for route in routes()
            if route.is_api
            for method in route.methods
        }

    @staticmethod
    def _as_described(pattern: str) -> str:
        return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern).replace("{pk}", "{id}")

    @staticmethod
    def _named(kwargs: dict[str, Any]) -> dict[str, Any]:
        return {"id" if name == "pk" else name: value for name, value in kwargs.items()}

    def send(self, case: Case) -> None:
        if _is_made_right_by_tidying(case):
            return
        with transaction.atomic():
            answer = case.call(headers=self.headers)
            self.answered.add((case.operation.label, answer.status_code))
            try:
                case.validate_response(answer, checks=CHECKS)
            except BaseExceptionGroup as wrong:
                for fault in wrong.exceptions:
                    told = f"{case.as_curl_command()[:1500]}\n{answer.status_code} {answer.content[:500]!r}\n{fault}"
                    self.faults.setdefault(f"{case.operation.label} {type(fault).__name__}", told)
            transaction.set_rollback(True)
        cache.clear()


def _is_made_right_by_tidying(case: Case) -> bool:
    """A text that is too long only by characters that nobody sees is taken: they go before anybody counts."""
    texts = case.body.values() if isinstance(case.body, dict) else ()
    return any(isinstance(text, str) and plain(text) != text for text in texts)


def _sent(strategy, send: Callable[[Case], None]) -> None:
    @hypothesis.settings(
        max_examples=FUZZED,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def each(case: Case) -> None:
        send(case)

    with suppress(Unsatisfiable):  # where nothing that is sent can be wrong
        each()


@pytest.fixture(scope="module")
def sender(world, who, headers, described) -> Sender:
    """After everything was sent."""
    made = Sender(world, who, headers)
    for found in described.get_all_operations():
        operation = found.ok()
        known, body = made.known[operation.path], made.bodies.get(operation.label)
        ways = [operation.as_strategy(path_parameters=known or None)]
        if known:
            ways.append(operation.as_strategy())
        if operation.query or operation.body:  # a text in a header is never wrong
            ways.append(operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=known or None))
        for way in ways:
            _sent(way, made.send)
        if body:
            right = operation.as_strategy(path_parameters=known or None, body=body, media_type="application/json")
            _sent(right, made.send)
        limits = described.iter_coverage_cases(
            operation,
            generation_modes=list(BOTH),
            generation_config=described.config.generation_for(operation=operation),
        )
        for case in islice(limits, COVERED):
            made.send(case)
    return made


@pytest.mark.django_db
def test_no_address_breaks_or_answers_what_is_not_described(sender):
    assert sender.faults == {}, "\n\n".join(f"{where}\n{told}" for where, told in sender.faults.items())


@pytest.mark.django_db
def test_the_cases_come_far(sender):
    """Most addresses were also answered with what they are there for."""
    addresses = {label for label, _status in sender.answered}
    done = {label for label, status in sender.answered if status < 300}
    assert len(addresses) > 30
    assert len(done) > len(addresses) * 0.7, sorted(addresses - done)


def test_the_description_is_valid(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))
