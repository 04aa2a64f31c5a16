"""From the trail to messages: what has happened since, to records that the webhook's owner may see."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse

from pmo_portal import access
from pmo_portal.audit.models import AuditEntry, AuditLink
from pmo_portal.webhooks.kinds import Told, kinds
from pmo_portal.webhooks.models import Webhook, WebhookDelivery

BATCH = 500


@transaction.atomic
def gather(webhook_id: int) -> int:
    """Make the messages for the next entries of the trail; how many. The trail is read in the order of its chain, in which
    nothing comes later that belongs before; two at once wait for one another."""
    webhook = Webhook.objects.select_for_update().select_related("owner").get(pk=webhook_id)
    links = list(
        AuditLink.objects.filter(position__gt=webhook.cursor)
        .order_by("position")
        .values_list("position", "entry_id")[:BATCH]
    )
    if not links:
        return 0
    made = _messages(webhook, [entry_id for _position, entry_id in links])
    WebhookDelivery.objects.bulk_create(made, ignore_conflicts=True)
    Webhook.objects.filter(pk=webhook.pk).update(cursor=links[-1][0])
    return len(made)


def _messages(webhook: Webhook, ids: list[int]) -> list[WebhookDelivery]:
    types = {
        kind.pk: kinds[key]
        for key in webhook.kinds
        if key in kinds
        for kind in [ContentType.objects.get_for_model(kinds[key].model)]
    }
    entries = list(AuditEntry.objects.filter(pk__in=ids, content_type__in=list(types)).order_by("link__position"))
    seen = _seen(webhook.owner, types, entries)
    return [
        WebhookDelivery(
            webhook=webhook,
            entry=entry,
            event=f"{types[entry.content_type_id].model._meta.model_name}.{entry.action}".replace(" ", "_")[:80],
            payload=_payload(types[entry.content_type_id], seen[entry.content_type_id, entry.object_id], entry),
        )
        for entry in entries
        if (entry.content_type_id, entry.object_id) in seen
    ]


def _seen(owner, types: dict[int, Told], entries: list[AuditEntry]) -> dict[tuple[int, int], Any]:
    """(type, id) → record, of those that the owner may see now."""
    asked: dict[int, set[int]] = defaultdict(set)
    for entry in entries:
        asked[entry.content_type_id].add(entry.object_id)
    found = {}
    for kind, ids in asked.items():
        for record in access.visible(owner, types[kind].model).filter(pk__in=ids):
            found[kind, record.pk] = record
    return found


def _payload(told: Told, record: Any, entry: AuditEntry) -> dict[str, Any]:
    """Where to look, and nothing of what is there: who receives it asks with a key of their own."""
    name = getattr(record, told.name)
    data = {"kind": told.key, "record": str(name), "action": entry.action, "version": entry.object_version}
    if told.api:
        data["api"] = settings.SITE_URL + reverse(f"api:{told.api}-detail", args=(name,))
    if page := getattr(record, "get_absolute_url", None):
        data["url"] = settings.SITE_URL + page()
    return {
        "type": f"{told.model._meta.model_name}.{entry.action}".replace(" ", "_"),
        "timestamp": entry.at,
        "data": data,
    }
