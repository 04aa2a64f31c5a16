"""The outbox: letters are rows first, and leave one by one."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.asks.models import MailMessage

log = logging.getLogger("pmo_portal.mail")
State = MailMessage.State
ATTEMPTS = 8


def queue_letter(
    *,
    address: str,
    subject: str,
    text: str,
    html: str = "",
    person=None,
    key: str = "",
    not_before: datetime | None = None,
) -> MailMessage | None:
    """Put a letter into the outbox in the caller's transaction. The same `key` is written once (then returns None)."""
    message_id = make_msgid(domain="pmo.invalid")
    letter, new = MailMessage.objects.get_or_create(
        key=(key or message_id)[:160],
        defaults={
            "person": person,
            "address": address,
            "subject": " ".join(subject.split())[:300],
            "text": text,
            "html": html,
            "message_id": message_id,
            "not_before": not_before,
        },
    )
    if new:
        jobs.submit("pmo_portal.asks.send_mail", key="send_mail", run_after=not_before)
    return letter if new else None


def send_waiting(most: int = 200) -> dict:
    """Send what is due. One letter, one claim: two workers never send the same one; after a crash in the middle of one
    it goes again with the same Message-ID, so its reader sees it once. A server that is down keeps everything waiting."""
    sent = failed = 0
    for pk in _due(most):
        letter = _claim(pk)
        if letter is None:
            continue
        try:
            _send(letter)
        except Exception as error:  # any transport's own exceptions; the letter stays
            failed += 1
            _put_back(letter, error)
        else:
            sent += 1
            MailMessage.objects.filter(pk=pk).update(
                state=State.SENT, sent_at=timezone.now(), lease_until=None, error=""
            )
        jobs.progress(sent + failed)
    return {"sent": sent, "failed": failed}


def _claimable() -> Q:
    now = timezone.now()
    return Q(state=State.QUEUED) & (Q(not_before=None) | Q(not_before__lte=now)) | Q(
        state=State.SENDING, lease_until__lt=now
    )


def _due(most: int) -> list[int]:
    return list(MailMessage.objects.filter(_claimable()).order_by("pk").values_list("pk", flat=True)[:most])


def _claim(pk: int) -> MailMessage | None:
    with transaction.atomic():
        got = MailMessage.objects.filter(_claimable(), pk=pk).update(
            state=State.SENDING, lease_until=timezone.now() + timedelta(seconds=90), attempts=F("attempts") + 1
        )
    return MailMessage.objects.get(pk=pk) if got else None


def _send(letter: MailMessage) -> None:
    mail = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.address],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        connection=get_connection(),
    )
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    mail.send()


def _put_back(letter: MailMessage, error: Exception) -> None:
    log.warning("letter %s not sent at attempt %s: %s", letter.pk, letter.attempts, type(error).__name__)
    over = letter.attempts >= ATTEMPTS
    MailMessage.objects.filter(pk=letter.pk).update(
        state=State.FAILED if over else State.QUEUED,
        lease_until=None,
        error=str(error)[:1000],
        not_before=timezone.now() + timedelta(seconds=min(3600, 15 * 2**letter.attempts)),
    )
