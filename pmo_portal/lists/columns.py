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

    `kind`: text, long (over several lines), person, date, moment, money, percent, days, number, light, confidence, choice,
    quoted (what another machine said, in its own words).
    `phone`: "first" (with the title), "second" (the second line) or "" (not on a phone). `default` false: shown only when
    the reader asks for it. `currency` is the path to the currency of an amount that may differ from row to row. `needs`
    names the relations that a callable follows; those of a path are known from it.
    """

    key: str
    label: Promise | str
    value: str | Callable[[Any], Any]
    sort: str = ""
    kind: str = "text"
    phone: str = ""
    default: bool = True
    currency: str = ""
    needs: tuple[str, ...] = ()

    def relations(self, model: Any) -> set[str]:
        """What has to be selected along with the rows for this column to cost no query."""
        if callable(self.value):
            return set(self.needs)
        found: list[str] = []
        for step in self.value.split("."):
            field = next((f for f in model._meta.get_fields() if f.name == step), None)
            if field is None or not field.is_relation or not field.concrete:
                break
            model = field.related_model
            found.append(step)
        return {"__".join(found), *self.needs} if found else set(self.needs)

    def of(self, row: Any) -> Any:
        return self.value(row) if callable(self.value) else along(row, self.value)

    def currency_of(self, row: Any) -> str:
        return along(row, self.currency) or "" if self.currency else ""

    @property
    def align(self) -> str:
        return "end" if self.kind in RIGHT else ""


def along(row: Any, path: str) -> Any:
    """What a dotted path leads to; None where a step is missing."""
    for step in path.split("."):
        if row is None:
            return None
        row = getattr(row, step)
    return row() if callable(row) else row
