"""Addresses that letters come back from: noted once, no more letters until the address is another one or confirmed."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.accounts.models import Person
from pmo_portal.asks import dsn
from pmo_portal.asks.models import AddressBounce, MailMessage

Via = AddressBounce.Via


def bouncing() -> QuerySet[AddressBounce]:
    return AddressBounce.objects.filter(confirmed_at=None)


def bounce_of(person) -> AddressBounce | None:
    """Since when letters to the person's present address come back, if they do."""
    return bouncing().filter(address=person.email.lower()).first() if person.email else None


def does_bounce(address: str) -> bool:
    return bouncing().filter(address=address.lower()).exists()


def people_bouncing() -> QuerySet[Person]:
    return Person.objects.filter(email__in=bouncing().values("address"))


@transaction.atomic
def note(letter: MailMessage, *, words: str, status: str = "", via: str) -> AddressBounce:
    """A letter came back for good. The address is noted once; the trail of its person says so."""
    address, now = letter.address.lower(), timezone.now()
    known = bouncing().filter(address=address)
    if known.update(last_at=now, count=F("count") + 1):
        return known.get()
    person = Person.objects.filter(email=address).first()
    try:
        with transaction.atomic():
            made = AddressBounce.objects.create(
                address=address,
                person=person,
                letter=letter,
                status=status[:20],
                words=words[:500],
                via=via,
                last_at=now,
            )
    except IntegrityError:  # another worker was first
        return known.get()
    if person is not None:
        audit.log(person, "address_bounced", by=None, reason=f"{address}: {words}"[:500])
    return made


@transaction.atomic
def confirm(bounce: AddressBounce, *, by) -> AddressBounce:
    """Somebody who knows says that the address is right: letters go there again."""
    access.require(by, "resume", bounce)
    if not bouncing().filter(pk=bounce.pk).update(confirmed_at=timezone.now(), confirmed_by=by):
        raise ValidationError(_("This has been confirmed already."), code="confirmed")
    if bounce.person is not None:
        audit.log(bounce.person, "address_confirmed", by=by, reason=bounce.address)
    bounce.refresh_from_db()
    return bounce


# ---- what mail servers send back later


def envelope(letter: MailMessage) -> str:
    """Where what comes back of a letter goes: an address of its own for each letter, where the office has one for that."""
    local, _at, domain = settings.BOUNCE_ADDRESS.partition("@")
    return f"{local}+{letter.pk}-{_mark(letter.pk)}@{domain}" if domain else settings.DEFAULT_FROM_EMAIL


def _mark(pk: int) -> str:
    return salted_hmac("pmo_portal.bounces", str(pk)).hexdigest()[:16]


def read(raw: bytes) -> list[AddressBounce]:
    """Note what a delivery status notification says of our letters. It must name a letter by something that only its
    receiver's server has seen (its Message-ID, or the address for its return), and the address that it went to: a report
    that anybody can make up silences nobody."""
    noted = []
    for failure in dsn.failures(raw):
        letter = _letter_of(failure)
        if letter is None or not failure.is_permanent:
            continue
        if failure.recipient and failure.recipient != letter.address.lower():
            continue
        words = failure.words or failure.status
        noted.append(note(letter, words=words, status=failure.status, via=Via.DSN))
        MailMessage.objects.filter(pk=letter.pk).update(state=MailMessage.State.FAILED, error=f"DSN: {words}"[:1000])
    return noted


def _letter_of(failure: dsn.Failure) -> MailMessage | None:
    if failure.message_id:
        found = MailMessage.objects.filter(message_id=failure.message_id).first()
        if found is not None:
            return found
    for address in failure.returned_to:
        number, _dash, mark = address.partition("@")[0].rpartition("+")[2].partition("-")
        if (
            number.isascii()
            and number.isdigit()
            and len(number) < 15
            and constant_time_compare(mark, _mark(int(number)))
        ):
            return MailMessage.objects.filter(pk=int(number)).first()
    return None
