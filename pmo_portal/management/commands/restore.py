"""`manage.py restore FILE`: a backup into an empty office, on either database."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pmo_portal.operation import backup


class Command(BaseCommand):
    help = "Put a backup into this office, which must be empty (migrated, nobody in it). Run `verify` afterwards."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options) -> None:
        say = self.stdout.write if options["verbosity"] > 1 else lambda text: None
        try:
            told = backup.restore(options["file"], say)
        except backup.Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"restored {told.rows} rows and {told.files} files. Now run: manage.py verify")
