"""The whole office in one archive, and back: database and files, from either database to either.

The archive is a zip: `manifest.json` (format, migrations, rows and sha256 of each part), `data/<app>.<model>.jsonl` (one
record a line, as Django's serialiser writes it) and `files/…`. It is written beside its place and moved there when whole, and
checked part by part before a single row of it is restored. It holds everything that is personal: keep it as the office is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from pmo_portal.audit import triggers

FORMAT = 1
# What a running portal makes for itself, and what only this machine's log-ins need.
LEFT_OUT = {
    "sessions.session",
    "axes.accessattempt",
    "axes.accesslog",
    "axes.accessfailurelog",
    "usersessions.usersession",
}
BLOCK = 1024 * 1024


class Exact(DjangoJSONEncoder):
    """Instants to the microsecond: the audit trail's digests are taken of them."""

    def default(self, given: Any) -> Any:
        return given.isoformat() if isinstance(given, datetime) else super().default(given)


class Refused(Exception):
    """The archive or the office is not fit; the text says why and what to do."""


@dataclass(frozen=True)
class Told:
    """What was written or read."""

    rows: int
    files: int
    size: int


def kept_models() -> list[type[models.Model]]:
    """Every model with a table of its own, in a fixed order."""
    found = [
        m for m in apps.get_models() if m._meta.managed and not m._meta.proxy and m._meta.label_lower not in LEFT_OUT
    ]
    return sorted(found, key=lambda m: m._meta.label_lower)


def applied_migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


class _Counted:
    """Text in, bytes out, hashed and counted on the way."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.total, self.size = out, hashlib.sha256(), 0

    def write(self, text: str | bytes) -> int:
        block = text.encode() if isinstance(text, str) else text
        self.out.write(block)
        self.total.update(block)
        self.size += len(block)
        return len(text)


def write(path: Path, say: Callable[[str], Any] = lambda text: None) -> Told:
    """Write the office into `path`. Raises Refused where the disk has no room; then nothing is left behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    partial = Path(name)
    try:
        with (
            os.fdopen(handle, "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive,
        ):
            parts = {**_write_rows(archive, say), **_write_files(archive, say)}
            manifest = {
                "format": FORMAT,
                "written_at": timezone.now().isoformat(),
                "database": connection.vendor,
                "migrations": applied_migrations(),
                "parts": parts,
            }
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        os.chmod(partial, 0o600)
        partial.replace(path)
    except OSError as error:
        raise Refused(f"{path} could not be written: {error.strerror or error}. Nothing was left behind.") from error
    finally:
        partial.unlink(missing_ok=True)
    return Told(
        sum(p.get("rows", 0) for p in parts.values()),
        sum(1 for p in parts.values() if "rows" not in p),
        path.stat().st_size,
    )


def _write_rows(archive: zipfile.ZipFile, say: Callable) -> dict[str, dict]:
    """All tables as they stand at one moment."""
    parts = {}
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in kept_models():
            name = f"data/{model._meta.label_lower}.jsonl"
            with archive.open(name, "w", force_zip64=True) as out:
                counted = _Counted(out)
                found = model._base_manager.order_by("pk")
                rows = found.count()
                serializers.serialize("jsonl", found.iterator(chunk_size=2000), stream=counted, cls=Exact)
            parts[name] = {"rows": rows, "sha256": counted.total.hexdigest(), "size": counted.size}
            if rows:
                say(f"{model._meta.label_lower}: {rows}")
    return parts


def _write_files(archive: zipfile.ZipFile, say: Callable) -> dict[str, dict]:
    parts, root = {}, Path(settings.MEDIA_ROOT)
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        name = f"files/{path.relative_to(root).as_posix()}"
        with path.open("rb") as file, archive.open(name, "w", force_zip64=True) as out:
            counted = _Counted(out)
            while block := file.read(BLOCK):
                counted.write(block)
        parts[name] = {"sha256": counted.total.hexdigest(), "size": counted.size}
    if parts:
        say(f"files: {len(parts)}")
    return parts


# ---- back again


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, every part of the archive compared with it. Raises Refused for whatever is damaged or missing."""
    try:
        manifest = json.loads(archive.read("manifest.json"))
        parts = manifest["parts"]
    except (KeyError, ValueError, zipfile.BadZipFile, OSError):
        raise Refused("This is no backup of the portal: it has no readable manifest.") from None
    if manifest.get("format") != FORMAT:
        raise Refused(f"The backup has format {manifest.get('format')}; this version reads format {FORMAT}.")
    names = set(archive.namelist())
    for name, told in parts.items():
        if name not in names:
            raise Refused(f"The backup is damaged: {name} is missing.")
        if _sha256(archive, name) != told["sha256"]:
            raise Refused(f"The backup is damaged: {name} is not what was written.")
    strays = names - set(parts) - {"manifest.json"}
    if strays:
        raise Refused(f"The backup holds something that its manifest does not name: {sorted(strays)[0]}.")
    return manifest


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    total = hashlib.sha256()
    try:
        with archive.open(name) as part:
            while block := part.read(BLOCK):
                total.update(block)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError):
        return "unreadable"
    return total.hexdigest()


def restore(path: Path, say: Callable[[str], Any] = lambda text: None) -> Told:
    """Put the archive into this office, which must be empty. All of it or nothing. Raises Refused, saying why."""
    from pmo_portal.accounts.models import Person

    if "django_migrations" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)  # a database in which nothing stands yet
    if Person.objects.exists():
        raise Refused(
            "This office has people in it. A backup goes into an empty office only (a new DATA_DIR or database)."
        )
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise Refused(f"{path} cannot be read as a backup: {error}") from None
    with archive:
        manifest = read_manifest(archive)
        missing = set(manifest["migrations"]) ^ set(applied_migrations())
        if missing:
            raise Refused(
                "The backup was written by another version of the portal (migrations differ: "
                f"{', '.join(sorted(missing)[:3])}). Restore it with that version, then upgrade."
            )
        placed = _place_files(archive, manifest)
        try:
            rows = _load_rows(archive, manifest, say)
        except BaseException:
            for file in placed:
                file.unlink(missing_ok=True)
            raise
    return Told(rows, len(placed), path.stat().st_size)


def _place_files(archive: zipfile.ZipFile, manifest: dict) -> list[Path]:
    root, placed = Path(settings.MEDIA_ROOT).resolve(), []
    for name in manifest["parts"]:
        if not name.startswith("files/"):
            continue
        target = (root / name.removeprefix("files/")).resolve()
        if not target.is_relative_to(root):
            raise Refused(f"The backup wants to write outside its place: {name}.")
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as part, target.open("wb") as out:
            while block := part.read(BLOCK):
                out.write(block)
        placed.append(target)
    return placed


def _load_rows(archive: zipfile.ZipFile, manifest: dict, say: Callable) -> int:
    """In one transaction: what the migrations put there goes, what the backup has comes, keys go on from the highest."""
    total, kept = 0, kept_models()
    triggers.lift(connection)
    try:
        with transaction.atomic():
            for model in reversed(kept):
                model._base_manager.all()._raw_delete(connection.alias)
                for field in model._meta.local_many_to_many:
                    if field.remote_field.through._meta.auto_created:
                        field.remote_field.through._base_manager.all()._raw_delete(connection.alias)
            for model in kept:
                name = f"data/{model._meta.label_lower}.jsonl"
                if name not in manifest["parts"]:
                    raise Refused(f"The backup has no {model._meta.label_lower}.")
                rows = _load(archive, name)
                if rows != manifest["parts"][name]["rows"]:
                    raise Refused(f"The backup is damaged: {name} has {rows} rows.")
                total += rows
                if rows:
                    say(f"{model._meta.label_lower}: {rows}")
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), kept):
                    cursor.execute(statement)
    finally:
        triggers.lay(connection)
    from django.contrib.contenttypes.models import ContentType

    ContentType.objects.clear_cache()
    return total


def _load(archive: zipfile.ZipFile, name: str) -> int:
    rows = 0
    with archive.open(name) as part:
        for found in serializers.deserialize("jsonl", _lines(part)):
            found.save(force_insert=True)
            rows += 1
    return rows


def _lines(part: IO[bytes]) -> Iterator[str]:
    for line in part:
        yield line.decode()
