"""The rungs of reminding, and what goes out by itself next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    Count,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.collection.queries.periods import Histories, histories_of
from pmo_portal import access
from pmo_portal.asks.ladder import rung_day
from pmo_portal.asks.models import Ask, LadderStep
from pmo_portal.asks.queries import substitutes
from pmo_portal.periods.calendar import is_working_day
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import company_days


@dataclass(frozen=True)
class Common:
    """What several parts of the dashboard go by, read once: the periods before, the ladder, the office's own days."""

    histories: Histories
    steps: list[LadderStep]
    days_off: dict[date, str]


def common_of(periods: list[ReportingPeriod]) -> Common:
    """Three queries."""
    return Common(histories_of(periods), ladder_steps(), company_days())


def ladder_steps() -> list[LadderStep]:
    """The rungs in force for status reports."""
    steps = list(LadderStep.objects.filter(is_active=True, archived_at=None, kind__in=("", "status.report")))
    own = [s for s in steps if s.kind]
    return sorted(own or steps, key=lambda s: s.offset_days)


def readers() -> dict[int, object]:
    """person id → who reads their letters today, for those who are away. One query."""
    return {person_id: people[0] for person_id, people in substitutes(timezone.localdate()).items() if people}


def coming_sends(viewer, most: int = 4, common: Common | None = None) -> tuple[list[dict], list]:
    """What goes out by itself next: day, rung, how many reports it is about; and the days until then on which nothing
    goes out."""
    steps, days_off = (common.steps, common.days_off) if common else (ladder_steps(), company_days())
    today, longest = timezone.localdate(), max((step.offset_days for step in steps), default=0)
    since = timezone.now() - timedelta(days=3 * max(longest, 0) + 14)  # working days, and what lies between them
    waiting = access.visible(viewer, Ask).filter(kind="status.report", state=Ask.State.OPEN, due_at__gte=since)
    groups = list(waiting.values_list("due_at").annotate(n=Count("pk")).order_by("due_at")[:40])
    sends: dict[tuple, int] = defaultdict(int)
    for due_at, n in groups:
        for step in steps:
            day = rung_day(timezone.localdate(due_at), step.offset_days, days_off)
            if day > today:
                sends[(day, step.offset_days, step.act)] += n
    found = [
        {"day": day, "offset": offset, "act": act, "count": n, "word": _word_of_rung(offset, act)}
        for (day, offset, act), n in sorted(sends.items())[:most]
    ]
    last = found[-1]["day"] if found else today
    between = (today + timedelta(days=n) for n in range(1, (last - today).days))
    return found, [day for day in between if not is_working_day(day, days_off)][:6]


def _word_of_rung(offset: int, act: str) -> str:
    if act == LadderStep.Act.ESCALATE:
        return _("told to those above")
    if act == LadderStep.Act.SUBSTITUTE:
        return _("told to the substitute")
    if offset < 0:
        return _("announcement, %(days)s working days before") % {"days": -offset}
    return (
        _("reminder on the due day") if offset == 0 else _("reminder, %(days)s working days after") % {"days": offset}
    )
