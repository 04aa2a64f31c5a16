"""Channels of the office take part where the ladder of reminders is climbed."""

from datetime import date

from pmo_portal.asks.models import Ask, LadderStep
from pmo_portal.asks.ports import rung_climbed
from pmo_portal.webhooks import chatting


@rung_climbed.plug
def tell_the_channels(ask: Ask, step: LadderStep, due_on: date) -> None:
    chatting.tell_late(ask, step, due_on)
