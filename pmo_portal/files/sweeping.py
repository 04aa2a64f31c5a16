"""Bytes without a row: left by an upload that was broken off between disk and database, or by a drawing that was killed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pmo_portal.files import storing
from pmo_portal.files.actions import FOLDER
from pmo_portal.files.models import FileVersion
from pmo_portal.files.queries import kept_paths

SPARED = timedelta(days=1)  # what is younger may be on its way into the database


def sweep() -> int:
    """Delete them: how many there were."""
    found = [*_orphans(), *_stray_previews()]
    for path in found:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(found)


def _orphans() -> Iterator[Path]:
    known = kept_paths()
    for path in _old_ones(storing.place(FOLDER)):
        if f"{FOLDER}/{path.name}" not in known:
            yield path


def _stray_previews() -> Iterator[Path]:
    drawn = {str(pk) for pk in FileVersion.objects.filter(pages__gt=0).values_list("pk", flat=True)}
    for path in _old_ones(storing.place("previews")):
        if path.name not in drawn:
            yield path


def _old_ones(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    before = time.time() - SPARED.total_seconds()
    for path in sorted(folder.iterdir()):
        try:
            old = path.stat().st_mtime < before
        except FileNotFoundError:
            continue
        if old:
            yield path
