"""The API's description (OpenAPI 3): besides the fields it names the conditions of lists, the headers of writing, and every
problem that an address answers with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from pmo_portal.api import sparse
from pmo_portal.api.errors import CONTENT_TYPE, KINDS
from pmo_portal.lists.filters import Choice, Filter, Flag, Range

IF_MATCH = "The ETag you read; 412 where somebody changed the record since. Without it the newest version is taken."
KEY = "A name of this request, such as a UUID: sent again with it, the same request is done once."
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": f"ends in #{', #'.join(KINDS)}"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "field → the rules it breaks",
            "additionalProperties": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["rule", "message"],
                    "properties": {"rule": {"type": "string"}, "message": {"type": "string"}},
                },
            },
        },
    },
}


class Schema(AutoSchema):
    view: Any  # a ResourceViewSet, an AnswerViewSet, or the view of the description itself

    def get_override_parameters(self) -> list:
        given = list(super().get_override_parameters())
        if not hasattr(self.view, "list_class"):
            return given
        if self.view.action == "list" and self.method == "GET":
            given += self._conditions()
        if self.method == "GET" and getattr(self.view, "action", "") in ("list", "retrieve"):
            given.append(_query(sparse.PARAMETER, "Only these fields, with commas between them."))
        if self.method == "PATCH" or (self.method == "POST" and self.view.detail):
            given.append(_header("If-Match", IF_MATCH))
        if self.method == "POST":
            given.append(_header("Idempotency-Key", KEY))
        return given

    def _conditions(self) -> list[OpenApiParameter]:
        listing = self.view.list_class
        orders = [f"{sign}{c.key}" for c in listing.columns if c.sort for sign in ("", "-")]
        return [
            _query("q", "Words that the record holds."),
            _query("sort", "A column, with - before it downwards; empty: by id.", enum=["", *orders]),
            *(_condition(which) for which in self.view.known_filters()),
        ]


class KeptGenerator(SchemaGenerator):
    """The description is one for all and lasts as long as the process: made once in each language."""

    made: ClassVar[dict[str, dict[str, Any]]] = {}

    def get_schema(self, request=None, public=False) -> dict[str, Any]:
        language = translation.get_language() or ""
        language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        if language not in self.made:
            self.api_version = None  # there is one
            with translation.override(language):
                self.made[language] = super().get_schema(request=None, public=True)
        return self.made[language]


class KeptYaml(OpenApiYamlRenderer):
    """Written out once: that takes longer than making it."""

    written: ClassVar[dict[int, bytes]] = {}

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        if not any(data is kept for kept in KeptGenerator.made.values()):
            return super().render(data, accepted_media_type, renderer_context)  # a problem
        if id(data) not in self.written:
            self.written[id(data)] = super().render(data, accepted_media_type, renderer_context)
        return self.written[id(data)]


def _condition(which: Filter) -> OpenApiParameter:
    label = _in_english(which.label)
    if isinstance(which, Choice):
        known = None if callable(which.options) else ["", *(str(key) for key, _label in which.options)]
        return _query(which.key, f"{label}: one, or several by repeating it; empty: any.", enum=known, many=True)
    if isinstance(which, Flag):
        return _query(which.key, f"{label}; empty: not asked.", enum=["", "1"])
    if isinstance(which, Range):
        return _query(which.key, f"{label}: from..to, either may be left out.")
    return _query(which.key, label, many=True)


def _in_english(words: Any) -> str:
    """The description is one for all, in whatever language it was asked for first."""
    with translation.override("en"):
        return str(words)


def _query(name: str, words: str, enum: list[str] | None = None, many: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.QUERY, description=words, enum=enum, many=many)


def _header(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=words)


def add_problems(result: dict[str, Any], generator, request, public) -> dict[str, Any]:
    """Every operation names the problems that it may answer with, and the ETag of a record."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, methods in result.get("paths", {}).items():
        for method, told in methods.items():
            if method in ("get", "post", "patch"):
                _complete(told, method, is_one="{" in path)
    return result


def _complete(told: dict[str, Any], method: str, *, is_one: bool) -> None:
    body = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    statuses = [400, 401, 403, 406, 429]
    if is_one:
        statuses.append(404)
    if method != "get":
        statuses += [413, 415]
        if is_one:
            statuses.append(412)
    if method == "post":
        statuses.append(422)
    titles = {status: _in_english(title) for status, title in KINDS.values()}
    for status in sorted(statuses):
        told["responses"].setdefault(str(status), {"description": titles[status], "content": body})
    if is_one or method == "post":
        for status, answer in told["responses"].items():
            if status.startswith("2"):
                answer.setdefault("headers", {})["ETag"] = {
                    "description": "The record's version, for If-Match.",
                    "schema": {"type": "string"},
                }
