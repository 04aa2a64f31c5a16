"""What a person's own looking and choosing leaves behind; nothing of it is business, so nothing of it is audited."""

from __future__ import annotations

from django.utils import timezone

from pmo_portal.accounts.models import LastSeen, Person


def look_at(person, place: str) -> None:
    """From now on, "new since you last looked" is told from this moment."""
    LastSeen.objects.bulk_create(
        [LastSeen(person_id=person.pk, place=place, at=timezone.now())],
        update_conflicts=True,
        unique_fields=("person", "place"),
        update_fields=("at",),
    )


def speak(person, language: str) -> None:
    """The language of pages and letters from now on."""
    Person.objects.filter(pk=person.pk).update(language=language)
