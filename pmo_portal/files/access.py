"""A file is seen by who sees its record, and changed by who may change the record's files."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from pmo_portal import access
from pmo_portal.files.carriers import carriers, may_change
from pmo_portal.files.models import Attachment, FileVersion


@access.predicate
def may_change_its_record(viewer, attachment):
    return attachment is not None and attachment.about is not None and may_change(viewer, attachment.about)


@access.register
class AttachmentAccess(access.Access):
    model = Attachment
    can = {"edit": may_change_its_record}

    def condition(self, viewer) -> Q:
        """Of each sort of record, those of the records that the viewer sees."""
        where = Q(pk__in=[])
        types = ContentType.objects.get_for_models(*(c.model for c in carriers.values()))
        for model, kind in types.items():
            seen = access.visible(viewer, model).order_by().values("pk")
            where |= Q(content_type=kind, object_id__in=seen)
        return where

    def sees(self, viewer, record: Attachment) -> bool:
        if not getattr(viewer, "is_authenticated", False) or not viewer.is_active:
            return False
        about = record.about
        return about is not None and about._meta.label_lower in carriers and access.may(viewer, "view", about)

    def scope_id_of(self, record: Attachment) -> int | None:
        """At its record's place."""
        about = record.about
        return access.access_of(type(about)).scope_id_of(about) if about is not None else None


@access.register
class FileVersionAccess(access.Access):
    model = FileVersion

    def condition(self, viewer) -> Q:
        return Q(attachment__in=access.visible(viewer, Attachment).order_by().values("pk"))

    def sees(self, viewer, record: FileVersion) -> bool:
        return access.may(viewer, "view", record.attachment)
