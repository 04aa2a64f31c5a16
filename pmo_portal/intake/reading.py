"""Bytes → sheets of raw cells. Pure: no Django, no clock. What cannot be read is refused with a code (`wording.py` has the words).

CSV: the encoding is decided by scoring UTF-8, Shift_JIS (cp932) and cp1252; single bytes that the encoding does not define are
marked at their cell. XLSX: looked through as a zip before it is opened (size unpacked, rows, cells, XML entities), then read
by calamine; results of formulas are taken, error values (#N/A) kept as text.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from pmo_portal.i18n.text import plain
from pmo_portal.intake import workbooks
from pmo_portal.intake.faults import Unreadable

Raw = str | int | float | bool | date | datetime
MEGABYTE = 1024 * 1024
csv.field_size_limit(4 * MEGABYTE)


@dataclass(frozen=True)
class Limits:
    """What is read at most."""

    file_bytes: int = 60 * MEGABYTE
    unpacked_bytes: int = 400 * MEGABYTE
    rows: int = 200_000
    cells: int = 6_000_000


@dataclass(frozen=True)
class Mark:
    """Something about one cell that a person should know."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class Sheet:
    """Cells as they stand, rows from 0. `merged` as (first row, first column, last row, last column)."""

    name: str
    rows: list[list[Raw]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    marks: dict[tuple[int, int], Mark] = field(default_factory=dict)


@dataclass
class Workbook:
    """What a file holds and how that was found out."""

    kind: str
    sheets: list[Sheet]
    encoding: str = ""
    delimiter: str = ""
    scores: dict[str, float] = field(default_factory=dict)


def read(content: bytes, name: str = "", *, encoding: str = "", limits: Limits | None = None) -> Workbook:
    """Read a file by what is in it; `name` only tells what was meant. Raises Unreadable."""
    limits = limits or Limits()
    if not content:
        raise Unreadable("empty")
    if len(content) > limits.file_bytes:
        raise Unreadable("too_large", size=len(content) // MEGABYTE, limit=limits.file_bytes // MEGABYTE)
    kind = kind_of(content)
    meant_excel = name.lower().endswith((".xlsx", ".xlsm", ".xls"))
    if kind == "xlsx":
        return Workbook("xlsx", [Sheet(*found) for found in workbooks.sheets(content, limits, Mark)])
    if kind == "ole":
        raise Unreadable("old_excel")
    if kind != "text":
        raise Unreadable("not_excel" if meant_excel else "not_sheet", found=kind)
    if meant_excel:
        raise Unreadable("not_excel", found="text")
    return read_csv(content, encoding=encoding, limits=limits)


def kind_of(content: bytes) -> str:
    """xlsx, ole (old Excel or encrypted), zip, word, slides, pdf, image, html, binary or text, by the bytes alone."""
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return workbooks.zip_kind(content)
    signs = (
        (b"\xd0\xcf\x11\xe0", "ole"),
        (b"%PDF", "pdf"),
        (b"\x89PNG", "image"),
        (b"\xff\xd8\xff", "image"),
        (b"GIF8", "image"),
    )
    for sign, kind in signs:
        if content.startswith(sign):
            return kind
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "text"
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "binary" if content[:8192].count(0) else "text"


# ---- CSV


def read_csv(content: bytes, *, encoding: str = "", limits: Limits | None = None) -> Workbook:
    limits = limits or Limits()
    found, scores = (encoding, {encoding: 1.0}) if encoding else decide_encoding(content)
    errors = "replace" if found == "utf-16" else "surrogateescape"  # half a sign at the end cannot be escaped
    text = content.decode(found, errors=errors).removeprefix("\ufeff")
    delimiter = decide_delimiter(text)
    rows: list[list[Raw]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    cells = 0
    try:
        for row in reader:
            cells += len(row)
            if len(rows) >= limits.rows:
                raise Unreadable("too_many_rows", limit=limits.rows)
            if cells > limits.cells:
                raise Unreadable("too_many_cells", limit=limits.cells)
            rows.append([plain(cell) for cell in row])
    except csv.Error:
        raise Unreadable("broken_csv", line=reader.line_num) from None
    sheet = Sheet("", rows)
    if not any(cell for row in rows for cell in row):
        raise Unreadable("empty")
    if _ODD.search(text):
        _mark_odd(sheet, found)
    return Workbook("csv", [sheet], encoding=found, delimiter=delimiter, scores=scores)


_ODD = re.compile("[\udc80-\udcff\x00]")


def _mark_odd(sheet: Sheet, encoding: str) -> None:
    for r, row in enumerate(sheet.rows):
        for c, cell in enumerate(row):
            if isinstance(cell, str) and (odd := _ODD.findall(cell)):
                names = ", ".join(f"0x{ord(o) & 0xFF:02X}" for o in odd[:5])
                row[c] = _ODD.sub("\ufffd", cell)
                sheet.marks[r, c] = Mark("bad_byte", {"bytes": names, "encoding": encoding})


def decide_encoding(content: bytes) -> tuple[str, dict[str, float]]:
    """The likeliest encoding and the score (0…1) of each. Raises Unreadable where none fits."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", {"utf-8-sig": 1.0}
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16", {"utf-16": 1.0}
    if content.isascii():
        return "utf-8", {"utf-8": 1.0}
    scores = {"utf-8": _score_utf8(content), "cp932": _score_cp932(content), "cp1252": _score_cp1252(content)}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < 0.4:
        raise Unreadable("no_encoding")
    return best, {name: round(score, 3) for name, score in scores.items()}


def _score_utf8(content: bytes) -> float:
    text = content.decode("utf-8", errors="surrogateescape")
    wrong = len(_ODD.findall(text))
    right = sum(1 for c in text if c > "\x7f") - wrong
    return right / (right + 4 * wrong) if right > 0 else 0.0


_JAPANESE = re.compile(r"[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]")
_RUN = re.compile(r"[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff9f]{2,}")
_HALF_KANA = re.compile(r"[\uff61-\uff9f]")


def _score_cp932(content: bytes) -> float:
    """Japanese stands in runs; foreign bytes read as cp932 give lone kanji, half-width kana and errors."""
    text = content[: 2 * MEGABYTE].decode("cp932", errors="surrogateescape")
    wrong = len(_ODD.findall(text))
    foreign = sum(1 for c in text if c > "\x7f") - wrong
    in_runs = sum(len(_JAPANESE.findall(run)) for run in _RUN.findall(text))
    half = len(_HALF_KANA.findall(text))
    return max(0.0, in_runs - 0.5 * half) / (foreign + 4 * wrong) if foreign > 0 else 0.0


_LATIN_USUAL = set("£€¥§©®°±·½¼¾–—‘’“”…•\xa0×ÀÁÂÄÅÆÇÈÉÊËÍÎÑÓÔÖØÚÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüœŒšŠžŽÿ™«»¡¿")


def _score_cp1252(content: bytes) -> float:
    """Latin signs stand alone between ASCII; long runs of high bytes are something else."""
    text = content[: 2 * MEGABYTE].decode("cp1252", errors="surrogateescape")
    high = Counter(c for c in text if c > "\x7f")
    total = sum(high.values())
    usual = sum(n for c, n in high.items() if c in _LATIN_USUAL)
    runs = sum(len(run) for run in re.findall(r"[^\x00-\x7f]{4,}", text))
    return max(0.0, usual - runs) / total if total else 0.0


def decide_delimiter(text: str) -> str:
    """The sign that cuts the first rows into the most even number of cells, more than one."""
    sample = text[:200_000]
    best, best_score = ",", -1.0
    for sign in (",", "\t", ";", "|"):
        if sign not in sample:
            continue
        widths: list[int] = []
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=sign):
                if any(row):
                    widths.append(len(row))
                if len(widths) >= 60:
                    break
        except csv.Error:
            continue
        if not widths:
            continue
        usual, times = Counter(widths).most_common(1)[0]
        score = times / len(widths) * (1 if usual > 1 else 0) + min(usual, 50) / 1000
        if score > best_score:
            best, best_score = sign, score
    return best


def text_of(raw: Raw | time | timedelta | None) -> str:
    """A raw cell as a person would see it."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(sep=" ")
    return raw.isoformat() if isinstance(raw, date | time) else str(raw)
