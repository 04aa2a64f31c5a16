"""`manage.py verify`: is everything that is kept still true? Lists what is not; exit code 1 when something is wrong."""

from __future__ import annotations

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import translation

from pmo_portal.operation import verifying

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Recompute the kept figures, walk the audit chain, look at files, jobs, grants and asks; exit 1 on differences."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("checks", nargs="*", help="only these: " + ", ".join(sorted(verifying.checks)))
        parser.add_argument("--json", action="store_true", help="one object: check → what is wrong")

    def handle(self, *args, **options) -> None:
        unknown = [key for key in options["checks"] if key not in verifying.checks]
        if unknown:
            raise CommandError(f"no such check: {', '.join(unknown)}; there are {', '.join(sorted(verifying.checks))}")
        if "django_migrations" not in connection.introspection.table_names():
            raise CommandError(
                "There is no office in this database (DATA_DIR, DATABASE_URL). `manage.py migrate` makes one."
            )
        told = {}
        with translation.override("en"):
            for check, found in verifying.run(options["checks"] or None):
                told[check.key] = found
                if not options["json"]:
                    self.stdout.write(f"{'ok   ' if not found else 'WRONG'}  {check.key:10} {check.label}")
                    for sentence in found[:SHOWN]:
                        self.stdout.write(f"         {sentence}")
                    if len(found) > SHOWN:
                        self.stdout.write(f"         … {len(found) - SHOWN} more (--json lists them)")
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        if any(told.values()):
            sys.exit(1)
