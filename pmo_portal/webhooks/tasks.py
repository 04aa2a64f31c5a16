"""Messages by the clock: each safe to run twice."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from pmo_portal.asks.models import InboxItem
from pmo_portal.webhooks import chatting, delivering


@jobs.job(
    label=gettext_lazy("Send messages to a webhook"),
    told=lambda done: _("arrived: %(count)s") % {"count": done["arrived"]},
    lease=90,
)
def deliver(webhook_id: int) -> dict:
    """Send what is due; one that was sent before the worker died is sent again under the same name."""
    return {"arrived": delivering.deliver(webhook_id)}


@jobs.periodic(every=timedelta(seconds=30))
@jobs.job(
    label=gettext_lazy("Look for messages to webhooks"),
    told=lambda done: _("to send: %(count)s") % {"count": done["webhooks"]},
)
def look() -> dict:
    """Webhooks for which something has happened, or whose next attempt has come."""
    return {"webhooks": delivering.submit_due()}


@jobs.periodic(every=timedelta(hours=24))
@jobs.job(
    label=gettext_lazy("Forget settled messages to webhooks"),
    told=lambda done: _("forgotten: %(count)s") % {"count": done["forgotten"]},
)
def forget() -> dict:
    return {"forgotten": delivering.forget_old()}


@jobs.job(label=gettext_lazy("Tell a person's chat"))
def chat_item(item_id: int) -> dict:
    """One thing told, into the chat of its person; its key makes a second run harmless."""
    item = InboxItem.objects.select_related("person").filter(pk=item_id).first()
    return {"told": bool(item and chatting.tell_item(item))}


@jobs.periodic(every=timedelta(minutes=10))
@jobs.job(
    label=gettext_lazy("Send the day's message to chats"),
    told=lambda done: ngettext("%(n)s message", "%(n)s messages", done["told"]) % {"n": done["told"]},
)
def chat_digests() -> dict:
    """One message a day for each chat whose person wants some things once a day, at the hour of their digest."""
    return {"told": chatting.tell_digests()}
