"""From a cadence and a day to the period it lies in. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pmo_portal.i18n.dates import MONTHS, format_date, is_english
from pmo_portal.periods.fiscal import add_months, fiscal_quarter, fiscal_year, quarter_name, quarter_span

FORTNIGHT_ZERO = date(2024, 1, 1)  # a Monday from which fortnights are counted


@dataclass(frozen=True)
class Span:
    """One period of a cadence: its key and both its days."""

    key: str
    starts_on: date
    ends_on: date


def span_of(cadence: str, day: date, start_month: int = 4) -> Span:
    """The period that `day` lies in. Raises ValueError for a cadence without periods."""
    if cadence == "weekly":
        first = day - timedelta(days=day.weekday())
        year, week, _ = first.isocalendar()
        return Span(f"{year}-W{week:02d}", first, first + timedelta(days=6))
    if cadence == "fortnightly":
        first = FORTNIGHT_ZERO + timedelta(days=(day - FORTNIGHT_ZERO).days // 14 * 14)
        year, week, _ = first.isocalendar()
        return Span(f"{year}-F{week:02d}", first, first + timedelta(days=13))
    if cadence == "monthly":
        first = day.replace(day=1)
        return Span(f"{first.year}-{first.month:02d}", first, add_months(first, 1) - timedelta(days=1))
    if cadence == "quarterly":
        year, quarter = fiscal_year(day, start_month), fiscal_quarter(day, start_month)
        return Span(f"{year}-Q{quarter}", *quarter_span(year, quarter, start_month))
    if cadence == "dated":
        return Span(day.isoformat(), day, day)
    raise ValueError(f"a cadence of {cadence!r} has no periods")


def label(cadence: str, starts_on: date, ends_on: date, language: str | None = None, key: str = "") -> str:
    """2026年11月 · Nov 2026; 2026年度 第3四半期 · FY2026 Q3; 11/23の週 · week of 23 Nov 2026;
    2026/10/1時点 · as of 1 Oct 2026.

    A quarter is named after its `key`, so that it keeps its name when the office's fiscal year moves; without one,
    as if the year began in April.
    """
    if cadence == "monthly":
        return format_date(starts_on, "month", language)
    if cadence == "quarterly":
        named = re.match(r"(\d{4})-Q([1-4])", key)
        year, quarter = map(int, named.groups()) if named else (fiscal_year(starts_on), fiscal_quarter(starts_on))
        return quarter_name(year, quarter, language)
    if cadence == "dated":
        day = format_date(starts_on, "plain", language)
        return f"as of {day}" if is_english(language) else f"{day}時点"
    day = format_date(starts_on, "plain", language)
    if is_english(language):
        return f"{'week' if cadence == 'weekly' else 'fortnight'} of {day}"
    return f"{day}の週" if cadence == "weekly" else f"{day}からの2週"


def tick(cadence: str, starts_on: date, language: str | None = None) -> str:
    """A period in as few signs as an axis has room for."""
    if cadence == "monthly":
        return MONTHS[starts_on.month - 1] if is_english(language) else str(starts_on.month)
    day = (starts_on.day, starts_on.month) if is_english(language) else (starts_on.month, starts_on.day)
    return f"{day[0]}/{day[1]}"
