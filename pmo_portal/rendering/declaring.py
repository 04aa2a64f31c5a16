"""Kinds of long document: declared by the rooms, asked for on one page, made in the background (`pmo_portal.making`).

declaring.kind("portfolio-book", label=…, note=…, seen_by=…, about=…, makers={"pdf": …}, back=…)      # in a room's wiring
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise

from pmo_portal import access, jobs, making
from pmo_portal.i18n.text import one_line
from pmo_portal.rendering.faults import Unmade

log = logging.getLogger("pmo_portal.rendering")
Progress = Callable[[int, int, str], None]
KNOWN_LONG = 3000  # signs of conditions
OOXML = "application/vnd.openxmlformats-officedocument"
MIMES = {
    "pdf": "application/pdf",
    "pptx": f"{OOXML}.presentationml.presentation",
    "xlsx": f"{OOXML}.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Wanted:
    """What is to be made: for whom, under which conditions (as an address says them), with whom to talk of how far it is."""

    viewer: Any
    conditions: QueryDict
    progress: Progress = lambda _done, _total, _note: None


@dataclass(frozen=True)
class About:
    """What a document would be: its title, what is said of it before it is asked for, why it cannot be made (""), and the
    forms in which it can (none named: all)."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    hindrance: str = ""
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """`makers`: format → what gives its bytes; they may raise Unmade. `back`: the page that it was asked for on."""

    key: str
    label: Promise | str
    note: Promise | str
    seen_by: tuple[str, ...]
    about: Callable[[Wanted], About]
    makers: dict[str, Callable[[Wanted], Any]]
    back: str

    def forms(self, about: About) -> tuple[str, ...]:
        return tuple(form for form in self.makers if not about.forms or form in about.forms)

    def is_for(self, viewer) -> bool:
        return viewer.is_active and access.holds(viewer, *self.seen_by)


kinds: dict[str, Kind] = {}


def kind(key: str, **given: Any) -> Kind:
    """From a room's wiring: this sort of document can be asked for."""
    kinds[key] = Kind(key, **given)
    making.kind(name_of(key), label=kinds[key].label, make=_make, may=_may, tells=True)
    return kinds[key]


def name_of(key: str) -> str:
    """As `making` knows it."""
    return f"documents.{key}"


def read(conditions: str) -> QueryDict:
    return QueryDict(conditions[:KNOWN_LONG])


def order(kind: Kind, *, by, conditions: str, form: str) -> Any:
    """Have it made: the file that is on its way. Raises ValidationError: what hinders it; PermissionDenied."""
    about = kind.about(Wanted(by, read(conditions)))
    _require_possible(kind, about, form)
    options = {"kind": kind.key, "conditions": conditions[:KNOWN_LONG], "form": form}
    return making.order(name_of(kind.key), by=by, title=one_line(about.title)[:300], options=options)


def _require_possible(kind: Kind, about: About, form: str) -> None:
    if about.hindrance:
        raise ValidationError(about.hindrance, code="hindrance")
    if form not in kind.forms(about):
        raise ValidationError(Unmade("too_long").said(), code="too_long")


def _may(by, options: dict[str, Any]) -> bool:
    return options["kind"] in kinds and kinds[options["kind"]].is_for(by)


def _make(by, options: dict[str, Any]) -> making.Content:
    """With the rights that `by` has now. A reason why it cannot be made is told to them."""
    kind, form = kinds[options["kind"]], options["form"]
    wanted = Wanted(by, read(options["conditions"]), jobs.progress)
    about = kind.about(wanted)
    _require_possible(kind, about, form)
    try:
        file = kind.makers[form](wanted)
    except Unmade as fault:
        log.error("document %s not made: %s", kind.key, fault)
        raise ValidationError(fault.said(), code=fault.code) from None
    name = f"{one_line(about.title)[:120]} {timezone.localdate()}.{form}".replace("/", "-")
    return making.Content(file, name, MIMES[form])
