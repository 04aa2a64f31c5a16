"""Small sheets of our own with the traps of the real ones."""

from __future__ import annotations

import csv
import io

import xlsxwriter

GMPP_HEADS = [
    "Project name",
    "Department",
    "MPA RAG rating\n(five-point scale)",
    "Project - Start Date\n(Latest approved start date)",
    "Project - End Date\n(Latest approved end date)",
    "2013/2014 Budget (£million)",
    "2013/2014 Forecast (£million)",
    "2013/2014 Variance %age",
    "Total budgeted whole life costs (£million)",
]
GMPP_ROWS = [
    ["Apollo Works", "DfT", "Amber/ Red", "31/05/2010", "01/09/2015", "450.37", "450.37", "0.00%", "5609.46"],
    ["Boreas (BRS)", "MoJ", "Green", "01/10/2006", "21/12/2017", "£1,234.50", "-2.7", "-4.21%", "£31,000"],
    ["Castor", "MOD", "Exempt under Section 43", "TBC", "#N/A", "Exempt under Section 43", "TBC", "less than 5%", "0"],
]


def csv_bytes(rows, encoding="utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def turned(rows) -> list[list[str]]:
    return [list(column) for column in zip(*rows, strict=True)]


def xlsx_bytes(rows, *, sheet="List", merge=(), title="") -> bytes:
    """`merge`: (first row, first column, last row, last column, text), rows counted below the title."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": True})
    page = book.add_worksheet(sheet)
    top = 0
    if title:
        page.merge_range(0, 0, 0, 5, title)
        top = 1
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell != "":
                page.write(r + top, c, cell)
    for a, b, c, d, text in merge:
        page.merge_range(a + top, b, c + top, d, text)
    book.close()
    return out.getvalue()
