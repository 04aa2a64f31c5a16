"""A portfolio as published: `manage.py import_portfolio FILE… --profile NAME --portfolio KEY --period YYYY-MM-DD`.

Everything or nothing: with several files, either all are written or none. See docs/intake.md.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from pmo_portal.accounts.models import Person
from pmo_portal.intake import profiles
from projects.status.importing import commanding


class Command(BaseCommand):
    help = (
        "Bring projects and how they stand into a portfolio, by a profile. The portfolio is made where it is missing."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--profile", required=True, help="name of the import profile, e.g. gmpp")
        parser.add_argument("--portfolio", required=True, metavar="KEY")
        parser.add_argument(
            "--period",
            action="append",
            metavar="YYYY-MM-DD",
            help="date of the figures; once for all files or once for each file, in their order",
        )
        parser.add_argument("--accept-matches", action="store_true", help="take proposals by name that leave no doubt")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")
        parser.add_argument("--by", metavar="EMAIL", help="the person in whose name it is done")

    def handle(self, *args, **options) -> None:
        with translation.override("en"):  # like all commands
            self._bring(options)

    def _bring(self, options: dict) -> None:
        paths = [Path(name) for name in options["files"]]
        days = self._days(options["period"] or [], len(paths))
        by = self._person(options["by"])
        try:
            with transaction.atomic():
                profile = profiles.find(options["profile"])
                brought = commanding.bring_files(
                    [(p.name, self._read(p), day) for p, day in zip(paths, days, strict=True)],
                    profile=profile,
                    portfolio_key=options["portfolio"],
                    accept_matches=options["accept_matches"],
                    by=by,
                )
                report = brought.as_dict()
                if options["dry_run"] or brought.is_refused:
                    transaction.set_rollback(True)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        if not options["dry_run"] and not brought.is_refused:
            commanding.finish(brought)
        else:
            brought.forget_files()
        if options["as_json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            self._tell(brought, options["dry_run"])
        if brought.is_refused:
            raise CommandError("Nothing was written: a file cannot be read.")

    @staticmethod
    def _days(texts: list[str], files: int) -> list[date | None]:
        try:
            days: list[date | None] = [date.fromisoformat(text.strip()) for text in texts]
        except ValueError:
            raise CommandError("--period takes a date such as 2020-03-31.") from None
        if any(day is not None and not 1900 <= day.year <= 2200 for day in days):
            raise CommandError("--period lies between 1900 and 2200.")
        if len(days) <= 1:
            return days * files if days else [None] * files
        if len(days) != files:
            raise CommandError("Give --period once for all files, or once for each file.")
        return days

    @staticmethod
    def _person(email: str | None) -> Person | None:
        if not email:
            return None
        found = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
        if found is None:
            raise CommandError(f"Nobody with the address {email} may sign in.")
        return found

    @staticmethod
    def _read(path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from None

    def _tell(self, brought: commanding.BroughtFiles, is_dry: bool) -> None:
        for line in brought.lines():
            self.stdout.write(line)
        self.stdout.write(brought.summary(is_dry))
