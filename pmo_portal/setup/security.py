"""What allauth does with somebody's way of signing in, written into the trail: it has no call of ours to do it in."""

from __future__ import annotations

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.dispatch import receiver

from pmo_portal import audit
from pmo_portal.accounts.queries import themselves

ADDED = {"totp": "totp_added", "webauthn": "passkey_added", "recovery_codes": "codes_made"}
REMOVED = {"totp": "totp_removed", "webauthn": "passkey_removed", "recovery_codes": "codes_removed"}


@receiver(account.password_changed)
@receiver(account.password_reset)
@receiver(account.password_set)
def note_password(sender, user, **_given) -> None:
    audit.log(themselves(user), "password_changed", by=themselves(user))


@receiver(mfa.authenticator_added)
def note_added(sender, user, authenticator: Authenticator, **_given) -> None:
    audit.log(themselves(user), ADDED[authenticator.type], by=themselves(user))


@receiver(mfa.authenticator_removed)
def note_removed(sender, user, authenticator: Authenticator, **_given) -> None:
    audit.log(themselves(user), REMOVED[authenticator.type], by=themselves(user))


@receiver(mfa.authenticator_reset)
def note_new_codes(sender, user, authenticator: Authenticator, **_given) -> None:
    audit.log(themselves(user), "codes_made", by=themselves(user))


@receiver(mfa.authenticator_used)
def note_code(sender, user, authenticator: Authenticator, **_given) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        audit.log(themselves(user), "code_used", by=themselves(user))
