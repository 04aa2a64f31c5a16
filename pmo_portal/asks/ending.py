"""The signed address by which a letter's reader ends letters of its kinds, without signing in (RFC 8058)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from pmo_portal.accounts.models import Person
from pmo_portal.asks import choosing, timing
from pmo_portal.asks.kinds import Notice, notices

SALT = "pmo_portal.asks.ending"


@dataclass(frozen=True)
class Ending:
    """Whose letters end, and which: those kinds that may be turned off."""

    person: Person
    told: list[Notice]


def may_end(kinds: Iterable[str]) -> list[str]:
    """Of these kinds, those whose letters may be turned off."""
    return sorted({k for k in kinds if k in notices and timing.OFF in notices[k].offered(timing.MAIL)})


def address_of(person, kinds: Iterable[str]) -> str:
    """ "" where nothing of it may be turned off."""
    ending = may_end(kinds)
    if not ending:
        return ""
    token = signing.Signer(salt=SALT).sign_object([person.pk, ending])
    return settings.SITE_URL + reverse("desk:ending", kwargs={"token": token})


def headers_of(person, kinds: Iterable[str]) -> dict[str, str]:
    address = address_of(person, kinds)
    if not address:
        return {}
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read(token: str) -> Ending | None:
    """None for an address that we have not signed, or whose reader has gone."""
    try:
        person_id, kinds = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    return Ending(person, [notices[kind] for kind in may_end(kinds)]) if person else None


def end(ending: Ending) -> list[str]:
    """Safe to do twice. What has become mandatory meanwhile stays."""
    return choosing.turn_off(ending.person, [told.key for told in ending.told])
