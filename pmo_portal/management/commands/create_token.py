"""Print a new API token of a person: `manage.py create_token EMAIL`."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from pmo_portal.accounts.models import ApiToken, Person
from pmo_portal.accounts.tokens import create_api_token


class Command(BaseCommand):
    help = "Make an API token for a person and print it once; it is kept as a hash only."

    def add_arguments(self, parser) -> None:
        parser.add_argument("email")
        parser.add_argument("--label", default="command line")
        parser.add_argument("--read-only", action="store_true", help="it reads, and changes nothing")
        parser.add_argument("--days", type=int, help="how long it holds; for ever when left out")

    def handle(self, *args, **options) -> None:
        person = Person.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody with the address {options['email']} may sign in.")
        scope = ApiToken.Scope.READ if options["read_only"] else ApiToken.Scope.WRITE
        self.stdout.write(create_api_token(person, options["label"], options["days"], scope))
