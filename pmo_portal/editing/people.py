"""People as choices of a cell: by name and address, so that two of the same name are told apart."""

from __future__ import annotations

from pmo_portal.accounts.models import Person
from pmo_portal.accounts.queries import choosable


def people(viewer) -> list[tuple[int, str]]:
    """(id, text) of everybody who can be named."""
    return [(p.pk, called(p)) for p in choosable("all")]


def called(person: Person) -> str:
    return f"{person.name} <{person.email}>" if person.email else person.name
