"""Reminders, digests and letters, by the clock."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from pmo_portal.asks import digests, ladder, letters, outbox
from pmo_portal.asks.bounces import bounce_of
from pmo_portal.asks.inbox import wait_for_an_address
from pmo_portal.asks.models import InboxItem
from pmo_portal.asks.queries import may_still_see


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
    item = InboxItem.objects.select_related("person", "by", "content_type").filter(pk=item_id).first()
    if item is None or not may_still_see(item):
        return {"written": False}
    written = letters.letter_for_item(item)
    if not written and bounce_of(item.person):
        wait_for_an_address(item)
    return {"written": written}


@jobs.periodic(every=timedelta(minutes=1))
@jobs.job(
    label=gettext_lazy("Send the letters that wait"),
    told=lambda done: (
        _("mail server not reached (%(error)s), %(waiting)s waiting") % done
        if done.get("error")
        else _("%(sent)s sent, %(failed)s not sent") % done
    ),
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
    """One letter a day for each person who has been asked, reminded or told something, on working days, after the
    digest's hour.

    A crash neither repeats nor loses: the letter's key holds the day, and what it told is marked in its transaction.
    """
    return {"written": digests.write_all()}


@jobs.periodic(every=timedelta(hours=6))
@jobs.job(
    label=gettext_lazy("Forget the words of old letters"),
    told=lambda done: ngettext("%(n)s letter", "%(n)s letters", done["forgotten"]) % {"n": done["forgotten"]},
)
def forget_letters() -> dict:
    """A letter's words are its reader's: 30 days after it went only that it went is kept."""
    return {"forgotten": outbox.forget_words()}
