"""Which periods are collected, and what ran before them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import (
    F,
    Q,
    Window,
)
from django.db.models.functions import RowNumber

from pmo_portal.periods.models import Cadence, ReportingPeriod
from pmo_portal.periods.queries import begun, latest_period


def collected_periods() -> list[ReportingPeriod]:
    """Every period whose reports are being taken, late ones too (open, or closed and not yet frozen), the nearest due
    date first; where nothing runs, the newest that was."""
    taking = (ReportingPeriod.State.OPEN, ReportingPeriod.State.CLOSED)
    running = ReportingPeriod.objects.filter(state__in=taking).exclude(cadence=Cadence.DATED).order_by("due_at")
    found = list(running[:8])
    newest = latest_period() if not found else None
    return found or ([newest] if newest else [])


def periods_of(keys: list[str]) -> list[ReportingPeriod]:
    """The periods of these keys, as far as they have begun; without keys those being collected."""
    named = [key for key in keys if key]
    return list(begun().filter(key__in=named[:20]).order_by("due_at")) if named else collected_periods()


@dataclass(frozen=True)
class Histories:
    """The periods before some others, of the same cadence, read at once."""

    found: dict[str, list[ReportingPeriod]]

    def until(self, period: ReportingPeriod, count: int) -> list[ReportingPeriod]:
        """Up to `count` periods that end with this one, oldest first."""
        same = [p for p in self.found.get(period.cadence, []) if p.starts_on <= period.starts_on]
        return same[-count:]

    def before(self, period: ReportingPeriod) -> ReportingPeriod | None:
        same = self.until(period, 2)
        return same[0] if len(same) == 2 else None


def histories_of(periods: list[ReportingPeriod], count: int = 12) -> Histories:
    """What has run in each cadence of these periods, `count` periods back from each. One query."""
    newest: dict[str, ReportingPeriod] = {}
    for period in periods:
        newest[period.cadence] = max(newest.get(period.cadence, period), period, key=lambda p: p.starts_on)
    wanted = Q(pk__in=[p.pk for p in periods])
    for cadence, last in newest.items():
        wanted |= Q(cadence=cadence, starts_on__lte=last.starts_on)
    place = Window(RowNumber(), partition_by="cadence", order_by=F("starts_on").desc())
    rows = begun().filter(wanted).annotate(place=place).filter(place__lte=count + len(periods))
    found: dict[str, list[ReportingPeriod]] = defaultdict(list)
    for row in rows.order_by("starts_on"):
        found[row.cadence].append(row)
    return Histories(found)
