"""Numbers and amounts for reading: grouped, true minus, in the reader's unit."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from pmo_portal.i18n.dates import is_english

MINUS = "−"
SIGNS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "AUD": "A$"}
UNITS = {
    "plain": (1, 0, "", ""),
    "thousand": (10**3, 0, "千", "k"),
    "million": (10**6, 0, "百万", "m"),
    "oku": (10**8, 1, "億", ""),
}
CURRENCY_JA = {"JPY": "円", "USD": "ドル", "EUR": "ユーロ", "GBP": "ポンド", "AUD": "豪ドル"}


def group(value: Decimal | int, places: int = 0) -> str:
    """1,234.5 with the true minus sign, rounded half up."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value: Decimal | int, places: int = 0) -> str:
    """+3.5 · −1.8 · 0.0."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"+{group(rounded, places)}" if rounded > 0 else group(rounded, places)


def scaled(amount: Decimal, unit: str) -> tuple[Decimal, int]:
    """The amount in the reader's unit and with how many places it is shown: small ones keep two figures."""
    size, places, _ja, _en = UNITS.get(unit, UNITS["million"])
    value = Decimal(amount) / size
    if size > 1 and value != 0 and abs(value) < 10:
        places = max(places, 1 if abs(value) >= 1 else 2)
    return value, places


def unit_name(unit: str, currency: str, language: str | None = None) -> str:
    """百万円 · £ m."""
    if is_english(language):
        if unit == "oku":
            return f"{SIGNS.get(currency, currency)} 100 m"
        return f"{SIGNS.get(currency, currency)} {UNITS[unit][3]}".strip()
    return f"{UNITS[unit][2]}{CURRENCY_JA.get(currency, currency)}"


def format_money(
    amount: Decimal | None, currency: str = "JPY", unit: str = "million", language: str | None = None
) -> str:
    """480百万円 · ¥480 m. None is the dash."""
    if amount is None:
        return "–"
    value, places = scaled(amount, unit)
    if value and unit != "plain" and not round(value, places):  # 33 yen are not 0.00 million
        value, places, unit = Decimal(amount), 0, "plain"
    before, after = around_money(currency, unit, language)
    return f"{MINUS if value < 0 else ''}{before}{group(abs(value), places)}{after}"


def exact(value: Decimal | int) -> str:
    """With as many places as it has: 12 · 12.25 · 1,200."""
    exponent = Decimal(value).normalize().as_tuple().exponent
    return group(Decimal(value), max(0, -exponent) if isinstance(exponent, int) else 0)


def around_money(currency: str, unit: str, language: str | None = None) -> tuple[str, str]:
    """What stands before and after an amount's number: "", 百万円 · ¥, m."""
    if is_english(language):
        size = " × 100 m" if unit == "oku" else f" {UNITS[unit][3]}" if UNITS[unit][3] else ""
        return SIGNS.get(currency, f"{currency} "), size
    return "", f"{UNITS[unit][2]}{CURRENCY_JA.get(currency, currency)}"


def money_form(currency: str = "JPY", unit: str = "million", language: str | None = None) -> str:
    """{}百万円 · ¥{} m: what stands around the number of an amount."""
    if is_english(language):
        size = " × 100 m" if unit == "oku" else f" {UNITS[unit][3]}" if UNITS[unit][3] else ""
        return f"{SIGNS.get(currency, f'{currency} ')}{{}}{size}"
    return f"{{}}{UNITS[unit][2]}{CURRENCY_JA.get(currency, currency)}"


def signed_money(amount: Decimal, currency: str = "JPY", unit: str = "million", language: str | None = None) -> str:
    """+15百万円 · −¥15 m: by how much an amount changed."""
    text = format_money(abs(amount), currency, unit, language)
    return f"+{text}" if amount > 0 else f"{MINUS}{text}" if amount < 0 else text


def percent(value: Decimal | None, places: int = 1, sign: bool = False) -> str:
    if value is None:
        return "–"
    return f"{signed(value, places) if sign else group(value, places)}%"
