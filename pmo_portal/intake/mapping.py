"""Which column is which field: by a profile's names, by the fields' own, by likeness. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pmo_portal.intake import heads as naming

LIKENESS = 0.86
BY_CELLS = 0.95  # a name that several fields have, against one of the field's own
LONGEST_HEAD = 400  # characters; a longer text is no name


@dataclass(frozen=True)
class Wanted:
    """A field that a column is looked for: from the profile, or the target's own names for it."""

    field: str
    kind: str
    names: tuple[str, ...]
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    told_by_cells: tuple[str, ...] = ()  # names of other fields too: its own where the cells say its values


@dataclass(frozen=True)
class Match:
    """Column `column` is `wanted`; `score` says how surely: 1 by its very name, below 0.8 by likeness only."""

    column: int
    wanted: Wanted
    score: float

    @property
    def tier(self) -> int:
        """How surely, without which of the field's names it was."""
        return round(self.score * 20)


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


def known(wanted: Iterable[Wanted]) -> Callable[[Iterable[str]], float]:
    """How many fields a row of texts names, surely found ones counting more: for finding the row of heads. Every field
    counts once, so that a column of like sentences is no row of heads."""
    names = [(*w.names, *w.told_by_cells) for w in wanted]
    cache: dict[str, list[tuple[int, float]]] = {}

    def fields(head: str) -> list[tuple[int, float]]:
        if head not in cache:
            scores = (
                ((n, naming.score(head, name)) for n, name in enumerate(names)) if len(head) <= LONGEST_HEAD else ()
            )
            cache[head] = [(n, found) for n, found in scores if found > 0]
        return cache[head]

    def score(heads: Iterable[str]) -> float:
        best: dict[int, float] = {}
        for head in heads:
            for n, found in fields(head) if head else ():
                best[n] = max(best.get(n, 0.0), found)
        return sum(best.values())

    return score


def match(
    heads: list[str],
    wanted: list[Wanted],
    *,
    alike: bool = False,
    lowest: list[str] | None = None,
    fits: Callable[[int, str], bool] | None = None,
) -> Mapping:
    """Give each column at most one field and each field at most one column, the surest first; of equally sure ones the
    one of the latest year, else the one that stands further left. With `alike`, what is left over is matched by the lowest
    part of a head of several rows ("期間 開始" by "開始"), then by likeness. `fits(column, field)`: whether the cells say
    values of the field, for names that several fields have."""
    told = _told_by_cells(heads, lowest or [], wanted, fits) if fits else []
    pairs = [
        Match(c, w, found)
        for c, head in enumerate(heads)
        if 0 < len(head) <= LONGEST_HEAD
        for w in wanted
        if (found := naming.score(head, w.names)) > 0
    ]
    mapping, by_cells = Mapping(), {m.column for m in told}
    _take(mapping, [*told, *(m for m in pairs if m.column not in by_cells)], heads)
    _take(mapping, pairs, heads)
    if alike:
        _take(mapping, _by_lowest(heads, lowest or [], wanted), heads)
        _take(mapping, _alike(heads, wanted, mapping), heads)
    taken, given = mapping.by_column, {m.wanted.field for m in mapping.matches}
    mapping.rest = [c for c, head in enumerate(heads) if head and c not in taken]
    mapping.missing = [w for w in wanted if w.field not in given]
    mapping.matches.sort(key=lambda m: m.column)
    return mapping


def _take(mapping: Mapping, pairs: list[Match], heads: list[str]) -> None:
    taken, given = set(mapping.by_column), {m.wanted.field for m in mapping.matches}
    older = _of_earlier_years(pairs, heads)
    for pair in sorted(pairs, key=lambda m: (-m.tier, m in older, -m.score, m.column)):
        if pair.column not in taken and pair.wanted.field not in given:
            mapping.matches.append(pair)
            taken.add(pair.column)
            given.add(pair.wanted.field)


def _of_earlier_years(pairs: list[Match], heads: list[str]) -> list[Match]:
    """Pairs whose head names a year where an as sure one for the same field names a later: last year's column beside this year's."""
    years = {m.column: naming.year(heads[m.column]) for m in pairs}
    latest: dict[tuple[str, int], int] = {}
    for m in pairs:
        latest[m.wanted.field, m.tier] = max(latest.get((m.wanted.field, m.tier), 0), years[m.column])
    return [m for m in pairs if 0 < years[m.column] < latest[m.wanted.field, m.tier]]


def _told_by_cells(
    heads: list[str], lowest: list[str], wanted: list[Wanted], fits: Callable[[int, str], bool]
) -> list[Match]:
    """Columns whose name leads to several fields, with those of them whose values they hold."""
    return [
        Match(c, w, round(found * BY_CELLS, 4))
        for c, head in enumerate(heads)
        if 0 < len(head) <= LONGEST_HEAD
        for w in wanted
        if w.told_by_cells
        and (found := max(naming.score(text, w.told_by_cells) for text in {head, *lowest[c : c + 1]})) > 0
        and fits(c, w.field)
    ]


def _by_lowest(heads: list[str], lowest: list[str], wanted: list[Wanted]) -> list[Match]:
    """Heads of several rows that no field is called by, by what stands in their last row."""
    return [
        Match(c, w, round(found * 0.9, 3))
        for c, (head, low) in enumerate(zip(heads, lowest, strict=False))
        if head and low != head and not any(naming.score(head, w.names) for w in wanted)
        for w in wanted
        if (found := naming.score(low, w.names)) > 0
    ]


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
