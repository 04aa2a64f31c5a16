"""Attaching files to records, their versions, taking them away and back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pmo_portal import access, audit, jobs
from pmo_portal.files import kinds, storing
from pmo_portal.files.carriers import carrier_of, type_of
from pmo_portal.files.drawing import can_draw
from pmo_portal.files.models import Attachment, FileVersion
from pmo_portal.i18n.text import plain

FOLDER = "attachments"
MOST_FILES, MOST_VERSIONS = 200, 100
MEGABYTE = 1024 * 1024
TAKEN = "PDF, PNG, JPEG, GIF, WebP, SVG, Word, Excel, PowerPoint, OpenDocument, TXT, CSV, ZIP, MSG"
Preview = FileVersion.Preview


def attach(record: models.Model, *, by, file: Any, name: str = "", note: str = "") -> Attachment:
    """A new file of a record. `file`: an upload, an open file or bytes; `name` where it has none of its own. Raises
    ValidationError at `file`: empty, too_large, disk_full, unknown, markup, other (no kind that is taken, or not the one its
    name says), too_many; PermissionDenied. Nothing is left behind then."""
    _require_open(record, by)
    with _Kept(file, name) as kept, transaction.atomic():
        if Attachment.objects.filter(content_type=type_of(record), object_id=record.pk).count() >= MOST_FILES:
            raise _refused("too_many", count=MOST_FILES)
        made = Attachment(content_type=type_of(record), object_id=record.pk, name=kept.name, by=by)
        audit.create(made, by=by, action="attached", reason=plain(note)[:300])
        version = kept.as_version(made, 1, by, note)
        audit.log(record, "attached", by=by, reason=made.name)
        _draw(version)
    return made


def add_version(attachment: Attachment, *, by, file: Any, name: str = "", note: str = "") -> FileVersion:
    """The next version of a file; the ones before stay. The same bytes as the newest are refused (`same`)."""
    _require_changeable(attachment, by)
    with (
        _Kept(file, name or getattr(file, "name", "") or attachment.name) as kept,
        audit.change(attachment, "revised", by=by, reason=note) as current,
    ):
        newest = FileVersion.objects.filter(attachment=current).order_by("-number").first()
        if newest and newest.sha256 == kept.kept.sha256:
            raise _refused("same", number=newest.number)
        number = (FileVersion.objects.filter(attachment=current).aggregate(top=Max("number"))["top"] or 0) + 1
        if number > MOST_VERSIONS:
            raise _refused("too_many_versions", count=MOST_VERSIONS)
        if newest and (newest.kind != kept.kind.key or current.name == newest.name):
            current.name = kept.name  # a name given by hand stays, as long as it is true
        version = kept.as_version(current, number, by, note)
        audit.log(current.about, "revised_file", by=by, reason=f"{current.name} ({number})")
        _draw(version)
    return version


def rename(attachment: Attachment, *, by, name: str, version: int | None = None) -> Attachment:
    """Another name; its ending follows what the file is."""
    _require_changeable(attachment, by)
    if not name.strip():
        raise ValidationError({"name": ValidationError(_("Give the file a name."), code="required")})
    with audit.change(attachment, "changed", by=by, version=version) as current:
        current.name = kinds.cleaned_name(name, current.newest.is_of)
    return attachment


def take_away(attachment: Attachment, *, by, reason: str = "", version: int | None = None) -> Attachment:
    """Off the record's list. The bytes stay, for the trail and for bringing it back."""
    _require_changeable(attachment, by)
    with transaction.atomic():
        audit.archive(attachment, by=by, reason=reason, version=version)
        audit.log(attachment.about, "detached", by=by, reason=attachment.name)
    return attachment


def bring_back(attachment: Attachment, *, by, version: int | None = None) -> Attachment:
    _require_changeable(attachment, by)
    with audit.change(attachment, "restored", by=by, version=version) as current:
        current.archived_at = None
    return attachment


def _require_changeable(attachment: Attachment, by) -> None:
    access.require(by, "view", attachment)
    _require_open(attachment.about, by)


def _require_open(record: models.Model, by) -> None:
    carrier = carrier_of(record)
    access.require(by, carrier.permit, record)
    if not carrier.is_open(record):
        raise PermissionDenied(_("This record has ended; its files stay as they are."))


class _Kept:
    """The bytes on the disk and what they are; gone again where what follows does not come about."""

    def __init__(self, file: Any, name: str) -> None:
        said = name or getattr(file, "name", "") or ""
        try:
            self.kept = storing.keep(file, FOLDER, settings.UPLOAD_LIMIT)
        except storing.NotKept as fault:
            raise _refused(fault.code, limit=settings.UPLOAD_LIMIT // MEGABYTE) from None
        try:
            with storing.opened(self.kept.path) as content:
                self.kind = kinds.kind_of(content, said)
        except kinds.Unfit as unfit:
            storing.forget(self.kept.path)
            raise _refused(unfit.code, name=kinds.ending_of(said), kinds=TAKEN) from None
        self.name = kinds.cleaned_name(said, self.kind)

    def __enter__(self) -> _Kept:
        return self

    def __exit__(self, kind, value, trace) -> None:
        if kind is not None:
            storing.forget(self.kept.path)

    def as_version(self, attachment: Attachment, number: int, by, note: str) -> FileVersion:
        return FileVersion.objects.create(
            attachment=attachment,
            number=number,
            name=self.name,
            kind=self.kind.key,
            size=self.kept.size,
            sha256=self.kept.sha256,
            path=self.kept.path,
            note=plain(note)[:300],
            by=by,
            preview=Preview.WAITING if can_draw(self.kind) else Preview.NONE,
        )


def _draw(version: FileVersion) -> None:
    if version.preview == Preview.WAITING:
        jobs.submit("pmo_portal.files.draw", version.pk)


def _refused(code: str, **params: Any) -> ValidationError:
    words = {
        "empty": _("This file is empty."),
        "too_large": _("This file is larger than %(limit)s MB."),
        "disk_full": _(
            "There is no room left on the disk. Nothing was kept; tell the system administrator, then send it again."
        ),
        "unknown": _("This is no kind of file that is taken. Taken are: %(kinds)s."),
        "markup": _("Web pages are not taken: a browser would run what they say. Send a PDF of it."),
        "other": _("The name says “.%(name)s”, the content is something else. Nothing was kept."),
        "same": _("This is the same file as version %(number)s. Nothing was added."),
        "too_many": _("A record has at most %(count)s files."),
        "too_many_versions": _("A file has at most %(count)s versions."),
    }
    return ValidationError({"file": ValidationError(words[code], code=code, params=params)})
