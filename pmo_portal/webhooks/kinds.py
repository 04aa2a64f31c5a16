"""What can be told: which sorts of records, and where each is found."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.text import capfirst


@dataclass(frozen=True)
class Told:
    """A sort of record. `name` is what its address calls it; `api` the resource below /api/v1/ ("" for none)."""

    model: type[models.Model]
    name: str
    api: str = ""

    @property
    def key(self) -> str:
        return self.model._meta.label_lower

    @property
    def label(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))


kinds: dict[str, Told] = {}


def tell(model: type[models.Model], *, name: str = "pk", api: str = "") -> None:
    """From a room's wiring."""
    made = Told(model, name, api)
    kinds[made.key] = made
