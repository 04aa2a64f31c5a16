"""The machine's tasks and changes of settings in words for people."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pmo_portal.audit.wording import Change
from pmo_portal.i18n.dates import format_date, format_moment_in_full


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


def was_is(change: Change) -> str:
    """One field of the trail on one line of a list or a file."""
    was, now = (_in_words(value) for value in (change.was, change.now))
    return (
        f"{capfirst(change.label)}: {now}" if change.was in (None, "") else f"{capfirst(change.label)}: {was} → {now}"
    )


def _in_words(value: Any) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return format_moment_in_full(value)
    return format_date(value, "plain") if isinstance(value, date) else str(value)
