"""Fill an empty office with a lively one: `manage.py demo_office`."""

from __future__ import annotations

import os
import secrets

from django.core.management.base import BaseCommand, CommandError

from governance.demo.office import DemoOffice
from pmo_portal.accounts.models import Person
from pmo_portal.operation.office import demo_password


class Command(BaseCommand):
    help = "Make the demo office: people, five portfolios, 48 projects, two years of reports. Only in an empty office."

    def handle(self, *args, **options) -> None:
        if Person.objects.exists():
            raise CommandError(
                "There are people in this office already; a demo is made in an empty one only (see DATA_DIR)."
            )
        password = os.environ.get("DEMO_PASSWORD", "").strip() or demo_password() or secrets.token_urlsafe(9)
        DemoOffice(password).make()
        if options["verbosity"]:
            self.stdout.write(f"The demo office is there. Password of the demo people: {password}")
