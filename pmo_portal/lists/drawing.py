"""The rows of a list as HTML. In Python and not in a template: a page has hundreds of cells, and a template takes longer
over them than the database and everything else on the page together (docs/performance.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.formats import localize
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

from pmo_portal.lists.columns import Column
from pmo_portal.templatetags import pmo as marks

if TYPE_CHECKING:
    from pmo_portal.lists.listing import Row

NEW = ' class="is-new"'
LATE_DAYS, OVER_PERCENT = 14, 3  # past these a figure is drawn as one that hurts


def body(rows: Iterable[Row], columns: list[Column], unit: str, *, selectable: bool) -> SafeString:
    """All rows of a page; `unit` is the one in which the reader likes amounts."""
    heads = [_opening(column, first=n == 0) for n, column in enumerate(columns)]
    draws = [_manner(column, unit) for column in columns]
    linked = [n for n, column in enumerate(columns) if n == 0 or column.key == "name"]
    drawn = []
    for row in rows:
        cells = [draw(cell.value, cell.currency) for draw, cell in zip(draws, row.cells, strict=True)]
        address = escape(row.url)
        for n in linked:
            cells[n] = f'<a href="{address}">{cells[n]}</a>'
            if row.is_new and columns[n].key == "key":
                cells[n] = f'<span class="new" title="{escape(_("Changed since you last looked"))}"></span>{cells[n]}'
        box = _box(row) if selectable else ""
        inner = "</td>".join(map(str.__add__, heads, cells))
        drawn.append(f"<tr data-row{NEW if row.is_new else ''}>{box}{inner}</td></tr>\n")
    return mark_safe("".join(drawn))  # noqa: S308  each piece was escaped or comes from our own marks


def choices(key: str, offered: Iterable[tuple[str, str]], chosen: Iterable[str]) -> SafeString:
    """The boxes of a condition: a set may have sixty of them, and a page a dozen sets."""
    name, ticked = escape(key), set(chosen)
    return mark_safe(  # noqa: S308  escaped here
        "".join(
            f'<label><input type="checkbox" name="{name}" value="{escape(value)}" data-send'
            f"{' checked' if value in ticked else ''}>{escape(label)}</label>"
            for value, label in offered
        )
    )


def _box(row: Row) -> str:
    return (
        f'<td class="pick"><input type="checkbox" name="pick" value="{escape(row.key)}" form="picked" data-pick '
        f'aria-label="{escape(row.name)}"></td>'
    )


def _opening(column: Column, *, first: bool) -> str:
    phone = {"first": "p1", "second": "p2"}.get(column.phone, "")
    is_name = column.key == "name" or (first and column.key != "key")
    classes = " ".join(
        filter(None, (column.align, phone, column.kind if column.kind == "long" else "", "name" if is_name else ""))
    )
    return f'<td class="{classes}">'


def _manner(column: Column, unit: str) -> Callable[[Any, str], str]:
    """How a cell of this column is drawn, decided once for all its rows."""
    kind = column.kind
    if kind == "money":
        return lambda value, currency: marks.money_in(unit, value, currency)
    simple = {
        "light": marks.light,
        "confidence": marks.confidence,
        "date": marks.day_plain,
        "moment": marks.moment,
        "number": marks.number,
        "quoted": _quoted,
        "days": lambda value: _figure(marks.hurts(value, LATE_DAYS), marks.signed_days(value)),
        "percent": lambda value: _figure(marks.hurts(value, OVER_PERCENT), marks.signed_percent(value)),
    }.get(kind, _text)
    return lambda value, currency: simple(value)


def _figure(look: str, text: str) -> str:
    return f'<span class="{look}">{text}</span>'


def _quoted(value: Any) -> str:
    """Nobody's language: not to be translated, and not read as a sentence of the page."""
    return f'<samp translate="no">{escape(value)}</samp>' if value else "–"


def _text(value: Any) -> str:
    """As a template writes it: escaped, numbers and days in the reader's manner, nothing as a dash."""
    if value is None or value == "":
        return "–"
    if type(value) is str:
        return escape(value)
    if isinstance(value, datetime) and is_aware(value):
        value = localtime(value)
    return conditional_escape(localize(value))
