"""How dates, amounts, lights and confidence look on a page. One place, so that they look the same everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from pmo_portal.i18n import dates, notes, numbers
from pmo_portal.i18n.text import has_japanese
from pmo_portal.measures import Measure, showing

register = template.Library()

LIGHTS = {
    "green": ("dot", pgettext_lazy("light", "On track")),
    "amber": ("triangle", pgettext_lazy("light", "Watch")),
    "red": ("square", pgettext_lazy("light", "At risk")),
    "none": ("ring", pgettext_lazy("light", "Not reported")),
}
CONFIDENCE = {
    "green": ("dot", "h5", gettext_lazy("Highly likely")),
    "amber_green": ("half", "h4", gettext_lazy("Probable")),
    "amber": ("triangle", "h3", gettext_lazy("Feasible")),
    "amber_red": ("diamond", "h2", gettext_lazy("In doubt")),
    "red": ("square", "h1", gettext_lazy("Unachievable")),
    "none": ("ring", "none", gettext_lazy("Not rated")),
}
SHAPES = {
    "dot": '<circle cx="5" cy="5" r="4.2" fill="currentColor"/>',
    "ring": '<circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" stroke-width="1.4"/>',
    "half": '<circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    '<path d="M5 1.2a3.8 3.8 0 0 0 0 7.6z" fill="currentColor"/>',
    "triangle": '<path d="M5 .8 9.6 9H.4z" fill="currentColor"/>',
    "diamond": '<path d="M5 .4 9.6 5 5 9.6.4 5z" fill="currentColor"/>',
    "square": '<rect x="1" y="1" width="8" height="8" rx="1" fill="currentColor"/>',
}


def drawn_once(function: Callable[..., SafeString]) -> Callable[..., SafeString]:
    """Kept per language and arguments: the same few marks stand on a page hundreds of times."""
    kept = lru_cache(maxsize=1000)(lambda language, *given, **named: function(*given, **named))

    @wraps(function)
    def draw(*given, **named) -> SafeString:
        return kept(get_language(), *given, **named)

    return draw


def shape(name: str) -> SafeString:
    return mark_safe(f'<svg class="pmo-glyph" viewBox="0 0 10 10" aria-hidden="true">{SHAPES[name]}</svg>')  # noqa: S308  our own shapes


def word_of(kind: str, value: str) -> str:
    table = LIGHTS if kind == "light" else CONFIDENCE
    return str(table.get(value or "none", table["none"])[-1])


@register.filter
def noted(text: str) -> str:
    """A reason as its reader is told it: what the portal wrote itself, in the reader's language."""
    return notes.told(text)


@register.filter
@drawn_once
def light(value: str | None) -> SafeString:
    """Shape, word and colour of a light."""
    glyph, word = LIGHTS.get(value or "none", LIGHTS["none"])
    return format_html('<span class="pmo-light is-{}">{}<span>{}</span></span>', value or "none", shape(glyph), word)


@register.filter
@drawn_once
def light_glyph(value: str | None) -> SafeString:
    glyph, word = LIGHTS.get(value or "none", LIGHTS["none"])
    return format_html(
        '<span class="pmo-light is-{}" title="{}">{}<span class="visually-hidden">{}</span></span>',
        value or "none",
        word,
        shape(glyph),
        word,
    )


@register.filter
@drawn_once
def confidence(value: str | None) -> SafeString:
    word = CONFIDENCE.get(value or "none", CONFIDENCE["none"])[-1]
    return format_html('<span class="pmo-confidence">{}<span>{}</span></span>', cell_mark(value), word)


@register.filter
def confidence_word(value: str | None) -> str:
    return word_of("confidence", value or "none")


@register.filter
@drawn_once
def cell_mark(value: str | None) -> SafeString:
    """The small square of a strip or heat table: ground by level, glyph inside."""
    glyph, level, _word = CONFIDENCE.get(value or "none", CONFIDENCE["none"])
    return format_html('<span class="pmo-cell is-{}" aria-hidden="true">{}</span>', level, shape(glyph))


@register.filter
def glyph(value: str | None) -> SafeString:
    return shape(CONFIDENCE.get(value or "none", CONFIDENCE["none"])[0])


@register.filter
def day(value: date | None) -> str:
    """2026/11/23(月) · 23 Nov 2026."""
    return dates.format_date(value, "full") if value else "–"


@register.filter
def day_plain(value: date | None) -> str:
    return dates.format_date(value, "plain") if value else "–"


@register.filter
def day_short(value: date | None) -> str:
    return dates.format_date(value, "short") if value else "–"


@register.filter
def day_near(value: date | None) -> str:
    """Without its year where that goes without saying: this year and the next half."""
    from django.utils import timezone

    if value is None:
        return "–"
    near = abs((value - timezone.localdate()).days) < 180
    return dates.format_date(value, "short" if near else "plain")


@register.filter
def moment(value: datetime | None) -> str:
    """Day and time in the person's zone."""
    return dates.format_moment(value) if value else "–"


@register.filter
def moment_on_paper(value: datetime | None) -> str:
    """For letters and documents."""
    return dates.format_moment_in_full(value) or "–"


@register.filter
def clock(value: datetime | None) -> str:
    from django.utils import timezone

    return timezone.localtime(value).strftime("%-H:%M") if value else ""


@register.simple_tag(takes_context=True)
def money(context: dict, amount: Decimal | str | None, currency: str = "JPY") -> str:
    """An amount in the reader's unit."""
    amount = Decimal(amount) if amount not in (None, "") else None
    return numbers.format_money(amount, currency, reader_unit(context))


@register.simple_tag(takes_context=True)
def money_pair(context: dict, was: Decimal | str | None, now: Decimal | str | None, currency: str = "JPY") -> list[str]:
    """Two amounts in the reader's unit; in whole units of currency where they would read alike and are not."""
    known = [Decimal(amount) if amount not in (None, "") else None for amount in (was, now)]
    said = [numbers.format_money(amount, currency, reader_unit(context)) for amount in known]
    if said[0] == said[1] and known[0] != known[1]:
        return [numbers.format_money(amount, currency, "plain") for amount in known]
    return said


@register.simple_tag(takes_context=True)
def money_number(context: dict, amount: Decimal | None, currency: str = "") -> str:
    """The number alone, where the unit stands in the head; with its unit where its currency is not the office's."""
    return money_in(reader_unit(context), amount, currency)


def money_in(unit: str, amount: Decimal | None, currency: str = "") -> str:
    if amount is None:
        return "–"
    if currency and currency != office_currency():
        return numbers.format_money(amount, currency, unit)
    value, places = numbers.scaled(amount, unit)
    return numbers.group(value, places)


@register.simple_tag(takes_context=True)
def money_unit(context: dict, currency: str = "") -> str:
    return numbers.unit_name(reader_unit(context), currency or office_currency())


def office_currency() -> str:
    from pmo_portal.periods.queries import office_settings

    return office_settings().currency


@register.simple_tag(takes_context=True)
def money_size(context: dict) -> int:
    """How many whole units of currency the reader's unit has: for a script that writes amounts as one types."""
    return numbers.UNITS[reader_unit(context)][0]


@register.simple_tag(takes_context=True)
def money_form(context: dict, currency: str = "JPY") -> str:
    """How an amount is written around its number: {}百万円 · ¥{} m."""
    return numbers.money_form(currency, reader_unit(context))


def reader_unit(context: dict) -> str:
    request = context.get("request")
    return getattr(getattr(request, "user", None), "money_unit", "million") or "million"


@register.simple_tag(takes_context=True)
def measured(context: dict, measure: Measure, value: Decimal | None, currency: str = "JPY") -> str:
    """A figure with its unit, as its measure is written."""
    return showing.text(measure, value, money_unit=reader_unit(context), currency=currency)


@register.simple_tag(takes_context=True)
def measured_part(context: dict, measure: Measure, value: Decimal | None, currency: str = "JPY") -> str:
    """A figure's numerator or denominator."""
    return showing.part(measure, value, money_unit=reader_unit(context), currency=currency)


@register.simple_tag(takes_context=True)
def value(context: dict, said: Any, kind: str = "text", currency: str = "") -> str:
    """A value of a record as a person reads it, whatever it is: a line of a request, a side of a conflict, a change."""
    if said in (None, ""):
        return "–"
    if kind == "money":
        return money(context, said, currency or "JPY")
    if kind in SAID:
        return SAID[kind](said)
    return format_html("<bdi>{}</bdi>", Truncator(said).chars(160))


@register.filter
def why_unknown(reason: str) -> str:
    return showing.why(reason)


@register.filter
def signed_percent(value: Decimal | str | None) -> str:
    return numbers.percent(Decimal(value) if value not in (None, "") else None, 1, sign=True)


@register.filter
def percent(value: Decimal | None) -> str:
    return numbers.percent(value, 1)


@register.filter
def signed_days(value: int | None) -> str:
    """+14日 · +14 d."""
    if value in (None, ""):
        return "–"
    return _("%(days)s d") % {"days": numbers.signed(value)}


SAID: dict[str, Callable[[Any], str]] = {
    "light": light,
    "confidence": confidence,
    "date": day_plain,
    "moment": moment,
    "percent": signed_percent,
    "days": signed_days,
}


@register.filter
def signed_number(value: int | None) -> str:
    """+3 · −1 · 0."""
    return "–" if value in (None, "") else numbers.signed(value)


@register.filter
def number(value: Any) -> str:
    if value is None or value == "":
        return "–"
    places = 0 if Decimal(value) == Decimal(value).to_integral_value() else 1
    return numbers.group(Decimal(value), places)


@register.filter
def exact(value: Any) -> str:
    """A number with as many places as it has."""
    return "–" if value is None or value == "" else numbers.exact(Decimal(value))


@register.filter
def hurts(value: Any, limit: Any = 0) -> str:
    """The class of a figure that is past its tolerance (higher is worse)."""
    return "is-bad" if value not in (None, "") and Decimal(value) > Decimal(limit) else ""


@register.filter
def field_money(value: Decimal | None) -> str:
    """An amount for a field: grouped by thousands, no needless zeros."""
    if value is None:
        return ""
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.simple_tag
@drawn_once
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; without a label it is decoration."""
    if label:
        return format_html(
            '<svg class="pmo-icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            label,
            static("icons.svg"),
            name,
        )
    return format_html('<svg class="pmo-icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)


@register.filter
def dash(value: Any) -> Any:
    return "–" if value in (None, "") else value


@register.filter
def get(mapping: dict, key: Any) -> Any:
    """The value under a key that is itself a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def local_day(value: datetime | None) -> str:
    """The day of a moment, in the person's zone: today and tomorrow by name."""
    from datetime import timedelta

    from django.utils import timezone

    if value is None:
        return ""
    on, today = timezone.localdate(value), timezone.localdate()
    if on == today:
        return _("today")
    if on == today + timedelta(days=1):
        return _("tomorrow")
    return dates.format_date(on, "short" if on.year == today.year else "plain")


@register.filter
def field(form: Any, name: str) -> Any:
    """The bound field of a name that is itself a variable."""
    return form[name]


@register.filter
def light_shape(value: str | None) -> SafeString:
    return shape(LIGHTS.get(value or "none", LIGHTS["none"])[0])


@register.filter
def in_tongue(text: str | None) -> SafeString:
    """` lang="en"` for words of people that are no Japanese, for whoever has the page read aloud."""
    return SafeString("" if not text or has_japanese(text) else ' lang="en"')


@register.filter
def month_short(value: date | None) -> str:
    """11 · Nov: the month alone, for strips and heat tables."""
    if value is None:
        return ""
    return dates.MONTHS[value.month - 1] if dates.is_english() else str(value.month)


@register.simple_tag
def days_form() -> str:
    """%(days)s日, to be filled in by a script as one types."""
    return _("%(days)s d")


@register.simple_tag
def minutes_form() -> str:
    return _("%(minutes)s min %(seconds)s s")


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


@register.filter
def minutes(seconds: int | None) -> str:
    """1分24秒 · 1 min 24 s."""
    if seconds is None:
        return "–"
    return _("%(minutes)s min %(seconds)s s") % {"minutes": seconds // 60, "seconds": f"{seconds % 60:02d}"}


@register.filter
def as_change(line: dict) -> dict:
    """A line of a report's difference as the from/to partial reads it."""
    was, now = line["was"], line["now"]
    days = (now - was).days if isinstance(was, date) and isinstance(now, date) else None
    return {"was": None if was == "none" else was, "now": now, "kind": line["kind"], "days": days}


@register.filter
def iso_day(value: str | None) -> str:
    """A day kept as text (frozen evidence), written for the reader."""
    return dates.format_date(date.fromisoformat(str(value)[:10]), "plain") if value else "–"


@register.filter
def named(record: dict) -> str:
    """The name of a frozen record in the reader's language, with its code."""
    from pmo_portal.i18n.localised import pick

    return f"{record.get('code', '')} {pick(record.get('name_ja', ''), record.get('name_en', ''))}".strip()


@register.filter(is_safe=True)
def trim(text: str) -> str:
    """Without the line ends that partials bring along, so that a comma stands right behind its word."""
    return text.strip()
