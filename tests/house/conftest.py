"""The whole house, built once for a file of tests and rolled back after it."""

import pytest
from django.db import transaction

from tests.cast import make_cast, make_office
from tests.house.world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> World:
    """Tests that take it carry the mark `django_db`: what they write is rolled back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world(make_office(make_cast()))
        transaction.set_rollback(True)
