"""The portal's own burden: how long a person has spent filling it in. Rooms say how they know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.core.cache import caches
from django.utils import timezone

_source: list[Callable] = []


def source(function: Callable) -> Callable:
    """Register `function(person, before, first) -> (seconds from `before` until `first`, seconds since `first`)`."""
    _source.append(function)
    return function


def burden(person) -> dict | None:
    """Minutes this month and last; None where nothing is known. For a minute as it was: every page shows it."""
    first = timezone.localdate().replace(day=1)
    return caches["near"].get_or_set(f"burden:{person.pk}:{first}", lambda: _added_up(person, first), 60)


def _added_up(person, first: date) -> dict | None:
    if not _source:
        return None
    before = (first - timedelta(days=1)).replace(day=1)
    told = [function(person, before, first) for function in _source]
    last_month, this_month = (round(sum(spent) / 60) for spent in zip(*told, strict=True))
    return {"this_month": this_month, "last_month": last_month} if this_month or last_month else None
