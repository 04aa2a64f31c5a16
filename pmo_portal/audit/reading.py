"""Reading the trail."""

from __future__ import annotations

from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import QuerySet

from pmo_portal.access import access_of, declared_models, require, visible
from pmo_portal.audit.models import AuditEntry

R = TypeVar("R", bound=models.Model)


def history(viewer, record: models.Model) -> QuerySet[AuditEntry]:
    """What was done to a record, newest first. Raises PermissionDenied where the viewer may not see the record."""
    require(viewer, "view", record)
    return AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk
    ).select_related("actor", "on_behalf_of", "content_type")


def last_entry(record: models.Model, action: str = "") -> AuditEntry | None:
    """The newest thing done to a record, or the newest `action`, with who did it."""
    kind = ContentType.objects.get_for_model(type(record))
    found = AuditEntry.objects.filter(content_type=kind, object_id=record.pk)
    if action:
        found = found.filter(action=action)
    return found.select_related("actor", "on_behalf_of").order_by("-id").first()


def within(scope_id: int, roles: frozenset[str]) -> QuerySet[AuditEntry]:
    """What was done at a place to records of the kinds that one of `roles` sees there."""
    kinds = [m for m in declared_models() if {*roles, "*"}.intersection(access_of(m).seen_by)]
    return AuditEntry.objects.filter(
        scope_id=scope_id, content_type__in=[kind.pk for kind in ContentType.objects.get_for_models(*kinds).values()]
    ).select_related("actor", "on_behalf_of", "content_type")


def trail(viewer) -> QuerySet[AuditEntry]:
    """Every entry the viewer may read (auditors and office roles), newest first."""
    return visible(viewer, AuditEntry).select_related("actor", "on_behalf_of", "content_type", "scope")


def opened_record(record: R, version: int) -> R:
    """A copy, not to be saved, of the record as it stood at `version`, told from the trail: for both sides of a conflict."""
    values = {f.name: f.value_from_object(record) for f in record._meta.concrete_fields}
    later = AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk, object_version__gt=version
    ).order_by("-id")
    for entry in later:
        for name, (was, _is) in entry.changes.items():
            if name in values:
                values[name] = was
            elif name.startswith("custom_") and "custom" in values:
                kept = {k: v for k, v in values["custom"].items() if k != name.removeprefix("custom_")}
                values["custom"] = kept if was is None else kept | {name.removeprefix("custom_"): was}
    return type(record)(**{f.attname: f.to_python(values[f.name]) for f in record._meta.concrete_fields})
