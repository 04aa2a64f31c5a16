"""Sources and hits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from pmo_portal import access
from pmo_portal.i18n.text import fold, marked_parts, to_halfwidth

MOST_WORDS, LONGEST = 5, 100


@dataclass(frozen=True)
class Hit:
    """One line: `title` is searched and marked, `note` stands at its end, `lead` before it (a key), quiet."""

    title: str
    url: str
    note: str = ""
    icon: str = "folder"
    lead: str = ""


@dataclass(frozen=True)
class Source:
    label: Promise | str
    find: Callable
    order: int


@dataclass(frozen=True)
class Command:
    """Something to do that needs no record: a page with a form."""

    label: Promise | str
    url_name: str
    icon: str
    seen_by: tuple[str, ...]


_sources: dict[str, Source] = {}
_commands: dict[str, Command] = {}


def source(key: str, *, label: Promise | str, find: Callable, order: int = 50) -> None:
    """`find(viewer, words)` gives at most eight hits among what the viewer may see."""
    _sources[key] = Source(label, find, order)


def command(
    key: str, *, label: Promise | str, url_name: str, icon: str = "plus", seen_by: tuple[str, ...] = ()
) -> None:
    """A thing to do, found by its name in either language, by those who hold one of the roles (none: by everybody)."""
    _commands[key] = Command(label, url_name, icon, seen_by)


def find_commands(viewer, words: str) -> list[Hit]:
    """What the viewer may do; nothing before something is typed."""
    if not words:
        return []
    allowed = [c for c in _commands.values() if not c.seen_by or access.holds(viewer, *c.seen_by)]
    return [Hit(str(c.label), reverse(c.url_name), icon=c.icon) for c in allowed if is_called(c.label, words)]


def is_called(label: Promise | str, words: str) -> bool:
    """Whether the label has every word, in one of the portal's languages."""
    wanted = [fold(word) for word in words.split()]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said = fold(str(label))
        if all(word in said for word in wanted):
            return True
    return False


def cleaned(text: str) -> str:
    """What was typed, as it is looked for: full-width letters and digits as half-width, one blank between words."""
    return " ".join(to_halfwidth(text[:LONGEST].replace("\0", "")).split()[:MOST_WORDS])


def find(viewer, words: str) -> list[dict]:
    """Groups of hits in the order of their sources; sources without a hit stay away."""
    groups = [
        {"label": one.label, "hits": list(one.find(viewer, words))[:8]}
        for one in sorted(_sources.values(), key=lambda one: one.order)
    ]
    return [g for g in groups if g["hits"]]


def marked(text: str, words: str) -> SafeString:
    """The text with what was looked for marked."""
    return SafeString(
        "".join(
            format_html("<mark>{}</mark>", part) if hit else conditional_escape(part)
            for part, hit in marked_parts(text, words.split())
        )
    )
