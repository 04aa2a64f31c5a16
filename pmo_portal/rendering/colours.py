"""Colours that can be read on paper."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ACCENT = "#1F3A8A"
LEAST = 3.0  # contrast that a line or a mark needs on white (WCAG 2.2, 1.4.11)


def contrast_on_white(colour: str) -> float:
    """1 (white) to 21 (black)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def require_readable(colour: str) -> None:
    try:
        is_readable = contrast_on_white(colour) >= LEAST
    except ValueError:
        return  # that it is no colour is said elsewhere
    if not is_readable:
        raise ValidationError(_("This colour is too light to be seen on paper. Choose a darker one."), code="light")
