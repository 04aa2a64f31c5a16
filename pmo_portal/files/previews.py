"""What a version's preview comes to."""

from __future__ import annotations

from django.db import transaction

from pmo_portal import jobs
from pmo_portal.files import drawing, storing
from pmo_portal.files.kinds import KINDS
from pmo_portal.files.models import FileVersion

Preview = FileVersion.Preview
MOST_AT_ONCE = 200


def draw(version_id: int) -> int:
    """Draw the pages of a version and write down how that went: how many there are, 0 where it could not be done."""
    version = FileVersion.objects.filter(pk=version_id).first()
    if version is None:
        return 0
    try:
        pages, in_all = drawing.draw(version.is_of, storing.place(version.path), drawing.folder_of(version.pk))
        told = {"preview": Preview.READY, "pages": pages, "pages_in_all": in_all, "problem": ""}
    except drawing.Undrawn as fault:
        pages, told = 0, {"preview": Preview.FAILED, "problem": fault.code}
    except FileNotFoundError:
        pages, told = 0, {"preview": Preview.FAILED, "problem": "gone"}
    FileVersion.objects.filter(pk=version.pk).update(**told)
    return pages


def draw_late() -> int:
    """Office files that came while LibreOffice was not there."""
    late = [key for key, kind in KINDS.items() if kind.preview and drawing.can_draw(kind)]
    found = FileVersion.objects.filter(preview=Preview.NONE, kind__in=late).values_list("pk", flat=True)
    versions = list(found[:MOST_AT_ONCE])
    for pk in versions:
        with transaction.atomic():  # marked and submitted, or neither
            FileVersion.objects.filter(pk=pk).update(preview=Preview.WAITING)
            jobs.submit("pmo_portal.files.draw", pk)
    return len(versions)
