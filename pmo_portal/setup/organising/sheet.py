"""The organisation as a workbook: what is here, or the bare heads, to be filled in and brought back."""

from __future__ import annotations

import tempfile
from collections import defaultdict

import xlsxwriter
from django.utils.translation import gettext as _

from pmo_portal.accounts.models import Person
from pmo_portal.lists.export import disarm
from pmo_portal.setup.organising import queries
from pmo_portal.setup.organising.fields import FIELDS

HEADS = (
    "unit_code", "unit", "unit_en", "parent", "head", "name", "name_en", "kana", "email", "job_title", "employment_type", "employer",
)  # fmt: skip


def workbook():
    """A temporary file: each unit in a row of its own, the people in it below. Whoever streams it closes it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Organisation"))
    labels = {f.key: str(f.label) for f in FIELDS}
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#f1f3f6"})
    for position, key in enumerate(HEADS):
        sheet.set_column(position, position, 22)
        sheet.write_string(0, position, labels[key], head)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(_rows(), 1):
        for position, key in enumerate(HEADS):
            if row.get(key):
                sheet.write_string(number, position, str(disarm(row[key])))
    options = [str(label) for _value, label in Person.Employment.choices]
    column = HEADS.index("employment_type")
    sheet.data_validation(1, column, 5000, column, {"validate": "list", "source": options, "error_type": "warning"})
    book.close()
    file.seek(0)
    return file


def _rows():
    people: dict[int | None, list[Person]] = defaultdict(list)
    everybody = {person.pk: person for person in queries.everybody()}
    for person in everybody.values():
        people[person.unit_id].append(person)
    for unit in queries.known_tree().units:
        head = everybody.get(unit.head_id or 0)
        above = unit.parent.code if unit.parent else ""
        yield {
            "unit_code": unit.code,
            "unit": unit.name_ja or unit.name_en,
            "unit_en": unit.name_en if unit.name_ja else "",
            "parent": above,
            "head": (head.email or head.name_ja or head.name_en) if head else "",
        }
        yield from (_of(person, unit.code) for person in people[unit.pk])
    yield from (_of(person, "") for person in people[None])


def _of(person: Person, code: str) -> dict[str, str]:
    return {
        "unit_code": code,
        "name": person.name_ja or person.name_en,
        "name_en": person.name_en if person.name_ja else "",
        "kana": person.kana,
        "email": person.email or "",
        "job_title": person.job_title,
        "employment_type": str(person.get_employment_type_display()),
        "employer": person.employer,
    }
