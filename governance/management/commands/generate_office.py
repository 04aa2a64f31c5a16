"""A synthetic office in an empty database: `manage.py generate_office --projects 10000 --seed 7`."""

from __future__ import annotations

import os
import time

from django.core.management.base import BaseCommand, CommandError

from governance.demo.generated import generate
from pmo_portal.accounts.models import Person


class Command(BaseCommand):
    help = "Make N projects with a year of reports from a seed. Only in an empty office."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--projects", type=int, default=1000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--periods", type=int, default=12)

    def handle(self, *args, **options) -> None:
        if Person.objects.exists():
            raise CommandError("There are people in this office already; a synthetic one is made in an empty one only.")
        if not 1 <= options["projects"] <= 200_000 or not 2 <= options["periods"] <= 60:
            raise CommandError("--projects takes 1 to 200000, --periods 2 to 60.")
        began = time.monotonic()
        say = self.stdout.write if options["verbosity"] > 1 else (lambda text: None)
        generate(
            options["projects"], options["seed"], options["periods"], os.environ.get("DEMO_PASSWORD", "").strip(), say
        )
        self.stdout.write(f"{options['projects']} projects in {time.monotonic() - began:.0f} s.")
