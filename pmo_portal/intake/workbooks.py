"""XLSX: looked through as a zip, then read. Pure.

The guard streams every XML part once: it counts what comes out (a zip may lie about its sizes), refuses document types and
entities, counts rows and the widest column, and notes error values and formulas without a result, which calamine drops.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import defusedxml.ElementTree
import python_calamine
from defusedxml.common import DefusedXmlException

from pmo_portal.i18n.text import plain
from pmo_portal.intake.faults import Unreadable

MEGABYTE = 1024 * 1024
CHUNK = 1024 * 1024
OVERLAP = 2048
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, KeyError)


def zip_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except _BROKEN:
        raise Unreadable("broken_zip") from None
    for part, kind in (("xl/workbook.xml", "xlsx"), ("word/document.xml", "word"), ("ppt/presentation.xml", "slides")):
        if part in names:
            return kind
    return "xlsx" if any(n.startswith("xl/") for n in names) else "zip"


@dataclass
class Part:
    """What streaming one worksheet showed."""

    rows: int = 0
    cells: int = 0
    columns: int = 1
    odd: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)


_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d+)"')
_WIDE = re.compile(rb'<(?:\w+:)?c r="([A-Z]{2,3})\d')
_ERROR = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]+)(\d+)"[^>]*?\bt="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?\s*<v>([^<]{1,20})</v>'
)
_FORMULA = re.compile(rb'<(?:\w+:)?c r="([A-Z]+)(\d+)"[^>]*><f[^>]*?(?:/>|>([^<]*)</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')


def column_number(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letter(number: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _stream(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as part:
        while chunk := part.read(CHUNK):
            yield chunk


def guard(content: bytes, limits) -> dict[str, Part]:
    """Look through every part. Raises Unreadable: zip_bomb, entities, too_many_rows, too_many_cells, broken_zip."""
    parts: dict[str, Part] = {}
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > 5000:
                raise Unreadable("zip_bomb", limit=limits.unpacked_bytes // MEGABYTE, size=_megabytes(content))
            for info in archive.infolist():
                if info.flag_bits & 1:
                    raise Unreadable("old_excel")
                is_xml = info.filename.lower().endswith((".xml", ".rels", ".vml"))
                seen = Part() if info.filename.startswith("xl/worksheets/") and is_xml else None
                tail = b""
                for chunk in _stream(archive, info):
                    unpacked += len(chunk)
                    if unpacked > limits.unpacked_bytes:
                        raise Unreadable("zip_bomb", limit=limits.unpacked_bytes // MEGABYTE, size=_megabytes(content))
                    if is_xml:
                        window = tail + chunk
                        _refuse_entities(window)
                        if seen is not None:
                            _look(window, len(tail), seen, limits)
                        tail = window[-OVERLAP:]
                if seen is not None:
                    parts[info.filename] = seen
    except Unreadable:
        raise
    except _BROKEN:
        raise Unreadable("broken_zip") from None
    return parts


def _megabytes(content: bytes) -> float:
    return round(len(content) / MEGABYTE, 2)


def _refuse_entities(window: bytes) -> None:
    """A spreadsheet has neither; UTF-16 is searched too."""
    flat = window.replace(b"\0", b"") if b"\0" in window else window
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
        raise Unreadable("entities")


def _look(window: bytes, already: int, seen: Part, limits) -> None:
    """`already` bytes of the window were counted before (they are kept so that no tag is cut in two)."""
    fresh = window[already:] if already else window
    seen.cells += fresh.count(b"<c ") + fresh.count(b":c ")
    for found in _ROW.finditer(window):
        seen.rows = max(seen.rows, int(found[1]))
    if b'<c r="AA' in window or _WIDE.search(window):
        widest = max((column_number(f[1].decode()) for f in _WIDE.finditer(window)), default=0) + 1
        seen.columns = max(seen.columns, widest)
    if b'"e"' in window:
        for found in _ERROR.finditer(window):
            seen.odd[_place(found)] = ("", found[3].decode("utf-8", "replace"))
    if b"<f" in window:
        for found in _FORMULA.finditer(window):
            seen.odd[_place(found)] = ("formula", "=" + (found[3] or b"").decode("utf-8", "replace"))
    if seen.rows > limits.rows:
        raise Unreadable("too_many_rows", limit=limits.rows)
    if seen.cells > limits.cells or seen.rows * max(seen.columns, 1) > 4 * limits.cells:
        raise Unreadable("too_many_cells", limit=limits.cells)


def _place(found: re.Match) -> tuple[int, int]:
    return int(found[2]) - 1, column_number(found[1].decode())


def _targets(content: bytes) -> dict[str, str]:
    """Sheet name → its part in the zip."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    link = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    found: dict[str, str] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            book = defusedxml.ElementTree.fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
            rels = defusedxml.ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable("entities") from None
    except (*_BROKEN, SyntaxError):
        return found
    paths = {r.get("Id"): str(r.get("Target", "")) for r in rels}
    for sheet in book.iter(f"{main}sheet"):
        path = paths.get(sheet.get(link), "")
        found[str(sheet.get("name"))] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    return found


def sheets(content: bytes, limits, mark) -> Iterator[tuple]:
    """(name, rows, merged, marks) of each visible worksheet with cells. Raises Unreadable."""
    parts, targets = guard(content, limits), _targets(content)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        found = []
        for meta in book.sheets_metadata:
            if (
                meta.typ != python_calamine.SheetTypeEnum.WorkSheet
                or meta.visible != python_calamine.SheetVisibleEnum.Visible
            ):
                continue
            sheet = book.get_sheet_by_name(meta.name)
            rows = sheet.to_python(skip_empty_area=False)
            merged = [(a[0], a[1], b[0], b[1]) for a, b in sheet.merged_cell_ranges or []]
            seen = parts.get(targets.get(meta.name, ""), Part())
            if rows or seen.odd:
                found.append((meta.name, *_cleaned(rows, seen, mark, merged)))
    except Unreadable:
        raise
    except Exception:  # calamine's own errors have no common base; the file is at fault, whatever it says
        raise Unreadable("broken_zip") from None
    if not found:
        raise Unreadable("no_sheets")
    yield from found


def _cleaned(rows: list[list], seen: Part, mark, merged: list) -> tuple[list[list], list, dict]:
    marks = {}
    for row in rows:
        for position, cell in enumerate(row):
            if isinstance(cell, str):
                row[position] = plain(cell)
                continue
            if isinstance(cell, float | int | bool | date | datetime):
                continue
            row[position] = "" if cell is None else cell.isoformat() if isinstance(cell, time) else _span(cell)
    for (r, c), (code, text) in seen.odd.items():
        while len(rows) <= r:
            rows.append([])
        rows[r].extend([""] * (c + 1 - len(rows[r])))
        if rows[r][c] == "":
            rows[r][c] = text
            if code:
                marks[r, c] = mark(code, {"text": text[:80]})
    return rows, merged, marks


def _span(cell) -> str:
    return str(cell.total_seconds() / 3600) if isinstance(cell, timedelta) else str(cell)
