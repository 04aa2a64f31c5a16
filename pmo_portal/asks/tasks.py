"""Reminders, digests and letters, by the clock."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from pmo_portal.accounts.models import Person
from pmo_portal.asks import ladder, letters, outbox
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.asks.queries import waiting
from pmo_portal.periods.queries import is_working_day, office_settings


@jobs.periodic(every=timedelta(minutes=15))
@jobs.job(
    label=gettext_lazy("Climb the ladder of reminders"),
    told=lambda done: ngettext("%(n)s reminder", "%(n)s reminders", done["climbed"]) % {"n": done["climbed"]},
)
def climb_ladder() -> dict:
    """Do the rungs that are due."""
    return ladder.climb()


@jobs.job(label=gettext_lazy("Write a letter"))
def write_letter(item_id: int) -> dict:
    """Write the letter for one inbox item at once; its key makes a second run harmless."""
    item = InboxItem.objects.select_related("person").filter(pk=item_id).first()
    return {"written": bool(item and letters.letter_for_item(item))}


@jobs.periodic(every=timedelta(minutes=1))
@jobs.job(
    label=gettext_lazy("Send the letters that wait"), told=lambda done: _("%(sent)s sent, %(failed)s not sent") % done
)
def send_mail() -> dict:
    """Send what waits in the outbox."""
    return outbox.send_waiting()


@jobs.periodic(every=timedelta(minutes=10))
@jobs.job(
    label=gettext_lazy("Send the day's digests"),
    told=lambda done: ngettext("%(n)s letter", "%(n)s letters", done["written"]) % {"n": done["written"]},
)
def send_digests() -> dict:
    """One letter a day for each person who has asks due soon or news, on working days, after the digest's hour.

    The letter's key holds the day, and the news are marked in the same transaction: a crash neither repeats nor loses.
    """
    written, at = 0, office_settings().digest_at
    soon = timezone.now() + timedelta(days=7)
    candidates = set(InboxItem.objects.filter(digested_on=None).values_list("person_id", flat=True))
    candidates |= set(Ask.objects.filter(state=Ask.State.OPEN, due_at__lte=soon).values_list("person_id", flat=True))
    for person in Person.objects.filter(pk__in=candidates, is_active=True).exclude(email=None).iterator(200):
        local = timezone.now().astimezone(ZoneInfo(person.timezone))
        if not is_working_day(local.date()) or local.time() < at:
            continue
        if letters.after_quiet(person, local) != local:
            continue
        with transaction.atomic():
            news = list(InboxItem.objects.filter(person=person, digested_on=None).order_by("at")[:50])
            due = list(waiting(person).filter(due_at__lte=soon)[:50])
            if (news or due) and letters.write_digest(person, local.date(), due, news):
                InboxItem.objects.filter(pk__in=[n.pk for n in news]).update(digested_on=local.date())
                written += 1
        jobs.progress(written)
    return {"written": written}
