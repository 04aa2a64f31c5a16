"""Fields as the API reads them, by the same rules as the pages' forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
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


class DayField(serializers.DateField):
    """A day between 1900 and 2200."""

    default_error_messages = {"date_range": _("Dates lie between 1900 and 2200.")}

    def to_internal_value(self, value) -> date:
        day = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            self.fail("date_range")
        return day


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
    }

    def build_standard_field(self, field_name, model_field):
        field_class, given = super().build_standard_field(field_name, model_field)
        if isinstance(model_field, models.TextField):
            given.setdefault("max_length", LONGEST_TEXT)
        return field_class, given

    @cached_property
    def ways(self) -> list[tuple[str, Callable[[Any], Any]]]:
        return [(field.field_name, way_to(field)) for field in self._readable_fields]

    def to_representation(self, instance) -> dict[str, Any]:
        return {name: way(instance) for name, way in self.ways}


class NothingSerializer(serializers.Serializer):
    """A change of state that takes nothing."""
