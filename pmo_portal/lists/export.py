"""A list as a file: what it shows, all its pages, streamed; texts that a spreadsheet would compute are disarmed."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from pmo_portal.lists.listing import List
from pmo_portal.lists.reading import reader

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_000_000  # a sheet holds 1,048,576; the rest goes on in the next one
LONGEST_TEXT = 32_767  # what one cell of a sheet can hold
EXACT = Decimal(10) ** 15  # from here on a sheet's numbers are no longer exact
FIRST_DAY = date(1900, 1, 1)  # a sheet has no day before it
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # the full-width ones too count in a Japanese Excel


@dataclass(frozen=True)
class Field:
    """One column of the file. `of` gives a row's value: a number, a day, a moment, a text or None."""

    label: str
    kind: str
    of: Callable[[Any], Any]


def export(listing: List, kind: str) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The list as `csv` (UTF-8 with BOM, as Excel needs) or `xlsx`; anything else is the CSV."""
    if kind == "xlsx":
        name = file_name(listing, "xlsx")
        return FileResponse(workbook(listing), as_attachment=True, filename=name, content_type=XLSX)
    answer = StreamingHttpResponse(csv_lines(listing), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name(listing, 'csv'))}"
    return answer


def file_name(listing: List, ending: str) -> str:
    """What it is a list of, and the day: 案件-2026-11-30.xlsx."""
    return f"{slugify(listing.model._meta.verbose_name_plural, allow_unicode=True) or 'list'}-{timezone.localdate()}.{ending}"


def table_file(heads: list[str], rows: Iterable[list[str]], name: str, kind: str) -> HttpResponse | FileResponse:
    """A table of texts that is no list of records, as `csv` or `xlsx` under a name of its own."""
    if kind == "xlsx":
        return FileResponse(texts_workbook(heads, rows), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([disarm(plain(text) or "") for text in row] for row in (heads, *rows))
    answer = HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return answer


def texts_workbook(heads: list[str], rows: Iterable[list[str]]):
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever streams it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    text = {"text": book.add_format({"quote_prefix": True})}
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1})
    for position, head in enumerate(heads):
        sheet.set_column(position, position, 24)
        sheet.write_string(0, position, shortened(head), bold)
    for number, row in enumerate(rows, 1):
        for position, value in enumerate(row):
            _write(sheet, number, position, plain(value), text)
    sheet.freeze_panes(1, 0)
    book.close()
    file.seek(0)
    return file


def instead(listing: List, request: HttpRequest) -> HttpResponse | StreamingHttpResponse | FileResponse | None:
    """What a request asks of a list in place of the page: a file, or the short address for the columns it ticked."""
    if request.GET.get("export"):
        return export(listing, request.GET["export"])
    if "col" in request.GET:
        return HttpResponseRedirect(listing.columns_url(request.path))
    return None


def fields(listing: List) -> list[Field]:
    """The columns shown. Amounts are in whole units of their currency, which stands in a column of its own."""
    found: list[Field] = []
    told: set[str] = set()
    for column in listing.shown:
        label = f"{column.label} (%)" if column.kind == "percent" else str(column.label)
        found.append(Field(label, column.kind, reader(column, listing.model)))
        if column.currency and column.currency not in told:
            told.add(column.currency)
            found.append(Field(_("Currency"), "text", column.currency_of))
    return found


def plain(value: Any) -> Any:
    """As a sheet holds it: numbers and days as themselves, everything else as its words."""
    if type(value) is str:  # most cells: the quick way out
        return value.replace("\0", "") or None
    if value is None:
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if isinstance(value, int | date) or (isinstance(value, Decimal) and value.is_finite()):
        return value
    return str(value).replace("\0", "")


def disarm(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if text[:1].isalnum():  # most texts: the quick way out
        return text
    bare = text.strip(" \n\u3000")
    return f"'{text}" if len(bare) > 1 and bare.startswith(FORMULA) else text


def csv_lines(listing: List) -> Iterator[str]:
    """The file in pieces. They are made after the request's language and zone were put away, so both are kept here."""
    return _pieces(listing, speaker())


def _pieces(listing: List, speak: Callable) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    with speak():
        columns = fields(listing)
        writer.writerow([disarm(f.label) for f in columns])
    yield "\ufeff"
    found = listing.blocks()
    while True:
        with speak():
            block = next(found, None)
            for record in block or ():
                writer.writerow([_cell(plain(f.of(record))) for f in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        if block is None:
            return


def speaker() -> Callable:
    """A context that brings back the language and the zone of this moment."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    @contextmanager
    def speak():
        with translation.override(language), timezone.override(zone):
            yield

    return speak


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return disarm(value)
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value


def workbook(listing: List, report: Callable[[int], None] | None = None):
    """An XLSX of the list in a temporary file: memory stays flat however long it is. `report` is told how many rows there
    are, block by block."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever streams it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy/mm/dd"}),
        "moment": book.add_format({"num_format": "yyyy/mm/dd hh:mm"}),
        "text": book.add_format({"quote_prefix": True}),  # also after somebody edits the cell it stays a text
    }
    columns = fields(listing)
    sheet, number, written = None, 0, 0
    for block in listing.blocks():
        for record in block:
            if sheet is None or number == SHEET_ROWS:
                _finish(sheet, number, columns)
                sheet, number = _sheet(book, columns, formats), 0
            number += 1
            for position, column in enumerate(columns):
                _write(sheet, number, position, plain(column.of(record)), formats)
        written += len(block)
        if report is not None:
            report(written)
    _finish(sheet or _sheet(book, columns, formats), number, columns)
    book.close()
    file.seek(0)
    return file


def _sheet(book, columns: list[Field], formats: dict):
    sheet = book.add_worksheet()
    for position, column in enumerate(columns):
        sheet.set_column(position, position, 24 if column.kind == "text" else 17 if column.kind == "moment" else 14)
        sheet.write_string(0, position, column.label, formats["head"])
    sheet.freeze_panes(1, 1)
    return sheet


def _finish(sheet, number: int, columns: list[Field]) -> None:
    if sheet is not None and number:
        sheet.autofilter(0, 0, number, len(columns) - 1)


def _write(sheet, row: int, position: int, value: Any, formats: dict) -> None:
    if value is None:
        return
    day = value.date() if isinstance(value, datetime) else value
    if isinstance(day, date) and day >= FIRST_DAY:
        sheet.write_datetime(row, position, value, formats["day" if day is value else "moment"])
    elif isinstance(value, int | Decimal) and -EXACT < value < EXACT:
        sheet.write_number(row, position, float(value))
    else:
        text = shortened(str(value))
        sheet.write_string(row, position, text, formats["text"] if text.startswith(FORMULA) else None)


def shortened(text: str) -> str:
    """At most as long as a cell of a sheet may be, counted as Excel does (an emoji is two)."""
    if len(text) * 2 <= LONGEST_TEXT or len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT:
        return text
    kept = text.encode("utf-16-le")[: (LONGEST_TEXT - 1) * 2]
    return kept.decode("utf-16-le", "ignore") + "…"
