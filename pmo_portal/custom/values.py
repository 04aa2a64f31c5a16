"""What a custom field may hold: read, kept as JSON, turned from one kind into another. Pure.

Kept: text and link as text, number and money as a JSON number of at most 15 significant digits (a JSON number sorts as a
number in both databases, and no more digits survive one), date as YYYY-MM-DD, choice as its key, multiple choice as a
sorted list of keys, person as an id, yes or no as true or false. What is unknown is absent.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

TEXT, NUMBER, MONEY, DATE, CHOICE, CHOICES, PERSON, LINK, YESNO = (
    "text",
    "number",
    "money",
    "date",
    "choice",
    "choices",
    "person",
    "link",
    "yesno",
)
LONGEST = 2000  # characters
DIGITS = 15
PLACES = {NUMBER: 4, MONEY: 2}
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
LINK_START = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")


class Unfit(ValueError):
    """A value that the kind does not take; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kept(kind: str, value: Any, options: tuple[str, ...] = ()) -> Any:
    """A typed value as it is kept; None for nothing. Raises `Unfit` (too_long, not_a_number, too_big, places, date_range,
    no_choice, no_link, no_date, no_yesno)."""
    if value in (None, "", [], ()):
        return None
    return _KEEP[kind](value, options) if kind in (CHOICE, CHOICES) else _KEEP[kind](value, kind)


def _text(value: Any, kind: str) -> str | None:
    text = str(value).replace("\0", "").strip()
    if len(text) > LONGEST:
        raise Unfit("too_long")
    return text or None


def _link(value: Any, kind: str) -> str | None:
    text = _text(value, kind)
    if text is not None and not LINK_START.match(text):
        raise Unfit("no_link")
    return text


def _amount(value: Any, kind: str) -> int | float:
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise Unfit("not_a_number") from None
    if isinstance(value, bool) or not number.is_finite():
        raise Unfit("not_a_number")
    if abs(number) >= Decimal(10) ** (DIGITS - PLACES[kind]):
        raise Unfit("too_big")
    if number != round(number, PLACES[kind]):
        raise Unfit("places")
    return int(number) if number == int(number) else float(number)


def _day(value: Any, kind: str) -> str:
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(str(value))
        except ValueError:
            raise Unfit("no_date") from None
    if not EARLIEST <= date(value.year, value.month, value.day) <= LATEST:
        raise Unfit("date_range")
    return value.isoformat()[:10]


def _one(value: Any, options: tuple[str, ...]) -> str:
    if value not in options:
        raise Unfit("no_choice")
    return value


def _several(value: Any, options: tuple[str, ...]) -> list[str] | None:
    if not isinstance(value, list | tuple | set):
        raise Unfit("no_choice")
    return sorted({_one(v, options) for v in value}) or None


def _person(value: Any, kind: str) -> int:
    pk = getattr(value, "pk", value)
    if isinstance(pk, bool) or not isinstance(pk, int):
        raise Unfit("no_person")
    return pk


def _yesno(value: Any, kind: str) -> bool:
    if not isinstance(value, bool):
        raise Unfit("no_yesno")
    return value


_KEEP: dict[str, Any] = {
    TEXT: _text,
    NUMBER: _amount,
    MONEY: _amount,
    DATE: _day,
    CHOICE: _one,
    CHOICES: _several,
    PERSON: _person,
    LINK: _link,
    YESNO: _yesno,
}


def read(kind: str, raw: Any) -> Any:
    """The kept value as Python's own: Decimal, date, str, int, bool, list; None for what is absent or of another kind."""
    try:
        if raw is None:
            return None
        if kind in (NUMBER, MONEY):
            return None if isinstance(raw, bool) else Decimal(str(raw))
        if kind == DATE:
            return date.fromisoformat(raw)
    except (ValueError, TypeError, InvalidOperation):
        return None
    return raw


def turned(raw: Any, was: str, now: str, labels: dict[str, str], options: dict[str, str]) -> Any:
    """The kept value `raw` of kind `was` as one of kind `now`; None where it would be lost. `labels`: key → words of the
    choices there were; `options`: of those there will be."""
    words = _words(raw, was, labels)
    if now in (TEXT, LINK):
        return _attempt(now, words)
    if now in (NUMBER, MONEY) and was in (NUMBER, MONEY, TEXT):
        return _attempt(now, words.replace(",", "").strip())
    if now == DATE and was in (DATE, TEXT):
        return _attempt(DATE, words.strip().replace("/", "-"))
    if now in (CHOICE, CHOICES):
        found = _chosen(raw, was, words, options)
        return (found if now == CHOICES else found[0]) if found and (now == CHOICES or len(found) == 1) else None
    return raw if now == was else None


def _attempt(kind: str, words: str) -> Any:
    try:
        return kept(kind, words)
    except Unfit:
        return None


def _words(raw: Any, was: str, labels: dict[str, str]) -> str:
    if isinstance(raw, list):
        return ", ".join(labels.get(key, key) for key in raw)
    if isinstance(raw, bool):
        return labels.get(str(raw), str(raw))
    return labels.get(str(raw), str(raw)) if was in (CHOICE, PERSON) else str(raw)


def _chosen(raw: Any, was: str, words: str, options: dict[str, str]) -> list[str]:
    """The keys of the new choices that say the same as the old value, by key or by words."""
    said = raw if was == CHOICES and isinstance(raw, list) else [raw if was == CHOICE else words]
    by_words = {text.casefold(): key for key, text in options.items()}
    found = [key if key in options else by_words.get(str(key).strip().casefold()) for key in said]
    return sorted(key for key in found if key) if all(found) else []
