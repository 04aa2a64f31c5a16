"""Who may open and do what: every address as every kind of viewer, generated from the declarations.

The expected answers stand in access.csv; `make access-table` rewrites it, and the diff is read. `login`: sent to sign in;
`again`: asked for the password once more; 302: done; 422: allowed, and the form says what is missing.
"""

import pytest

from pmo_portal.routes import fault_of, routes
from tests.house import walk


@pytest.fixture(scope="module")
def house(world) -> walk.Walk:
    return walk.Walk(world)


@pytest.mark.django_db
@pytest.mark.parametrize("viewer", walk.VIEWERS)
def test_the_access_table_says_what_is_answered(house, viewer):
    column = house.column(viewer)
    if walk.REWRITE:
        walk.write(viewer, column)
    expected = {key: row[viewer] for key, row in walk.read().items()}
    assert column == expected, "read the difference; if it is meant: make access-table"
    assert "500" not in column.values()


def test_every_view_declares_who_may_come():
    assert {route.pattern: fault_of(route) for route in routes() if fault_of(route)} == {}
