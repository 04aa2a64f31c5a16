"""What an import did, row by row, so that it can be undone in one step."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


class Journal:
    """`made`: model → ids that came into being. `changed`: model → id → what the fields were and are."""

    def __init__(self) -> None:
        self.made: dict[str, dict[int, int]] = defaultdict(dict)  # model → id → row
        self.changed: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
        self._row_of_change: dict[tuple[str, int], int] = {}

    def make(self, row: int, model: str, pks: Iterable[int]) -> None:
        for pk in pks:
            self.made[model][pk] = row

    def change(self, row: int, model: str, pk: int, was: dict[str, Any], now: dict[str, Any]) -> None:
        """Note what fields were and are. Of a second change of the same record the first values were, the last are."""
        known = self.changed[model].get(pk)
        if known is None:
            self.changed[model][pk] = {"was": plain(was), "now": plain(now)}
            self._row_of_change[model, pk] = row
        else:
            known["was"] = {**plain(was), **known["was"]}
            known["now"] = {**known["now"], **plain(now)}

    def by_row(self) -> dict[int, tuple[dict, dict]]:
        """Row → (made, before) as they are stored with it."""
        rows: dict[int, tuple[dict, dict]] = defaultdict(lambda: ({}, {}))
        for model, made in self.made.items():
            for pk, row in made.items():
                rows[row][0].setdefault(model, []).append(pk)
        for model, changed in self.changed.items():
            for pk, entry in changed.items():
                rows[self._row_of_change[model, pk]][1].setdefault(model, {})[str(pk)] = entry
        return rows

    @classmethod
    def read(cls, rows: Iterable[tuple[int, dict, dict]]) -> Journal:
        """From stored rows: (number, made, before)."""
        journal = cls()
        for number, made, before in rows:
            for model, pks in made.items():
                journal.make(number, model, pks)
            for model, changed in before.items():
                for pk, entry in changed.items():
                    journal.change(number, model, int(pk), entry["was"], entry["now"])
        return journal


def plain(value: Any) -> Any:
    """As JSON keeps it: dates and decimals as text."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
