"""A custom field as the rest of the house knows fields: a model field that no table has; its value in words."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal.accounts.models import Person
from pmo_portal.custom import values
from pmo_portal.custom.models import CustomField
from pmo_portal.custom.queries import field_of, fields_of, people, sees, sees_at


class SeveralField(models.CharField):
    """Some of a set of choices: a list of their keys."""

    def to_python(self, value: Any) -> Any:
        return value


class _ToPerson(models.ForeignKey):
    """A person by id, under the name of the field itself."""

    def get_attname(self) -> str:
        return self.name


def _model_field(field: CustomField) -> models.Field:
    named: dict[str, Any] = {"verbose_name": field.name or field.key, "blank": True, "null": True}
    if field.kind in (values.NUMBER, values.MONEY):  # 20 digits are what the house takes for money
        return models.DecimalField(max_digits=20 if field.kind == values.MONEY else 19, decimal_places=2, **named)
    if field.kind == values.DATE:
        return models.DateField(**named)
    if field.kind == values.YESNO:
        return models.BooleanField(**named)
    if field.kind == values.PERSON:
        return _ToPerson(Person, models.DO_NOTHING, related_name="+", **named)
    if field.kind in (values.CHOICE, values.CHOICES):
        kind = SeveralField if field.kind == values.CHOICES else models.CharField
        return kind(max_length=30, choices=list(field.choices.items()), **named)
    return models.CharField(max_length=values.LONGEST, **named)


def shape_of(model: type[models.Model], attribute: str) -> models.Field | None:
    """The field `custom_<key>` of a model; None where there is none."""
    field = field_of(model, attribute)
    return _shaped(field, model) if field is not None else None


def _shaped(field: CustomField, model: type[models.Model]) -> models.Field:
    made: Any = _model_field(field)
    made.set_attributes_from_name(field.attribute)
    made.model = model
    made.hidden_from = lambda viewer, scope_id: not sees_at(viewer, field, scope_id)
    return made


def told(field: CustomField, record) -> Any:
    """The value as a page shows it: words of a choice, the person, yes or no; else the value itself."""
    found = field.read(record)
    if found is None:
        return None
    if field.kind == values.CHOICE:
        return field.choices.get(found, found)
    if field.kind == values.CHOICES:
        return (
            pgettext("between words", ", ").join(field.choices.get(key, key) for key in found)
            if isinstance(found, list)
            else found
        )
    if field.kind == values.YESNO:
        return _("yes") if found else _("no")
    return found


def shown(viewer, record) -> list[tuple[CustomField, Any]]:
    """The fields of a record that have a value, as a page tells them to this viewer. One query where one names people."""
    fields = [f for f in fields_of(type(record)) if sees(viewer, f, record)]
    named = people(f.read(record) for f in fields if f.kind == values.PERSON)
    found = []
    for field in fields:
        value = told(field, record)
        if value is not None:
            found.append((field, named.get(value, value) if field.kind == values.PERSON else value))
    return found
