"""Asking, reminding, finishing."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import audit
from pmo_portal.asks.inbox import notify
from pmo_portal.asks.kinds import kinds
from pmo_portal.asks.models import Ask, InboxItem, Reminder
from pmo_portal.asks.queries import readers_of, stood_in_for
from pmo_portal.audit.changing import scope_id_of
from pmo_portal.i18n.text import plain


def ask(
    kind: str,
    *,
    person,
    key: str,
    about: models.Model | None = None,
    by=None,
    due_at: datetime | None = None,
    scope_id: int | None = None,
    minutes: int | None = None,
    details: dict | None = None,
    again: bool = False,
) -> Ask:
    """Ask `person` once (`key`). Asked again, the open one is brought up to date; one that had been withdrawn returns, and
    with `again` also one that was done (a report that came back)."""
    told = kinds[kind]
    fields = {
        "kind": kind,
        "person": person,
        "asked_by": by,
        "due_at": due_at,
        "minutes": minutes or told.minutes,
        "details": details or {},
        "scope_id": scope_id if scope_id is not None else (scope_id_of(about) if about else None),
        "content_type": ContentType.objects.get_for_model(type(about)) if about else None,
        "object_id": about.pk if about else None,
    }
    with transaction.atomic():
        made, new = Ask.objects.get_or_create(key=key, defaults=fields)
        if not new and (again or made.state in (Ask.State.OPEN, Ask.State.WITHDRAWN)):
            Ask.objects.filter(pk=made.pk).update(
                **fields, state=Ask.State.OPEN, ended_at=None, seen_at=None, updated_at=timezone.now()
            )
            made.refresh_from_db()
    return made


def ask_many(asks: list[Ask]) -> None:
    """Many asks whose keys are new to the table; those already there stay as they are."""
    Ask.objects.bulk_create(asks, ignore_conflicts=True, batch_size=1000)


def _open_about(about: models.Model, kind: str | None) -> models.QuerySet[Ask]:
    found = Ask.objects.filter(
        content_type=ContentType.objects.get_for_model(type(about)), object_id=about.pk, state=Ask.State.OPEN
    )
    return found.filter(kind=kind) if kind else found


def _found(about: models.Model | None, kind: str | None, key: str) -> models.QuerySet[Ask]:
    return Ask.objects.filter(key=key) if key else _open_about(about, kind)  # type: ignore[arg-type]


@transaction.atomic
def _end(found: models.QuerySet[Ask], state: str) -> int:
    """End the open ones among `found`; what the inbox said of them is read. Returns how many there were."""
    now = timezone.now()
    InboxItem.objects.filter(ask__in=found.filter(state=Ask.State.OPEN), read_at=None).update(read_at=now)
    return found.filter(state=Ask.State.OPEN).update(state=state, ended_at=now, updated_at=now)


def finish(*, about: models.Model | None = None, kind: str | None = None, key: str = "", by=None) -> int:
    """What was asked has been done; the person who asked is not told again. Returns how many asks ended."""
    return _end(_found(about, kind, key), Ask.State.DONE)


def withdraw(*, about: models.Model | None = None, kind: str | None = None, key: str = "", but: str = "") -> int:
    """What was asked is no longer needed; `but` names one that still is."""
    return _end(_found(about, kind, key).exclude(key=but), Ask.State.WITHDRAWN)


def withdraw_many(found: models.QuerySet[Ask]) -> int:
    """The same for asks that a room finds by itself; returns how many were open."""
    return _end(found, Ask.State.WITHDRAWN)


def withdraw_within(scope_id: int) -> int:
    """Nothing is asked any more about what stands at this scope (a project has ended)."""
    return withdraw_many(Ask.objects.filter(scope_id=scope_id))


def postpone(key: str, due_at: datetime) -> int:
    """Give more time; the ladder starts anew for the new date."""
    return Ask.objects.filter(key=key, state=Ask.State.OPEN).update(due_at=due_at, updated_at=timezone.now())


def move(scope_id: int, from_person, to_person) -> int:
    """Open asks of one person within a scope go to another (a project is handed over)."""
    return Ask.objects.filter(scope_id=scope_id, person=from_person, state=Ask.State.OPEN).update(
        person=to_person, seen_at=None, updated_at=timezone.now()
    )


def mark_seen(person) -> int:
    """The person has had what is asked of them before their eyes. Returns how many asks were new to them."""
    return Ask.objects.filter(person_id=person.pk, state=Ask.State.OPEN, seen_at=None).update(seen_at=timezone.now())


@transaction.atomic
def answer(item: Ask, *, by, text: str, declined: bool = False, version: int | None = None) -> Ask:
    """The person (or their substitute) says what came of it, or declines with a reason; who asked is told."""
    if item.person_id != by.pk and item.person_id not in stood_in_for(by):
        raise PermissionDenied(_("This was asked of someone else."))
    if declined and not kinds[item.kind].may_decline:
        raise ValidationError(_("This cannot be declined; ask the PMO to take it back."), code="decline")
    text = plain(text).strip()
    if not text:
        said = (
            _("Say why, so that the other can look for help elsewhere.")
            if declined
            else _("Write what you can say or do; an answer without words helps nobody.")
        )
        raise ValidationError({"text": ValidationError(said, code="required")})
    with audit.change(item, "declined" if declined else "answered", by=by, version=version, reason=text) as current:
        if current.state != Ask.State.OPEN:
            raise ValidationError(_("This ask has ended already."), code="ended")
        current.state = Ask.State.DECLINED if declined else Ask.State.DONE
        current.answer, current.ended_at = text, timezone.now()
    InboxItem.objects.filter(ask=item, read_at=None).update(read_at=timezone.now())
    if item.asked_by_id and item.asked_by_id != by.pk:
        notify(
            item.asked_by,
            key=f"ask-answered:{item.pk}",
            kind="asks.answered",
            by=by,
            about=item,
            params={"ask": item.pk, "who_ja": by.name_ja, "who_en": by.name_en, "text": text, "declined": declined},
        )
    return item


def decline(item: Ask, *, by, reason: str) -> Ask:
    return answer(item, by=by, text=reason, declined=True)


@transaction.atomic
def by_hand_again_at(now: datetime) -> datetime:
    """When somebody who was reminded by hand just now may be so again: from the next full hour."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def remind(item: Ask, *, by, text: str = "", texts: dict[str, str] | None = None) -> list[Reminder]:
    """Remind by hand, once an hour at the most for one ask: the person, or who stands in for them today. `texts`: the
    words by the receiver's language, `text` where there are none. Returns what was sent; nothing where it was just done.
    """
    step, sent = f"by hand {timezone.now():%Y-%m-%dT%H}", []
    for receiver in readers_of(item):
        reminder, new = Reminder.objects.get_or_create(ask=item, step=step, receiver=receiver, defaults={"by": by})
        if not new:
            continue
        sent.append(reminder)
        words = (texts or {}).get(receiver.language, text)
        notify(
            receiver,
            key=f"reminder:{reminder.pk}",
            kind="asks.reminder",
            by=by,
            ask=item,
            params={"ask": item.pk, "who_ja": by.name_ja, "who_en": by.name_en, "text": words},
            url=kinds[item.kind].url(item),
        )
    if sent:
        audit.log(item, "reminded", by=by, reason=text or (texts or {}).get(item.person.language, ""))
    return sent
