"""Dates out of cells. The order of day and month is decided per column from the certain cells, never per cell. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pmo_portal.i18n.dates import ERAS, parse_wareki
from pmo_portal.intake.values import BLANK, Value, tidy, unknown_of

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
SERIAL_ZERO = date(1899, 12, 30)
PIVOT = 68  # two-digit years up to this are 20yy; `in_order` moves a century where that puts the start after the end
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"^(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{_TIME}$")
_YEAR_LAST = re.compile(rf"^(\d{{1,2}})\s*([-/.])\s*(\d{{1,2}})\s*\2\s*(\d{{4}}|\d{{2}}){_TIME}$")
_COMPACT = re.compile(r"^(19|20|21)(\d{2})(\d{2})(\d{2})$")
_NAMED = re.compile(rf"^(\d{{1,2}})(?:st|nd|rd|th)?[-\s./]*([A-Za-z]{{3,9}})\.?,?[-\s./]*(\d{{4}}|\d{{2}}){_TIME}$")
_NAMED_US = re.compile(rf"^([A-Za-z]{{3,9}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}$")
_WEEKDAY = re.compile(r"\s*[(（]?(月|火|水|木|金|土|日)(曜日?)?[)）]$")
_ERA = re.compile(
    r"^(令和|平成|昭和|大正|明治|[RHSTMrhstm])\s*(元|\d{1,2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?$"
)
_FISCAL = re.compile(r"^(?:FY\s*)?(\d{4})(?:\s*[/-]\s*\d{2,4})?\s*(?:年度|年)?$", re.IGNORECASE)
_FISCAL_ERA = re.compile(r"^(令和|平成|昭和|[RHS])\s*(元|\d{1,2})\s*(?:年度|年)?$", re.IGNORECASE)
_MONTHS = {
    m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}


@dataclass(frozen=True)
class DateStyle:
    """How a column writes its dates. `order` dmy, mdy or empty where it is not decided; the counts say why."""

    order: str = ""
    dmy: int = 0
    mdy: int = 0
    open: int = 0
    source: str = ""  # profile, column, sheet
    serial: bool = False

    @property
    def mixed(self) -> bool:
        return bool(self.dmy and self.mdy and min(self.dmy, self.mdy) > max(1, max(self.dmy, self.mdy) // 100))


def decide(cells: Iterable[object], order: str = "") -> DateStyle:
    """Count the cells whose order is certain. One odd cell in a hundred does not overturn the rest; more is mixed."""
    dmy = mdy = unsure = serials = filled = 0
    for cell in cells:
        if isinstance(cell, bool) or cell in ("", None):
            continue
        filled += 1
        if isinstance(cell, int | float):
            serials += 1
            continue
        if not isinstance(cell, str):
            continue
        text = _plain(cell)
        if text.isdigit() and len(text) == 5:
            serials += 1
        found = _YEAR_LAST.match(text)
        if found:
            first, second = int(found[1]), int(found[3])
            dmy += first > 12 >= second
            mdy += second > 12 >= first
            unsure += first <= 12 and second <= 12 and first != second
    serial = serials > filled // 2
    if order:
        return DateStyle(order, dmy, mdy, unsure, "profile", serial)
    style = DateStyle("", dmy, mdy, unsure, "column", serial)
    if style.mixed or not (dmy or mdy):
        return style
    return DateStyle("dmy" if dmy > mdy else "mdy", dmy, mdy, unsure, "column", serial)


def _plain(text: str) -> str:
    return _WEEKDAY.sub("", unicodedata.normalize("NFKC", text).strip())


def parse(raw: object, style: DateStyle, words: dict[str, str] | None = None, fiscal: str = "") -> Value:
    """One cell as a date. `fiscal` start/end: a bare year stands for the first or last day of that fiscal year (April)."""
    if isinstance(raw, datetime):
        return _checked(raw.date(), raw.date().isoformat())
    if isinstance(raw, date):
        return _checked(raw, raw.isoformat())
    if isinstance(raw, bool):
        return Value(text=str(raw), fault="not_a_date", params={"text": str(raw)})
    if isinstance(raw, int | float):
        return _number(raw, fiscal)
    text = tidy(str(raw or ""))
    if not text:
        return BLANK
    plain = _plain(text)
    if fiscal and (year := fiscal_year_of(plain)):
        day = date(year, 4, 1) if fiscal == "start" else date(year + 1, 3, 31)
        return _checked(day, text)
    if plain.isdigit() and len(plain) == 5 and style.serial:
        return _number(int(plain), fiscal, text)
    if kind := unknown_of(text, words):
        return Value(text=text, unknown=kind)
    return _written(plain, text, style)


def _number(raw: float, fiscal: str, text: str = "") -> Value:
    text = text or (str(int(raw)) if float(raw).is_integer() else str(raw))
    if fiscal and 1868 <= raw <= 2200:
        return _checked(date(int(raw), 4, 1) if fiscal == "start" else date(int(raw) + 1, 3, 31), text)
    if raw == raw and 1 <= raw < 110_000:
        return _checked(SERIAL_ZERO + timedelta(days=int(raw)), text)
    if _COMPACT.match(text):
        return _written(text, text, DateStyle())
    return Value(text=text, fault="not_a_date", params={"text": text})


def fiscal_year_of(text: str) -> int:
    """2021 · 2021年度 · FY2021 · 2021/22 · 令和3年度 · R3; 0 where it is none."""
    if found := _FISCAL.match(text):
        return int(found[1]) if 1868 <= int(found[1]) <= 2200 else 0
    if found := _FISCAL_ERA.match(text):
        for name, letter, start in ERAS:
            if found[1].upper() in (name, letter):
                return start.year + (1 if found[2] == "元" else int(found[2])) - 1
    return 0


def _written(plain: str, text: str, style: DateStyle) -> Value:
    if found := _YEAR_FIRST.match(plain) or _COMPACT.match(plain):
        compact = found.re is _COMPACT
        year, month, day = (found[1] + found[2], found[3], found[4]) if compact else found.groups()[:3]
        return _built(int(year), int(month), int(day), text)
    if found := _YEAR_LAST.match(plain):
        return _year_last(found, text, style)
    if _ERA.match(plain):
        return _era(plain, text)
    if found := _NAMED.match(plain):
        return _named(found[1], found[2], found[3], text)
    if found := _NAMED_US.match(plain):
        return _named(found[2], found[1], found[3], text)
    return Value(text=text, fault="not_a_date", params={"text": text[:80]})


def _year_last(found: re.Match, text: str, style: DateStyle) -> Value:
    first, second, year = int(found[1]), int(found[3]), found[4]
    if not style.order:
        if first != second and first <= 12 and second <= 12:
            code = "date_order_mixed" if style.mixed else "date_order_open"
            return Value(text=text, fault=code, params={"dmy": style.dmy, "mdy": style.mdy})
        order = "mdy" if second > 12 else "dmy"
    else:
        order = style.order
    day, month = (first, second) if order == "dmy" else (second, first)
    if month > 12 >= day:
        return Value(text=text, fault="date_order", params={"text": text, "order": order})
    return _built(_century(year), month, day, text, short=len(year) == 2)


def _century(year: str) -> int:
    return int(year) if len(year) == 4 else int(year) + (2000 if int(year) <= PIVOT else 1900)


def month_of(name: str) -> int:
    """1 to 12 for an English name of a month or its first three letters; 0 where it is none."""
    return _MONTHS.get(name[:3].casefold(), 0)


def _named(day: str, month: str, year: str, text: str) -> Value:
    number = month_of(month)
    if not number:
        return Value(text=text, fault="not_a_date", params={"text": text[:80]})
    return _built(_century(year), number, int(day), text, short=len(year) == 2)


def _era(plain: str, text: str) -> Value:
    """Also a date past the end of its era, or in its first year before it began: contracts say 平成38年, budgets 令和元年
    for April 2019. It counts on, and a note says which day was understood."""
    try:
        return _checked(parse_wareki(plain), text)
    except ValueError:
        head, year, month, day = _ERA.match(plain).groups()  # type: ignore[union-attr]
    if not 1 <= int(month) <= 12:
        return Value(text=text, fault="era_month", params={"text": text, "month": int(month)})
    first = next(start.year for name, letter, start in ERAS if head.upper() in (name, letter))
    known = _built(first + (1 if year == "元" else int(year)) - 1, int(month), int(day), text)
    if known.fault:
        return known
    return Value(known.value, text, note="era_over", params={"text": text, "day": known.value.isoformat()})


def _built(year: int, month: int, day: int, text: str, short: bool = False) -> Value:
    try:
        built = date(year, month, day)
    except ValueError:
        return Value(text=text, fault="no_such_day", params={"text": text})
    return _checked(built, text, short)


def _checked(day: date, text: str, short: bool = False) -> Value:
    if not EARLIEST <= day <= LATEST:
        return Value(text=text, fault="date_range", params={"text": text})
    return Value(day, text, params={"short": True} if short else {})


def in_order(start: Value, finish: Value) -> tuple[Value, Value]:
    """Two-digit years: a start after its finish belongs to the century before (17.03.97 … 31.03.24 → 1997); a finish
    with two digits before a certain start belongs to the one after."""
    if not (isinstance(start.value, date) and isinstance(finish.value, date)) or start.value <= finish.value:
        return start, finish
    if start.params.get("short"):
        return _moved(start, -100), finish
    if finish.params.get("short"):
        return start, _moved(finish, 100)
    return start, finish


def _moved(given: Value, years: int) -> Value:
    try:
        day = given.value.replace(year=given.value.year + years)
    except ValueError:
        return given
    return Value(day, given.text, note="century", params={"text": given.text, "year": day.year, "short": True})
