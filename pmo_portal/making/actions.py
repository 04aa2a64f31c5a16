"""Ordering a file, making it, forgetting it."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pmo_portal import access, asks, jobs
from pmo_portal.accounts.models import Person
from pmo_portal.files import storing
from pmo_portal.making import queries
from pmo_portal.making.kinds import Content, kinds
from pmo_portal.making.models import MadeFile

FOLDER, MOST = "made", 2 * 1024**3
KEPT = timedelta(days=7)
TOLD_AFTER = timedelta(seconds=20)  # who waited no longer than this has seen it come


@transaction.atomic
def order(kind: str, *, by, title: str, options: dict[str, Any]) -> MadeFile:
    """Have a file made; the same order twice is one as long as it is being made. Raises PermissionDenied."""
    _require(kind, by, options)
    language = translation.get_language()
    if (known := queries.being_made(by, kind, options, language)) is not None:
        return known
    made = MadeFile.objects.create(
        by=by, kind=kind, title=title[:300], options=options, language=language, expires_at=timezone.now() + KEPT
    )
    made.job = jobs.submit("pmo_portal.making.make", made.pk, by=by)
    made.save(update_fields=["job"])
    return made


def _require(kind: str, by, options: dict[str, Any]) -> None:
    if not by.is_active or not kinds[kind].may(by, options):
        raise PermissionDenied(_("Your roles do not allow this here."))


def make(pk: int) -> bool:
    """Make what was ordered, as the person who ordered it may see it now. Killed in the middle it leaves no row that points
    at half a file, and is made again."""
    made = MadeFile.objects.filter(pk=pk, ready_at=None).first()
    if made is None:
        return False
    by = Person.objects.get(pk=made.by_id)  # afresh: rights and language of this moment
    with translation.override(made.language):
        try:
            _require(made.kind, by, made.options)
            kept = _keep(content := kinds[made.kind].make(by, made.options))
        except (ValidationError, PermissionDenied, storing.NotKept) as error:
            MadeFile.objects.filter(pk=pk).update(problem=_said(error)[:500])
            return False
    found = MadeFile.objects.filter(pk=pk, ready_at=None).update(
        path=kept.path,
        size=kept.size,
        sha256=kept.sha256,
        name=content.name[:200],
        content_type=content.content_type,
        ready_at=timezone.now(),
        problem="",
    )
    if not found:  # withdrawn meanwhile, or made by another worker
        storing.forget(kept.path)
        return False
    if timezone.now() - made.created_at > TOLD_AFTER:
        _tell(made, by)
    return True


def _keep(content: Content) -> storing.Kept:
    try:
        return storing.keep(content.file, FOLDER, MOST)
    finally:
        if hasattr(content.file, "close"):
            content.file.close()


def _said(error: Exception) -> str:
    if isinstance(error, storing.NotKept):
        return _("The disk is full.") if error.code == "disk_full" else _("The file would be too large.")
    return " ".join(getattr(error, "messages", None) or [str(error)])


def _tell(made: MadeFile, by) -> None:
    asks.notify(
        by,
        key=f"making:{made.pk}",
        kind="making.ready",
        about=made,
        params={"title": made.title},
        url=made.get_absolute_url(),
    )


def remove(made: MadeFile, *, by) -> None:
    """Stop it where it is still being made; forget it and its bytes."""
    access.require(by, "remove", made)
    if made.job is not None and made.state == "making":
        jobs.cancel(made.job)
    _forget(made)


def _forget(made: MadeFile) -> None:
    path = MadeFile.objects.filter(pk=made.pk).values_list("path", flat=True).first()
    MadeFile.objects.filter(pk=made.pk).delete()
    if path:
        storing.forget(path)


def sweep() -> int:
    """What has been kept long enough, and bytes without a row that a killed worker left: how many."""
    gone = 0
    for made in queries.outlived(timezone.now()):
        _forget(made)
        gone += 1
    folder, known = storing.place(FOLDER), queries.kept_paths()
    before = time.time() - timedelta(days=1).total_seconds()
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if f"{FOLDER}/{path.name}" not in known and path.stat().st_mtime < before:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
            gone += 1
    return gone
