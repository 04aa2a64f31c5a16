"""Units that a sheet says apart from its names: in a line of units, beside a turned table, record by record. Pure."""

from __future__ import annotations

from pmo_portal.intake import amounts
from pmo_portal.intake import heads as naming
from pmo_portal.intake.mapping import Mapping
from pmo_portal.intake.reading import Mark, text_of
from pmo_portal.intake.table import Line, Skipped, Table

LOOKED_AT = 3  # lines after the names among which one of units is searched
LONGEST = 20  # characters; a longer text is no mere unit
NAMES = {"単位", "通貨単位", "金額単位", "金額の単位", "unit", "units", "unit of money"}
OTHERS = {
    "%", "人", "人月", "人日", "時間", "日", "月", "年", "年度", "件", "個", "台", "式", "h", "hours", "days", "months", "years",
    "people", "persons", "date", "日付", "文字", "text", "-", "–", "—", "ー", "－", "/", "なし", "n/a",
}  # fmt: skip


def unit_of(text: str) -> str:
    """The unit of money that a text is, by itself: 千円, （百万円）, £m; empty: it is none."""
    return amounts.unit_above([text])[0] if len(text) <= LONGEST else ""


def take_line(table: Table) -> Table:
    """A line of units below the names (beside them, in a turned sheet) is no record: what it says is kept by column."""
    for position, line in enumerate(table.lines[:LOOKED_AT]):
        texts = {c: text for c, cell in enumerate(line.cells) if (text := text_of(cell).strip())}
        units = {c: unit for c, text in texts.items() if (unit := unit_of(text))}
        others = [naming.fold(text).strip("()[] ") for c, text in texts.items() if c not in units]
        if (units or NAMES & set(others)) and all(text in OTHERS or text in NAMES for text in others):
            table.units = units
            table.skipped.append(Skipped(line.number, "units_row", " ".join(texts.values())[:80]))
            del table.lines[position]
            break
    return table


def texts_about(table: Table, mapping: Mapping) -> list[str]:
    """What stands around a table whose projects stand beside each other, as text above one: the rows over its first name,
    and names that nothing stands beside. And what a column of units says where it always says the same."""
    found = []
    if table.layout == "columns":
        taken = mapping.by_column
        first = min(taken, default=0)
        for column, head in enumerate(table.heads):
            cells = [text for line in table.lines if (text := _text(line, column))]
            if column < first:
                found += [head, *cells]
            elif column not in taken and not cells:
                found.append(head)
    at = _column_of_units(table)
    if at is not None and len(said := {_text(line, at) for line in table.lines} - {""}) == 1:
        found.append(f"単位: {said.pop()}")
    return found


def unit_of_each(table: Table) -> None:
    """A column of units that says different ones: each line has its own, and says so."""
    column = _column_of_units(table)
    if column is None or len({_text(line, column) for line in table.lines} - {""}) < 2:
        return
    for line in table.lines:
        if text := _text(line, column):
            line.unit = unit_of(text)
            line.notes.append(Mark("unit_of_row", {"text": text}))


def _column_of_units(table: Table) -> int | None:
    for column, head in enumerate(table.heads):
        if naming.fold(head) in NAMES:
            texts = [text for line in table.lines if (text := _text(line, column))]
            if texts and all(map(unit_of, texts)):
                return column
    return None


def _text(line: Line, column: int) -> str:
    return text_of(line.cells[column]).strip() if column < len(line.cells) else ""
