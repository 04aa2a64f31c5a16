"""What is known of the organisation when a sheet of it comes in."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import QuerySet
from django.utils import timezone

from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.accounts.queries import units_in_use
from pmo_portal.setup.organising.tree import Tree, Unit, key_of
from pmo_portal.setup.queries import parents_on_day


def known_tree() -> Tree:
    """The units in use as they hang today. Two queries."""
    found = {
        u.pk: Unit(u.name_ja, u.name_en, u.code, u.pk, u.version, head_id=u.head_id)
        for u in units_in_use().order_by("code")
    }
    for pk, parent in parents_on_day(timezone.localdate()).items():
        if pk in found and parent in found:
            found[pk].parent = found[parent]
    return Tree(found.values())


class People:
    """Those who are here, by address and by name. One query."""

    def __init__(self) -> None:
        self.by_id: dict[int, Person] = {}
        self.by_email: dict[str, Person] = {}
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        for person in Person.objects.filter(archived_at=None).select_related("unit"):
            self.by_id[person.pk] = person
            if person.email:
                self.by_email[person.email] = person
            for name in {key_of(person.name_ja), key_of(person.name_en)} - {""}:
                self.by_name[name].append(person)


def archived_addresses() -> set[str]:
    """Addresses of people who are out of use: taken all the same."""
    found = Person.objects.exclude(archived_at=None).exclude(email=None)
    return set(found.values_list("email", flat=True))


def taken_codes() -> set[str]:
    """The codes of all units, those out of use included."""
    return set(OrgUnit.objects.values_list("code", flat=True))


def units_by_id(pks) -> dict[int, OrgUnit]:
    return OrgUnit.objects.in_bulk(pks)


def people_by_id(pks) -> dict[int, Person]:
    return Person.objects.in_bulk(pks)


def everybody() -> QuerySet[Person]:
    """For the sheet that goes out: unit by unit."""
    return Person.objects.filter(archived_at=None, is_active=True).select_related("unit").order_by("kana", "pk")


def parent_of(unit: OrgUnit) -> int | None:
    """What a unit hangs below today."""
    return parents_on_day(timezone.localdate()).get(unit.pk)
