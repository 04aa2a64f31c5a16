import pytest

from tests.pmo_portal.setup.people import make


@pytest.fixture
def hara(db):
    return make("Hara", "sysadmin")


@pytest.fixture
def chiba(db):
    return make("Chiba", "administrator")


@pytest.fixture
def endo(db):
    return make("Endo", "manager")


@pytest.fixture
def goto(db):
    return make("Goto", "auditor")


@pytest.fixture
def aoki(db):
    return make("Aoki", "pm")
