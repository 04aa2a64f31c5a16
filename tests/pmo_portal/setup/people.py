"""People with roles, made as an office makes them."""

from __future__ import annotations

from django.utils import timezone

from pmo_portal.access.models import Grant
from pmo_portal.access.tree import office
from pmo_portal.accounts.models import Person

PASSWORD = "a right long password"


def make(name: str, *roles: str, scope=None, **fields) -> Person:
    """A person who can sign in, with office roles that hold since long ago."""
    email = fields.pop("email", f"{name.lower()}@demo.example")
    person = Person.objects.create_user(email, PASSWORD, name_ja=name, name_en=name, **fields)
    for role in roles:
        Grant.objects.create(
            person=person, role=role, scope=scope or office(), starts_on=timezone.localdate().replace(year=2020, day=1)
        )
    return person
