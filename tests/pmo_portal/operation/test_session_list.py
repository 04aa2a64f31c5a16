"""The list of own sign-ins is kept without a write at every page."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def writes(client, **given) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/glossary/", **given).status_code == 200
    return [q["sql"] for q in asked if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_the_first_page_lists_the_sign_in_and_the_next_ones_write_nothing(signed_in):
    client = signed_in(PersonFactory())
    writes(client)
    assert UserSession.objects.count() == 1
    assert writes(client) == []


def test_another_browser_with_the_same_session_shows_at_once(signed_in):
    client = signed_in(PersonFactory())
    writes(client, headers={"User-Agent": "Firefox/1"})
    writes(client, headers={"User-Agent": "Chrome/2"})
    assert UserSession.objects.get().user_agent == "Chrome/2"
