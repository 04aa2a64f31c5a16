"""The custom fields in force, kept at hand: every form and list of a record that has some asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import Any

from django.core.cache import cache
from django.db import models

from pmo_portal import access
from pmo_portal.accounts.models import Person
from pmo_portal.custom.models import PREFIX, CustomField

KEY = "custom_fields"
READS_ALL = "auditor"  # reads everything, changes nothing
_at_hand: list[Any] = [0.0, None]


def every() -> dict[str, list[CustomField]]:
    """Label of the model → all its fields, those out of use too. Kept for 10 seconds, and for one in this process."""
    now = monotonic()
    if _at_hand[1] is not None and 0 <= _at_hand[0] - now <= 1:
        return _at_hand[1]
    found = cache.get(KEY)
    if found is None:
        found = {}
        for field in CustomField.objects.order_by("of", "position", "pk"):
            found.setdefault(field.of, []).append(field)
        cache.set(KEY, found, 10)
    _at_hand[:] = [now + 1, found]
    return found


def forget() -> None:
    """After a change: the next question reads them anew."""
    cache.delete(KEY)
    _at_hand[1] = None


def fields_of(model: type[models.Model]) -> list[CustomField]:
    """The fields in use, in their order."""
    return [f for f in every().get(model._meta.label_lower, []) if f.archived_at is None]


def empty_in(model: type[models.Model], state: str, said: Iterable[str]) -> list[CustomField]:
    """The fields that are needed in a state, without those of which something is said (by their keys)."""
    return [f for f in fields_of(model) if state in f.required_in and f.key not in said]


def field_of(model: type[models.Model], attribute: str) -> CustomField | None:
    """By `custom_<key>`; also one out of use, whose values are still in the trail."""
    key = attribute.removeprefix(PREFIX)
    return next((f for f in every().get(model._meta.label_lower, []) if f.key == key), None)


def sees(viewer, field: CustomField, record=None) -> bool:
    """Whether the viewer sees this field of the record; without a record, of any. `viewer` None: the portal itself."""
    if not field.seen_by or viewer is None:
        return True
    if record is None:
        return bool(access.reach(viewer).roles.intersection({*field.seen_by, READS_ALL}))
    return sees_at(viewer, field, access.access_of(type(record)).scope_id_of(record))


def sees_at(viewer, field: CustomField, scope_id: int | None) -> bool:
    """The same for a place; nobody in particular sees only what everybody does."""
    if not field.seen_by:
        return True
    return viewer is not None and bool(
        access.reach(viewer).roles_at(scope_id).intersection({*field.seen_by, READS_ALL})
    )


def seen(viewer, model: type[models.Model], record=None) -> list[CustomField]:
    """The fields in use that the viewer sees."""
    return [f for f in fields_of(model) if sees(viewer, f, record)]


def seen_everywhere(viewer, field: CustomField) -> bool:
    """Whether every record's value may be told: only then may rows be chosen or sorted by it, as that tells too."""
    return not field.seen_by or viewer is None or access.reach(viewer).everywhere({*field.seen_by, READS_ALL})


def people(ids: Iterable[Any]) -> dict[int, Person]:
    """The people whom fields name, by id; whoever sees the field may know their names."""
    known = {pk for pk in ids if isinstance(pk, int) and not isinstance(pk, bool)}
    return Person.objects.in_bulk(known) if known else {}


def person_at(address: str) -> Person | None:
    return Person.objects.filter(email__iexact=address[:254]).first()


def declared(viewer) -> models.QuerySet[CustomField]:
    return access.visible(viewer, CustomField)
