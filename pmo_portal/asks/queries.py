"""Reading asks and the inbox."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pmo_portal import access
from pmo_portal.access.reach import reach
from pmo_portal.accounts.models import Person, Substitute
from pmo_portal.asks import timing
from pmo_portal.asks.kinds import notices
from pmo_portal.asks.models import Ask, InboxItem, MailMessage
from pmo_portal.audit.models import Record
from pmo_portal.periods.queries import day_begins, office_today


def stood_in_for(person: Person, on: date | None = None) -> list[int]:
    """The people whom `person` stands in for on a day."""
    return list(_standing_in(on).filter(substitute=person).values_list("person_id", flat=True))


def _standing_in(on: date | None) -> QuerySet[Substitute]:
    on = on or office_today()
    return Substitute.objects.filter(
        starts_on__lte=on, ends_on__gte=on, archived_at=None, substitute__is_active=True
    ).select_related("substitute")


def substitutes(on: date | None = None) -> dict[int, list[Person]]:
    """Absent person → who stands in for them on a day. One query."""
    found: dict[int, list[Person]] = {}
    for row in _standing_in(on).order_by("pk"):
        found.setdefault(row.person_id, []).append(row.substitute)
    return found


def readers_of(item: Ask, absent: dict[int, list[Person]] | None = None) -> list[Person]:
    """Who is told of an ask: the person, or while they are away those who stand in for them."""
    absent = substitutes() if absent is None else absent
    return absent.get(item.person_id) or [item.person]


def waiting(person: Person) -> QuerySet[Ask]:
    """Open asks of `person` and of those they stand in for, the earliest due first, those without a date last."""
    return (
        Ask.objects.filter(person_id__in=reach(person).people, state=Ask.State.OPEN)
        .select_related("person", "asked_by", "content_type")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )


def due_between(person: Person, first: date, last: date) -> QuerySet[Ask]:
    """What waits for the person with a date between two days."""
    begin, end = day_begins(first), day_begins(last + timedelta(days=1))
    return waiting(person).filter(due_at__gte=begin, due_at__lt=end)


def made_by(person: Person) -> QuerySet[Ask]:
    """What `person` has asked of others and waits for."""
    return (
        Ask.objects.filter(asked_by=person, state=Ask.State.OPEN)
        .exclude(person=person)
        .select_related("person")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )


def about(record) -> QuerySet[Ask]:
    """Open asks about a record."""
    kind = ContentType.objects.get_for_model(type(record))
    return Ask.objects.filter(content_type=kind, object_id=record.pk, state=Ask.State.OPEN).select_related(
        "person", "asked_by"
    )


def numbered(pk: int | None) -> Ask | None:
    """The ask that a letter is about, where it still is. For words only: whose it is was settled when it was written."""
    return Ask.objects.filter(pk=pk).first()


def in_scope(viewer, scope_id: int) -> QuerySet[Ask]:
    """What is asked of people about things in this scope, as far as the viewer may see it."""
    found = access.visible(viewer, Ask).filter(scope_id=scope_id, state=Ask.State.OPEN)
    return found.select_related("person").order_by("due_at")


def seen_now() -> Q:
    """The condition that an item stands in the inbox by now."""
    return ~Q(in_app=timing.OFF) & (Q(counts_from=None) | Q(counts_from__lte=timezone.now()))


def inbox(person: Person) -> QuerySet[InboxItem]:
    """What the person has been told, as far as they let it in."""
    return InboxItem.objects.filter(seen_now(), person=person)


def unread(person) -> QuerySet[InboxItem]:
    """What the person has been told and has not looked at."""
    return InboxItem.objects.filter(seen_now(), person_id=person.pk, read_at=None)


def letters_waiting() -> int:
    """Letters that have not gone out yet."""
    return MailMessage.objects.filter(state__in=(MailMessage.State.QUEUED, MailMessage.State.SENDING)).count()


def may_still_see(item: InboxItem) -> bool:
    """Whether what an item tells of may be told now: its reader may have lost the record since."""
    told = notices.get(item.kind)
    if told is None or not told.rechecked or item.content_type is None:
        return True
    model = item.content_type.model_class()
    return model is not None and access.visible(item.person, model).filter(pk=item.object_id).exists()


def matter_of(viewer, ask: Ask) -> Record | None:
    """What the ask is about, where the viewer may see it and it has a page. One query."""
    model = ask.content_type.model_class() if ask.content_type else None
    if model is None or model not in access.declared_models() or not hasattr(model, "get_absolute_url"):
        return None
    found = access.visible(viewer, model).select_related(*getattr(model, "named_by", ()))
    return found.filter(pk=ask.object_id).first()
