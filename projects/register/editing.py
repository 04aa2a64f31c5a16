"""What of the register may be changed in Excel, and for many projects at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pmo_portal import audit, editing
from pmo_portal.accounts.queries import units_as_tree
from pmo_portal.custom import actions as custom
from pmo_portal.editing import Editable
from pmo_portal.editing.declaring import TAKEN_BACK
from pmo_portal.editing.people import people
from projects.register import actions, queries
from projects.register.lists import PortfolioList, ProgrammeList, ProjectList
from projects.register.models import Project

SECTION = "projects:register"
EDITORS = ("administrator", "manager")
PLACE = (Editable("name_ja", "name"), Editable("name_en", "name"), Editable("owner", "owner", options=people))


def units(viewer) -> list[tuple[int, str]]:
    return [(u.pk, f"{u.code} {u.name}") for u, _label in units_as_tree()]


def open_stages(viewer) -> list[tuple[str, Any]]:
    """Without the last: a project is closed by an act of its own."""
    return [stage for stage in Project.Stage.choices if stage[0] != Project.Stage.CLOSED]


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
        Editable("stage", "stage", options=open_stages),
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

    def take_back(self, record, *, by, version: int, values: dict[str, Any]):
        return actions.edit_project(record, by=by, version=version, is_taken_back=True, **values)

    def create(self, *, by, values: dict[str, Any]):
        return actions.create_project(by=by, **values)

    def remove(self, record, *, by) -> None:
        audit.archive(record, by=by, reason=TAKEN_BACK)

    def locked(self, record) -> dict[str, str]:
        return dict.fromkeys(record.approved_dates, "date_by_approval")

    def check(self, record) -> None:
        if record.pk:
            actions.require_open(record)
        custom.put(record, custom.set_on(record), by=None)
        custom.require_complete(record, by=None)
        actions.check_sound(record)


class _PlaceEditing(editing.Editing):
    section = SECTION
    seen_by = EDITORS
    key_column = "key"
    edit: Callable

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        return type(self).edit(record, by=by, version=version, **values)


@editing.register
class PortfolioEditing(_PlaceEditing):
    key = "portfolios"
    list_class = PortfolioList
    url_name = "projects:register:portfolio_list"
    edit = staticmethod(actions.edit_portfolio)
    fields = (*PLACE, Editable("attribution", "attribution"))


@editing.register
class ProgrammeEditing(_PlaceEditing):
    key = "programmes"
    list_class = ProgrammeList
    url_name = "projects:register:programme_list"
    edit = staticmethod(actions.edit_programme)
    fields = PLACE
