"""Laying out the office's paper."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.files import actions as attaching
from pmo_portal.files import kinds
from pmo_portal.files.models import Attachment
from pmo_portal.rendering import queries
from pmo_portal.rendering.models import OfficePaper

PICTURES = ("png", "jpeg", "webp", "gif")


@transaction.atomic
def save_paper(*, by, version: int, logo: Any = None, without_logo: bool = False, **fields) -> OfficePaper:
    """Change the paper from now on; what was made before stays as it was. `logo`: an upload, a picture; what pages show of it
    is drawn anew. Raises ValidationError at `logo`."""
    paper = queries.office_paper()
    access.require(by, "edit", paper)
    kept = _keep(paper, logo, by) if logo else paper.logo
    with audit.change(paper, "changed", by=by, version=version) as current:
        for name, value in fields.items():
            setattr(current, name, value)
        current.accent = current.accent.upper()
        current.logo = kept if logo or not without_logo else None
        current.full_clean(exclude=["logo"])
    return paper


def _keep(paper: OfficePaper, logo: Any, by) -> Attachment:
    """The upload as a file of the paper: the first one, or the next version of the one that is there."""
    before = queries.logo_of(paper)
    try:
        _require_picture(logo)
        if before is None:
            return attaching.attach(paper, by=by, file=logo)
        attaching.add_version(paper.logo, by=by, file=logo)
    except ValidationError as fault:
        raise ValidationError({"logo": fault.error_dict["file"]}) from None
    return paper.logo


def _require_picture(logo: Any) -> None:
    try:
        is_picture = kinds.kind_of(logo, logo.name).key in PICTURES
    except kinds.Unfit:
        is_picture = not logo.size  # an empty one has its own words
    logo.seek(0)
    if not is_picture:
        raise ValidationError({"file": ValidationError(_("The logo is a picture: PNG, JPEG or WebP."), code="picture")})
