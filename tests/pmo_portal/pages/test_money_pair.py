"""A change of money that is smaller than the reader's unit is told in whole units of currency."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from pmo_portal.templatetags.pmo import money_pair

READER = {"request": SimpleNamespace(user=SimpleNamespace(money_unit="million"))}


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("35200000", "35400000", ["35,200,000円", "35,400,000円"]),
        ("35000000", "48000000", ["35百万円", "48百万円"]),
        (None, "48000000", ["–", "48百万円"]),
        (Decimal(480), Decimal(480), ["480円", "480円"]),
    ],
)
def test_two_amounts_that_differ_read_different(was, now, told):
    assert money_pair(READER, was, now) == told
