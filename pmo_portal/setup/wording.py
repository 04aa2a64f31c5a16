"""The machine's tasks in words for people."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def every(span) -> str:
    """How often a periodic task runs."""
    if not isinstance(span, timedelta):
        return _("at set times")
    seconds = int(span.total_seconds())
    if seconds % 3600 == 0:
        return ngettext("every hour", "every %(n)s hours", seconds // 3600) % {"n": seconds // 3600}
    if seconds % 60 == 0:
        return ngettext("every minute", "every %(n)s minutes", seconds // 60) % {"n": seconds // 60}
    return _("every %(n)s seconds") % {"n": seconds}


def step_when(offset: int) -> str:
    """When a rung of the ladder is climbed."""
    if offset == 0:
        return _("On the due day")
    if offset < 0:
        return ngettext("%(n)s working day before", "%(n)s working days before", -offset) % {"n": -offset}
    return ngettext("%(n)s working day after", "%(n)s working days after", offset) % {"n": offset}
