"""Names and notes of import profiles, changed in Excel."""

from __future__ import annotations

from typing import Any

from pmo_portal import editing
from pmo_portal.editing import Editable
from pmo_portal.intake import actions
from pmo_portal.intake.lists import ImportProfileList


@editing.register
class ProfileEditing(editing.Editing):
    key = "profiles"
    list_class = ImportProfileList
    url_name = "imports:profile_list"
    section = "imports:list"
    seen_by = ("administrator", "manager")
    fields = (Editable("name", "name"), Editable("note", "note"))

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        kept = {"name": record.name, "note": record.note}
        return actions.rename_profile(record, by=by, version=version, **(kept | values))

    def locked(self, record) -> dict[str, str]:
        return {"name": "not_in_this_state"} if record.is_shipped else {}

    def check(self, record) -> None:
        actions.check_profile_name(record, record.name)
