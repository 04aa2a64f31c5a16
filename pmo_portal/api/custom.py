"""Custom fields over the API: one object of key → value, below `custom`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pmo_portal.custom import values
from pmo_portal.custom.models import PREFIX, CustomField
from pmo_portal.custom.queries import fields_of, people, person_at, sees

SHAPE = {
    "type": "object",
    "additionalProperties": True,
    "description": (
        "The office's own fields, key → value: numbers and money as text, dates as YYYY-MM-DD, choices by their keys "
        "(several as a list), people by e-mail, yes or no as true or false. Only what the caller sees; what is not "
        "named in a PATCH stays as it is, null empties it."
    ),
}


@extend_schema_field(SHAPE)
class CustomValuesField(serializers.Field):
    """Reads what the caller sees of a record; writes become the action's `custom_<key>` keywords."""

    default_error_messages = {"not_an_object": "An object of key → value is expected."}

    def __init__(self, **given: Any) -> None:
        super().__init__(source="*", required=False, **given)

    def to_representation(self, record: Any) -> dict[str, Any]:
        request = self.context.get("request")  # asked by nobody in particular, it tells what everybody sees
        fields = [
            f
            for f in fields_of(type(record))
            if (sees(request.user, f, record) if request is not None else not f.seen_by)
        ]
        return {f.key: self._told(f, f.read(record)) for f in fields}

    def _told(self, field: CustomField, value: Any) -> Any:
        if value is None or field.kind in (values.YESNO, values.CHOICES):
            return value
        return self._address(value) if field.kind == values.PERSON else str(value)

    def _address(self, pk: int) -> str | None:
        """Of a person, looked up once for a page of records."""
        known: dict[int, str | None] = vars(self.root).setdefault("_addresses_told", {})
        if pk not in known:
            known[pk] = next((person.email for person in people([pk]).values()), None)
        return known[pk]

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_an_object")
        parent: Any = self.parent
        kinds = {f.key: f.kind for f in fields_of(parent.Meta.model)}
        return {PREFIX + str(key): self._meant(kinds.get(key, ""), value) for key, value in data.items()}

    @staticmethod
    def _meant(kind: str, value: Any) -> Any:
        if kind == values.PERSON and isinstance(value, str):
            return person_at(value) or 0
        return value
