"""Telling people things: the inbox now, the digest later, a letter at once where it is urgent."""

from __future__ import annotations

from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.periods.queries import office_today


def notify(
    person,
    *,
    key: str,
    kind: str,
    params: dict | None = None,
    url: str = "",
    at_once: bool = False,
    ask: Ask | None = None,
) -> bool:
    """Put one item into the person's inbox; the same `key` comes once. It goes into their next digest, unless they have
    read it by then; `at_once` sends a letter of its own instead (after the person's quiet hours and days off). About an
    `ask`, it counts as read when that ends. Returns whether it was new."""
    item, new = InboxItem.objects.get_or_create(
        person=person,
        key=key[:160],
        defaults={
            "kind": kind,
            "params": params or {},
            "url": url,
            "ask": ask,
            "digested_on": office_today() if at_once else None,
        },
    )
    if new and at_once:
        jobs.submit("pmo_portal.asks.write_letter", item.pk)
    return new


def mark_read(person, pk: int | None = None) -> int:
    found = InboxItem.objects.filter(person=person, read_at=None)
    return (found.filter(pk=pk) if pk else found).update(read_at=timezone.now())
