"""The API's schema as a page reads it: by resource, each operation with its parameters and fields. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ORDER = {"get": 0, "post": 1, "put": 2, "patch": 3, "delete": 4}


@dataclass
class Field:
    name: str
    kind: str
    required: bool
    read_only: bool
    words: str
    choices: list[str]


@dataclass
class Operation:
    method: str
    path: str
    key: str
    words: str
    parameters: list[dict[str, Any]]
    takes: list[Field]
    gives: list[Field]
    gives_many: bool
    answers: list[str]


@dataclass
class Resource:
    name: str
    operations: list[Operation] = field(default_factory=list)
    label: str = ""


def resources(schema: dict[str, Any]) -> list[Resource]:
    """The schema's operations, grouped by the first part of their address."""
    found: dict[str, Resource] = {}
    for path, methods in schema.get("paths", {}).items():
        for method, told in sorted(methods.items(), key=lambda pair: ORDER.get(pair[0], 9)):
            if method not in ORDER:
                continue
            name = (told.get("tags") or [path])[0]
            resource = found.setdefault(name, Resource(name))
            resource.operations.append(_operation(schema, method, path, told))
    return sorted(found.values(), key=lambda r: r.name)


def _operation(schema: dict, method: str, path: str, told: dict) -> Operation:
    body = _content(told.get("requestBody", {}))
    good = next((a for code, a in told.get("responses", {}).items() if str(code).startswith("2")), {})
    answer, many = _answer(schema, _content(good))
    return Operation(
        method=method.upper(),
        path=path,
        key=told.get("operationId", ""),
        words=(told.get("summary") or "").strip(),
        parameters=[
            {
                "name": p["name"],
                "in": p["in"],
                "required": p.get("required", False),
                "kind": _kind(schema, p.get("schema", {})),
                "words": p.get("description", ""),
            }
            for p in told.get("parameters", [])
        ],
        takes=fields_of(schema, body, writing=True),
        gives=fields_of(schema, answer),
        gives_many=many,
        answers=sorted(str(code) for code in told.get("responses", {})),
    )


def _content(part: dict) -> dict:
    kinds: dict[str, dict] = part.get("content", {})
    first: dict = kinds.get("application/json") or next(iter(kinds.values()), {})
    return first.get("schema", {})


def _resolved(schema: dict, part: dict) -> dict:
    """Follow a reference, also through `allOf` of one."""
    while True:
        if "$ref" in part:
            part = schema["components"]["schemas"].get(part["$ref"].rsplit("/", 1)[-1], {})
        elif len(part.get("allOf", ())) == 1:
            part = {**part["allOf"][0], **{k: v for k, v in part.items() if k != "allOf"}}
        else:
            return part


def _answer(schema: dict, part: dict) -> tuple[dict, bool]:
    """One record's schema, and whether pages of it are given."""
    part = _resolved(schema, part)
    rows = part.get("properties", {}).get("results")
    if rows is not None:
        return _resolved(schema, rows.get("items", {})), True
    if part.get("type") == "array":
        return _resolved(schema, part.get("items", {})), True
    return part, False


def fields_of(schema: dict, part: dict, *, writing: bool = False) -> list[Field]:
    """The fields of a record's schema; for writing without those that cannot be written."""
    part = _resolved(schema, part)
    required = set(part.get("required", ()))
    fields = []
    for name, told in part.get("properties", {}).items():
        full = _resolved(schema, told)
        read_only = told.get("readOnly", False) or full.get("readOnly", False)
        if writing and read_only:
            continue
        fields.append(
            Field(
                name,
                _kind(schema, told),
                name in required and not read_only,
                read_only,
                told.get("description") or told.get("title") or "",
                _choices(schema, told),
            )
        )
    return fields


def _choices(schema: dict, part: dict) -> list[str]:
    full = _resolved(schema, part)
    options = full.get("oneOf") or full.get("anyOf") or [full]
    return [str(v) for option in options for v in _resolved(schema, option).get("enum", ()) if v not in (None, "")]


def _kind(schema: dict, part: dict) -> str:
    """text, integer, decimal, day, moment, one of …, list of …"""
    full = _resolved(schema, part)
    if _choices(schema, part):
        return "choice"
    if full.get("type") == "array":
        return f"[{_kind(schema, full.get('items', {}))}]"
    return str(full.get("format") or full.get("type") or "object")
