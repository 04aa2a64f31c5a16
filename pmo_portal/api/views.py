"""The base of every resource."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import Http404
from rest_framework import exceptions, mixins, viewsets

from pmo_portal import access


class ResourceViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Reads through `access.visible`; writing is added by subclasses, through the room's actions.

    `filters` maps a query parameter to a field path; unknown parameters are refused, so that a typing error does not
    silently give everything.
    """

    model: type[models.Model]
    related: tuple[str, ...] = ()
    filters: dict[str, str] = {}
    own_parameters = ("cursor", "page_size", "format", "q")

    def get_queryset(self) -> models.QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return models.QuerySet(self.model).none()
        found = access.visible(self.request.user, self.model).select_related(*self.related)
        return self.filtered(found) if self.action == "list" else found

    def filtered(self, found: models.QuerySet) -> models.QuerySet:
        for name in self.request.query_params:
            if name in self.own_parameters:
                continue
            if name not in self.filters:
                raise exceptions.ValidationError({name: [f"no such filter; known: {', '.join(sorted(self.filters))}"]})
            try:
                found = found.filter(**{self.filters[name]: self.request.query_params[name].replace("\0", "")})
            except (ValueError, FieldDoesNotExist, OverflowError):
                raise exceptions.ValidationError({name: ["not a value of this field"]}) from None
            except Exception as error:
                if type(error).__name__ == "ValidationError":
                    raise exceptions.ValidationError({name: ["not a value of this field"]}) from None
                raise
        return found

    def get_object(self) -> Any:
        name = self.lookup_url_kwarg or self.lookup_field
        try:
            found = self.get_queryset().filter(**{self.lookup_field: self.kwargs[name]}).first()
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise Http404
        return found

    @property
    def version(self) -> int | None:
        """The version the client had before it, from `If-Match: "3"`."""
        text = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None

    def get_input(self, **context) -> dict[str, Any]:
        serializer = self.get_serializer(data=self.request.data, **context)
        serializer.is_valid(raise_exception=True)
        unknown = set(self.request.data) - set(serializer.fields)
        readonly = {n for n, f in serializer.fields.items() if f.read_only} & set(self.request.data)
        if unknown or readonly:
            raise exceptions.ValidationError({name: ["cannot be written here"] for name in sorted(unknown | readonly)})
        return dict(serializer.validated_data)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        data = getattr(response, "data", None)
        if isinstance(data, dict) and "version" in data:
            response["ETag"] = f'"{data["version"]}"'
        return response
