"""`fields=key,name_en`: only these fields of each record, so that a program fetches no more than it reads."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers

PARAMETER = "fields"


def thinned(made: serializers.BaseSerializer, asked: str | None) -> serializers.BaseSerializer:
    """The serializer without the fields that were not asked for. Raises ValidationError for one that there is not."""
    if asked is None:
        return made
    of = made.child if isinstance(made, serializers.ListSerializer) else made
    names = [name.strip() for name in asked.split(",") if name.strip()]
    known = set(of.fields)  # type: ignore[attr-defined]
    if unknown := sorted(set(names) - known) or (not names and [asked]):
        said = _("There is no such field: %(names)s. Known: %(known)s")
        told = {"names": _(", ").join(unknown), "known": _(", ").join(sorted(known))}
        raise exceptions.ValidationError({PARAMETER: [said % told]}, code="no_such_field")
    for name in known - set(names):
        of.fields.pop(name)  # type: ignore[attr-defined]
    return made
