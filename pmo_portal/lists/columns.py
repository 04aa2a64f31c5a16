"""What a column shows, how it sorts, how it is written into a sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

RIGHT = {"money", "percent", "days", "number"}


@dataclass(frozen=True)
class Column:
    """`value` is a path ("pm.name") or a callable of the row. `sort` is the ordering path ("" cannot be sorted).

    `kind`: text, person, date, moment, money, percent, days, number, light, confidence, choice.
    `phone`: "first" (with the title), "second" (the second line) or "" (not on a phone).
    """

    key: str
    label: Promise | str
    value: str | Callable[[Any], Any]
    sort: str = ""
    kind: str = "text"
    phone: str = ""
    default: bool = True

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        for step in self.value.split("."):
            if row is None:
                return None
            row = getattr(row, step)
        return row() if callable(row) else row

    @property
    def align(self) -> str:
        return "end" if self.kind in RIGHT else ""
