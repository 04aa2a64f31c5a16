"""Moments of a period at which rooms take part."""

from pmo_portal.ports import Port

period_opened = Port("period_opened")  # (period, by): ask for what is owed
period_closed = Port("period_closed")  # (period, by)
period_ended = Port("period_ended")  # (period, by): it takes nothing any more; what is still asked for it goes
period_frozen = Port("period_frozen")  # (period) → (scope id, content) pairs for the picture
