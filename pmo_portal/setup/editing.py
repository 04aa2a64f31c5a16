"""Who people are and when periods are due, changed in Excel; where people belong and what they may do is dated and has its
own pages."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import audit, editing
from pmo_portal.editing import Editable
from pmo_portal.editing.declaring import TAKEN_BACK
from pmo_portal.i18n.notes import own_note
from pmo_portal.periods.actions import move_due
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.setup import actions
from pmo_portal.setup.lists import PeopleList, PeriodList

NAMES = ("name_ja", "name_en")
MOVED = own_note("Moved in the workbook of the list")
MOVABLE = (ReportingPeriod.State.PLANNED, ReportingPeriod.State.OPEN)


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
        audit.archive(record, by=by, reason=TAKEN_BACK)

    def check(self, record) -> None:
        actions.check_person(record)


@editing.register
class PeriodEditing(editing.Editing):
    key = "periods"
    list_class = PeriodList
    url_name = "setup:periods"
    section = "setup:periods"
    permit = "move_due"
    seen_by = ("administrator", "manager")
    fields = (Editable("due_at", "due"),)

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        return move_due(record, by=by, version=version, reason=MOVED, **values)

    def take_back(self, record, *, by, version: int, values: dict[str, Any]):
        return move_due(record, by=by, version=version, reason=TAKEN_BACK, **values)

    def locked(self, record) -> dict[str, str]:
        return {} if record.state in MOVABLE else {"due_at": "not_in_this_state"}

    def check(self, record) -> None:
        if record.due_at <= timezone.now():
            raise ValidationError({"due_at": ValidationError(_("This moment is over."), code="past")})
