"""A list as a file: everything it shows, all its pages, streamed; texts that a spreadsheet would compute are disarmed."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from pmo_portal.lists.listing import List

BLOCK = 500


def export(listing: List, kind: str) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The list as `csv` (UTF-8 with BOM, as Excel needs) or `xlsx`; anything else is the CSV."""
    name = f"{slugify(listing.model._meta.verbose_name_plural, allow_unicode=True) or 'list'}-{timezone.localdate()}"
    if kind == "xlsx":
        return FileResponse(
            workbook(listing),
            as_attachment=True,
            filename=f"{name}.xlsx",
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    answer = StreamingHttpResponse(csv_lines(listing), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quoted(name)}.csv"
    return answer


def quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)


def blocks(listing: List) -> Iterator[list]:
    """The records in blocks, each prepared in a fixed number of queries."""
    block: list = []
    for record in listing.queryset.select_related(*listing.related).iterator(chunk_size=BLOCK):
        block.append(record)
        if len(block) == BLOCK:
            yield listing.prepare(block)
            block = []
    if block:
        yield listing.prepare(block)


def disarm(text: str) -> str:
    """A text that starts as a formula does gets an apostrophe before it; numbers are not texts and stay."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def plain(value: Any) -> Any:
    """As a sheet holds it: numbers and dates as themselves, everything else as its words."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, int | Decimal | date):
        return value
    return disarm(str(value))


def words_of(listing: List, column, value: Any) -> Any:
    """Lights, confidence and choices as their words in the reader's language."""
    from pmo_portal.templatetags.pmo import word_of

    return word_of(column.kind, value) if column.kind in ("light", "confidence") else value


def lines(listing: List) -> Iterator[list]:
    for block in blocks(listing):
        for record in block:
            yield [plain(words_of(listing, c, c.of(record))) for c in listing.columns]


def csv_lines(listing: List) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield "\ufeff"
    writer.writerow([str(c.label) for c in listing.columns])
    for number, line in enumerate(lines(listing), 1):
        writer.writerow(["" if v is None else v for v in line])
        if number % BLOCK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def workbook(listing: List):
    """An XLSX of the list in a temporary file: memory stays flat however long it is."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever streams it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy/mm/dd"})
    for position, column in enumerate(listing.columns):
        sheet.set_column(position, position, 14 if column.kind != "text" else 24)
        sheet.write_string(0, position, str(column.label), bold)
    sheet.freeze_panes(1, 1)
    for number, line in enumerate(lines(listing), 1):
        for position, value in enumerate(line):
            if isinstance(value, datetime | date):
                sheet.write_datetime(number, position, value, day)
            elif isinstance(value, int | Decimal):
                sheet.write_number(number, position, float(value))
            elif value is not None:
                sheet.write_string(number, position, value)
    book.close()
    file.seek(0)
    return file
