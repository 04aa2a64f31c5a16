"""Numbers, money and percentages out of cells. Unit and number style are decided per column. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from pmo_portal.intake.values import BLANK, Value, tidy, unknown_of

MOST = Decimal(10) ** 18
UNITS = {
    "one": Decimal(1),
    "thousand": Decimal(1000),
    "man": Decimal(10_000),
    "million": Decimal(10) ** 6,
    "senman": Decimal(10) ** 7,
    "oku": Decimal(10) ** 8,
    "billion": Decimal(10) ** 9,
    "cho": Decimal(10) ** 12,
}
_UNIT_WORDS = {
    "千円": "thousand",
    "万円": "man",
    "百万円": "million",
    "百万": "million",
    "千万円": "senman",
    "千万": "senman",
    "億円": "oku",
    "億": "oku",
    "十億円": "billion",
    "十億": "billion",
    "10億円": "billion",
    "10億": "billion",
    "兆円": "cho",
    "円": "one",
    "万": "man",
    "千": "thousand",
    "k": "thousand",
    "thousand": "thousand",
    "m": "million",
    "mn": "million",
    "mm": "million",
    "mil": "million",
    "million": "million",
    "millions": "million",
    "b": "billion",
    "bn": "billion",
    "billion": "billion",
    "000": "thousand",
}
_CURRENCIES = {
    "£": "GBP",
    "$": "USD",
    "us$": "USD",
    "€": "EUR",
    "¥": "JPY",
    "円": "JPY",
    "gbp": "GBP",
    "usd": "USD",
    "eur": "EUR",
    "jpy": "JPY",
}
_NUMBER = re.compile(
    r"^(?P<open>\()?\s*(?P<minus>[-+▲△]?)\s*(?P<sign>us\$|[£$€¥]|gbp|usd|eur|jpy)?\s*(?P<minus2>[-+▲△]?)\s*"
    r"(?P<digits>\d[\d,.' ]*|\.\d+)(?P<power>e[+-]?\d{1,3})?\s*"
    r"\(?\s*(?P<sign2>[£$€¥])?\s*(?P<unit>千円|百万円|百万|千万円|千万|万円|十億円|十億|億円|兆円|円|億|万|千|thousand|millions?|billion|mn|mm|mil|bn|k|m|b)?\s*\)?\s*"
    r"(?P<sign3>gbp|usd|eur|jpy)?\s*(?P<close>\))?$"
)
_HEAD_UNIT = re.compile(
    r"[(（\[]?\s*(?:単位\s*[::]?\s*)?(?:gbp|usd|eur|jpy|aud|us\$|[£$€¥])?\s*"
    r"(千円|百万円|千万円|(?:十|10)億円|億円|兆円|万円|円|thousands?|millions?|billions?|\bmn|\bbn|\bm\b|\bk\b|'?000)\s*(?:gbp|usd|eur|jpy|円)?\s*[)）\]]?"
)

_CURRENCY = r"(?:gbp|usd|eur|jpy|aud|us\$|[£$€¥]|pounds?(?: sterling)?|dollars?|euros?|yen)"
_SIZE = r"'?000s?|thousands?|millions?|billions?"
_SHORT_SIZE = r"mn|bn|mil|m|k"
_JAPANESE_SIZE = r"(?:十億|10億|百万|千万|千|万|億|兆)(?=[円元]|米?ドル|ユーロ|ポンド|$|[\s)\]、。,])|円"
_SAID_UNIT = (
    rf"(?:{_CURRENCY}\s*(?P<short>{_SHORT_SIZE})\b|(?:{_CURRENCY}\s*)?(?P<size>{_SIZE})(?:\s*(?:of\s+)?{_CURRENCY})?"
    rf"|(?P<ja>{_JAPANESE_SIZE})(?:円|元|米?ドル|ユーロ|ポンド)?)"
)
_ABOVE = (
    re.compile(rf"単位\s*(?:は|:)?\s*{_SAID_UNIT}"),
    re.compile(rf"\bunits?\s*(?:are|is|:)\s*(?:in\s+)?{_SAID_UNIT}"),
    re.compile(rf"\b(?:amounts?|figures|values|money|budgets?|costs?)\b[^.;\d]{{0,20}}\bin\s+{_SAID_UNIT}"),
    re.compile(rf"[(\[]\s*(?:all\s+)?(?:in\s+)?{_SAID_UNIT}\s*[)\]]"),
    re.compile(rf"^(?!'?000)(?:all\s+)?(?:in\s+)?{_SAID_UNIT}$"),
)


@dataclass(frozen=True)
class NumberStyle:
    """`decimal` sign of the column, and what a bare number in a column of percentages means."""

    decimal: str = "."
    signed_percent: int = 0
    bare: int = 0
    bare_is_fraction: bool = False


def decide(cells: Iterable[object]) -> NumberStyle:
    """Points or commas: counted from cells that can only be one of them. Percentages: whether bare numbers are fractions."""
    point = comma = percent = bare = 0
    largest = Decimal(0)
    typed = False
    for cell in cells:
        if isinstance(cell, bool) or cell in ("", None):
            continue
        if isinstance(cell, int | float):
            typed, bare = True, bare + 1
            largest = max(largest, abs(Decimal(str(cell)))) if cell == cell and abs(cell) != float("inf") else largest
            continue
        text = unicodedata.normalize("NFKC", str(cell)).strip()
        if not text or (not text[-1:].strip("%").isdigit() and "%" not in text and not any(c.isdigit() for c in text)):
            continue
        if text.endswith("%"):
            percent += 1
        digits = re.sub(r"[^\d.,]", "", text)
        point += bool(re.search(r",\d{3}[.]\d|^\d*[.]\d{1,2}$|^\d*[.]\d{4,}$|,\d{3},", digits))
        comma += bool(re.search(r"[.]\d{3},\d|^\d*,\d{1,2}$|^\d*,\d{4,}$|[.]\d{3}[.]", digits))
        if re.fullmatch(r"[-+▲△−(]*[\d.,]+\)?", text):
            bare += 1
    fraction = bool(percent and percent >= bare) or (typed and not percent and 0 < largest <= 2)
    return NumberStyle("," if comma > point else ".", percent, bare, fraction)


def unit_of_head(head: str) -> str:
    """The unit that a column's name states: "(£million)", "（百万円）", "($ M)"; empty where it states none."""
    folded = unicodedata.normalize("NFKC", head).casefold()
    for found in _HEAD_UNIT.finditer(folded):
        word = found[1].strip("'")
        if word in ("m", "k", "mn", "bn") and not re.search(rf"[(£$€¥\[]\s*{word}\b", folded):
            continue
        return _UNIT_WORDS.get(word) or _UNIT_WORDS.get(word.rstrip("s"), "")
    return ""


def unit_above(texts: Iterable[str]) -> tuple[str, str]:
    """The unit that a text above the heads gives for the whole table, and that text: "（単位：百万円）", "Unit: million yen",
    "(in £m)". The text nearest to the heads counts; an amount in a sentence is no unit."""
    for text in reversed(list(texts)):
        folded = unicodedata.normalize("NFKC", text).casefold().strip()
        found = next((f for pattern in _ABOVE if (f := pattern.search(folded))), None)
        if found is not None:
            return _unit_said(found), text
    return "", ""


def _unit_said(found: re.Match[str]) -> str:
    if found["ja"]:
        return _UNIT_WORDS.get(found["ja"]) or "cho"
    word = found["short"] or found["size"].strip("'")
    return _UNIT_WORDS.get(word) or _UNIT_WORDS[word.rstrip("s")]


def parse_money(
    raw: object, unit: str = "one", style: NumberStyle | None = None, words: dict[str, str] | None = None
) -> Value:
    """One cell as an amount in whole currency units, rounded to two places. `unit` is the column's; a unit in the cell wins."""
    found = parse_number(raw, style, words)
    if not isinstance(found.value, Decimal):
        return found
    own = found.params.get("unit")
    amount = found.value * UNITS[own or unit]
    if abs(amount) >= MOST:
        return Value(text=found.text, fault="too_big", params={"text": found.text[:60]})
    note = "unit_in_cell" if own else found.note
    return Value(
        amount.quantize(Decimal("0.01"), ROUND_HALF_UP),
        found.text,
        note=note,
        currency=found.currency,
        params={"text": found.text[:60]},
    )


def parse_number(raw: object, style: NumberStyle | None = None, words: dict[str, str] | None = None) -> Value:
    """One cell as a Decimal, exactly as written."""
    if isinstance(raw, bool):
        return Value(text=str(raw), fault="not_a_number", params={"text": str(raw)})
    if isinstance(raw, int | float):
        return _typed(raw)
    text = tidy(str(raw or ""))
    if not text:
        return BLANK
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SIGNS).strip()
    if plain.lstrip("-+") in ("nan", "inf", "infinity", "∞"):
        return Value(text=text, fault="not_finite", params={"text": text})
    found = _NUMBER.match(plain)
    if not found:
        if kind := unknown_of(text, words):
            return Value(text=text, unknown=kind)
        return Value(text=text, fault="not_a_number", params={"text": text[:80]})
    return _matched(found, text, style or NumberStyle())


_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "‐": "-", "‑": "-", "－": "-", "，": ",", "\xa0": " ", "\u202f": " ", "¥": "¥", "\\": "¥"}
    | {"ł": "£"}  # how a pound sign reads where cp1252 was taken for cp1250
)


def _typed(raw: float) -> Value:
    text = str(int(raw)) if float(raw).is_integer() and abs(raw) < 1e15 else repr(raw)
    if raw != raw or raw in (float("inf"), float("-inf")):
        return Value(text=text, fault="not_finite", params={"text": text})
    if abs(raw) >= 1e18:
        return Value(text=text, fault="too_big", params={"text": text})
    return Value(Decimal(text), text)


def _matched(found: re.Match, text: str, style: NumberStyle) -> Value:
    digits = found["digits"].replace(" ", "").replace("'", "")
    group, point = (",", ".") if style.decimal == "." else (".", ",")
    whole, _sep, rest = digits.partition(point)
    if (
        point in rest
        or group in rest
        or (group in whole and not re.fullmatch(rf"\d{{1,4}}(\{group}\d{{3,4}})+", whole))
    ):
        return Value(text=text, fault="not_a_number", params={"text": text[:80]})
    try:
        amount = Decimal(whole.replace(group, "") + ("." + rest if rest else "") + (found["power"] or ""))
    except InvalidOperation:
        return Value(text=text, fault="not_a_number", params={"text": text[:80]})
    if amount >= MOST:
        return Value(text=text, fault="too_big", params={"text": text[:60]})
    is_closed = found["open"] and (found["close"] or text.rstrip().endswith((")", "）")))
    if is_closed or found["minus"] in ("-", "▲", "△") or found["minus2"] in ("-", "▲", "△"):
        amount = -amount
    unit = _UNIT_WORDS.get(found["unit"] or "", "")
    sign = found["sign"] or found["sign2"] or found["sign3"] or ("円" if "円" in (found["unit"] or "") else "")
    params = {"text": text[:60]}
    if (unit and unit != "one") or (unit == "one" and found["unit"] == "円"):
        params["unit"] = unit
    return Value(amount, text, currency=_CURRENCIES.get(sign, ""), params=params)


def parse_percent(raw: object, style: NumberStyle | None = None, words: dict[str, str] | None = None) -> Value:
    """One cell as a fraction: "-4.21%" → -0.0421. Bare numbers as the column's style says. Prose is kept as unknown "text"."""
    style = style or NumberStyle()
    if isinstance(raw, str):
        text = tidy(raw)
        if not text:
            return BLANK
        plain = unicodedata.normalize("NFKC", text)
        if plain.endswith("%") and len(plain) < 30:
            found = parse_number(plain[:-1].strip(), style, words)
            if isinstance(found.value, Decimal):
                return Value(found.value / 100, text)
            return Value(text=text, fault=found.fault or "not_a_percent", params={"text": text[:80]})
    found = parse_number(raw, style, words)
    if isinstance(found.value, Decimal):
        if style.bare_is_fraction:
            return Value(
                found.value, found.text, note="fraction" if isinstance(raw, str) else "", params={"text": found.text}
            )
        return Value(found.value / 100, found.text)
    if found.fault == "not_a_number" and sum(c.isalpha() for c in found.text) >= 4:
        return Value(text=found.text, unknown="text")
    return found
