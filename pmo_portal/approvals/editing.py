"""What approval routes are called, changed in Excel; their bounds and steps change by versions, on their own page."""

from __future__ import annotations

from typing import Any

from pmo_portal import editing
from pmo_portal.approvals import routing
from pmo_portal.approvals.lists import RouteList
from pmo_portal.editing import Editable


@editing.register
class RouteEditing(editing.Editing):
    key = "routes"
    list_class = RouteList
    url_name = "approvals:routes"
    section = "approvals:routes"
    seen_by = ("manager",)
    fields = (Editable("name_ja", "name"), Editable("name_en", "name"))

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        return routing.rename_route(record, by=by, version=version, **values)

    def check(self, record) -> None:
        routing.check_route_name(record)
