"""The custom fields of a record in its form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from pmo_portal.custom import values
from pmo_portal.custom.models import CustomField
from pmo_portal.custom.queries import seen
from pmo_portal.custom.registry import carriers
from pmo_portal.pages.fields import DateField, MoneyField, PersonField

NOTHING = BLANK_CHOICE_DASH


def form_field(field: CustomField, states: dict[str, str]) -> forms.Field:
    """Never required by the form itself: whether it is hangs on the record's state, and the action says so."""
    named: dict[str, Any] = {"label": str(field), "required": False, "help_text": _help(field, states)}
    if field.kind == values.CHOICE:
        return forms.ChoiceField(choices=[*NOTHING, *field.choices.items()], **named)
    if field.kind == values.CHOICES:
        return forms.MultipleChoiceField(
            choices=list(field.choices.items()), widget=forms.CheckboxSelectMultiple, **named
        )
    if field.kind == values.YESNO:
        return forms.TypedChoiceField(
            choices=[*NOTHING, ("yes", _("yes")), ("no", _("no"))],
            coerce=lambda said: said == "yes",
            empty_value=None,
            **named,
        )
    if field.kind == values.LINK:
        return forms.CharField(widget=forms.URLInput(attrs={"placeholder": "https://"}), **named)
    kinds = {values.DATE: DateField, values.MONEY: MoneyField, values.NUMBER: MoneyField, values.PERSON: PersonField}
    return kinds[field.kind](**named) if field.kind in kinds else forms.CharField(max_length=values.LONGEST, **named)


def _help(field: CustomField, states: dict[str, str]) -> str:
    among = [str(states[s]) for s in field.required_in if s in states]
    if not among:
        return field.help
    if len(among) == len(states):
        needed = _("Always needed.")
    else:
        needed = _("Needed when: {}.").format(pgettext("between words", ", ").join(among))
    return _("%(help)s. %(needed)s") % {"help": field.help.rstrip("。."), "needed": needed} if field.help else needed


def initial(field: CustomField, record) -> Any:
    """What its form field starts with: what the record says, or what a new one starts with."""
    found = field.read(record) if record is not None else values.read(field.kind, field.default)
    return {True: "yes", False: "no"}.get(found, found) if field.kind == values.YESNO else found


def all_initial(viewer, record) -> dict[str, Any]:
    """The same for all that the viewer sees, by name."""
    return {f.attribute: initial(f, record) for f in seen(viewer, type(record), record)}


class CustomFieldsMixin:
    """For a form of a record: its custom fields after its own, in a group of their own."""

    fields: dict[str, forms.Field]
    custom_fields: list[CustomField]
    group_label = gettext_lazy("Of this office")

    def add_custom_fields(self, model: type[models.Model], viewer, record=None) -> None:
        carrier = carriers[model._meta.label_lower]
        states = {str(state): label for state, label in carrier.states}
        self.custom_fields = seen(viewer, model, record)
        for field in self.custom_fields:
            self.fields[field.attribute] = form_field(field, states)
            self.fields[field.attribute].initial = initial(field, record)

    @property
    def custom_group(self) -> list[tuple[Any, list[str]]]:
        names = [f.attribute for f in self.custom_fields]
        return [(self.group_label, names)] if names else []
