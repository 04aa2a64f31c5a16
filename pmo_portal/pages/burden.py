"""The portal's own burden: how long a person has spent filling it in. Rooms say how they know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

_source: list[Callable] = []


def source(function: Callable) -> Callable:
    """Register `function(person, since, until) -> seconds`."""
    _source.append(function)
    return function


def burden(person) -> dict | None:
    """Minutes this month and last; None where nothing is known."""
    if not _source:
        return None
    first = timezone.localdate().replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    this_month = _minutes(person, first, date.max)
    last_month = _minutes(person, before, first)
    return {"this_month": this_month, "last_month": last_month} if this_month or last_month else None


def _minutes(person, since: date, until: date) -> int:
    return round(sum(function(person, since, until) or 0 for function in _source) / 60)
