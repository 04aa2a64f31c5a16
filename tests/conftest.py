"""What every test can ask for: the cast, and an office with two projects."""

from __future__ import annotations

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from django.utils import timezone, translation

from pmo_portal.accounts.tokens import create_api_token
from pmo_portal.custom.queries import forget as forget_custom_fields
from pmo_portal.periods.queries import forget_office_settings
from tests import shared_data
from tests.browser_support import browser_context_args, browser_type_launch_args
from tests.cast import Cast, Office, make_cast, make_office

# Here, not in the plugin: a conftest's fixtures win over pytest-playwright's, an early plugin's do not.
__all__ = ["browser_context_args", "browser_type_launch_args"]

# A machine that is busy with something else makes no property wrong.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], database=None
)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """The caches outlive the rolled-back database, and a thread its language: what one test left is not true in the next."""
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()
    for cache in caches.all():
        cache.clear()
    forget_office_settings()
    forget_custom_fields()


@pytest.fixture
def cast(db) -> Cast:
    """The people, with their roles for the office."""
    return make_cast()


@pytest.fixture
def office(cast) -> Office:
    """`office.cast`, its portfolios CORE and SITE, its projects APOLLO and BOREAS, its open month."""
    return make_office(cast)


@pytest.fixture
def signed_in():
    """`signed_in(person)`: a client of its own for each person, so that several can act in turn."""

    def sign_in(person, **given) -> Client:
        client = Client(**given)
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def program_of():
    """`program_of(person)`: a client that carries the person's token, for the API."""

    def carry(person) -> Client:
        return Client(headers={"Authorization": f"Token {create_api_token(person)}"})

    return carry


def pytest_terminal_summary(terminalreporter) -> None:
    """What was not collected for want of data is said, with the way to get it."""
    missing = sorted(name for name in shared_data.SETS if shared_data.folder(name) is None)
    if missing:
        terminalreporter.write_line(
            f"not run: tests on published data ({', '.join(missing)}); put it into ../shared/data or set PMO_SHARED"
        )
