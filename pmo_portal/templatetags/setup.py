"""What the set-up pages show of pictures and results, which are kept as plain JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from django import template

from pmo_portal.i18n import dates

register = template.Library()


@register.filter
def has(names: set, name: str) -> bool:
    return name in names


@register.filter
def iso_day(text: str | None) -> str:
    """A day kept as 2026-11-24."""
    try:
        return dates.format_date(date.fromisoformat(text or ""), "plain")
    except ValueError:
        return "–"


@register.filter
def amount(text: str | None) -> Decimal | None:
    """An amount kept as text."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
