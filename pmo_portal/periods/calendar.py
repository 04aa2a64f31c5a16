"""Working days: the office's (Japan's, with its own days over them) and those of people elsewhere. Pure: company days are
handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import holidays

JAPAN = "JP"


@lru_cache(maxsize=256)
def _public(year: int, country: str = JAPAN, language: str = "ja") -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=year, language=language if country == JAPAN else None)


def holiday_name(day: date, *, english: bool = False) -> str:
    """The name of Japan's public holiday (substitute and citizens' holidays included) in Japanese or English, or ""."""
    return _public(day.year, JAPAN, "en_US" if english else "ja").get(day, "") or ""


def is_working_day(day: date, company_days: Mapping[date, str] | None = None, calendar: str = JAPAN) -> bool:
    """Weekday, no public holiday of the country; a company day ("holiday" or "workday") overrules both."""
    own = (company_days or {}).get(day)
    if own:
        return own == "workday"
    return day.weekday() < 5 and day not in _public(day.year, calendar)


def add_working_days(day: date, count: int, company_days: Mapping[date, str] | None = None) -> date:
    """`count` working days after (or, negative, before) `day`; 0: the day itself or the next working day."""
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left or not is_working_day(day, company_days):
        day += step
        if left and is_working_day(day, company_days):
            left -= 1
    return day


def working_days_between(start: date, end: date, company_days: Mapping[date, str] | None = None) -> int:
    """Working days after `start` up to and with `end`; negative when `end` lies before."""
    if end < start:
        return -working_days_between(end, start, company_days)
    return sum(is_working_day(start + timedelta(days=i + 1), company_days) for i in range((end - start).days))
