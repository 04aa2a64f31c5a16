"""Which records can have files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import Http404

from pmo_portal import access


@dataclass(frozen=True)
class Carrier:
    """A sort of record with files. Who may do `permit` to the record may add to its files and take them away; who sees it
    sees them. `scope` leads from the record to its place, for the trail. `by` is what its address calls it."""

    model: type[models.Model]
    permit: str
    by: str
    is_open: Callable[[Any], bool]

    @property
    def key(self) -> str:
        return self.model._meta.label_lower


carriers: dict[str, Carrier] = {}


def carry(
    model: type[models.Model], *, permit: str, by: str = "pk", is_open: Callable[[Any], bool] = lambda _record: True
) -> None:
    """From a room's wiring: records of this model can have files. `is_open`: whether they can still change."""
    made = Carrier(model, permit, by, is_open)
    carriers[made.key] = made


def carrier_of(record: models.Model) -> Carrier:
    return carriers[record._meta.label_lower]


def may_change(viewer, record: models.Model) -> bool:
    """Whether the viewer may add files to the record now, and take them away."""
    carrier = carriers.get(record._meta.label_lower)
    return carrier is not None and carrier.is_open(record) and access.may(viewer, carrier.permit, record)


def record_called(viewer, key: str, name: str) -> models.Model:
    """The record of a sort that can have files, by what its address calls it, where the viewer sees it. Raises Http404."""
    carrier = carriers.get(key)
    if carrier is None:
        raise Http404
    model: Any = carrier.model
    try:
        return access.visible(viewer, model).get(**{carrier.by: name})
    except (model.DoesNotExist, ValueError, OverflowError):
        raise Http404 from None


def type_of(record: models.Model) -> ContentType:
    return ContentType.objects.get_for_model(type(record))
