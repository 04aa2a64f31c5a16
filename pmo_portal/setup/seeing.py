"""Seeing the portal as somebody else sees it: for a while, reading only, told to that person and to the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.accounts.models import Person
from pmo_portal.asks.inbox import notify
from pmo_portal.setup import queries

KEPT = "seen_as"  # the session's name for it
LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class Seeing:
    """`by` sees what `person` would see, until then."""

    by: Person
    person: Person
    until: datetime


@transaction.atomic
def begin(session, person: Person, *, by: Person, reason: str) -> None:
    """From now on, in this browser, pages come as `person` would get them. They are told, with the reason."""
    access.require(by, "see_as", person)
    if not person.is_active:
        raise ValidationError(_("%(person)s may not sign in. Re-activate them first.") % {"person": person.name})
    audit.require_reason(reason, _("Say why; they are told, and it stands in the audit trail."))
    entry = audit.log(person, "seen_as", by=by, reason=reason)
    told = {"who": by.pk, "name_ja": by.name_ja, "name_en": by.name_en, "reason": reason}
    notify(person, key=f"seen_as:{entry.pk}", kind="seen_as", params=told, by=by)
    session[KEPT] = {"person": person.pk, "by": by.pk, "until": (timezone.now() + LASTS).isoformat()}


def end(session) -> Person | None:
    """Be oneself again. Returns whom one saw the portal as; nobody where it was over already."""
    kept = session.pop(KEPT, None)
    if kept is None:
        return None
    person, by = queries.person(kept["person"]), queries.person(kept["by"])
    if person is not None and by is not None:
        audit.log(person, "seen_as_ended", by=by)
    return person


def in_force(session, by: Person) -> Seeing | None:
    """What this session sees, as long as its time runs, whoever sees may and whoever is seen is there."""
    kept = session.get(KEPT)
    until = datetime.fromisoformat(kept["until"])
    person = queries.person(kept["person"]) if kept["by"] == by.pk and timezone.now() < until else None
    if person is None or not person.is_active or not access.may(by, "see_as", person):
        return None
    return Seeing(by, person, until)


def note(seeing: Seeing, address: str) -> None:
    """One page that was looked at."""
    audit.log(seeing.person, "looked_as", by=seeing.by, reason=address[:500])
