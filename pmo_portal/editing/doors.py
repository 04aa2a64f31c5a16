"""What a list's page offers to whoever may change its records."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import FileResponse
from django.urls import reverse

from pmo_portal.editing import sheets
from pmo_portal.editing.declaring import Editing, of
from pmo_portal.lists import List
from pmo_portal.lists.export import XLSX, file_name


@dataclass(frozen=True)
class Doors:
    """Addresses: the workbook out, the workbook in, the same change for many."""

    download: str
    upload: str
    many: str


def doors(listing: List, path: str) -> Doors | None:
    editing = _offered(listing)
    if editing is None:
        return None
    named = {"list": editing.key}
    upload, many = (reverse(f"editing:{name}", kwargs=named) for name in ("workbook", "many"))
    return Doors(listing.url(path, export="edit"), upload, many)


def _offered(listing: List) -> Editing | None:
    editing = of(type(listing))
    return editing if editing is not None and editing.offered_to(listing.viewer) else None


def download(listing: List) -> FileResponse:
    """The current view as a workbook made for editing. Raises LookupError where the list only goes out."""
    editing = _offered(listing)
    if editing is None:
        raise LookupError(f"{type(listing).__name__} only goes out")
    file = sheets.workbook(editing, listing)
    return FileResponse(file, as_attachment=True, filename=file_name(listing, "xlsx"), content_type=XLSX)
