"""What has a date: each room says which of its things stand in a person's calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise


@dataclass(frozen=True)
class Entry:
    """One entry. `on` is a day (the whole day) or a moment (by then). `key` is its name for good: a calendar program knows by
    it that it has moved. `url` is a path of the portal."""

    key: str
    title: str
    on: date | datetime
    url: str
    note: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Source:
    label: Promise | str
    find: Callable[..., Iterable[Entry]]


sources: dict[str, Source] = {}


def source(key: str, *, label: Promise | str, find: Callable[..., Iterable[Entry]]) -> None:
    """`find(person, first, last)`: what the person may see and what concerns them, between two days, both included."""
    sources[key] = Source(label, find)


def entries(person, first: date, last: date, only: Iterable[str] = ()) -> list[Entry]:
    """Of all sources, or of `only` these. Raises KeyError for one that there is not."""
    wanted = list(only) or list(sources)
    return [entry for key in wanted for entry in sources[key].find(person, first, last)]
