"""Which column is which field: by a profile's names, by the fields' own, by likeness. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pmo_portal.intake import heads as naming

LIKENESS = 0.86


@dataclass(frozen=True)
class Wanted:
    """A field that a column is looked for: from the profile, or the target's own names for it."""

    field: str
    kind: str
    names: tuple[str, ...]
    options: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """Column `column` is `wanted`; `score` says how surely: 1 by its very name, below 0.8 by likeness only."""

    column: int
    wanted: Wanted
    score: float


@dataclass
class Mapping:
    """What was found. `rest`: columns with a name and cells that no field takes; `missing`: fields without a column."""

    matches: list[Match] = dataclasses.field(default_factory=list)
    rest: list[int] = dataclasses.field(default_factory=list)
    missing: list[Wanted] = dataclasses.field(default_factory=list)

    def column_of(self, key: str) -> int | None:
        return next((m.column for m in self.matches if m.wanted.field == key), None)

    @property
    def by_column(self) -> dict[int, Match]:
        return {m.column: m for m in self.matches}


def known(wanted: Iterable[Wanted]) -> Callable[[str], float]:
    """How surely a text is the name of one of the columns: for finding the row of heads."""
    names = [w.names for w in wanted]
    cache: dict[str, float] = {}

    def score(head: str) -> float:
        if head not in cache:
            cache[head] = max((naming.score(head, n) for n in names), default=0.0) if 0 < len(head) < 600 else 0.0
        return cache[head]

    return score


def match(heads: list[str], wanted: list[Wanted], *, alike: bool = False) -> Mapping:
    """Give each column at most one field and each field at most one column, the surest first; of equally sure ones the
    one that stands further left. With `alike`, what is left over is matched by likeness."""
    pairs = [
        Match(c, w, found)
        for c, head in enumerate(heads)
        if head
        for w in wanted
        if (found := naming.score(head, w.names)) > 0
    ]
    mapping = Mapping()
    _take(mapping, pairs)
    if alike:
        _take(mapping, _alike(heads, wanted, mapping))
    taken, given = mapping.by_column, {m.wanted.field for m in mapping.matches}
    mapping.rest = [c for c, head in enumerate(heads) if head and c not in taken]
    mapping.missing = [w for w in wanted if w.field not in given]
    mapping.matches.sort(key=lambda m: m.column)
    return mapping


def _take(mapping: Mapping, pairs: list[Match]) -> None:
    taken, given = set(mapping.by_column), {m.wanted.field for m in mapping.matches}
    for pair in sorted(pairs, key=lambda m: (-m.score, m.column)):
        if pair.column not in taken and pair.wanted.field not in given:
            mapping.matches.append(pair)
            taken.add(pair.column)
            given.add(pair.wanted.field)


def _alike(heads: list[str], wanted: list[Wanted], mapping: Mapping) -> list[Match]:
    taken, given = mapping.by_column, {m.wanted.field for m in mapping.matches}
    found = []
    for c, head in enumerate(heads):
        mine = naming.core(head)
        if c in taken or len(mine) < 2:
            continue
        for w in wanted:
            if w.field in given:
                continue
            best = max((_likeness(mine, naming.core(n)) for n in w.names if not naming.is_pattern(n)), default=0.0)
            if best >= LIKENESS:
                found.append(Match(c, w, round(best * 0.78, 3)))
    return found


def _likeness(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    if len(other) >= 3 and len(one) <= 3 * len(other) and set(other.split()) <= set(one.split()):
        return 0.9
    return SequenceMatcher(None, one, other).ratio()
