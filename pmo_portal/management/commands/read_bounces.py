"""`manage.py read_bounces`: what mail servers send back (RFC 3464), from a pipe or a maildir, is noted at the addresses."""

from __future__ import annotations

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from pmo_portal.asks import bounces, dsn

TEMPORARY = 75  # EX_TEMPFAIL: the mail server keeps the letter and comes again


class Command(BaseCommand):
    help = "Read delivery status notifications: one letter from standard input, or all new ones of --maildir FOLDER."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--maildir", metavar="FOLDER", help="with new/ and cur/; what was read moves to cur/")

    def handle(self, *args, maildir: str | None, **options) -> None:
        try:
            read, noted = self._folder(Path(maildir)) if maildir else self._pipe()
        except DatabaseError as error:
            raise CommandError(f"The database is not there: {error}", returncode=TEMPORARY) from None
        self.stdout.write(f"{read} read, {noted} bounces noted.")

    @staticmethod
    def _pipe() -> tuple[int, int]:
        return 1, len(bounces.read(sys.stdin.buffer.read(dsn.MOST + 1)))

    def _folder(self, folder: Path) -> tuple[int, int]:
        """A letter moves on only after what it says is kept: after a crash it is read again, which notes nothing twice."""
        if not (folder / "new").is_dir():
            raise CommandError(f"{folder} is no maildir: it has no new/")
        (folder / "cur").mkdir(exist_ok=True)
        read = noted = 0
        for path in sorted((folder / "new").iterdir()):
            noted += len(bounces.read(path.read_bytes())) if path.stat().st_size <= dsn.MOST else 0
            path.rename(folder / "cur" / f"{path.name}:2,S")
            read += 1
        return read, noted
