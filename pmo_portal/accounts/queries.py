"""Reading people's own things."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from pmo_portal.accounts.models import ApiToken, Person, Substitute


def office_is_empty() -> bool:
    """Whether nobody is there yet, so that the first page makes the first administrator."""
    return not Person.objects.exists()


def themselves(viewer) -> Person:
    """The viewer's own record: what a request carries is a stand-in that is no model to the trail."""
    return Person.objects.get(pk=viewer.pk)


def own_tokens(person: Person) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(person=person, revoked_at=None).order_by("-pk")


def substitutions(person: Person) -> dict[str, Any]:
    """Who stands in for a person and for whom they stand in: what runs or comes, and the last ones that are over."""
    today = timezone.localdate()
    live = Substitute.objects.filter(archived_at=None, ends_on__gte=today).select_related("person", "substitute")
    over = Substitute.objects.filter(person=person, archived_at=None, ends_on__lt=today).select_related("substitute")
    return {
        "mine": list(live.filter(person=person).order_by("starts_on")),
        "others": list(live.filter(substitute=person).order_by("starts_on")),
        "over": list(over.order_by("-ends_on")[:5]),
        "today": today,
    }
