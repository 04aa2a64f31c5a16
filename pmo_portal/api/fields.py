"""Fields as the API reads them, by the same rules as the pages' forms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured
from django.db import models
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


class ResourceSerializer(serializers.ModelSerializer):
    """The fields of a record, with the house's own for days, amounts and long texts."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateField: DayField,
        models.DecimalField: AmountField,
    }

    def build_standard_field(self, field_name, model_field):
        field_class, given = super().build_standard_field(field_name, model_field)
        if isinstance(model_field, models.TextField):
            given.setdefault("max_length", LONGEST_TEXT)
        return field_class, given


class NothingSerializer(serializers.Serializer):
    """A change of state that takes nothing."""
