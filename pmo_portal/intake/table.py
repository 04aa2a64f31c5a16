"""Sheets of raw cells → one table: which sheet, which rows are heads, turned or not, which rows are no records. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pmo_portal.intake import heads as naming
from pmo_portal.intake.faults import Unreadable
from pmo_portal.intake.reading import Mark, Raw, Sheet, text_of
from pmo_portal.intake.workbooks import column_letter

Known = Callable[[Iterable[str]], float]  # how many fields a row of texts names
LOOKED_AT = 60  # rows among which the heads are searched
TURNED_LOOKED_AT = 12  # columns, for a sheet turned by 90°
HEIGHTS = (1, 2, 3)
TOTALS = re.compile(r"^(grand |sub)?-?totals?( \(.*\))?$|^(sum|overall)$|^(総|小|合|中|累)?計( \(.*\))?$|^総合計$")
_NOTE = re.compile(
    r"^([*†‡※]|\(?注\d*[)）:：]?|備考[:：]|notes?\b\s*[:.\d]|source\b|出典|資料[:：]|footnote|\[\d+\]|\(\d+\)\s)",
    re.IGNORECASE,
)


@dataclass
class Line:
    """A record as it stands: `number` counts as the sheet does (rows from 1; in a turned sheet columns, A = 1)."""

    number: int
    cells: list[Raw]
    marks: dict[int, Mark] = field(default_factory=dict)
    notes: list[Mark] = field(default_factory=list)
    unit: str = ""  # of its amounts, where the line itself says it


@dataclass(frozen=True)
class Skipped:
    """A row that is no record, and why."""

    number: int
    code: str
    text: str = ""
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class Table:
    """The one table of a workbook. In a turned sheet (`layout` columns) a head's letter is its row number."""

    sheet: str
    layout: str
    header_row: int  # the last row of heads, counted from 1 as the sheet does (in a turned sheet: the column)
    header_rows: int
    heads: list[str]
    lines: list[Line]
    skipped: list[Skipped] = field(default_factory=list)
    above: list[str] = field(default_factory=list)  # texts above the heads: titles, disclaimers
    lowest: list[str] = field(default_factory=list)  # of each head its part in the last row of heads that has one
    units: dict[int, str] = field(default_factory=dict)  # column → its unit, from a line of units

    def letter(self, column: int) -> str:
        """How a person finds the column: H; in a turned sheet the row: 8."""
        return column_letter(column) if self.layout == "rows" else str(column + 1)

    def place(self, number: int) -> str:
        """How a person finds the record: 12; in a turned sheet the column: CX."""
        return str(number) if self.layout == "rows" else column_letter(number - 1)


@dataclass(frozen=True)
class Choice:
    """What a person or a profile says about the layout; empty values are found out."""

    sheet: str = ""
    layout: str = "auto"
    header_row: int = 0
    header_rows: int = 0


@dataclass
class _Found:
    sheet: Sheet
    layout: str
    row: int  # first row of heads, from 0, in `grid`
    height: int
    heads: list[str]
    grid: list[list[Raw]]
    merged: list[tuple[int, int, int, int]]
    score: float
    lowest: list[str] = field(default_factory=list)


def tabulate(sheets: list[Sheet], known: Known, choice: Choice | None = None, example: str = "") -> Table:
    """The table that fits best. Raises Unreadable: no_head, no_records, no_such_sheet."""
    choice = choice or Choice()
    candidates = [s for s in sheets if not choice.sheet or naming.matches(s.name, choice.sheet)]
    if not candidates:
        raise Unreadable("no_such_sheet", text=choice.sheet, names=", ".join(s.name for s in sheets)[:300])
    found: list[_Found] = []
    for sheet in candidates:
        for layout in ("rows", "columns") if choice.layout not in ("rows", "columns") else (choice.layout,):
            best = _find_heads(sheet, layout, known, choice)
            if best is not None:
                found.append(best)
    if not found:
        raise Unreadable("no_head", example=example)
    best = max(found, key=lambda f: (f.score, f.layout == "rows"))
    if best.score <= 0 and not choice.header_row:
        plain = [f for f in found if f.layout == "rows"] or found
        best = plain[0]
    return _table(best)


# ---- heads


def _find_heads(sheet: Sheet, layout: str, known: Known, choice: Choice) -> _Found | None:
    grid, merged = (sheet.rows, sheet.merged) if layout == "rows" else turned(sheet)
    most = LOOKED_AT if layout == "rows" else TURNED_LOOKED_AT
    best: _Found | None = None
    wanted = choice.header_row - 1
    heights = (choice.header_rows,) if choice.header_rows in HEIGHTS else HEIGHTS
    for last in range(min(most, len(grid))) if wanted < 0 else range(wanted, min(wanted + 1, len(grid))):
        if not any(grid[last]):
            continue
        for height in heights:
            if height > last + 1:
                break
            parts = _heads(grid, last - height + 1, height, merged)
            if parts is None:
                continue
            heads, lowest = [" ".join(p) for p in parts], [p[-1] if p else "" for p in parts]
            named = {h if h == low or known([h]) > 0 else low for h, low in zip(heads, lowest, strict=True)}
            score = known(named) - 0.01 * (height - 1) - 0.0001 * last
            if best is None or score > best.score + 1e-9:
                best = _Found(sheet, layout, last - height + 1, height, heads, grid, merged, score, lowest)
    if best is not None and best.score <= 0 and wanted < 0:
        return _plain_heads(sheet, layout, grid, merged)
    return best


def _plain_heads(sheet: Sheet, layout: str, grid: list[list[Raw]], merged: list) -> _Found | None:
    """No name is known: the first row of at least two different short texts with something below it."""
    if layout != "rows":
        return None
    for r, row in enumerate(grid[: min(LOOKED_AT, len(grid) - 1)]):
        texts = [str(c).strip() for c in row if isinstance(c, str) and c.strip()]
        others = sum(1 for c in row if not isinstance(c, str)) + sum(1 for t in texts if not any(map(str.isalpha, t)))
        if len(texts) >= 2 and not others and len(set(texts)) == len(texts) and max(map(len, texts)) < 200:
            wide = max((sum(1 for c in later if c != "") for later in grid[r + 1 : r + 6]), default=0)
            if wide >= len(texts) / 2:
                return _Found(sheet, layout, r, 1, [text_of(c).strip() for c in row], grid, merged, 0.0)
    return None


def _heads(grid: list[list[Raw]], first: int, height: int, merged: list) -> list[list[str]] | None:
    """The names of the columns in their parts, upper names spread over what they span. None: these rows do not belong
    together."""
    rows = grid[first : first + height]
    width = max(len(r) for r in rows)
    texts = [[text_of(r[c]).strip() if c < len(r) else "" for c in range(width)] for r in rows]
    if height > 1 and not _belongs(texts, first, height, merged):
        return None
    for r in range(height - 1):
        _spread(texts[r], texts[r + 1 :], first + r, merged)
    heads = []
    for c in range(width):
        parts: list[str] = []
        for r in range(height):
            if texts[r][c] and (not parts or parts[-1] != texts[r][c]):
                parts.append(texts[r][c])
        heads.append(parts)
    while heads and not heads[-1]:
        heads.pop()
    return heads


def _belongs(texts: list[list[str]], first: int, height: int, merged: list) -> bool:
    """Two rows are one head where the lower has holes below names of the upper, or the upper spans columns of the lower."""
    for r in range(height - 1):
        upper, lower = texts[r], texts[r + 1]
        if sum(1 for t in upper if t) < 2 or not any(lower):
            return False
        covered = any(u and not w for u, w in zip(upper, lower, strict=True))
        spans = any(a <= first + r <= c and d > b and b > 0 for a, b, c, d in merged)
        grouped = any(upper[c - 1] and lower[c - 1] and not upper[c] and lower[c] for c in range(1, len(upper)))
        if not ((covered and grouped) or spans):
            return False
    return True


def _spread(row: list[str], below: list[list[str]], number: int, merged: list) -> None:
    for a, b, c, d in merged:
        if a <= number <= c and b < len(row):
            for column in range(b + 1, min(d + 1, len(row))):
                row[column] = row[column] or row[b]
    if not merged:
        for column in range(1, len(row)):
            if (
                not row[column]
                and row[column - 1]
                and any(line[column] for line in below)
                and any(line[column - 1] for line in below)
            ):
                row[column] = row[column - 1]


def turned(sheet: Sheet) -> tuple[list[list[Raw]], list[tuple[int, int, int, int]]]:
    """The sheet with rows and columns exchanged."""
    width = max((len(r) for r in sheet.rows), default=0)
    grid: list[list[Raw]] = [[row[c] if c < len(row) else "" for row in sheet.rows] for c in range(width)]
    return grid, [(b, a, d, c) for a, b, c, d in sheet.merged]


# ---- records


def _table(found: _Found) -> Table:
    below = found.row + found.height
    table = Table(found.sheet.name, found.layout, below, found.height, found.heads, [], lowest=found.lowest)
    table.above = [text_of(c).strip() for row in found.grid[: found.row] for c in row if c != ""][:200]
    marks: dict[int, dict[int, Mark]] = {}
    for (r, c), mark in found.sheet.marks.items():
        row, column = (r, c) if found.layout == "rows" else (c, r)
        marks.setdefault(row, {})[column] = mark
    spanned = _spanned(found)
    width = len(found.heads)
    usual = sum(1 for h in found.heads if h)
    for r in range(below, len(found.grid)):
        cells = found.grid[r]
        filled = [c for c, cell in enumerate(cells) if cell != "" and not (isinstance(cell, str) and not cell.strip())]
        if not filled:
            continue
        if r in spanned:
            cells = list(cells)
            for column, value in spanned[r].items():
                cells[column] = value
        line = Line(r + 1, cells, marks.get(r, {}))
        if (reason := _no_record(line, filled, found.heads, usual)) is not None:
            table.skipped.append(reason)
            continue
        _put_back(line, width, filled)
        table.lines.append(line)
    if not table.lines:
        raise Unreadable("no_records")
    return table


def _spanned(found: _Found) -> dict[int, dict[int, Raw]]:
    """Merged cells among the records: every row that they span has their value."""
    filled: dict[int, dict[int, Raw]] = {}
    first = found.row + found.height
    for a, b, c, d in found.merged:
        if a < first or c == a or b != d or a >= len(found.grid) or b >= len(found.grid[a]):
            continue
        for row in range(a + 1, min(c + 1, len(found.grid))):
            if b < len(found.grid[row]):
                filled.setdefault(row, {})[b] = found.grid[a][b]
    return filled


def _no_record(line: Line, filled: list[int], heads: list[str], usual: int) -> Skipped | None:
    first = text_of(line.cells[filled[0]]).strip()
    folded = naming.fold(first)
    if filled[0] <= 2 and len(folded) <= 30 and TOTALS.match(folded) and len(filled) > 1:
        return Skipped(line.number, "total_row", first)
    if len(filled) == 1 and usual >= 4 and (_NOTE.match(first) or len(first) > 100 or filled[0] >= len(heads)):
        return Skipped(line.number, "footnote", first[:200])
    same = [
        c
        for c in filled
        if c < len(heads) and heads[c] and naming.fold(text_of(line.cells[c])) == naming.fold(heads[c])
    ]
    if len(filled) > 1 and len(same) == len(filled):
        return Skipped(line.number, "repeated_head", first[:80])
    return None


def _put_back(line: Line, width: int, filled: list[int]) -> None:
    """A row that was pushed right by as many empty cells as it has too many."""
    over = filled[-1] + 1 - width
    if over > 0 and filled[0] >= over and width > 2:
        line.cells = list(line.cells[over:])
        line.marks = {c - over: m for c, m in line.marks.items()}
        line.notes.append(Mark("shifted", {"count": over}))
