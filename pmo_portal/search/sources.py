"""Sources and hits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from pmo_portal import access
from pmo_portal.i18n.text import fold, marked_parts, to_halfwidth

MOST_WORDS, LONGEST = 5, 100
MOST_ACTED_ON, SHORTEST = 3, 2  # records of an action, letters of a word that names one


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


@dataclass(frozen=True)
class Action:
    """Something to do with a record that is called so. `find(viewer, words)` gives records, `url(viewer, record)` where it
    is done; "" where the viewer may not, or not now."""

    label: Promise | str
    find: Callable
    url: Callable
    icon: str
    also: Promise | str = ""


_sources: dict[str, Source] = {}
_commands: dict[str, Command] = {}
_actions: dict[str, Action] = {}


def source(key: str, *, label: Promise | str, find: Callable, order: int = 50) -> None:
    """`find(viewer, words)` gives at most eight hits among what the viewer may see."""
    _sources[key] = Source(label, find, order)


def command(
    key: str, *, label: Promise | str, url_name: str, icon: str = "plus", seen_by: tuple[str, ...] = ()
) -> None:
    """A thing to do, found by its name in either language, by those who hold one of the roles (none: by everybody)."""
    _commands[key] = Command(label, url_name, icon, seen_by)


def action(
    key: str, *, label: Promise | str, find: Callable, url: Callable, icon: str = "edit", also: str | Promise = ""
) -> None:
    """A thing to do with a record, found by its own name and the record's: "report status ORION". `also`: other words that
    people use for it."""
    _actions[key] = Action(label, find, url, icon, also)


def find_actions(viewer, words: str) -> list[Hit]:
    """What the viewer may do with the records that those words call which do not name the action."""
    known: dict[tuple[Callable, str], list] = {}
    hits: list[Hit] = []
    for one in _actions.values():
        rest = _beside((one.label, one.also), words)
        if not rest:
            continue
        if (one.find, rest) not in known:
            known[one.find, rest] = list(one.find(viewer, rest)[:MOST_ACTED_ON])
        for record in known[one.find, rest]:
            if url := one.url(viewer, record):
                hits.append(Hit(f"{one.label}: {record.name}", url, icon=one.icon, lead=record.key))
    return hits


def _beside(names: tuple[Promise | str, ...], words: str) -> str:
    """The words that do not name the action; "" where none does, or nothing else is said."""
    labels = [said for name in names if name for said in _in_both(name)]
    named = [w for w in words.split() if len(w) >= SHORTEST and any(_names(fold(w), said) for said in labels)]
    rest = [w for w in words.split() if w not in named]
    return " ".join(rest) if named else ""


def _names(word: str, label: str) -> bool:
    """A Latin word begins one of the label's; Japanese has no blanks, so it stands anywhere."""
    return any(part.startswith(word) for part in label.split()) if word.isascii() else word in label


def _in_both(label: Promise | str) -> list[str]:
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(fold(str(label)))
    return found


def among(found: QuerySet, words: str, *names: str, code: str = "") -> QuerySet:
    """Those of the records whose named fields have every word; those whose code begins with them come first. A single letter
    names nothing."""
    if len(words) < SHORTEST:
        return found.none()
    for word in words.split():
        found = found.filter(
            reduce(or_, (Q(**{f"{name}__icontains": word}) for name in (*names, *filter(None, [code]))))
        )
    if not code:
        return found
    first = When(**{f"{code}__istartswith": words}, then=Value(0))
    return found.order_by(Case(first, default=Value(1), output_field=IntegerField()), code)


def numbered(found: QuerySet, words: str, letter: str, *names: str, number: str = "number") -> QuerySet:
    """The record of the number "A-18" or "a18" for the letter A, else those whose named fields have every word, the newest
    first."""
    said = re.fullmatch(rf"{letter}-?(\d{{1,9}})", words.strip(), re.IGNORECASE)
    if said:
        return found.filter(**{number: int(said[1])})
    return among(found, words, *names).order_by(f"-{number}")


def find_commands(viewer, words: str) -> list[Hit]:
    """What the viewer may do; nothing before something is typed."""
    if not words:
        return []
    allowed = [c for c in _commands.values() if not c.seen_by or access.holds(viewer, *c.seen_by)]
    return [Hit(str(c.label), reverse(c.url_name), icon=c.icon) for c in allowed if is_called(c.label, words)]


def is_called(label: Promise | str, words: str) -> bool:
    """Whether the label has every word, in one of the portal's languages."""
    wanted = [fold(word) for word in words.split()]
    return any(all(word in said for word in wanted) for said in _in_both(label))


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
