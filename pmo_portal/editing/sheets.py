"""The workbook made for editing: typed cells, choices, locked keys, a version stamp on each row. Read back by the intake."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from pmo_portal.editing import stamps
from pmo_portal.editing.declaring import CHOSEN, Editable, Editing, together
from pmo_portal.intake.workbooks import column_letter
from pmo_portal.lists import Column, List
from pmo_portal.lists.export import EXACT, FIRST_DAY, FORMULA, plain, shortened
from pmo_portal.lists.reading import reader

STAMP = "ID"
NEW_ROWS = 500  # below the list, for rows to be added
MOST_OPTIONS = 2000
CELLS = {"date": "day", "moment": "moment"}  # kind of a column → format of its empty cells


@dataclass
class Place:
    """One column of the sheet. `editable` None: it is there to be read."""

    label: str
    kind: str
    of: Callable[[Any], Any]
    editable: Editable | None = None
    options: dict[Any, str] | None = None

    @property
    def is_open(self) -> bool:
        return self.editable is not None and not self.editable.only_new

    @property
    def key(self) -> str:
        """The field that is changed here; empty where nothing is."""
        return self.editable.key if self.editable is not None and self.is_open else ""


def places(editing: Editing, listing: List) -> list[Place]:
    """The columns of the current view; those that may be changed by their fields, the key always."""
    shown = [c for c in listing.shown if editing.goes_out(c)]
    wanted = [c for c in listing.columns if c.key == editing.key_column and c not in shown]
    found: list[Place] = []
    for column in [*wanted, *shown]:
        editables = editing.in_column(column.key)
        if not editables or all(e.only_new for e in editables):
            found.append(_read_only(editing, column, editables, listing))
        else:
            found.extend(_place(editing, e, listing.viewer) for e in editables)
    return found


def head_of(column: Column) -> str:
    return f"{column.label} (%)" if column.kind == "percent" else str(column.label)


def _read_only(editing: Editing, column: Column, editables: list[Editable], listing: List) -> Place:
    value = reader(column, listing.model)
    place = Place(head_of(column), column.kind, lambda record: plain(value(record)))
    if editables and editing.creates:
        place.editable = editables[0]
        place.options = _options(editing, editables[0], listing.viewer)
    return place


def _place(editing: Editing, editable: Editable, viewer) -> Place:
    kind, options = editing.kind(editable), _options(editing, editable, viewer)
    name = editing.model_field(editable).attname

    def value(record: Any) -> Any:
        if kind == "several":
            return editing.word(editable, record) or None
        found = getattr(record, name)
        if options is not None:
            return options.get(found) or editing.word(editable, record) or None
        return plain(found)

    return Place(editing.label(editable), kind, value, editable, options)


def _options(editing: Editing, editable: Editable, viewer) -> dict[Any, str] | None:
    if editing.kind(editable) not in CHOSEN:
        return None
    return dict(editing.choices(editable, viewer)[:MOST_OPTIONS])


def workbook(
    editing: Editing,
    listing: List,
    instead: dict[str, Any] | None = None,
    report: Callable[[int], None] | None = None,
):
    """The list as a temporary file, all its pages or the selected rows. `instead`: field → what to write in every row in
    place of what it is (for a change of many rows at once). `report` is told how many rows there are, block by block."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever streams it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    found = places(editing, listing)
    sheet = book.add_worksheet(str(listing.title)[:31].translate(str.maketrans("", "", "[]:*?/\\'")) or "List")
    formats, said = _formats(book), instead or {}
    _heads(sheet, found, formats)
    number = 0
    for block in listing.blocks():
        for record in block:
            number += 1
            sheet.write_string(number, 0, stamps.stamp(editing.key, record.pk, record.version), formats["locked"][""])
            for position, place in enumerate(found, 1):
                value = said[place.key] if place.key in said else place.of(record)
                _write(sheet, number, position, value, formats["open" if place.is_open else "locked"])
        if report is not None:
            report(number)
    _choices(book, sheet, found, number + (NEW_ROWS if editing.creates else 0))
    sheet.protect(
        "",
        {
            "format_columns": True,
            "format_rows": True,
            "insert_rows": True,
            "delete_rows": True,
            "sort": True,
            "autofilter": True,
        },
    )
    sheet.autofilter(0, 0, max(number, 1), len(found))
    _told(book, editing)
    book.close()
    file.seek(0)
    return file


def _formats(book) -> dict[str, dict[str, Any]]:
    looks: dict[str, dict[str, Any]] = {
        "locked": {"font_color": "#5b6470", "bg_color": "#f3f4f6"},
        "open": {"locked": False},
    }
    made: dict[str, dict[str, Any]] = {}
    for name, look in looks.items():
        made[name] = {
            "": book.add_format(look),
            "day": book.add_format({**look, "num_format": "yyyy/mm/dd"}),
            "moment": book.add_format({**look, "num_format": "yyyy/mm/dd hh:mm"}),
            "text": book.add_format({**look, "quote_prefix": True}),
        }
    bold: dict[str, Any] = {"bold": True, "bottom": 1}
    made["head"] = {"locked": book.add_format(bold), "open": book.add_format({**bold, "bg_color": "#fff4ce"})}
    return made


def _heads(sheet, found: list[Place], formats: dict) -> None:
    sheet.set_column(0, 0, 4, None, {"hidden": True})
    sheet.write_string(0, 0, STAMP, formats["head"]["locked"])
    for position, place in enumerate(found, 1):
        can_be_filled = place.editable is not None
        look = formats["open"] if can_be_filled else formats["locked"]
        width = 40 if place.kind == "text" and place.is_open else 24 if place.kind in ("text", "reference") else 16
        sheet.set_column(position, position, width, look[CELLS.get(place.kind, "")])
        sheet.write_string(0, position, place.label, formats["head"]["open" if place.is_open else "locked"])
    sheet.freeze_panes(1, 2)


def _write(sheet, row: int, position: int, value: Any, formats: dict) -> None:
    value = value.replace(microsecond=0) if isinstance(value, datetime) else value  # as it can come back
    day = value.date() if isinstance(value, datetime) else value
    if value is None or value == "":
        sheet.write_blank(row, position, None, formats[""])
    elif isinstance(day, date) and day >= FIRST_DAY:
        sheet.write_datetime(row, position, value, formats["day" if day is value else "moment"])
    elif isinstance(value, int | Decimal) and -EXACT < value < EXACT:
        sheet.write_number(row, position, float(value), formats[""])
    else:
        text = shortened(str(value))
        sheet.write_string(row, position, text, formats["text" if text.startswith(FORMULA) else ""])


def _choices(book, sheet, found: list[Place], last: int) -> None:
    """What a cell may hold, checked by the spreadsheet itself; the choices stand in a hidden sheet."""
    listed = [place for place in found if place.editable is not None and place.options]
    for position, place in enumerate(found, 1):
        rule = _rule(place, listed) if place.editable is not None and last > 0 else {}
        if rule:
            said = {"error_title": place.label[:32], "error_message": _("This column does not take such a value.")}
            sheet.data_validation(1, position, last, position, rule | said)
    if listed:
        hidden = book.add_worksheet("choices")
        columns = [list(place.options.values()) for place in listed if place.options]
        for row, texts in enumerate(zip_longest(*columns)):
            for column, text in enumerate(texts):
                if text is not None:
                    hidden.write_string(row, column, shortened(text))
        hidden.hide()


def _rule(place: Place, listed: list[Place]) -> dict[str, Any]:
    if place.kind == "several" and place.options:  # a spreadsheet's own list takes one
        said = _("Any of these, with a comma between them: %(choices)s") % {
            "choices": together({}, place.options.values())
        }
        return {"validate": "any", "input_title": place.label[:32], "input_message": said[:255]}
    if place.options:
        letters = column_letter(listed.index(place))
        return {"validate": "list", "source": f"=choices!${letters}$1:${letters}${len(place.options)}"}
    if place.kind in CELLS:
        return {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": date(2200, 12, 31)}
    if place.kind in ("money", "number"):
        return {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15}
    return {}


def _told(book, editing: Editing) -> None:
    """A sheet that says what to do with it."""
    sheet = book.add_worksheet(_("How to")[:31])
    sheet.set_column(0, 0, 110)
    lines = [
        _("Columns with a yellow head can be changed; grey cells are there to be read."),
        _("Columns may be moved, hidden or left out, rows sorted or deleted: what is not there stays as it is."),
        _(
            "The sheet is protected without a password, so that keys stay whole: lift that to move columns, sort or delete rows."
        ),
        _("Save it as .xlsx and send it in on the page of the list. You see each change before anything is written."),
        _(
            "Each row knows the version it went out in. What somebody else changes meanwhile is shown to you, not overwritten."
        ),
    ]
    if editing.creates:
        lines.append(_("A new row below the list becomes a new record."))
    for row, text in enumerate(lines):
        sheet.write_string(row, 0, text)
