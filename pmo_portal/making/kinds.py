"""Which files can be ordered. Rooms add theirs in their wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Content:
    """What was made: bytes or an open file, its name with the ending, its type."""

    file: Any
    name: str
    content_type: str


@dataclass(frozen=True)
class Kind:
    """`make(by, options)` gives a Content; it asks the rights of `by` itself, as they are at that moment, and tells
    `jobs.progress(done, total)` how far it is. `may(by, options)` is asked again before it is made and before each download. With `tells` each download is
    written into the trail; without it, the room has done so when it was ordered."""

    key: str
    label: Promise | str
    make: Callable[[Any, dict[str, Any]], Content]
    may: Callable[[Any, dict[str, Any]], bool]
    tells: bool = False


kinds: dict[str, Kind] = {}


def kind(key: str, **given) -> Kind:
    kinds[key] = Kind(key, **given)
    return kinds[key]
