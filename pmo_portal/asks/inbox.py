"""Telling people things: in the portal, by mail, by chat; each by the way and at the time that they have chosen."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.asks import timing
from pmo_portal.asks.bounces import bounce_of
from pmo_portal.asks.choosing import timings_of
from pmo_portal.asks.letters import good_moment
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.asks.queries import seen_now
from pmo_portal.periods.queries import office_settings, office_today

CHAT_JOB = "pmo_portal.webhooks.chat_item"  # of a higher room: named, not imported


@transaction.atomic
def notify(
    person,
    *,
    key: str,
    kind: str,
    params: dict | None = None,
    url: str = "",
    ask: Ask | None = None,
    by=None,
    about: models.Model | None = None,
) -> bool:
    """Tell one person one thing; the same `key` is told once. Whether it shows in the inbox, goes into a letter of its own
    (after their quiet hours and days off), into the next digest or into their chat, they have chosen for the `kind`. About
    an `ask`, it counts as read when that ends. `by` is who an answer by mail goes to; `about` is the record that letters
    are threaded by. Returns whether it was new."""
    if InboxItem.objects.filter(person=person, key=key[:160]).exists():
        return False
    when, today = timings_of(person, kind), office_today()
    if when[timing.IN_APP] == timing.OFF and when[timing.MAIL] != timing.OFF and bounce_of(person):
        when[timing.IN_APP] = timing.ONCE  # letters come back: what was to come by mail alone is read here
    item, new = InboxItem.objects.get_or_create(
        person=person,
        key=key[:160],
        defaults={
            "kind": kind,
            "params": params or {},
            "url": url,
            "ask": ask,
            "by": by or (ask.asked_by if ask else None),
            **_matter(ask, about),
            **when,
            "counts_from": next_digest(person) if when[timing.IN_APP] == timing.DIGEST else None,
            "digested_on": None if when[timing.MAIL] == timing.DIGEST else today,
            "chatted_on": None if when[timing.CHAT] == timing.DIGEST else today,
        },
    )
    if new and when[timing.MAIL] == timing.ONCE:
        jobs.submit("pmo_portal.asks.write_letter", item.pk)
    if new and when[timing.CHAT] == timing.ONCE:
        jobs.submit(CHAT_JOB, item.pk, run_after=good_moment(person, timezone.now()))
    return new


def _matter(ask: Ask | None, about: models.Model | None) -> dict:
    if isinstance(about, Ask):
        ask, about = about, None
    if about is not None:
        return {"content_type": ContentType.objects.get_for_model(type(about)), "object_id": about.pk}
    return {"content_type_id": ask.content_type_id, "object_id": ask.object_id} if ask else {}


def wait_for_an_address(item: InboxItem) -> None:
    """Letters to its person come back: it goes with the first digest after they do so no more, and is read here till then."""
    shown = {"in_app": timing.ONCE} if item.in_app == timing.OFF else {}
    InboxItem.objects.filter(pk=item.pk).update(digested_on=None, **shown)


def next_digest(person, now: datetime | None = None) -> datetime:
    """When the person's next digest may go."""
    local = (now or timezone.now()).astimezone(ZoneInfo(person.timezone))
    at = local.replace(hour=(hour := office_settings().digest_at).hour, minute=hour.minute, second=0, microsecond=0)
    return good_moment(person, at if at > local else at + timedelta(days=1))


def mark_read(person, pk: int | None = None) -> int:
    found = InboxItem.objects.filter(seen_now(), person=person, read_at=None)
    return (found.filter(pk=pk) if pk else found).update(read_at=timezone.now())
