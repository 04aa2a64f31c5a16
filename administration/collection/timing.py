"""When reports usually come, and which moment of the last period compares with now. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median

from pmo_portal.periods.calendar import add_working_days, working_days_between

ENOUGH = 3  # reports before a habit is spoken of
LATE_SHARE = 1 / 3


def same_moment(
    now: datetime, due: datetime, due_before: datetime, days_off: Mapping[date, str] | None = None
) -> datetime:
    """The moment of the period before that lay as many working days from its due day as now lies from this one's, at
    the same time of day. All three in the office's own clock."""
    days = working_days_between(due.date(), now.date(), days_off)
    day = due_before.date() if days == 0 else add_working_days(due_before.date(), days, days_off)
    return datetime.combine(day, now.timetz())


def habit(ahead: Sequence[timedelta]) -> str:
    """How somebody reports, from how long before the due moment their last reports came (negative: after it):
    "late", "day_of", "day_before" or "early"; "" where there are too few to tell."""
    if len(ahead) < ENOUGH:
        return ""
    if sum(one < timedelta(0) for one in ahead) / len(ahead) >= LATE_SHARE:
        return "late"
    usual = timedelta(seconds=median(one.total_seconds() for one in ahead))
    return "day_of" if usual < timedelta(hours=12) else "day_before" if usual < timedelta(hours=36) else "early"
