"""What a cell of a workbook leads to."""

from __future__ import annotations

from typing import Any

from django.db import models


def led_to(field: models.Field, pk: Any) -> Any:
    """The record that a relation's id means, for the room's action."""
    related: Any = field.related_model
    return related._base_manager.get(pk=pk)
