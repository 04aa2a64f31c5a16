"""The routes that a new office starts with."""

import pytest

from pmo_portal.approvals.routing import install_first_routes
from tests.factories import LONG_AGO


@pytest.fixture(autouse=True)
def routes(office):
    install_first_routes(LONG_AGO)
