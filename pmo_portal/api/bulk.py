"""Many at once: each item by itself, as if it had been sent alone, with its own answer."""

from __future__ import annotations

import copy
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from pmo_portal.api import errors

MOST = 100
DONE = inline_serializer(
    "BulkAnswer",
    {
        "results": inline_serializer(
            "BulkResult",
            {
                "status": serializers.IntegerField(),
                "record": serializers.DictField(required=False),
                "problem": serializers.DictField(required=False),
            },
            many=True,
        )
    },
)


class ItemSerializer(serializers.Serializer):
    """With `record` (what the address calls it) a change, without it a new one. `version`: as `If-Match` would say it."""

    record = serializers.CharField(max_length=100, required=False)
    version = serializers.IntegerField(min_value=1, required=False)
    values = serializers.DictField()


class BulkSerializer(serializers.Serializer):
    items = serializers.ListField(child=ItemSerializer(), min_length=1, max_length=MOST)


class BulkMixin:
    """For resources that have `create` and `partial_update`."""

    @extend_schema(request=BulkSerializer, responses={207: DONE})
    @action(detail=False, methods=["post"])
    def bulk(self: Any, request) -> Response:
        """Create and change up to 100 records. Each stands or falls alone; the answers come in the order of the items."""
        items = self.get_input(BulkSerializer)["items"]
        return Response({"results": [self._one(request, item) for item in items]}, status=207)

    def _one(self: Any, request, item: dict[str, Any]) -> dict[str, Any]:
        view = type(self)()
        view.kwargs, view.args, view.format_kwarg = {}, (), None
        view.request = _as_if_alone(request, item)
        name = item.get("record")
        try:
            if name is None:
                view.action = "create"
                answer = view.create(view.request)
            else:
                key = view.lookup_url_kwarg or view.lookup_field
                view.action, view.kwargs = "partial_update", {key: name}
                answer = view.partial_update(view.request, **view.kwargs)
            return {"status": answer.status_code, "record": answer.data}
        except Exception as error:
            refused = errors.answer(error, {"view": view, "request": view.request})
            if refused is None:
                raise
            return {"status": refused.status_code, "problem": refused.data}


def _as_if_alone(request: Request, item: dict[str, Any]) -> Request:
    """The request with the item for its body, and its version for `If-Match`."""
    if item.get("version") is not None and "record" not in item:
        raise exceptions.ValidationError({"items": [_("A new record has no version yet.")]}, code="version")
    plain = copy.copy(request._request)
    plain.__dict__.pop("headers", None)  # read once and kept; made anew from META
    plain.META = {name: value for name, value in request.META.items() if name != "HTTP_IF_MATCH"}
    if item.get("version") is not None:
        plain.META["HTTP_IF_MATCH"] = f'"{item["version"]}"'
    plain.method = "POST" if "record" not in item else "PATCH"
    alone = Request(plain, authenticators=[])
    alone.user, alone.auth = request.user, request.auth
    alone._data = alone._full_data = item["values"]  # type: ignore[attr-defined]
    return alone
