"""Pages of the API: each says where the next one begins, by the last row's value and id, so that a deep page costs what the
first one costs and a row that is added meanwhile neither repeats nor hides another."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

USUAL, MOST = 100, 500


class Pages(BasePagination):
    """`cursor` and `page_size`. The view says in `order` by which path rows are sorted ("" for their id) and which way."""

    def paginate_queryset(self, queryset: QuerySet, request, view=None) -> list:
        path, down = view.order
        self.request, self.size = request, _size(request.query_params)
        after = _read(request.query_params.get("cursor"), queryset.model, path)
        found = _from(queryset, path, down, after) if after else queryset
        by_id = "-pk" if down else "pk"
        if path:
            value = F(path)
            found = found.annotate(sorted_by=value).order_by(
                value.desc(nulls_last=True) if down else value.asc(nulls_last=True), by_id
            )
        else:
            found = found.order_by(by_id)
        # Chosen by the index, then joined: among many joins PostgreSQL would take the choosing for its last step.
        chosen = list(found.values_list("pk", flat=True)[: self.size + 1])
        rows = list(found.filter(pk__in=chosen)) if chosen else []
        self.last = rows[self.size - 1] if len(rows) > self.size else None
        return rows[: self.size]

    def get_next_link(self) -> str | None:
        if self.last is None:
            return None
        cursor = _written(getattr(self.last, "sorted_by", None), self.last.pk)
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.get_next_link(), "results": data})

    def get_paginated_response_schema(self, schema: dict) -> dict:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "nullable": True, "format": "uri"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view) -> list[dict]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where a page begins; follow `next`.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": f"Rows of a page; {USUAL} unless said.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST},
            },
        ]


def _size(given) -> int:
    text = given.get("page_size", str(USUAL))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST and len(text) < 9):
        raise ValidationError({"page_size": [_("A whole number from 1 to %(most)s.") % {"most": MOST}]})
    return int(text)


def _from(found: QuerySet, path: str, down: bool, after: tuple[Any, int]) -> QuerySet:
    """The rows after the one with this value and id; those whose value is not known come last."""
    value, pk = after
    beyond = {"pk__lt" if down else "pk__gt": pk}
    if not path:
        return found.filter(**beyond)
    if value is None:
        return found.filter(Q(**{f"{path}__isnull": True}), Q(**beyond))
    further = Q(**{f"{path}__{'lt' if down else 'gt'}": value})
    return found.filter(further | Q(Q(**{path: value}), Q(**beyond)) | Q(**{f"{path}__isnull": True}))


def _written(value: Any, pk: int) -> str:
    plain = value if value is None or isinstance(value, bool | int) else str(value)
    return base64.urlsafe_b64encode(json.dumps([plain, pk]).encode()).decode().rstrip("=")


def _read(text: str | None, model: type[models.Model], path: str) -> tuple[Any, int] | None:
    if text is None:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        if type(pk) is not int or not 0 <= pk < 2**63:
            raise ValueError(pk)
        if value is not None:
            value = _held(value, model, path) if path else None
        return value, pk
    except (ValueError, TypeError, RecursionError, binascii.Error, DjangoValidationError):
        raise ValidationError({"cursor": [_("This is no cursor of this list; follow “next” as it is.")]}) from None


def _held(value: Any, model: type[models.Model], path: str) -> Any:
    """As the column holds it; what is counted for the list is a plain number."""
    try:
        field = _field(model, path)
    except FieldDoesNotExist:
        return int(value)
    return field.to_python(value)


def _field(model: Any, path: str) -> models.Field:
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.pk if last == "pk" else model._meta.get_field(last)
