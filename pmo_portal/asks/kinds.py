"""What can be asked and told, in words made when somebody reads them: in their language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """An ask kind. The callables take the ask; `label` names the kind in ladders and lists.

    `preview(ask, reader)` gives what has changed in the matter, shown under the ask that comes first: at most three lines
    with label, was, now, difference, hurts and note, as plain texts.
    """

    key: str
    label: Promise | str
    title: Callable
    url: Callable
    why: Callable = lambda ask: ""
    verb: Promise | str = ""
    minutes: int = 1
    may_decline: bool = False
    preview: Callable | None = None


@dataclass(frozen=True)
class Notice:
    """Something told: `text` takes the parameters it was told with; `lines` gives what a letter says besides."""

    key: str
    text: Callable
    lines: Callable = lambda params: []


kinds: dict[str, Kind] = {}
notices: dict[str, Notice] = {}


def kind(key: str, **given) -> Kind:
    kinds[key] = Kind(key, **given)
    return kinds[key]


def notice(key: str, text: Callable, **more) -> Notice:
    notices[key] = Notice(key, text, **more)
    return notices[key]
