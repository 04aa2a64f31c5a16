"""Names of files, changed in Excel."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pmo_portal import editing
from pmo_portal.editing import Editable
from pmo_portal.files import actions, kinds
from pmo_portal.files.lists import FileList


@editing.register
class FileEditing(editing.Editing):
    key = "files"
    list_class = FileList
    url_name = "files:file_list"
    section = "files:file_list"
    seen_by = ("pm", "administrator", "manager", "expert")
    fields = (Editable("name", "name"),)

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        return actions.rename(record, by=by, version=version, **values)

    def adjusted(self, record, values: dict[str, Any]) -> dict[str, Any]:
        name = str(values.get("name", "")).strip()
        return {**values, "name": kinds.cleaned_name(name, record.newest.is_of)} if name else values

    def check(self, record) -> None:
        if not record.name.strip():
            raise ValidationError({"name": ValidationError(_("Give the file a name."), code="required")})
