"""The day's one letter to each person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.accounts.models import Person
from pmo_portal.asks import letters
from pmo_portal.asks.models import Ask, InboxItem, MailMessage, Reminder
from pmo_portal.asks.queries import may_still_see, substitutes, waiting
from pmo_portal.periods.queries import company_days, office_settings

SOON = timedelta(days=7)  # asks due within that time stand in a letter that goes out anyway
MOST = 50  # lines of each sort in one letter
CHUNK = 500


def write_all(now: datetime | None = None) -> int:
    """Write the digests whose hour has come; returns how many. Safe to run twice, and by two at once."""
    now = now or timezone.now()
    written = 0
    readers, days_off = _readers(), company_days()
    for start in range(0, len(readers), CHUNK):
        people = Person.objects.filter(pk__in=readers[start : start + CHUNK], is_active=True).exclude(email=None)
        days = {person: day for person in people if (day := day_of(person, now, days_off))}
        keys = {letters.digest_key(person, day): person for person, day in days.items()}
        done = set(MailMessage.objects.filter(key__in=keys).values_list("key", flat=True))
        for key, person in keys.items():
            if key not in done:
                written += _write(person, days[person], now)
        jobs.progress(written)
    return written


def day_of(person: Person, now: datetime, days_off: dict[date, str] | None = None) -> date | None:
    """The day in the person's zone, once the digest's hour is there and this is a good moment for them; else None."""
    local = now.astimezone(ZoneInfo(person.timezone))
    if local.time() < office_settings().digest_at or letters.good_moment(person, now, days_off) != local:
        return None
    return local.date()


def _readers() -> list[int]:
    """Who has news: something in the inbox that no letter told and they have not read, or an ask that is new to them."""
    found = set(InboxItem.objects.filter(digested_on=None, read_at=None).values_list("person_id", flat=True))
    absent = substitutes()
    new = _untold_to_their_person().order_by().values_list("person_id", flat=True).distinct()
    found |= {person_id for person_id in new if person_id not in absent}
    for person_id, readers in absent.items():
        for reader in readers:
            if _untold(reader).filter(person_id=person_id).exists():
                found.add(reader.pk)
    return sorted(found)


def _untold_to_their_person() -> QuerySet[Ask]:
    told = Reminder.objects.filter(ask=OuterRef("pk"), step=Reminder.TOLD, receiver=OuterRef("person"))
    return Ask.objects.filter(~Exists(told), state=Ask.State.OPEN)


def _untold(reader: Person) -> QuerySet[Ask]:
    told = Reminder.objects.filter(ask=OuterRef("pk"), step=Reminder.TOLD, receiver=reader)
    return Ask.objects.filter(~Exists(told), state=Ask.State.OPEN)


def _write(person: Person, day: date, now: datetime) -> bool:
    with transaction.atomic():
        news = list(
            InboxItem.objects.filter(person=person, digested_on=None, read_at=None)
            .select_related("ask", "person", "content_type")
            .order_by("at")[:MOST]
        )
        gone = [n.pk for n in news if not may_still_see(n)]
        InboxItem.objects.filter(pk__in=gone).update(digested_on=day)
        news = [n for n in news if n.pk not in gone]
        rows = _rows(person, news, now)
        # What a line about the ask itself says already is not said twice.
        shown = {row.pk for row in rows}
        told = [n for n in news if not (n.kind == "asks.due" and n.ask_id in shown)]
        if not rows and not told:
            return False
        if not letters.write_digest(person, day, rows, told):
            return False
        InboxItem.objects.filter(pk__in=[n.pk for n in news]).update(digested_on=day)
        Reminder.objects.bulk_create(
            [Reminder(ask=row, step=Reminder.TOLD, receiver=person) for row in rows], ignore_conflicts=True
        )
    return True


def _rows(person: Person, news: list[InboxItem], now: datetime) -> list[Ask]:
    """The asks that stand in the letter: new ones, those of which the person is reminded, overdue ones, those due soon."""
    new = set(_untold(person).filter(pk__in=waiting(person).values("pk")).values_list("pk", flat=True))
    reminded = {n.ask_id for n in news if n.ask_id}
    found = [a for a in waiting(person) if a.pk in new | reminded or (a.due_at and a.due_at <= now + SOON)]
    return found[:MOST]
