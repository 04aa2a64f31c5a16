"""Columns of one name that fill each other's holes, read as one. Pure."""

from __future__ import annotations

from collections import defaultdict

from pmo_portal.intake import heads as naming
from pmo_portal.intake.reading import Mark, text_of
from pmo_portal.intake.table import Line, Table


def complement(table: Table) -> Table:
    """Where columns have the very same name and no record has something in more than one of them, what the later ones
    hold is read from the first; the rows of which that is true say so. Otherwise they stay as they are."""
    same: dict[str, list[int]] = defaultdict(list)
    for column, head in enumerate(table.heads):
        if head:
            same[naming.fold(head)].append(column)
    for columns in same.values():
        if len(columns) > 1 and _fill_holes(table.lines, columns):
            for line in table.lines:
                _gather(table, line, columns)
            for column in columns[1:]:
                table.heads[column] = ""
    return table


def _filled(line: Line, columns: list[int]) -> list[int]:
    return [c for c in columns if c < len(line.cells) and text_of(line.cells[c]).strip()]


def _fill_holes(lines: list[Line], columns: list[int]) -> bool:
    seen = set()
    for line in lines:
        filled = _filled(line, columns)
        if len(filled) > 1:
            return False
        seen.update(filled)
    return len(seen) > 1


def _gather(table: Table, line: Line, columns: list[int]) -> None:
    for column in _filled(line, columns[1:]):
        line.cells = list(line.cells)
        line.cells[columns[0]], line.cells[column] = line.cells[column], ""
        if column in line.marks:
            line.marks = {columns[0] if c == column else c: mark for c, mark in line.marks.items()}
        line.notes.append(Mark("same_head", {"first": table.letter(columns[0]), "second": table.letter(column)}))
