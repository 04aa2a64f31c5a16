"""Rows of one sheet that are called alike although no number tells them apart: one project twice, or two of one name. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from projects.status.importing.matching import fold


@dataclass(frozen=True)
class Row:
    """What a row says of itself. `is_numbered`: by a key or by the number at its source."""

    number: int
    name: str
    department: str = ""
    is_numbered: bool = False


@dataclass(frozen=True)
class Double:
    """`other`: a row of the same name. `is_open`: nothing tells the two apart, so that a person has to."""

    other: int
    is_open: bool


def find(rows: Iterable[Row]) -> dict[int, Double]:
    """Row → the first other row of its name, where at least one of them has no number."""
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.name:
            by_name[fold(row.name).replace(" ", "")].append(row)
    found = {}
    for same in by_name.values():
        for row in same:
            others = [o for o in same if o is not row and not (o.is_numbered and row.is_numbered)]
            if others:
                alike = [o for o in others if _may_be_one(row, o)]
                first = (alike or others)[0]
                found[row.number] = Double(first.number, bool(alike) and not row.is_numbered)
    return found


def _may_be_one(row: Row, other: Row) -> bool:
    mine, theirs = fold(row.department), fold(other.department)
    return not mine or not theirs or mine == theirs
