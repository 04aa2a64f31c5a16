"""Which remembered mapping suits a file: by how many of their columns' names they share. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pmo_portal.intake import heads as naming

T = TypeVar("T")
SUITS = 0.75  # of all names of both
LEAST = 2  # names in common; a single one says nothing


def names_of(definition: dict[str, Any]) -> list[str]:
    """The names of the sheet that a mapping was remembered from; of an older one those of its columns."""
    firsts = [c["heads"][0] for c in definition.get("columns") or () if c.get("heads")]
    return definition.get("seen_heads") or [h for h in firsts if not naming.is_pattern(h)]


def likeness(heads: Iterable[str], definition: dict[str, Any]) -> float:
    """0…1: what both have, of what either has. Years, units and brackets do not count: next year's file is like this one."""
    mine = {core for h in heads if (core := naming.core(h))}
    theirs = {core for h in names_of(definition) if (core := naming.core(h))}
    both = mine & theirs
    return len(both) / len(mine | theirs) if len(both) >= LEAST else 0.0


def best(heads: list[str], offered: Iterable[tuple[T, dict[str, Any]]]) -> T | None:
    """The one that suits best; of equal ones the first. None suits: None."""
    rated = [(likeness(heads, definition), one) for one, definition in offered]
    top = max((rate for rate, _one in rated), default=0.0)
    return next(one for rate, one in rated if rate == top) if top >= SUITS else None
