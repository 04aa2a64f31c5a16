"""The left navigation: rooms hang their entries here; people see those they may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pmo_portal import access
from pmo_portal.access.reach import reach

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


Counts = dict[str, Callable[[Any], QuerySet]]
KEPT = 500
MOST = 999  # a badge tells no more apart
_statements: dict[tuple, tuple[str, tuple]] = {}


def counted(viewer, asked: Counts) -> dict[str, int]:
    """Key → how many records, counted up to MOST + 1. One query, however many are asked for. Its statement is kept while it
    says the same: to write it took five times as long as to answer it, and every page asks. So what a count asks for hangs
    on the viewer's reach and on the present minute, and on nothing else."""
    minute = timezone.now().replace(second=0, microsecond=0)
    key = (viewer.pk, viewer.is_active, reach(viewer).held, minute, tuple(asked))
    if key not in _statements:
        if len(_statements) >= KEPT:
            _statements.clear()
        _statements[key] = _statement(viewer, asked)
    sql, params = _statements[key]
    if not sql:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return dict(cursor.fetchall())


def _statement(viewer, asked: Counts) -> tuple[str, tuple]:
    """The day a period falls due ten thousand reports may be late: no more of them are read than are told apart."""
    parts: list[str] = []
    params: list[Any] = []
    for key, count in asked.items():
        try:
            sql, given = count(viewer).order_by().values_list("pk")[: MOST + 1].query.sql_with_params()
        except EmptyResultSet:  # it cannot find anything
            continue
        parts.append(f"SELECT %s, (SELECT COUNT(*) FROM ({sql}) AS found)")  # noqa: S608  written by Django
        params += (key, *given)
    return " UNION ALL ".join(parts), tuple(params)


def told(number: int) -> str:
    """A count as the menu writes it: 7, 999+."""
    return f"{MOST}+" if number > MOST else str(number)


@lru_cache(maxsize=500)
def _address(url_name: str, prefix: str) -> str:
    return reverse(url_name)


def groups(viewer, section: str, **more: Callable[[Any], QuerySet]) -> tuple[list[dict], dict[str, int]]:
    """What the navigation draws: tiers with their items; and the numbers of what else the frame counts (`more`)."""
    drawn: dict[str, dict] = {}
    found, prefix = entries(viewer), get_script_prefix()
    numbers = counted(viewer, {e.key: e.count for e in found if e.count} | more)
    for entry in found:
        group = drawn.setdefault(entry.tier, {"key": entry.tier, "label": TIERS[entry.tier], "items": []})
        group["items"].append(
            {
                "key": entry.key,
                "label": entry.label,
                "icon": entry.icon,
                "url": _address(entry.url_name, prefix),
                "count": told(number) if (number := numbers.get(entry.key, 0)) else "",
                "active": entry.key == section,
                "phone": entry.phone,
                "go": entry.go,
            }
        )
    return list(drawn.values()), numbers
