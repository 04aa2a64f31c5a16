"""Panels that rooms hang on My desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_panels: list[tuple[int, str, Callable]] = []


def desk_panel(template: str, content: Callable, order: int = 50) -> None:
    """`content(viewer)` gives the template's context, or None where there is nothing to show."""
    _panels.append((order, template, content))


def desk_panels(viewer) -> list[dict[str, Any]]:
    drawn = []
    for _order, template, content in sorted(_panels, key=lambda p: p[0]):
        found = content(viewer)
        if found is not None:
            drawn.append({"template": template, **found})
    return drawn
