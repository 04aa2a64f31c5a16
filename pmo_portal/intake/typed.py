"""Days and amounts as people type them into a form. Pure: the clock comes in as an argument."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from pmo_portal.intake import amounts, days
from pmo_portal.intake.values import Value

_MONTH_DAY = re.compile(r"^(\d{1,2})\s*[/月]\s*(\d{1,2})\s*日?$")
_DAY_NAMED = re.compile(r"^(\d{1,2})\s+([A-Za-z]{3,9})\.?$")
_WEEKDAY = re.compile(
    r"\s*[(（]?(?:月|火|水|木|金|土|日)(?:曜日?)?[)）]$|^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.I
)


def typed_day(text: str, today: date) -> Value:
    """2027/4/14(水) · 14 Apr 2027 · R9.4.14 · 4/14 and 14 Apr (the nearest year). 1/2/2027 is refused: it can be two days."""
    plain = _WEEKDAY.sub("", unicodedata.normalize("NFKC", text).strip()).strip()
    if found := _MONTH_DAY.match(plain):
        return _nearest(int(found[1]), int(found[2]), text, today)
    if (found := _DAY_NAMED.match(plain)) and (month := days.month_of(found[2])):
        return _nearest(month, int(found[1]), text, today)
    return days.parse(plain, days.DateStyle())


def _nearest(month: int, day: int, text: str, today: date) -> Value:
    """Without a year: the one that lies nearest to today, the coming one where two are as near."""
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    if not found:
        return Value(text=text, fault="no_such_day", params={"text": text})
    return Value(min(found, key=lambda d: (abs(d - today), d < today)), text)


def typed_amount(text: str) -> Value:
    """480,345,000 · ４億８０００万 · 480百万 · ¥497 m, in whole units of the currency."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if any(unit in plain for unit in "兆億万") and "百万" not in plain:
        parts = _JAPANESE.fullmatch(plain.replace(",", "").replace(" ", "").rstrip("円"))
        return _summed(parts, text) if parts else Value(text=text, fault="not_a_number", params={"text": text[:80]})
    return amounts.parse_money(plain)


_JAPANESE = re.compile(
    r"(?P<minus>[-−▲△]?)(?:(?P<cho>[\d.]+)兆)?(?:(?P<oku>[\d.]+)億)?(?:(?P<man>[\d.]+)万)?(?P<one>\d+)?"
)


def _summed(parts: re.Match, text: str) -> Value:
    """4億8000万: each part in its own unit."""
    total = amounts.Decimal(0)
    for unit, size in (("cho", "cho"), ("oku", "oku"), ("man", "man"), ("one", "one")):
        if not parts[unit]:
            continue
        try:
            total += amounts.Decimal(parts[unit]) * amounts.UNITS[size]
        except amounts.InvalidOperation:
            return Value(text=text, fault="not_a_number", params={"text": text[:80]})
    if not any(parts[unit] for unit in ("cho", "oku", "man", "one")):
        return Value(text=text, fault="not_a_number", params={"text": text[:80]})
    if total >= amounts.MOST:
        return Value(text=text, fault="too_big", params={"text": text[:60]})
    return Value(-total if parts["minus"] else total, text)
