"""Reading the calendar and the periods."""

from __future__ import annotations

from datetime import date, datetime, time
from time import monotonic
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from pmo_portal.periods import calendar
from pmo_portal.periods.models import Cadence, CadenceRule, CompanyDay, OfficeSettings, ReportingPeriod

_at_hand: list = [0.0, None]  # (until when by the monotonic clock, the row): a page asks for it a hundred times


def office_settings() -> OfficeSettings:
    """The office's own row, made on first use; kept for 10 seconds, and for one of them in this process. Read only."""
    now = monotonic()
    if _at_hand[1] is not None and 0 <= _at_hand[0] - now <= 1:
        return _at_hand[1]
    found = cache.get("office_settings")
    if found is None:
        found = OfficeSettings.objects.order_by("pk").first() or OfficeSettings.objects.create(
            name_ja="PMO", name_en="PMO"
        )
        cache.set("office_settings", found, 10)
    _at_hand[:] = [now + 1, found]
    return found


def forget_office_settings() -> None:
    """After a change: the next question reads them anew."""
    cache.delete("office_settings")
    _at_hand[1] = None


def office_settings_now() -> OfficeSettings:
    """The same as it stands this moment: for whoever changes it."""
    forget_office_settings()
    return office_settings()


def company_days() -> dict[date, str]:
    return dict(CompanyDay.objects.filter(archived_at=None).values_list("day", "kind"))


def is_working_day(day: date) -> bool:
    return calendar.is_working_day(day, company_days())


def works_on(person, day: date, days_off: dict[date, str] | None = None) -> bool:
    """Whether it is a working day of the person's calendar. The office's own days (`days_off`, where they are at hand)
    are for those who follow it."""
    if person.calendar in ("", calendar.JAPAN):
        return calendar.is_working_day(day, company_days() if days_off is None else days_off)
    return calendar.is_working_day(day, calendar=person.calendar)


def add_working_days(day: date, count: int) -> date:
    return calendar.add_working_days(day, count, company_days())


def office_moment(day: date, at: time) -> datetime:
    """That time of that day in the office's zone."""
    return datetime.combine(day, at, tzinfo=ZoneInfo(office_settings().timezone))


def day_begins(day: date) -> datetime:
    """The first moment of a day in the office's zone."""
    return office_moment(day, time.min)


def office_today(now: datetime | None = None) -> date:
    """The day it is in the office, wherever the reader sits: what deadlines, periods and reminders go by."""
    return (now or timezone.now()).astimezone(ZoneInfo(office_settings().timezone)).date()


def cadence_of(tier: str, on: date | None = None) -> CadenceRule | None:
    """The rule in force for a tier on a day (default today)."""
    on = on or office_today()
    return CadenceRule.objects.filter(tier=tier, starts_on__lte=on, archived_at=None).order_by("-starts_on").first()


def cadences_in_force(on: date | None = None) -> dict[str, CadenceRule]:
    """Tier → its rule on a day. One query."""
    on = on or office_today()
    rules = CadenceRule.objects.filter(starts_on__lte=on, archived_at=None).order_by("starts_on")
    return {rule.tier: rule for rule in rules}


def rule_that_stands(tier: str, starts_on: date) -> CadenceRule | None:
    """The rule in force, where another one would begin before today: reports were asked for by it already."""
    return cadences_in_force().get(tier) if starts_on < office_today() else None


def tiers_reporting(cadence: str, on: date | None = None) -> list[str]:
    return [tier for tier, rule in cadences_in_force(on).items() if rule.cadence == cadence]


def open_period(cadence: str) -> ReportingPeriod | None:
    """The period that reports are being taken for: the oldest open one of the cadence."""
    return (
        ReportingPeriod.objects.filter(cadence=cadence, state=ReportingPeriod.State.OPEN).order_by("starts_on").first()
    )


def taking_for(tier: str) -> list[ReportingPeriod]:
    """The periods that projects of a tier can hand reports in for, the newest first: by the cadence that was theirs on
    its last day, so that what the cadence was changed from is still handed in. Two queries."""
    rules = list(CadenceRule.objects.filter(tier=tier, archived_at=None).order_by("-starts_on"))
    taking = ReportingPeriod.objects.filter(state__in=(ReportingPeriod.State.OPEN, ReportingPeriod.State.CLOSED))
    found = []
    for period in taking.order_by("-starts_on", "-ends_on"):
        rule = next((r for r in rules if r.starts_on <= period.ends_on), None)
        if rule and rule.cadence == period.cadence:
            found.append(period)
    return found


def begun() -> QuerySet[ReportingPeriod]:
    """The periods that reports are or were taken for, as against those that are only planned."""
    return ReportingPeriod.objects.exclude(state=ReportingPeriod.State.PLANNED)


def collected_now() -> ReportingPeriod | None:
    """The period whose reports are being taken: the oldest open month, else the oldest open one, else the newest."""
    running = ReportingPeriod.objects.filter(state=ReportingPeriod.State.OPEN).exclude(cadence=Cadence.DATED)
    return (
        running.filter(cadence=Cadence.MONTHLY).order_by("starts_on").first()
        or running.order_by("starts_on").first()
        or latest_period()
    )


def one_before(period: ReportingPeriod) -> ReportingPeriod | None:
    """The period of the same cadence that came before."""
    found = ReportingPeriod.objects.filter(cadence=period.cadence, starts_on__lt=period.starts_on)
    return found.order_by("-starts_on").first()


def latest_period(cadence: str | None = None) -> ReportingPeriod | None:
    """The newest period that has begun to be reported on (open, closed or frozen)."""
    found = ReportingPeriod.objects.exclude(state=ReportingPeriod.State.PLANNED)
    if cadence:
        found = found.filter(cadence=cadence)
    return found.order_by("-starts_on").first()


def earlier(period: ReportingPeriod, count: int) -> list[ReportingPeriod]:
    """Up to `count` periods of the same cadence that end with `period`, oldest first."""
    found = ReportingPeriod.objects.filter(cadence=period.cadence, starts_on__lte=period.starts_on)
    return list(found.order_by("-starts_on")[:count])[::-1]
