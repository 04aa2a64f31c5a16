"""Fields as the API reads them, by the same rules as the pages' forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from functools import partial
from operator import attrgetter
from types import NoneType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pmo_portal import access
from pmo_portal.records import Record

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
LONGEST_TEXT = 20_000  # characters, where a resource says nothing narrower


@extend_schema_field(OpenApiTypes.STR)
class ReferenceField(serializers.SlugRelatedField):
    """Another record, by the key that people know, out of those in use that the viewer may see. What lies outside their
    scope is refused in the same words as what is not there at all."""

    def __init__(self, model: type[models.Model], slug: str, **kwargs) -> None:
        self.model = model
        super().__init__(slug_field=slug, **kwargs)

    def get_queryset(self) -> models.QuerySet:
        request = self.context.get("request")
        if request is None:
            raise ImproperlyConfigured("a reference is read for somebody: give the serializer its context")
        found = access.visible(request.user, self.model)
        return found.filter(archived_at=None) if issubclass(self.model, Record) else found

    def to_internal_value(self, value):
        if not isinstance(value, str):
            self.fail("invalid")
        return super().to_internal_value(value)


def shown(model: type[models.Model], slug: str, **kwargs) -> ReferenceField:
    """Another record that is only read."""
    return ReferenceField(model, slug, read_only=True, allow_null=True, **kwargs)


@extend_schema_field(OpenApiTypes.STR)
class KindField(serializers.Field):
    """Which kind of record something is about, as the trail and the webhooks call it: `projects.project`."""

    def __init__(self, source: str = "content_type", **kwargs) -> None:
        super().__init__(source=source, read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return f"{value.app_label}.{value.model}"


class DayField(serializers.DateField):
    """A day between 1900 and 2200."""

    default_error_messages = {"date_range": _("Dates lie between 1900 and 2200.")}

    def to_internal_value(self, value) -> date:
        day = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            self.fail("date_range")
        return day


CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")


@extend_schema_field({"type": "string", "pattern": f"^{CLOCK.pattern}$", "example": "17:00"})
class ClockField(serializers.TimeField):
    """A time of day in the office's zone. OpenAPI's own `time` carries an offset."""

    def to_internal_value(self, value) -> time:
        if not isinstance(value, str) or not CLOCK.fullmatch(value):
            self.fail("invalid", format="hh:mm[:ss]")
        return super().to_internal_value(value)


class AmountField(serializers.DecimalField):
    """An amount in whole units of its currency, best sent as a string."""

    def to_internal_value(self, value) -> Decimal:
        return super().to_internal_value(value) + 0  # no minus before nothing


# What these give is what the record holds: nothing to represent.
PLAIN = (serializers.CharField, serializers.IntegerField, serializers.ChoiceField)


def way_to(field: serializers.Field) -> Callable[[Any], Any]:
    """How a record's value of this field is shown, decided once for all records: the same as the field says of each."""
    if type(field) is ReferenceField and len(field.source_attrs) == 1:
        return partial(_along, field.source_attrs[0], str(field.slug_field))
    if len(field.source_attrs) != 1 or isinstance(field, serializers.RelatedField | serializers.BaseSerializer):
        return lambda record: _shown(field, field.get_attribute(record))
    read = attrgetter(field.source_attrs[0])
    if type(field) in PLAIN:
        return lambda record: value if type(value := read(record)) in (str, int, NoneType) else _shown(field, value)
    return lambda record: None if (value := read(record)) is None else field.to_representation(value)


def _along(source: str, slug: str, record: Any) -> Any:
    found = getattr(record, source)
    return None if found is None else getattr(found, slug)


def _shown(field: serializers.Field, value: Any) -> Any:
    return None if value is None else field.to_representation(value)


class ResourceSerializer(serializers.ModelSerializer):
    """The fields of a record, with the house's own for days, amounts and long texts. Every record has all of them, so a
    page of records is read without asking each field of each record how."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateField: DayField,
        models.DecimalField: AmountField,
        models.TimeField: ClockField,
    }

    def build_standard_field(self, field_name, model_field):
        field_class, given = super().build_standard_field(field_name, model_field)
        if isinstance(model_field, models.TextField):
            given.setdefault("max_length", LONGEST_TEXT)
        return field_class, given

    def get_fields(self):
        """What is only read may be empty too where the column may."""
        fields = super().get_fields()
        columns = {f.name: f for f in self.Meta.model._meta.concrete_fields}
        for name, field in fields.items():
            if isinstance(field, serializers.ChoiceField) and field.read_only and name in columns:
                field.allow_blank = columns[name].blank
        return fields

    @cached_property
    def ways(self) -> list[tuple[str, Callable[[Any], Any]]]:
        return [(field.field_name, way_to(field)) for field in self._readable_fields]

    def to_representation(self, instance) -> dict[str, Any]:
        return {name: way(instance) for name, way in self.ways}


class NothingSerializer(serializers.Serializer):
    """A change of state that takes nothing."""
