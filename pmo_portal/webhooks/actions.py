"""Setting up who is told, ending it, sending something again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.audit import chain
from pmo_portal.webhooks import chatting, delivering
from pmo_portal.webhooks.checking import check_address
from pmo_portal.webhooks.kinds import kinds
from pmo_portal.webhooks.models import Webhook, WebhookDelivery, new_secret

State = WebhookDelivery.State


@transaction.atomic
def create_webhook(*, by, **given: Any) -> Webhook:
    """An address that is told from now on. Its secret is in the record that comes back, to be shown once."""
    made = Webhook(owner=by, cursor=chain.length(), **given)
    access.require(by, "add", made)
    _check(made)
    return audit.create(made, by=by)


@transaction.atomic
def edit_webhook(webhook: Webhook, *, by, version: int | None = None, **given: Any) -> Webhook:
    """Switched on again it begins with now: what happened meanwhile is not told."""
    access.require(by, "edit", webhook)
    with audit.change(webhook, "changed", by=by, version=version) as current:
        was_active = current.is_active
        for name, value in given.items():
            setattr(current, name, value)
        _check(current)
        if current.is_active and not was_active:
            current.cursor, current.failing_since = chain.length(), None
    return webhook


def _check(webhook: Webhook) -> None:
    faults: dict[str, ValidationError] = {}
    try:
        check_address(webhook.url)
    except ValidationError as fault:
        faults |= fault.error_dict
    known = kinds if webhook.shape == Webhook.Shape.PROGRAM else [*kinds, *chatting.told_of_late()]
    unknown = [key for key in webhook.kinds if key not in known]
    if not webhook.kinds or unknown:
        faults["kinds"] = ValidationError(_("Choose what it is told of."), code="required")
    if faults:
        raise ValidationError(faults)


@transaction.atomic
def renew_secret(webhook: Webhook, *, by, version: int | None = None) -> Webhook:
    """The old secret signs nothing any more. The new one is in the record that comes back, to be shown once."""
    access.require(by, "edit", webhook)
    with audit.change(webhook, "secret_renewed", by=by, version=version) as current:
        current.secret = new_secret()
    return webhook


@transaction.atomic
def end_webhook(webhook: Webhook, *, by, version: int | None = None) -> Webhook:
    """It is told nothing any more; what was told stays to be read."""
    access.require(by, "end", webhook)
    webhook.deliveries.filter(state=State.WAITING).update(state=State.GIVEN_UP, next_at=None)
    return audit.archive(webhook, by=by, reason="", version=version)


@transaction.atomic
def try_out(webhook: Webhook, *, by) -> WebhookDelivery:
    """A message of no meaning, so that one sees whether it arrives."""
    access.require(by, "edit", webhook)
    _require_live(webhook)
    payload = {"type": "trial", "timestamp": timezone.now(), "data": {"webhook": webhook.label}}
    made = WebhookDelivery.objects.create(webhook=webhook, event="trial", payload=payload)
    delivering.submit(webhook)
    return made


@transaction.atomic
def send_again(delivery: WebhookDelivery, *, by) -> WebhookDelivery:
    """Under the same name, so that a receiver who has it already knows it."""
    access.require(by, "edit", delivery.webhook)
    _require_live(delivery.webhook)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(state=State.WAITING, attempts=0, next_at=None)
    audit.log(delivery.webhook, "sent_again", by=by, reason=str(delivery))
    delivering.submit(delivery.webhook)
    delivery.refresh_from_db()
    return delivery


def _require_live(webhook: Webhook) -> None:
    if webhook.archived_at or not webhook.is_active:
        raise ValidationError(_("This webhook is not in use."), code="off")
