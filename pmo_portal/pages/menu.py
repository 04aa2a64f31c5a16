"""The left navigation: rooms hang their entries here; people see those they may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pmo_portal import access

TIERS: dict[str, Promise | str] = {
    "desk": "",
    "projects": _("Projects"),
    "administration": _("PMO operations"),
    "expertise": _("Methods"),
    "governance": _("Governance"),
    "setup": _("Set-up"),
}


@dataclass(frozen=True)
class Entry:
    """One menu item. `seen_by` empty: everyone signed in. `count` gives the records whose number stands beside it; all of
    the menu are counted in one query. `go` is its letter after G; `phone` puts it into the bottom bar."""

    tier: str
    key: str
    label: Promise | str
    icon: str
    url_name: str
    order: int = 50
    seen_by: tuple[str, ...] = ()
    count: Callable[[Any], QuerySet] | None = None
    phone: bool = False
    go: str = ""


_entries: dict[str, Entry] = {}


def add(**given) -> None:
    entry = Entry(**given)
    _entries[entry.key] = entry


def entries(viewer) -> list[Entry]:
    """The entries this viewer may use, in menu order."""
    order = list(TIERS)
    allowed = [e for e in _entries.values() if not e.seen_by or access.holds(viewer, *e.seen_by)]
    return sorted(allowed, key=lambda e: (order.index(e.tier), e.order, e.key))


def counted(asked: dict[str, QuerySet]) -> dict[str, int]:
    """Key → how many records. One query, however many are asked for."""
    parts = [
        found.order_by()
        .annotate(badge=Value(key, CharField()))
        .values("badge")
        .annotate(number=Count("pk"))
        .values_list("badge", "number")
        for key, found in asked.items()
    ]
    return dict(parts[0].union(*parts[1:], all=True)) if parts else {}


def groups(viewer, section: str, **more: QuerySet) -> tuple[list[dict], dict[str, int]]:
    """What the navigation draws: tiers with their items; and the numbers of what else the frame counts (`more`)."""
    drawn: dict[str, dict] = {}
    found = entries(viewer)
    numbers = counted({e.key: e.count(viewer) for e in found if e.count} | more)
    for entry in found:
        group = drawn.setdefault(entry.tier, {"key": entry.tier, "label": TIERS[entry.tier], "items": []})
        group["items"].append(
            {
                "key": entry.key,
                "label": entry.label,
                "icon": entry.icon,
                "url": reverse(entry.url_name),
                "count": numbers.get(entry.key, 0),
                "active": entry.key == section,
                "phone": entry.phone,
                "go": entry.go,
            }
        )
    return list(drawn.values()), numbers
