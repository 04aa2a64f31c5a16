"""What the portal asks of people: one desk, one ladder of reminders, one digest a day.

asks.kind("status.report", title=…, url=…, minutes=2)
asks.ask("status.report", person=pm, about=project, due_at=…, key=f"status:{project.pk}:{period.pk}")
"""

from pmo_portal.asks.actions import (
    ask,
    by_hand_again_at,
    decline,
    finish,
    move,
    postpone,
    remind,
    withdraw,
    withdraw_many,
    withdraw_within,
)
from pmo_portal.asks.inbox import notify
from pmo_portal.asks.kinds import kind, kinds, notice
from pmo_portal.asks.queries import about, waiting

__all__ = [
    "about",
    "ask",
    "by_hand_again_at",
    "decline",
    "finish",
    "kind",
    "kinds",
    "move",
    "notice",
    "notify",
    "postpone",
    "remind",
    "waiting",
    "withdraw",
    "withdraw_many",
    "withdraw_within",
]
