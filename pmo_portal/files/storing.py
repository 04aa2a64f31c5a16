"""Bytes on the disk, below MEDIA_ROOT: written whole or not at all, hashed on the way, found again by name."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

CHUNK = 1024 * 1024


class NotKept(Exception):
    """Nothing was left behind. `code`: empty, too_large (`size` so far), disk_full."""

    def __init__(self, code: str, size: int = 0) -> None:
        super().__init__(code)
        self.code, self.size = code, size


@dataclass(frozen=True)
class Kept:
    """`path` below MEDIA_ROOT, `size` in bytes, `sha256` in hexadecimal digits."""

    path: str
    size: int
    sha256: str


def keep(file: Any, folder: str, most: int) -> Kept:
    """Write an upload, an open file or bytes into `folder` under a name that nobody can guess. Raises NotKept."""
    name = f"{folder}/{secrets.token_hex(16)}"
    path = place(name)
    digest, size = hashlib.sha256(), 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as out:
            for chunk in _chunks(file):
                size += len(chunk)
                if size > most:
                    raise NotKept("too_large", size)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if not size:
            raise NotKept("empty")
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NotKept("disk_full", size) from None
        raise
    except NotKept:
        path.unlink(missing_ok=True)
        raise
    return Kept(name, size, digest.hexdigest())


def _chunks(file: Any) -> Iterator[bytes]:
    if isinstance(file, bytes | bytearray | memoryview):
        for start in range(0, len(file), CHUNK):
            yield bytes(file[start : start + CHUNK])
    elif hasattr(file, "chunks"):
        yield from file.chunks(CHUNK)
    else:
        while chunk := file.read(CHUNK):
            yield chunk


def place(name: str) -> Path:
    """Where a kept file lies. Raises ValueError for a name that leads out of the folder of files."""
    root = Path(settings.MEDIA_ROOT)
    found = root / name
    if ".." in found.parts or not found.is_relative_to(root):
        raise ValueError(f"{name!r} is no name of a kept file")
    return found


def opened(name: str) -> BinaryIO:
    """The kept file, open for reading. Raises OSError."""
    return place(name).open("rb")


def content(name: str, sha256: str = "") -> bytes:
    """The bytes again. Raises FileNotFoundError; ValueError where they are not what was kept."""
    found = place(name).read_bytes()
    if sha256 and hashlib.sha256(found).hexdigest() != sha256:
        raise ValueError("the kept file is not what came in")
    return found


def hashed(name: str) -> str:
    """The sha256 of a kept file, read in parts. Raises OSError."""
    with place(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget(name: str) -> None:
    place(name).unlink(missing_ok=True)
