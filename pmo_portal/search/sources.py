"""Sources and hits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    note: str = ""
    icon: str = "folder"


_sources: dict[str, tuple[Promise | str, Callable]] = {}


def source(key: str, *, label: Promise | str, find: Callable) -> None:
    """`find(viewer, words)` gives at most eight hits among what the viewer may see."""
    _sources[key] = (label, find)


def find(viewer, words: str) -> list[dict]:
    """Groups of hits; sources without one stay away."""
    groups = [{"label": label, "hits": list(look(viewer, words))[:8]} for label, look in _sources.values()]
    return [g for g in groups if g["hits"]]
