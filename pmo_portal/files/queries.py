"""Reading files of records."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import Model, Q, QuerySet

from pmo_portal import access
from pmo_portal.files.carriers import carriers, type_of
from pmo_portal.files.models import Attachment, FileVersion


def files_of(record: Model) -> QuerySet[Attachment]:
    """The files of a record whose viewer has been asked already."""
    return Attachment.objects.filter(content_type=type_of(record), object_id=record.pk, archived_at=None)


def versions_of(record: Model) -> list[FileVersion]:
    """Every version of those files, with the file and who made it: the newest file first, of each its newest version
    first. One query."""
    found = FileVersion.objects.filter(attachment__in=files_of(record)).select_related("attachment", "by")
    return list(found.order_by("-attachment_id", "-number"))


def taken_away(record: Model) -> QuerySet[Attachment]:
    found = Attachment.objects.filter(content_type=type_of(record), object_id=record.pk).exclude(archived_at=None)
    return found.prefetch_related("versions")


def files(viewer) -> QuerySet[Attachment]:
    """Every file the viewer may see and that is in use."""
    return access.visible(viewer, Attachment).filter(archived_at=None)


def with_records(found: QuerySet[Attachment]) -> QuerySet[Attachment]:
    """With what they hang on, and what that is named by: one query for each sort of record, however many files."""
    records = [c.model._base_manager.select_related(*getattr(c.model, "named_by", ())) for c in carriers.values()]
    return found.prefetch_related("versions", GenericPrefetch("about", records))


def named(viewer, words: str) -> QuerySet[Attachment]:
    """Files in whose name every word stands, the newest first."""
    found = files(viewer)
    for word in words.split()[:5]:
        found = found.filter(name__icontains=word)
    return found.select_related("content_type").order_by("-pk")


def version_of(attachment: Attachment, number: int) -> FileVersion | None:
    return attachment.versions.filter(number=number).first()


def kept_paths() -> set[str]:
    """What on the disk belongs to a version."""
    return set(FileVersion.objects.values_list("path", flat=True))


def attached_by(person) -> Q:
    return Q(by=person.pk)


def of_sorts(keys: list[str]) -> Q:
    """Files of records of these sorts ("projects.project")."""
    types = ContentType.objects.get_for_models(*(carriers[key].model for key in keys))
    return Q(content_type__in=list(types.values()))


def name_of(version: FileVersion) -> str:
    """Under which name a version goes out: the newest one under the name that the file has now."""
    newer = FileVersion.objects.filter(attachment=version.attachment_id, number__gt=version.number)
    return version.name if newer.exists() else version.attachment.name
