"""Files of a record as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmo_portal.files import queries
from pmo_portal.files.carriers import carrier_of, carriers, may_change
from pmo_portal.files.models import FileVersion

FEW = 6
PROBLEMS = {
    "locked": _("It is locked with a password."),
    "damaged": _("It is damaged, or not what its name says."),
    "too_large": _("It unpacks into more than can be drawn."),
    "too_long": _("Drawing it took too long."),
    "office": _("LibreOffice could not open it."),
    "gone": _("Its bytes are not on the disk any more. Tell the system administrator."),
}


def address_of(record: models.Model) -> str:
    """The page of a record's files."""
    carrier = carrier_of(record)
    return reverse("files:record_files", kwargs={"key": carrier.key, "name": getattr(record, carrier.by)})


def rows(versions: Iterable[FileVersion]) -> list[dict[str, Any]]:
    """A line for each file, from its versions as `queries.versions_of` gives them."""
    found: list[dict[str, Any]] = []
    for version in versions:
        if not found or found[-1]["file"].pk != version.attachment_id:
            found.append({"file": version.attachment, "newest": version, "count": 0})
        found[-1]["count"] += 1
    return found


def panel(viewer, record: models.Model) -> dict[str, Any] | None:
    """For the side of a record's page: the newest files, and whether one may add to them."""
    if record._meta.label_lower not in carriers:
        return None
    found = rows(queries.versions_of(record))
    may = may_change(viewer, record)
    if not found and not may:
        return None
    return {"rows": found[:FEW], "count": len(found), "url": address_of(record), "may": may}
