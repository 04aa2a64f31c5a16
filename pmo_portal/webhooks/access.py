"""Webhooks are set up by who runs the office; what they tell is what their owner may see. A person's own chat is theirs alone."""

from __future__ import annotations

from django.db.models import Q

from pmo_portal import access
from pmo_portal.webhooks.models import Webhook, WebhookDelivery

RUNNERS = ("sysadmin", "manager")


@access.predicate
def is_owner(viewer, webhook):
    return webhook is not None and webhook.owner_id == viewer.pk


@access.predicate
def is_own_chat(viewer, webhook):
    return webhook is not None and webhook.is_personal and webhook.owner_id == viewer.pk


class _OfWebhook(access.Access):
    """Those of the office by role, those of a person by whose they are."""

    seen_by = (*RUNNERS, "auditor")
    to_webhook = ""

    def condition(self, viewer) -> Q | None:
        own = Q(**{f"{self.to_webhook}is_personal": True, f"{self.to_webhook}owner": viewer.pk})
        holds = bool(access.reach(viewer).roles.intersection(self.seen_by))
        return own | Q(**{f"{self.to_webhook}is_personal": False}) if holds else own

    def sees(self, viewer, record) -> bool:
        if not getattr(viewer, "is_authenticated", False) or not viewer.is_active:
            return False
        webhook = getattr(record, "webhook", record)
        if webhook.is_personal:
            return webhook.owner_id == viewer.pk
        return bool(access.reach(viewer).roles.intersection(self.seen_by))


@access.register
class WebhookAccess(_OfWebhook):
    model = Webhook
    # Its owner alone turns it elsewhere: it carries what they may see. Whoever runs the office may switch it off.
    can = {
        "edit": is_own_chat | (is_owner & access.roles(*RUNNERS)),
        "end": is_own_chat | access.roles(*RUNNERS),
        "add": is_own_chat | access.roles(*RUNNERS),
    }


@access.register
class WebhookDeliveryAccess(_OfWebhook):
    model = WebhookDelivery
    to_webhook = "webhook__"
