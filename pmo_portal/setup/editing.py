"""Who people are, changed in Excel; where they belong and what they may do is dated and has its own pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo_portal import audit, editing
from pmo_portal.editing import Editable
from pmo_portal.setup import actions
from pmo_portal.setup.lists import PeopleList

NAMES = ("name_ja", "name_en")


@editing.register
class PeopleEditing(editing.Editing):
    key = "people"
    list_class = PeopleList
    url_name = "setup:people"
    section = "setup:people"
    seen_by = ("sysadmin",)
    creates = True
    fields = (
        Editable("name_ja", "name"),
        Editable("name_en", "name"),
        Editable("kana", "name"),
        Editable("employment_type", "employment"),
        Editable("employer", "employment"),
        Editable("job_title", "job_title"),
        Editable("email", "email"),
    )

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        kept = {name: getattr(record, name) for name in NAMES}
        return actions.edit_person(record, by=by, version=version, **(kept | values))

    def create(self, *, by, values: dict[str, Any]):
        return actions.create_person(by=by, **values)

    def remove(self, record, *, by) -> None:
        audit.archive(record, by=by, reason=str(_("Taken back with the workbook that brought it")))

    def check(self, record) -> None:
        actions.check_person(record)
