"""Which records can have custom fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from pmo_portal import audit
from pmo_portal.custom.models import CustomField, Customised


@dataclass(frozen=True)
class Carrier:
    """A sort of record. `state` is the attribute by whose value a field is required or not, `states` its choices. `follow`
    is told of a field whose values changed, came or went, in the caller's transaction. `edited` says which records people
    go on editing; without it a field that becomes required holds nobody up."""

    model: type[Customised]
    label: Any
    state: str
    states: tuple[tuple[str, Any], ...]
    currency: str = ""
    follow: Callable[[CustomField], Any] = lambda _field: None
    edited: Q | None = None

    @property
    def key(self) -> str:
        return self.model._meta.label_lower


carriers: dict[str, Carrier] = {}


def register(model: type[Customised], *, label: Any, state: str, states: Iterable, **more: Any) -> None:
    """From a room's wiring: records of this model can have fields of the office's own."""
    from pmo_portal.custom.shape import shape_of

    made = Carrier(model, label, state, tuple(states), **more)
    carriers[made.key] = made
    audit.tell_more_fields(model, lambda name: shape_of(model, name))


def carrier_of(field: CustomField) -> Carrier:
    return carriers[field.of]
