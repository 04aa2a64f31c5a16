"""The bytes of what came in: kept below DATA_DIR as long as the import can be looked at again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pmo_portal.files import storing
from pmo_portal.files.storing import CHUNK, content, opened
from pmo_portal.intake.wording import say

__all__ = ["content", "forget", "keep", "opened"]
FOLDER = "intake"


def keep(file: Any, most: int | None = None) -> tuple[str, int, str]:
    """Write an upload, an open file or bytes to disk: (path below MEDIA_ROOT, size, sha256). Raises ValidationError:
    empty, too_large, disk_full; then nothing is left behind."""
    most = most or settings.UPLOAD_LIMIT
    try:
        kept = storing.keep(file, FOLDER, most)
    except storing.NotKept as fault:
        raise ValidationError({"file": _said(fault, most)}, code=fault.code) from None
    return kept.path, kept.size, kept.sha256


def _said(fault: storing.NotKept, most: int) -> str:
    if fault.code == "disk_full":
        return _(
            "There is no room left on the disk. Nothing was kept; tell the system administrator, then send it again."
        )
    return say(fault.code, {"size": fault.size // CHUNK, "limit": most // CHUNK})


def forget(name: str) -> None:
    """Delete the bytes."""
    if name.startswith(f"{FOLDER}/"):
        storing.forget(name)
