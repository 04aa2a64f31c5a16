"""How a figure reads: its number, its unit and, where there is none, why. The one place that knows."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from pmo_portal.i18n import numbers
from pmo_portal.measures.registry import Measure

# Why a figure is unknown: kept as a word for the machine, told in the reader's language.
NOT_REPORTED, NOTHING_BELOW, OTHER_CURRENCY = "not_reported", "nothing_below", "currency:"
REASONS = {
    NOT_REPORTED: gettext_lazy("not reported"),
    NOTHING_BELOW: gettext_lazy("no figure below"),
}


def text(measure: Measure, value: Decimal | None, *, money_unit: str = "million", currency: str = "JPY") -> str:
    """15.4 日 · ¥480 m · 92%; a dash for None. Whole values are written without decimals."""
    return in_unit(measure.unit, measure.places, value, money_unit, currency)


def part(measure: Measure, value: Decimal | None, *, money_unit: str = "million", currency: str = "JPY") -> str:
    """The same for a figure's numerator or denominator."""
    return in_unit(measure.parts_unit, measure.places, value, money_unit, currency)


def in_unit(unit: str, places: int, value: Decimal | None, money_unit: str, currency: str) -> str:
    if value is None:
        return "–"
    value = Decimal(value)
    if unit == "money":
        return numbers.format_money(value, currency, money_unit)
    places = 0 if value == value.to_integral_value() else places
    if unit == "%":
        return numbers.percent(value, places)
    number = numbers.group(value, places)
    if unit == "d":
        return _("%(number)s d") % {"number": number}
    if unit == "min":
        return _("%(number)s min") % {"number": number}
    return f"{number} {unit}".strip()


def around(measure: Measure, *, money_unit: str = "million", currency: str = "JPY") -> tuple[str, str]:
    """What stands before and after a number at a chart's axis."""
    if measure.unit == "money":
        return numbers.around_money(currency, money_unit)
    words = {"d": pgettext("unit", "d"), "min": pgettext("unit", "min")}
    return "", words.get(measure.unit, measure.unit)


def scaled(measure: Measure, value: Decimal, money_unit: str = "million") -> float:
    """The value in the unit that `unit_name` gives, for a chart."""
    if measure.unit == "money":
        return float(Decimal(value) / numbers.UNITS.get(money_unit, numbers.UNITS["million"])[0])
    return float(value)


def why(reason: str) -> str:
    """Why a figure is unknown, in the active language."""
    if reason.startswith(OTHER_CURRENCY):
        return _("in %(currency)s, which is not summed") % {"currency": reason.removeprefix(OTHER_CURRENCY)}
    return str(REASONS.get(reason, reason))
