"""Form fields of the house: dates, amounts and people, with the widgets that phones and keyboards like."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from pmo_portal.accounts.models import Person
from pmo_portal.accounts.queries import called
from pmo_portal.i18n.localised import pick
from pmo_portal.i18n.text import to_halfwidth


class DateField(forms.DateField):
    """A day between 1900 and 2200; also typed as 令和8年11月23日 or R8.11.23."""

    widget = forms.DateInput(attrs={"type": "date", "min": "1900-01-01", "max": "2200-12-31"}, format="%Y-%m-%d")

    def to_python(self, value):
        if isinstance(value, str):
            value = to_halfwidth(value).strip()
            from pmo_portal.i18n.dates import parse_wareki

            try:
                return parse_wareki(value)
            except ValueError:
                pass
        return super().to_python(value)


class MoneyField(forms.DecimalField):
    """An amount in whole units of its currency; grouping and full-width digits are understood."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs) -> None:
        super().__init__(max_digits=20, decimal_places=2, **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = to_halfwidth(value).replace(",", "").replace("¥", "").replace("円", "").replace("−", "-").strip()
        return super().to_python(value)

    def prepare_value(self, value):
        from pmo_portal.templatetags.pmo import field_money

        return field_money(value) if value is not None and not isinstance(value, str) else value


FEW = 60


class PersonBox(forms.Select):
    """A list of everybody while they are few; else a box that looks people up as one types (choose.js)."""

    choices: Any  # the field's ModelChoiceIterator

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        everybody = self.choices.queryset.values_list("pk", "name_ja", "name_en")
        people = list(everybody[: FEW + 1])
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return self._list(people, value, given) if len(people) <= FEW else self._box(value, given)

    def _list(self, people: list[tuple], value, given: dict) -> SafeString:
        options = [("", "", "---------"), *((pk, pk, pick(ja, en)) for pk, ja, en in people)]
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
            "data-choose": reverse("desk:people_choices"),
            "class": "form-control",
        }
        return format_html('<input{}><datalist id="{}"></datalist>', flatatt(box), box["list"])


class PersonField(forms.ModelChoiceField):
    """One of the people who are there. Takes their number, or what the box says of them: name and address."""

    widget = PersonBox
    default_error_messages = {
        "unknown_person": _("Nobody here is called that. Type a part of the name and choose from the list."),
        "several_people": _("Several people are called that. Choose one from the list, or type the e-mail address."),
    }

    def __init__(self, **kwargs) -> None:
        super().__init__(Person.objects.filter(archived_at=None), **kwargs)

    def __deepcopy__(self, memo):
        made = super().__deepcopy__(memo)
        made.queryset = Person.objects.filter(archived_at=None)
        return made

    def to_python(self, value):
        if isinstance(value, str) and value.strip() and not (value.isascii() and value.isdigit()):
            return self._called(value.replace("\0", "").strip())
        return super().to_python(value)

    def _called(self, text: str) -> Person:
        found = list(called(Person.objects.filter(archived_at=None), text)[:2])
        if len(found) != 1:
            code = "several_people" if found else "unknown_person"
            raise forms.ValidationError(self.error_messages[code], code=code)
        return found[0]
