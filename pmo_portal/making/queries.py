"""Reading what was ordered."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from pmo_portal import access
from pmo_portal.making.models import MadeFile


def files_of(viewer) -> QuerySet[MadeFile]:
    return access.visible(viewer, MadeFile).select_related("job")


def being_made(by, kind: str, options: dict, language: str) -> MadeFile | None:
    """The same order, not yet finished: a second click makes no second file."""
    found = MadeFile.objects.filter(by=by, kind=kind, options=options, language=language, ready_at=None, problem="")
    return next((made for made in found.select_related("job") if made.state == "making"), None)


def outlived(now: datetime) -> QuerySet[MadeFile]:
    return MadeFile.objects.filter(expires_at__lte=now)


def kept_paths() -> set[str]:
    return set(MadeFile.objects.exclude(path="").values_list("path", flat=True))
