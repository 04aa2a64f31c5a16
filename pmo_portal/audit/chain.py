"""The hash chain over the trail: laid by a job, checked by anyone."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from pmo_portal.audit.models import AuditEntry, AuditLink

START = "0" * 64


def seal(batch: int = 2000) -> int:
    """Link the entries that are not yet in the chain, oldest first; returns how many. Two at once do no harm:
    positions are a primary key, so the later one fails whole and finds nothing left on its next run."""
    done = 0
    while True:
        with transaction.atomic():
            last = AuditLink.objects.select_for_update().order_by("-position").first()
            position, previous = (last.position, last.hash) if last else (0, START)
            links = []
            for pk, digest in _unsealed(batch):
                position += 1
                previous = AuditLink.chain(previous, position, digest)
                links.append(AuditLink(position=position, entry_id=pk, hash=previous))
            AuditLink.objects.bulk_create(links, batch_size=1000)
        done += len(links)
        if len(links) < batch:
            return done


def _unsealed(batch: int) -> list[tuple[int, str]]:
    return list(AuditEntry.objects.filter(link=None).order_by("pk").values_list("pk", "digest")[:batch])


def verify(progress: Callable[[int], None] = lambda _done: None) -> list[str]:
    """Walk the whole chain; returns what is wrong, in words ("" list: sound). Memory stays flat. `progress` hears of every
    thousandth link."""
    wrong: list[str] = []
    previous, expected = START, 0
    for link in AuditLink.objects.select_related("entry").order_by("position").iterator(chunk_size=1000):
        expected += 1
        if link.position != expected:
            wrong.append(f"link {expected} is missing")
            expected = link.position
        if link.entry.compute_digest() != link.entry.digest:
            wrong.append(f"entry {link.entry_id} was changed after it was written")
        if AuditLink.chain(previous, link.position, link.entry.digest) != link.hash:
            wrong.append(f"link {link.position} does not follow from the one before")
        previous = link.hash
        if expected % 1000 == 0:
            progress(expected)
    return wrong


def length() -> int:
    """How many entries stand in the chain."""
    last = AuditLink.objects.order_by("-position").values_list("position", flat=True).first()
    return last or 0
