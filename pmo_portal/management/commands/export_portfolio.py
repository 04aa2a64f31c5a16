"""What a portfolio holds, as JSON: `manage.py export_portfolio --portfolio KEY [--period YYYY-MM-DD] --json`."""

from __future__ import annotations

import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from projects.register.models import Portfolio
from projects.status.importing.exporting import portfolio_as_dict


class Command(BaseCommand):
    help = "Print the projects of a portfolio with what was reported for each period."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--portfolio", required=True, metavar="KEY")
        parser.add_argument("--period", action="append", metavar="YYYY-MM-DD", help="only this period; may be repeated")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object (the only format)")

    def handle(self, *args, **options) -> None:
        from pmo_portal.i18n.text import fold

        portfolio = Portfolio.objects.filter(key_folded=fold(options["portfolio"])).first()
        if portfolio is None:
            raise CommandError(f"There is no portfolio {options['portfolio']}.")
        try:
            days = [date.fromisoformat(text.strip()) for text in options["period"] or ()]
        except ValueError:
            raise CommandError("--period takes a date such as 2020-03-31.") from None
        self.stdout.write(json.dumps(portfolio_as_dict(portfolio, days), ensure_ascii=False, indent=2))
