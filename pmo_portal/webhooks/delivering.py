"""Sending what waits, again after a while where it does not arrive, and giving up in the end."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.audit import chain
from pmo_portal.webhooks.gathering import gather
from pmo_portal.webhooks.models import Webhook, WebhookDelivery
from pmo_portal.webhooks.saying import written
from pmo_portal.webhooks.sending import send

JOB = "pmo_portal.webhooks.deliver"
State = WebhookDelivery.State
AFTER = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440)]  # between one attempt and the next
BUDGET = 30.0  # seconds at a stretch for one webhook, so that a slow receiver holds up only itself
MOST = 500  # at a stretch
TIRED = timedelta(days=5)  # failing for so long, it is switched off
KEPT = timedelta(days=60)


def submit(webhook: Webhook) -> None:
    """One job for each webhook: its messages go out one after another, and a slow receiver holds up its own alone."""
    jobs.submit(JOB, webhook.pk, key=f"webhook:{webhook.pk}")


def submit_due() -> int:
    """Those for which the trail has gone on, or whose messages' time has come."""
    end, found = chain.length(), 0
    due = _due(WebhookDelivery.objects.all()).values_list("webhook_id", flat=True)
    for webhook in Webhook.objects.filter(
        Q(cursor__lt=end, is_personal=False) | Q(pk__in=set(due)), is_active=True, archived_at=None
    ):
        submit(webhook)
        found += 1
    return found


def deliver(webhook_id: int) -> int:
    """Make and send what is due of one webhook, the oldest first; how many arrived. Where three in a row do not, the receiver
    is left alone for now; after `BUDGET` it goes on in a job of its own."""
    webhook = Webhook.objects.select_related("owner").filter(pk=webhook_id, is_active=True, archived_at=None).first()
    if webhook is None or not webhook.owner.is_active:
        return 0
    while not webhook.is_personal and gather(webhook.pk):
        pass
    began, arrived, missed = time.monotonic(), 0, 0
    for delivery in _due(webhook.deliveries.all()).select_related("webhook__owner").order_by("pk")[:MOST]:
        came = attempt(delivery)
        arrived, missed = (arrived + 1, 0) if came else (arrived, missed + 1)
        if missed == 3:
            break
        if time.monotonic() - began > BUDGET:
            submit(webhook)
            break
    return arrived


def _due(found: QuerySet[WebhookDelivery]) -> QuerySet[WebhookDelivery]:
    return found.filter(Q(next_at=None) | Q(next_at__lte=timezone.now()), state=State.WAITING)


def attempt(delivery: WebhookDelivery) -> bool:
    """Send it once and write down what came of it."""
    webhook = delivery.webhook
    outcome = send(
        webhook.url,
        webhook.secret,
        f"msg_{delivery.pk}",
        written(webhook, delivery.payload),
        allowed=settings.WEBHOOK_HOSTS,
    )
    now = timezone.now()
    delivery.attempts += 1
    delivery.sent_at, delivery.status = now, outcome.status
    delivery.milliseconds, delivery.fault = outcome.milliseconds, outcome.fault
    if outcome.arrived:
        delivery.state, delivery.next_at = State.DELIVERED, None
    elif delivery.attempts > len(AFTER):
        delivery.state, delivery.next_at = State.GIVEN_UP, None
    else:
        delivery.next_at = now + AFTER[delivery.attempts - 1]
    delivery.save(update_fields=["attempts", "sent_at", "status", "milliseconds", "fault", "state", "next_at"])
    _note(webhook, outcome.arrived)
    return outcome.arrived


def _note(webhook: Webhook, arrived: bool) -> None:
    """Since when nothing arrives; what fails for days is switched off rather than asked for ever."""
    if arrived:
        Webhook.objects.filter(pk=webhook.pk).exclude(failing_since=None).update(failing_since=None)
        return
    Webhook.objects.filter(pk=webhook.pk, failing_since=None).update(failing_since=timezone.now())
    Webhook.objects.filter(pk=webhook.pk, failing_since__lt=timezone.now() - TIRED).update(is_active=False)


def forget_old() -> int:
    """Messages that were settled long ago."""
    old = Q(created_at__lt=timezone.now() - KEPT)
    return WebhookDelivery.objects.filter(old).exclude(state=State.WAITING).delete()[0]
