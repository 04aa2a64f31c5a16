"""A message in the words of its receiver: as it is for programs, in the chat's own shape and language for people."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal.audit.wording import ACTIONS
from pmo_portal.webhooks import shapes
from pmo_portal.webhooks.models import Webhook

Shape = Webhook.Shape


def written(webhook: Webhook, payload: dict[str, Any]) -> dict[str, Any]:
    """The message as its receiver reads it: as it is for programs, in the chat's own shape for people."""
    if webhook.shape == Shape.PROGRAM:
        return payload
    with translation.override(webhook.owner.language):
        message = _message(payload)
    return shapes.teams(message) if webhook.shape == Shape.TEAMS else shapes.slack(message)


def _message(payload: dict[str, Any]) -> shapes.Message:
    data = payload.get("data", {})
    verb = pgettext("verb", "Open")
    if payload.get("type") == "trial":
        return shapes.Message(_("This is a trial: the PMO portal reaches this chat."))
    if "text" in data:
        return shapes.Message(data["text"], tuple(data.get("lines", ())), data.get("url", ""), verb)
    action = data.get("action", "")
    return shapes.Message(f"{data.get('record', '')}: {ACTIONS.get(action, action)}", (), data.get("url", ""), verb)
