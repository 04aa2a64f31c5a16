"""Reading asks and the inbox."""

from __future__ import annotations

from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils import timezone

from pmo_portal import access
from pmo_portal.access.reach import reach
from pmo_portal.accounts.models import Person, Substitute
from pmo_portal.asks.models import Ask, InboxItem


def stood_in_for(person: Person, on: date | None = None) -> list[int]:
    """The people whom `person` stands in for on a day."""
    on = on or timezone.localdate()
    return list(
        Substitute.objects.filter(substitute=person, starts_on__lte=on, ends_on__gte=on, archived_at=None).values_list(
            "person_id", flat=True
        )
    )


def waiting(person: Person) -> QuerySet[Ask]:
    """Open asks of `person` and of those they stand in for, the earliest due first."""
    return (
        Ask.objects.filter(person_id__in=reach(person).people, state=Ask.State.OPEN)
        .select_related("person", "asked_by", "content_type")
        .order_by("due_at", "pk")
    )


def made_by(person: Person) -> QuerySet[Ask]:
    """What `person` has asked of others and waits for."""
    return (
        Ask.objects.filter(asked_by=person, state=Ask.State.OPEN)
        .exclude(person=person)
        .select_related("person")
        .order_by("due_at")
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


def inbox(person: Person) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(person=person)


def inbox_count(person: Person) -> int:
    return InboxItem.objects.filter(person=person, read_at=None)[:100].count()
