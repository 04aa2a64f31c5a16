"""Which records can be watched: every business record that has a page and an audit trail, but for people and one's own things."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.apps import apps
from django.db import models

from pmo_portal import access
from pmo_portal.records import Record

NOT = {"pmo_portal.person", "pmo_portal.webhook", "pmo_portal.savedview", "pmo_portal.ask"}
suggestions: list[Callable[..., Iterable[models.Model]]] = []


def is_watchable(model: type[models.Model]) -> bool:
    return (
        issubclass(model, Record)
        and model._meta.label_lower not in NOT
        and hasattr(model, "get_absolute_url")
        and model in access.declared_models()
    )


def model_called(label: str) -> type[models.Model] | None:
    """The watchable kind that an address names, "projects.project"."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    return model if is_watchable(model) else None


def suggest(source: Callable[..., Iterable[models.Model]]) -> None:
    """From a room's wiring: `source(viewer)` gives records that the person answers for."""
    suggestions.append(source)
