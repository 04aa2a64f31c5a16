"""Workbooks on the office's paper: figures as figures, texts that stay texts, a head that stands still and prints on each page."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from pmo_portal.lists.export import EXACT, FIRST_DAY, FORMULA, plain, shortened
from pmo_portal.rendering.paper import Paper

_NO_NAME = re.compile(r"[\[\]:*?/\\']")


class Workbook:
    """A workbook in a temporary file: memory stays flat however long it is."""

    def __init__(self, title: str, paper: Paper) -> None:
        self.paper, self.file = paper, tempfile.TemporaryFile()  # noqa: SIM115  whoever keeps the bytes closes it
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self.file, options)
        self.book.set_properties({"title": title[:250], "author": paper.office})
        face = {"font_name": "BIZ UDPGothic", "font_size": 10, "valign": "top"}
        self.formats = {
            "title": self.book.add_format(face | {"bold": True, "font_size": 16}),
            "mark": self.book.add_format(face | {"bold": True, "font_color": "#A3142F"}),
            "head": self.book.add_format(
                face | {"bold": True, "font_color": "#FFFFFF", "bg_color": paper.accent, "text_wrap": True}
            ),
            "label": self.book.add_format(face | {"font_color": "#5A6476"}),
            "plain": self.book.add_format(face),
            "wrapped": self.book.add_format(face | {"text_wrap": True}),
            "text": self.book.add_format(face | {"quote_prefix": True, "text_wrap": True}),
            "number": self.book.add_format(face | {"num_format": "#,##0.##"}),
            "whole": self.book.add_format(face | {"num_format": "0"}),
            "percent": self.book.add_format(face | {"num_format": '+0.0"%";-0.0"%";0.0"%"'}),
            "day": self.book.add_format(face | {"num_format": "yyyy/mm/dd"}),
            "moment": self.book.add_format(face | {"num_format": "yyyy/mm/dd hh:mm:ss"}),
        }

    def facts(self, name: str, title: str, lines: Iterable[tuple[str, Any]]) -> Any:
        """A first sheet that says what this is; the sheet, for a chart beside it."""
        sheet = self._sheet(name)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 60)
        sheet.set_row(0, 26)
        sheet.write_string(0, 0, shortened(title), self.formats["title"])
        row = 1
        if self.paper.mark:
            sheet.write_string(row, 0, self.paper.mark, self.formats["mark"])
            row += 1
        for label, value in lines:
            row += 1
            sheet.write_string(row, 0, shortened(label), self.formats["label"])
            self._write(sheet, row, 1, value, "")
        return sheet

    def table(self, name: str, heads: Sequence[tuple[str, str, float]], rows: Iterable[Sequence[Any]]) -> Any:
        """A sheet of rows under heads: (label, "" | number | whole | percent, width)."""
        sheet = self._sheet(name)
        for column, (label, _kind, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, shortened(label), self.formats["head"])
        last = 0
        for last, line in enumerate(rows, 1):
            for column, value in enumerate(line):
                self._write(sheet, last, column, value, heads[column][1])
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)
        if last:
            sheet.autofilter(0, 0, last, len(heads) - 1)
        return sheet

    def _sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(_NO_NAME.sub(" ", name)[:31] or None)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        sheet.set_header(f"&L{_said(self.paper.office)}&R{_said(self.paper.mark)}")
        sheet.set_footer(f"&L{_said(self.paper.footer)}&R&P / &N")
        return sheet

    def _write(self, sheet: Any, row: int, column: int, value: Any, kind: str) -> None:
        value = plain(value)
        if value is None:
            return
        day = value.date() if isinstance(value, datetime) else value
        if isinstance(day, date) and day >= FIRST_DAY:
            sheet.write_datetime(row, column, value, self.formats["day" if day is value else "moment"])
        elif isinstance(value, int | Decimal) and -EXACT < value < EXACT:
            sheet.write_number(row, column, float(value), self.formats[kind or "number"])
        else:
            text = shortened(str(value))
            sheet.write_string(row, column, text, self.formats["text" if text.startswith(FORMULA) else "wrapped"])

    def content(self) -> Any:
        """The file, from its beginning."""
        self.book.close()
        self.file.seek(0)
        return self.file


def _said(text: str) -> str:
    """In a head or foot of Excel `&` begins a sign of its own."""
    return text.replace("&", "&&")
