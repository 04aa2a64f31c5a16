"""Dates and moments as people in Japan and elsewhere write them; 和暦 in both directions."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language

from pmo_portal.i18n.text import to_halfwidth

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS_JA = "月火水木金土日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# First day of each era (明治 from the solar calendar on). Source: 元号法 and its predecessors.
ERAS = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("明治", "M", date(1868, 1, 25)),
)


def is_english(language: str | None = None) -> bool:
    return (language or get_language() or "ja").startswith("en")


def format_date(day: date | None, style: str = "full", language: str | None = None) -> str:
    """`full` 2026/11/23(月) · 23 Nov 2026; `plain` without weekday; `short` 11/23(月) · 23 Nov; `month` 2026年11月 · Nov 2026."""
    if day is None:
        return ""
    english = is_english(language)
    if style == "month":
        return f"{MONTHS[day.month - 1]} {day.year}" if english else f"{day.year}年{day.month}月"
    if style == "short":
        return (
            f"{day.day} {MONTHS[day.month - 1]}" if english else f"{day.month}/{day.day}({WEEKDAYS_JA[day.weekday()]})"
        )
    if style == "weekday":
        return WEEKDAYS_EN[day.weekday()] if english else WEEKDAYS_JA[day.weekday()]
    if english:
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    plain = f"{day.year}/{day.month}/{day.day}"
    return plain if style == "plain" else f"{plain}({WEEKDAYS_JA[day.weekday()]})"


def format_moment(
    moment: datetime | None, zone: str = "", language: str | None = None, now: datetime | None = None
) -> str:
    """Day and time in the person's zone; today and yesterday by name."""
    if moment is None:
        return ""
    tz = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    local, today = moment.astimezone(tz), (now or timezone.now()).astimezone(tz).date()
    clock, english = f"{local.hour}:{local.minute:02d}", is_english(language)
    if local.date() == today:
        return f"today {clock}" if english else f"今日 {clock}"
    if local.date() == today - timedelta(days=1):
        return f"yesterday {clock}" if english else f"昨日 {clock}"
    style = "short" if local.year == today.year else "plain"
    return f"{format_date(local.date(), style, language)} {clock}"


def format_moment_in_full(moment: datetime | None) -> str:
    """2026/11/23(月) 17:00: where "today" is over when it is read again."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{format_date(local.date(), 'full')} {local.hour}:{local.minute:02d}"


def format_wareki(day: date) -> str:
    """令和8年11月23日; the first year is 元年."""
    for name, _letter, start in ERAS:
        if day >= start:
            year = day.year - start.year + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    raise ValueError("before the eras known here")


_WAREKI = re.compile(
    r"^(令和|平成|昭和|大正|明治|[RHSTM])\s*(元|\d{1,2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?$",
    re.IGNORECASE,
)


def parse_wareki(text: str) -> date:
    """R8.11.23 · 令和8年11月23日 · H31.4.30. Raises ValueError for what is none, or lies outside its era."""
    found = _WAREKI.match(to_halfwidth(text).strip())
    if not found:
        raise ValueError("not a Japanese era date")
    head, year, month, day = found.groups()
    for position, (name, letter, start) in enumerate(ERAS):
        if head in (name, letter, letter.lower()):
            value = date(start.year + (1 if year == "元" else int(year)) - 1, int(month), int(day))
            after = ERAS[position - 1][2] if position else date.max
            if not start <= value < after:
                raise ValueError(f"{text} lies outside {name}")
            return value
    raise ValueError("not a Japanese era date")
