"""Panels that higher rooms hang on a record's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Panel:
    """`content(viewer, record)` gives the template's context, or None where there is nothing to show."""

    model: type[models.Model]
    tab: str
    place: str
    template: str
    content: Callable
    order: int = 50


_panels: list[Panel] = []


def panel(
    model: type[models.Model],
    *,
    tab: str = "overview",
    place: str = "main",
    template: str,
    content: Callable,
    order: int = 50,
) -> None:
    """Hang a panel: `place` is "head", "main" or "side"."""
    _panels.append(Panel(model, tab, place, template, content, order))


def panels_of(viewer, record: models.Model, tab: str) -> dict[str, list[dict[str, Any]]]:
    """place → panels with their content, in order."""
    drawn: dict[str, list[dict[str, Any]]] = {"head": [], "main": [], "side": []}
    for p in sorted(_panels, key=lambda p: p.order):
        if isinstance(record, p.model) and p.tab in (tab, "*"):
            content = p.content(viewer, record)
            if content is not None:
                drawn[p.place].append({"template": p.template, **content})
    return drawn
