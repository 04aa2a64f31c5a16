"""Form fields of the house: dates, amounts and people, with the widgets that phones and keyboards like."""

from __future__ import annotations

from django import forms

from pmo_portal.accounts.models import Person
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


class PersonField(forms.ModelChoiceField):
    """One of the people who are there. With many people the browser searches as one types."""

    def __init__(self, **kwargs) -> None:
        super().__init__(Person.objects.filter(archived_at=None), **kwargs)
        self.widget.attrs["data-behaviour"] = "choose"

    def __deepcopy__(self, memo):
        made = super().__deepcopy__(memo)
        made.queryset = Person.objects.filter(archived_at=None)
        return made
