"""Telling people things: the inbox now, the digest later, a letter at once where it is urgent."""

from __future__ import annotations

from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.asks.models import InboxItem


def notify(person, *, key: str, kind: str, params: dict | None = None, url: str = "", at_once: bool = False) -> bool:
    """Put one item into the person's inbox; the same `key` comes once. `at_once` also sends a letter now (outside the
    person's quiet hours). Returns whether it was new."""
    item, new = InboxItem.objects.get_or_create(
        person=person, key=key[:160], defaults={"kind": kind, "params": params or {}, "url": url}
    )
    if new and at_once:
        jobs.submit("pmo_portal.asks.write_letter", item.pk)
    return new


def mark_read(person, pk: int | None = None) -> int:
    found = InboxItem.objects.filter(person=person, read_at=None)
    return (found.filter(pk=pk) if pk else found).update(read_at=timezone.now())
