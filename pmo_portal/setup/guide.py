"""The guided set-up of an office: steps with sensible defaults, each of them one of the settings' own acts. Rooms add steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise

from pmo_portal import audit
from pmo_portal.periods.queries import office_settings_now
from pmo_portal.setup import queries

DONE = "guided"  # the act under which a finished step stands in the trail


@dataclass(frozen=True)
class Step:
    """`act(by, **what was typed)` does it; `facts()` gives what stands there already, as lines of (label, text, url); `ways`
    are pages that lead further, as (label, name of the address, icon)."""

    key: str
    label: Promise | str
    lead: Promise | str
    order: int
    form_class: type[forms.Form]
    act: Callable[..., Any]
    initial: Callable[[], dict[str, Any]] = dict
    facts: Callable[[], list[tuple[str, str, str]]] = list
    ways: tuple[tuple[Promise | str, str, str], ...] = ()
    needs: tuple[str, ...] = ()  # roles of which the viewer must hold one; else the step says whose it is


steps: dict[str, Step] = {}


def step(key: str, **given) -> Step:
    """Add a step. Rooms call this in their wiring."""
    steps[key] = Step(key, **given)
    return steps[key]


def in_order() -> list[Step]:
    return sorted(steps.values(), key=lambda s: s.order)


def finish(key: str, *, by) -> None:
    """Note that somebody went through a step."""
    office = office_settings_now()
    if key not in queries.steps_done():
        audit.log(office, DONE, by=by, changes={"step": [None, key]})


def following(key: str) -> Step | None:
    """The step after this one."""
    order = in_order()
    place = order.index(steps[key])
    return order[place + 1] if place + 1 < len(order) else None


def first_open() -> Step | None:
    """Where to begin, or to go on: the first step that nobody has been through."""
    done = queries.steps_done()
    return next((s for s in in_order() if s.key not in done), None)
