"""`manage.py backup FILE`: database and files in one archive."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from pmo_portal.operation import backup


class Command(BaseCommand):
    help = "Write the whole office (database and files) into FILE; may run while people work."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options) -> None:
        say = self.stdout.write if options["verbosity"] > 1 else lambda text: None
        try:
            told = backup.write(options["file"], say)
        except backup.Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['file']}: {told.rows} rows, {told.files} files, {told.size / 1e6:.1f} MB")
