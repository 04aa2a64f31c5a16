"""The bytes of what came in: kept below DATA_DIR as long as the import can be looked at again."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pmo_portal.intake.wording import say

FOLDER = "intake"
CHUNK = 1024 * 1024


def keep(file: Any, most: int | None = None) -> tuple[str, int, str]:
    """Write an upload, an open file or bytes to disk: (path below MEDIA_ROOT, size, sha256). Raises ValidationError:
    empty, too_large, disk_full; then nothing is left behind."""
    most = most or settings.UPLOAD_LIMIT
    name = f"{FOLDER}/{secrets.token_hex(16)}"
    path = Path(settings.MEDIA_ROOT) / name
    digest, size = hashlib.sha256(), 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as kept:
            for chunk in _chunks(file):
                size += len(chunk)
                if size > most:
                    params = {"size": size // CHUNK, "limit": most // CHUNK}
                    raise ValidationError({"file": say("too_large", params)}, code="too_large")
                digest.update(chunk)
                kept.write(chunk)
            kept.flush()
            os.fsync(kept.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            text = _(
                "There is no room left on the disk. Nothing was kept; tell the system administrator, then send it again."
            )
            raise ValidationError({"file": text}, code="disk_full") from None
        raise
    except ValidationError:
        path.unlink(missing_ok=True)
        raise
    if not size:
        path.unlink(missing_ok=True)
        raise ValidationError({"file": say("empty")}, code="empty")
    return name, size, digest.hexdigest()


def _chunks(file: Any):
    if isinstance(file, bytes | bytearray | memoryview):
        for start in range(0, len(file), CHUNK):
            yield bytes(file[start : start + CHUNK])
    elif hasattr(file, "chunks"):
        yield from file.chunks(CHUNK)
    else:
        while chunk := file.read(CHUNK):
            yield chunk


def content(name: str, sha256: str = "") -> bytes:
    """The bytes again. Raises FileNotFoundError; ValueError where they are not what was kept."""
    found = (Path(settings.MEDIA_ROOT) / name).read_bytes()
    if sha256 and hashlib.sha256(found).hexdigest() != sha256:
        raise ValueError("the kept file is not what came in")
    return found


def opened(name: str) -> Any:
    """The kept file, open for reading. Raises OSError."""
    return (Path(settings.MEDIA_ROOT) / name).open("rb")


def forget(name: str) -> None:
    """Delete the bytes."""
    if name.startswith(f"{FOLDER}/") and ".." not in name:
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)
