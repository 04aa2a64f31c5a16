"""Rows are drawn in Python: escaped like a template's, each kind of column in its manner."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from pmo_portal.lists import Column, drawing
from pmo_portal.lists.listing import Cell, Row
from projects.register.models import Project


def drawn(column: Column, value, *, is_new: bool = False, currency: str = "", selectable: bool = False) -> str:
    columns = [Column("key", "Key", "key", phone="second"), column]
    cells = [Cell(columns[0], "A<1>"), Cell(column, value, currency)]
    row = Row(SimpleNamespace(pk=7), '/p/"a"/', cells, is_new)
    return drawing.body([row], columns, "million", selectable=selectable)


def test_what_people_typed_is_escaped_everywhere():
    page = drawn(Column("name", "Name", "name", phone="first"), "<b>&", selectable=True)
    assert '<td class="p1 name"><a href="/p/&quot;a&quot;/">&lt;b&gt;&amp;</a></td>' in page
    assert '<a href="/p/&quot;a&quot;/">A&lt;1&gt;</a>' in page
    assert 'value="7"' in page
    assert 'aria-label="&lt;b&gt;&amp;"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("text", None, "–"),
        ("text", 0, ">0<"),
        ("date", date(2026, 11, 3), "3 Nov 2026"),
        ("days", 15, '<span class="is-bad">+15 d</span>'),
        ("days", 14, '<span class="">+14 d</span>'),
        ("percent", Decimal("3.1"), '<span class="is-bad">+3.1%</span>'),
        ("percent", None, '<span class="">–</span>'),
        ("money", Decimal(1_234_000_000), "1,234"),
        ("money", None, "–"),
        ("number", Decimal("2.50"), "2.5"),
        ("light", "red", "At risk"),
        ("confidence", "amber_red", "In doubt"),
        ("quoted", "550 <no>", '<samp translate="no">550 &lt;no&gt;</samp>'),
        ("quoted", "", ">–<"),
    ],
)
def test_each_kind_in_its_manner(kind, value, words):
    with translation.override("en"):
        assert words in drawn(Column("x", "X", "x", kind=kind), value)


@pytest.mark.django_db
def test_an_amount_in_another_currency_says_so():
    with translation.override("en"):
        assert "£1,234 m" in drawn(Column("x", "X", "x", kind="money"), Decimal(1_234_000_000), currency="GBP")


def test_a_changed_row_carries_its_mark_once():
    with translation.override("en"):
        page = drawn(Column("name", "Name", "name"), "n", is_new=True)
    assert page.startswith('<tr data-row class="is-new">')
    assert page.count('class="new"') == 1


@pytest.mark.parametrize(
    ("value", "needs", "relations"),
    [
        ("key", (), set()),
        ("get_stage_display", (), set()),
        ("pm", (), {"pm"}),
        ("portfolio.name", (), {"portfolio"}),
        ("portfolio.owner.name", (), {"portfolio__owner"}),
        (lambda p: p.unit, ("unit",), {"unit"}),
    ],
)
def test_a_column_knows_what_has_to_be_selected_with_it(value, needs, relations):
    assert Column("x", "X", value, needs=needs).relations(Project) == relations
