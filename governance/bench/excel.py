"""A list of all projects as a workbook, as it is shown and as it is made for editing, beside XlsxWriter writing the very same
cells with nothing asked."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import xlsxwriter
from django.http import QueryDict

from pmo_portal.accounts.models import Person
from pmo_portal.editing import of, sheets
from pmo_portal.lists.export import workbook
from projects.register.lists import ProjectList
from projects.register.models import Project

ROUNDS = 3


def measure_workbooks() -> dict[str, float]:
    """Seconds of each, the best of three; `rows`; the megabytes that the process has grown by."""
    manager = Person.objects.get(email="manager@demo.example")
    editing, before = of(ProjectList), _peak()
    assert editing is not None
    found: dict[str, float] = {"rows": Project.objects.filter(archived_at=None).count()}
    for name, make in (
        ("shown", lambda: workbook(ProjectList(manager, QueryDict()))),
        ("edited", lambda: sheets.workbook(editing, ProjectList(manager, QueryDict()))),
    ):
        seconds, content = _best(lambda make=make: make().read())
        found[name] = seconds
        found[f"{name}_mb"] = _peak() - before
        cells = _cells(content)
        found[f"{name}_bare"], _content = _best(lambda cells=cells: _bare(cells))
    return found


def _best(make: Callable[[], bytes]) -> tuple[float, bytes]:
    taken, content = [], b""
    for _ in range(ROUNDS):
        began = time.perf_counter()
        content = make()
        taken.append(time.perf_counter() - began)
    return min(taken), content


def _cells(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def _bare(rows: list[list[Any]]) -> bytes:
    """Flat memory as the portal's, a format for days, each cell by the call for its type."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    day, sheet = book.add_format({"num_format": "yyyy/mm/dd"}), book.add_worksheet()
    for number, row in enumerate(rows):
        for position, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, position, value)
            elif isinstance(value, datetime | date):
                sheet.write_datetime(number, position, value, day)
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(number, position, value)
    book.close()
    return file.getvalue()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
