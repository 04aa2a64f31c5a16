"""Chats that are told: a person's own, and channels of the office. Messages go out as those of any webhook do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pmo_portal import access, audit
from pmo_portal.asks import timing
from pmo_portal.asks.digests import day_of
from pmo_portal.asks.kinds import kinds as ask_kinds
from pmo_portal.asks.letters import absolute, lines_of, shown, text_of
from pmo_portal.asks.models import Ask, InboxItem, LadderStep
from pmo_portal.asks.queries import may_still_see
from pmo_portal.webhooks import delivering, shapes
from pmo_portal.webhooks.checking import check_address
from pmo_portal.webhooks.models import Webhook, WebhookDelivery

LATE = "late:"  # before the kind of ask, among what a channel is told of
Shape = Webhook.Shape


def own_chat(person) -> Webhook | None:
    return Webhook.objects.filter(owner_id=person.pk, is_personal=True, archived_at=None).first()


@transaction.atomic
def save_own_chat(person, *, shape: str, url: str) -> Webhook:
    """The address of the person's own chat; a new one is told from now on."""
    if shape not in (Shape.SLACK, Shape.TEAMS):
        raise ValidationError({"shape": ValidationError(_("Choose Slack or Teams."), code="required")})
    check_address(url)
    chat = own_chat(person)
    if chat is None:
        label = _("Chat of %(person)s") % {"person": person}
        made = Webhook(owner=person, is_personal=True, label=label[:80], shape=shape, url=url)
        access.require(person, "add", made)
        return audit.create(made, by=person)
    with audit.change(chat, "changed", by=person) as current:
        current.shape, current.url, current.is_active, current.failing_since = shape, url, True, None
    return chat


# ---- what is told


def tell_item(item: InboxItem) -> bool:
    """One thing told, at once, into the chat of its person; once however often it is asked for."""
    chat = own_chat(item.person)
    if chat is None or not chat.is_active or not item.person.is_active or not may_still_see(item):
        return False
    with translation.override(item.person.language), timezone.override(ZoneInfo(item.person.timezone)):
        data = {"text": text_of(item), "lines": lines_of(item), "url": absolute(item.url or "/inbox/")}
    return _post(chat, key=f"item:{item.pk}", event=item.kind, data=data)


def tell_digests(now: datetime | None = None) -> int:
    """The day's one message to each chat whose person wants some things once a day; how many."""
    now, told = now or timezone.now(), 0
    for chat in Webhook.objects.filter(is_personal=True, is_active=True, archived_at=None).select_related("owner"):
        day = day_of(chat.owner, now) if chat.owner.is_active else None
        told += bool(day and _tell_digest(chat, day))
    return told


@transaction.atomic
def _tell_digest(chat: Webhook, day: date) -> bool:
    waiting: QuerySet[InboxItem] = InboxItem.objects.filter(
        person=chat.owner, chat=timing.DIGEST, chatted_on=None, read_at=None, at__gte=chat.created_at
    )
    found = list(waiting.select_related("person", "content_type").order_by("at")[: shapes.MOST_LINES])
    news = [item for item in found if may_still_see(item)]
    if not news or chat.deliveries.filter(key=f"digest:{day}").exists():
        return False
    with translation.override(chat.owner.language), timezone.override(ZoneInfo(chat.owner.timezone)):
        text = ngettext("%(count)s new thing for you", "%(count)s new things for you", len(news)) % {"count": len(news)}
        data = {"text": text, "lines": [text_of(item) for item in news], "url": absolute("/inbox/")}
    InboxItem.objects.filter(pk__in=[item.pk for item in found]).update(chatted_on=day)
    return _post(chat, key=f"digest:{day}", event="digest", data=data)


def tell_late(ask: Ask, step: LadderStep, due_on: date) -> int:
    """Channels of the office hear once of what is overdue, where whoever set them up may see it."""
    told = 0
    if step.offset_days <= 0:
        return told
    for channel in channels():
        if (
            f"{LATE}{ask.kind}" not in channel.kinds
            or not access.visible(channel.owner, Ask).filter(pk=ask.pk).exists()
        ):
            continue
        with translation.override(channel.owner.language), timezone.override(ZoneInfo(channel.owner.timezone)):
            row = shown(ask)
            text = _("Overdue with %(who)s: %(title)s") % {"who": ask.person.name, "title": row["title"]}
            data = {"text": text, "lines": [row["why"]] if row["why"] else [], "url": absolute(row["url"])}
        told += _post(channel, key=f"late:{ask.pk}:{due_on}", event=f"late {ask.kind}", data=data)
    return told


def channels() -> QuerySet[Webhook]:
    return (
        Webhook.objects.filter(is_personal=False, is_active=True, archived_at=None, owner__is_active=True)
        .exclude(shape=Shape.PROGRAM)
        .select_related("owner")
    )


def told_of_late() -> dict[str, str]:
    """What channels can be told of besides records: that something of a kind is overdue."""
    return {f"{LATE}{key}": _("Overdue: %(kind)s") % {"kind": kind.label} for key, kind in ask_kinds.items()}


def _post(chat: Webhook, *, key: str, event: str, data: dict[str, Any]) -> bool:
    with transaction.atomic():
        _made, new = WebhookDelivery.objects.get_or_create(
            webhook=chat, key=key, defaults={"event": event[:80], "payload": {"type": event, "data": data}}
        )
        if new:
            delivering.submit(chat)
    return new
