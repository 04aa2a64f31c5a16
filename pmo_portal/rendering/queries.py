"""Reading the office's paper."""

from __future__ import annotations

from pmo_portal.files.models import FileVersion
from pmo_portal.rendering.models import OfficePaper


def office_paper() -> OfficePaper:
    """The one row, made on first use."""
    found = OfficePaper.objects.select_related("logo").order_by("pk").first()
    return found or OfficePaper.objects.create()


def logo_of(paper: OfficePaper) -> FileVersion | None:
    """The newest version of the logo, unless it was taken away."""
    if paper.logo is None or paper.logo.archived_at is not None:
        return None
    return FileVersion.objects.filter(attachment=paper.logo).order_by("-number").first()
