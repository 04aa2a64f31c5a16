"""Fields that only an API has."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pmo_portal import access


@extend_schema_field(OpenApiTypes.STR)
class ReferenceField(serializers.SlugRelatedField):
    """Another record, by the key that people know, out of those the viewer may see. What lies outside their scope is
    refused in the same words as what is not there at all."""

    def __init__(self, model: type[models.Model], slug: str, **kwargs) -> None:
        self.model = model
        super().__init__(slug_field=slug, **kwargs)

    def get_queryset(self) -> models.QuerySet:
        request = self.context.get("request")
        if request is None:
            raise ImproperlyConfigured("a reference is read for somebody: give the serializer its context")
        return access.visible(request.user, self.model)
