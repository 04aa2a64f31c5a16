"""Django's `flush`, which empties a whole database, with the trail's triggers lifted while it does."""

from django.core.management.commands.flush import Command as DjangoFlush
from django.db import connections

from pmo_portal.audit import triggers


class Command(DjangoFlush):
    def handle(self, **options) -> None:
        connection = connections[options["database"]]
        triggers.lift(connection)
        try:
            super().handle(**options)
        finally:
            triggers.lay(connection)
