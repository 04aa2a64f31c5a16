"""Form fields of the house: dates, amounts and people, with the widgets that phones and keyboards like."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator, ModelChoiceIteratorValue
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.models import Person
from pmo_portal.accounts.queries import called, choosable, people_in_use, units_as_tree, units_in_use
from pmo_portal.i18n.dates import format_date
from pmo_portal.i18n.localised import pick
from pmo_portal.intake.typed import typed_amount, typed_day
from pmo_portal.intake.wording import say
from pmo_portal.templatetags.pmo import icon


class DayInput(forms.TextInput):
    """A day written as the page's language writes it, with the browser's own calendar behind a button."""

    def __init__(self, attrs=None) -> None:
        super().__init__({"autocomplete": "off", "data-day": "", **(attrs or {})})

    def format_value(self, value) -> str:
        if isinstance(value, datetime):
            value = timezone.localdate(value)
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                return value
        return format_date(value) if value else ""

    def get_context(self, name, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["day"] = self._day(value)
        return context

    @staticmethod
    def _day(value) -> str:
        if isinstance(value, str):
            value = typed_day(value, timezone.localdate()).value
        return value.isoformat()[:10] if value else ""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        given = widget["attrs"] | {"type": "text", "name": name, "value": widget["value"] or ""}
        return format_html(
            '<span class="pmo-day"><input{}><button type="button" tabindex="-1" aria-label="{}" data-calendar>{}</button>'
            '<input type="date" tabindex="-1" aria-hidden="true" value="{}" min="1900-01-01" max="2200-12-31"></span>',
            flatatt(given),
            gettext("Open the calendar"),
            icon("calendar"),
            widget["day"],
        )


class DateField(forms.DateField):
    """A day between 1900 and 2200, typed as 2027/4/14, 14 Apr 2027, 4/14, 令和9年4月14日 or R9.4.14."""

    widget = DayInput

    def to_python(self, value):
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        read = typed_day(value, timezone.localdate())
        if read.value is not None:
            return read.value
        if read.fault == "date_order_open":
            raise ValidationError(
                gettext("Day and month cannot be told apart in “%(text)s”. Write the year first: 2027/4/14.")
                % {"text": value[:40]},
                code="order",
            )
        if read.fault in ("no_such_day", "date_range", "era_month"):
            raise ValidationError(say(read.fault, read.params), code=read.fault)
        raise ValidationError(
            gettext("“%(text)s” is not a date. Write 2027/4/14 or 4/14.") % {"text": value[:40]}, code="date"
        )


class MoneyField(forms.DecimalField):
    """An amount in whole units of its currency; grouping, full-width digits and 億, 百万, m are understood."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-amount": ""})

    def __init__(self, **kwargs) -> None:
        super().__init__(max_digits=20, decimal_places=2, **kwargs)

    def to_python(self, value):
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        read = typed_amount(value)
        if read.value is not None:
            return read.value
        if read.fault in ("too_big", "not_finite"):
            raise ValidationError(say(read.fault, read.params), code=read.fault)
        raise ValidationError(
            gettext("“%(text)s” is not an amount. Write 480,000,000, 480百万 or 4.8億.") % {"text": value[:40]},
            code="amount",
        )

    def prepare_value(self, value):
        from pmo_portal.templatetags.pmo import field_money

        return field_money(value) if value is not None and not isinstance(value, str) else value


FEW = 60
LONGEST_NAME = 400  # with the address behind it; no database looks for a book


class PersonBox(forms.Select):
    """A list of everybody while they are few; else a box that looks people up as one types (choose.js). `of` and `but`
    as the field has them."""

    choices: Any  # the field's ModelChoiceIterator
    of = "all"
    but: frozenset[int] = frozenset()

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        everybody = self.choices.queryset.values_list("pk", "name_ja", "name_en")
        people = list(everybody[: FEW + 1])
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return self._list(people, value, given) if len(people) <= FEW else self._box(value, given)

    def _list(self, people: list[tuple], value, given: dict) -> SafeString:
        options = [("", "", _("Not chosen")), *((pk, pk, pick(ja, en)) for pk, ja, en in people)]
        chosen = str(getattr(value, "pk", value) or "")
        marked = [(v, mark_safe(" selected") if str(v) == chosen else "", label) for v, _pk, label in options]
        return format_html(
            "<select{}>{}</select>",
            flatatt(given),
            format_html_join("", '<option value="{}"{}>{}</option>', marked),
        )

    def _box(self, value, given: dict) -> SafeString:
        shown = value or ""
        if value and str(value).isdigit():
            person = self.choices.queryset.filter(pk=int(value)).first() if len(str(value)) < 15 else None
            shown = person.call_name if person else value
        box = {
            **given,
            "type": "text",
            "value": str(shown),
            "list": f"{given.get('id', given['name'])}_people",
            "autocomplete": "off",
            "data-choose": f"{reverse('desk:people_choices')}?{self._asked()}",
            "class": "form-control",
        }
        return format_html('<input{}><datalist id="{}"></datalist>', flatatt(box), box["list"])

    def _asked(self) -> str:
        return urlencode([("of", self.of), *(("but", pk) for pk in sorted(self.but))])


class _UnitChoices(ModelChoiceIterator):
    """From the top of the tree down, indented."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for unit, label in units_as_tree():
            yield ModelChoiceIteratorValue(unit.pk, unit), label


class UnitField(forms.ModelChoiceField):
    """One of the units in use."""

    iterator = _UnitChoices

    def __init__(self, **kwargs) -> None:
        super().__init__(units_in_use(), **kwargs)


class PersonField(forms.ModelChoiceField):
    """One of the people who are there. Takes their number, or what the box says of them: name and address. `of` names those
    whom the list offers (`accounts.queries.CHOOSABLE`); who is typed all the same is refused by the action, which says why.
    """

    widget = PersonBox
    default_error_messages = {
        "unknown_person": _("Nobody here is called that. Type a part of the name and choose from the list."),
        "several_people": _("Several people are called that. Choose one from the list, or type the e-mail address."),
    }

    def __init__(self, *, of: str = "all", **kwargs) -> None:
        self.of = of
        super().__init__(choosable(of), **kwargs)
        self.widget.of = of

    def __deepcopy__(self, memo):
        made = super().__deepcopy__(memo)
        made.queryset = choosable(self.of)
        return made

    def leave_out(self, *ids: int | None) -> None:
        """These are not offered."""
        self.widget.but = frozenset(pk for pk in ids if pk)
        self.queryset = choosable(self.of, self.widget.but)

    def to_python(self, value):
        if isinstance(value, str) and value.strip() and not (value.isascii() and value.isdigit()):
            return self._called(value.replace("\0", "").strip())
        return self._numbered(value) or super().to_python(value)

    def _numbered(self, value) -> Person | None:
        """Also one whom the list does not offer: whoever acts on it says why not."""
        return people_in_use().filter(pk=int(value)).first() if str(value).isdigit() and len(str(value)) < 15 else None

    def _called(self, text: str) -> Person:
        found = list(called(people_in_use(), text)[:2]) if len(text) <= LONGEST_NAME else []
        if len(found) != 1:
            code = "several_people" if found else "unknown_person"
            raise forms.ValidationError(self.error_messages[code], code=code)
        return found[0]
