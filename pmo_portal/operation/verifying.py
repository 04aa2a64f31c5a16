"""What must be true of a sound office. Packages of the floor and rooms hang their checks here; `manage.py verify` runs all.

@verifying.check("measures", gettext_lazy("Kept figures equal their sums"))
def figures_agree() -> Iterator[str]:
    yield "…what is wrong, in words…"
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Check:
    key: str
    label: Promise | str
    find: Callable[[], Iterator[str]]


checks: dict[str, Check] = {}
MOST = 1000  # sentences of one check that are kept


def check(key: str, label: Promise | str) -> Callable:
    """Decorator: the function gives one sentence for each thing that is wrong."""

    def register(find: Callable[[], Iterator[str]]) -> Callable:
        checks[key] = Check(key, label, find)
        return find

    return register


def run(only: list[str] | None = None) -> Iterator[tuple[Check, list[str]]]:
    """Each check with what it found, at most `MOST` sentences of it. Raises KeyError for a check that is not there."""
    for key in only or sorted(checks):
        found: list[str] = []
        for sentence in checks[key].find():
            found.append(sentence)
            if len(found) >= MOST:
                found.append("… and more")
                break
        yield checks[key], found
