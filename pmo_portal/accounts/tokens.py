"""Keys that are shown once and kept as hashes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from pmo_portal.accounts.models import ApiToken, Invitation, Person


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def create_api_token(
    person: Person, label: str = "", days: int | None = None, scope: str = ApiToken.Scope.WRITE
) -> str:
    """Make an API token for `person`; returns the key, which is stored nowhere."""
    key = f"pmo_{secrets.token_urlsafe(32)}"
    expires = timezone.now() + timedelta(days=days) if days else None
    ApiToken.objects.create(person=person, label=label or "API", key_hash=hashed(key), scope=scope, expires_at=expires)
    return key


def token_of(key: str) -> ApiToken | None:
    """The token with its person, unless it was revoked, has expired, or the person may no longer sign in."""
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("person")
        .filter(key_hash=hashed(key), revoked_at=None, person__is_active=True)
        .first()
    )
    if token is None or (token.expires_at and token.expires_at <= now):
        return None
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=5):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def create_invitation(person: Person, by: Person | None, days: int = 14) -> str:
    """A key with which `person` sets a first password; older ones lose their force."""
    key = secrets.token_urlsafe(32)
    person.invitations.filter(used_at=None).update(expires_at=timezone.now())
    Invitation.objects.create(
        person=person, key_hash=hashed(key), invited_by=by, expires_at=timezone.now() + timedelta(days=days)
    )
    return key


def open_invitation(key: str) -> Invitation | None:
    return (
        Invitation.objects.select_related("person")
        .filter(key_hash=hashed(key), used_at=None, expires_at__gt=timezone.now())
        .first()
    )
