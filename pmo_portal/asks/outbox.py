"""The outbox: letters are rows first, and leave one by one."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import make_msgid
from smtplib import SMTPDataError, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.asks import bounces
from pmo_portal.asks.dsn import is_policy
from pmo_portal.asks.models import MailMessage

log = logging.getLogger("pmo_portal.mail")
State = MailMessage.State
MOST_REFUSALS = 8
FIRST_WAIT, LONGEST_WAIT = 15, 900  # seconds between tries to reach the server
LEASE = 300  # seconds for one letter: more than the server's slowest answers together (EMAIL_TIMEOUT each)


def queue_letter(
    *,
    address: str,
    subject: str,
    text: str,
    html: str = "",
    person=None,
    key: str = "",
    not_before: datetime | None = None,
    headers: dict[str, str] | None = None,
) -> MailMessage | None:
    """Put a letter into the outbox in the caller's transaction. The same `key` is written once (then returns None).
    `headers`: what else stands at its head."""
    message_id = make_msgid(domain=urlsplit(settings.SITE_URL).hostname or "localhost")
    letter, new = MailMessage.objects.get_or_create(
        key=(key or message_id)[:160],
        defaults={
            "person": person,
            "address": address,
            "subject": " ".join(subject.split())[:300],
            "text": text,
            "html": html,
            "message_id": message_id,
            "headers": headers or {},
            "not_before": not_before,
        },
    )
    if new:
        jobs.submit("pmo_portal.asks.send_mail", key="send_mail", run_after=not_before)
    return letter if new else None


def send_waiting(most: int = 500) -> dict:
    """Send what is due. One letter, one claim: two workers never send the same one; after a crash in the middle of one
    it goes again with the same Message-ID, so its reader sees it once. While the server is not reached, everything
    waits, a little longer each time and at most a quarter of an hour, and no letter is ever given up for it."""
    sent = failed = 0
    connection = None
    try:
        for pk in _due(most):
            letter = _claim(pk)
            if letter is None:
                continue
            try:
                connection = connection or _connect()
            except Exception as error:  # refused, timed out, not let in: whatever the transport says
                return {"sent": sent, "failed": failed, **_wait_for_server(letter, error)}
            try:
                connection.send_messages([_message(letter)])
            except Exception as error:  # likewise
                if _broke_off(error):
                    return {"sent": sent, "failed": failed, **_defer(letter, error)}
                failed += 1
                _put_back(letter, error)
                _close(connection)
                connection = None  # the next letter has one of its own
            else:
                sent += 1
                MailMessage.objects.filter(pk=pk).update(
                    state=State.SENT, sent_at=timezone.now(), lease_until=None, error=""
                )
            jobs.progress(sent + failed)
    finally:
        _close(connection)
    return {"sent": sent, "failed": failed}


def _connect():
    connection = get_connection()
    connection.open()
    return connection


def _close(connection) -> None:
    if connection is not None:
        with suppress(Exception):
            connection.close()


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
            state=State.SENDING, lease_until=timezone.now() + timedelta(seconds=LEASE), attempts=F("attempts") + 1
        )
    return MailMessage.objects.get(pk=pk) if got else None


def _message(letter: MailMessage) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        bounces.envelope(letter),
        [letter.address],
        headers={
            **letter.headers,
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": letter.message_id,
            "Auto-Submitted": "auto-generated",
        },
    )
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    return mail


def _wait_for_server(letter: MailMessage, error: Exception) -> dict:
    """Everything that is due waits together: one try at a time, later each time."""
    _defer(letter, error)
    letter.refresh_from_db()
    waiting = MailMessage.objects.filter(_claimable()).update(
        state=State.QUEUED, lease_until=None, not_before=letter.not_before, error=letter.error
    )
    return {"error": type(error).__name__, "waiting": waiting + 1}


def _broke_off(error: Exception) -> bool:
    """Whether the connection failed, rather than the server refusing the letter or the letter being none."""
    answered = (SMTPRecipientsRefused, SMTPDataError, SMTPNotSupportedError)
    return isinstance(error, OSError) and not isinstance(error, answered)


def _defer(letter: MailMessage, error: Exception) -> dict:
    """Not the letter's fault as far as we know: it waits, and others go before it."""
    log.warning("mail server not reached at try %s: %s", letter.attempts, type(error).__name__)
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(letter.attempts - 1, 10))
    MailMessage.objects.filter(pk=letter.pk).update(
        state=State.QUEUED, lease_until=None, not_before=timezone.now() + timedelta(seconds=wait), error=_words(error)
    )
    return {"error": type(error).__name__, "waiting": 1}


def _put_back(letter: MailMessage, error: Exception) -> None:
    """The server was there and did not take this letter. An address that it does not know is given up at once, anything
    else after some tries."""
    log.warning("letter %s not sent at attempt %s: %s", letter.pk, letter.attempts, type(error).__name__)
    refusals = letter.refusals + 1
    over = refusals >= MOST_REFUSALS or _unknown_address(error)
    MailMessage.objects.filter(pk=letter.pk).update(
        state=State.FAILED if over else State.QUEUED,
        lease_until=None,
        refusals=refusals,
        error=_words(error),
        not_before=timezone.now() + timedelta(seconds=min(3600, FIRST_WAIT * 2**refusals)),
    )
    if _unknown_address(error):
        code, said = _refusal(error)
        bounces.note(letter, words=said, status=code, via=bounces.Via.SMTP)


def _unknown_address(error: Exception) -> bool:
    """Whether the server says for good that it does not take letters for this address; not that it does not take ours."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(code >= 500 and not is_policy(_text(said)) for code, said in error.recipients.values())


def _refusal(error: Exception) -> tuple[str, str]:
    """The server's code and words for the one receiver that a letter has."""
    code, said = next(iter(getattr(error, "recipients", {}).values()), (0, b""))
    return str(code), f"{code} {_text(said)}"


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _words(error: Exception) -> str:
    """What the server or the connection said."""
    if isinstance(error, SMTPRecipientsRefused):
        said = "; ".join(f"{code} {_text(text)}" for code, text in error.recipients.values())
    elif isinstance(error, SMTPResponseException):
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        said = str(error)
    return f"{type(error).__name__}: {said}"[:1000]


def send_again(letter: MailMessage) -> bool:
    """Another life for a letter that was given up; its Message-ID stays. False: it was not given up."""
    revived = MailMessage.objects.filter(pk=letter.pk, state=State.FAILED).update(
        state=State.QUEUED, not_before=None, attempts=0, refusals=0, error=""
    )
    if revived:
        jobs.submit("pmo_portal.asks.send_mail", key="send_mail")
    return bool(revived)


def forget_words(now: datetime | None = None) -> int:
    """Drop the words of letters that went 30 days ago; returns how many."""
    before = (now or timezone.now()) - timedelta(days=30)
    old = MailMessage.objects.filter(state=State.SENT, sent_at__lt=before).exclude(text="", html="")
    return old.update(text="", html="", subject="", headers={})
