"""The Japanese catalogue: `manage.py messages` compiles it and says what is missing; `--check` fails for that."""

from __future__ import annotations

from pathlib import Path

import polib
from django.core.management.base import BaseCommand, CommandError

from pmo_portal.i18n import catalogue


class Command(BaseCommand):
    help = "Collect the messages of the code, compare them with pmo_portal/locale/ja/parts/*.po, compile them."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="exit with 1 when something is missing or wrong")
        parser.add_argument("--unused", action="store_true", help="also list translations that the code does not use")
        parser.add_argument("--missing", metavar="FILE", help="write the untranslated messages into this .po file")

    def handle(self, *args, check: bool, unused: bool, missing: str | None, **options) -> None:
        messages, read = catalogue.collect(), catalogue.read_parts()
        compiled = catalogue.compile_catalogue()
        faults = catalogue.faults(messages, read)
        for fault in faults:
            self.stdout.write(fault)
        if unused:
            for text in catalogue.unused(messages, read):
                self.stdout.write(f"unused: {text}")
        if missing:
            self._write_missing(Path(missing), messages, read)
        self.stdout.write(f"{len(messages)} messages in the code, {compiled} compiled, {len(faults)} faults.")
        if check and faults:
            raise CommandError(f"The Japanese catalogue has {len(faults)} faults.")

    @staticmethod
    def _write_missing(path: Path, messages: dict, read: catalogue.Catalogue) -> None:
        part = polib.POFile(wrapwidth=0)
        part.metadata = dict(catalogue.HEADER)
        for (context, text), found in sorted(messages.items()):
            known = read.entries.get((context, text))
            if known is None or not catalogue.text_of(known):
                plural = {"msgid_plural": found.plural, "msgstr_plural": {0: ""}} if found.plural else {}
                places = [tuple(place.rsplit(":", 1)) for place in found.places[:3]]
                part.append(polib.POEntry(msgid=text, msgctxt=context or None, occurrences=places, **plural))
        part.save(str(path))
