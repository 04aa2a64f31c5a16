"""What of the register may be changed in Excel, and for many projects at once."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo_portal import audit, editing
from pmo_portal.accounts.queries import units_in_use
from pmo_portal.editing import Editable
from pmo_portal.editing.people import people
from projects.register import actions, queries
from projects.register.lists import PortfolioList, ProgrammeList, ProjectList

SECTION = "projects:register"
EDITORS = ("administrator", "manager")


def units(viewer) -> list[tuple[int, str]]:
    return [(u.pk, f"{u.code} {u.name}") for u in units_in_use()]


def portfolios(viewer) -> list[tuple[int, str]]:
    return [(p.pk, p.name) for p in queries.portfolios_to_fill(viewer)]


@editing.register
class ProjectEditing(editing.Editing):
    key = "projects"
    list_class = ProjectList
    url_name = "projects:register:project_list"
    section = SECTION
    seen_by = ("pm", *EDITORS)
    key_column = "key"
    creates = True
    fields = (
        Editable("key", "key", only_new=True),
        Editable("portfolio", "portfolio", options=portfolios, only_new=True),
        Editable("name_ja", "name"),
        Editable("name_en", "name"),
        Editable("kind", "kind"),
        Editable("tier", "tier"),
        Editable("stage", "stage"),
        Editable("category", "category"),
        Editable("unit", "department", options=units),
        Editable("sponsor", "sponsor", options=people),
        Editable("pmo_contact", "contact", options=people),
        Editable("planned_start_on", "planned_start"),
        Editable("planned_finish_on", "planned"),
        Editable("forecast_finish_on", "finish"),
        Editable("forecast_cost", "forecast"),
        Editable("spent", "spent"),
    )

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        return actions.edit_project(record, by=by, version=version, **values)

    def create(self, *, by, values: dict[str, Any]):
        return actions.create_project(by=by, **values)

    def remove(self, record, *, by) -> None:
        audit.archive(record, by=by, reason=str(_("Taken back with the workbook that brought it")))

    def locked(self, record) -> dict[str, str]:
        return dict.fromkeys(record.approved_dates, "date_by_approval")

    def check(self, record) -> None:
        if record.pk:
            actions.require_open(record)
        actions.check_sound(record)


class _PlaceEditing(editing.Editing):
    section = SECTION
    seen_by = EDITORS
    key_column = "key"


@editing.register
class PortfolioEditing(_PlaceEditing):
    key = "portfolios"
    list_class = PortfolioList
    url_name = "projects:register:portfolio_list"
    fields = (
        Editable("name_ja", "name"),
        Editable("name_en", "name"),
        Editable("owner", "owner", options=people),
        Editable("attribution", "attribution"),
    )

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        return actions.edit_portfolio(record, by=by, version=version, **values)


@editing.register
class ProgrammeEditing(_PlaceEditing):
    key = "programmes"
    list_class = ProgrammeList
    url_name = "projects:register:programme_list"
    fields = (
        Editable("name_ja", "name"),
        Editable("name_en", "name"),
        Editable("owner", "owner", options=people),
    )

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        return actions.edit_programme(record, by=by, version=version, **values)
