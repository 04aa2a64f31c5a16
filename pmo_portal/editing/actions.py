"""A workbook that comes back, or a change of many rows at once: both are an import with a preview, and can be taken back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pmo_portal.access.tree import office
from pmo_portal.editing import sheets
from pmo_portal.editing.declaring import Editing
from pmo_portal.intake import actions as intake
from pmo_portal.intake import targets
from pmo_portal.intake.models import ImportRun
from pmo_portal.lists import List


def receive_workbook(editing: Editing, *, by, file: Any, file_name: str = "") -> ImportRun:
    """Read a workbook that went out of this list, in the background. Raises as `intake.actions.receive_file`."""
    target: Any = targets.get(editing.target)
    return intake.receive_file(
        by=by, target=editing.target, scope=office(), file=file, file_name=file_name, definition=target.definition
    )


def change_many(editing: Editing, *, by, listing: List, values: dict[str, Any]) -> ImportRun:
    """The same change in every selected row, to be looked at before it is written. `values`: field → what the sheet would
    say. Raises ValidationError where no row or no change is chosen."""
    if not listing.picked:
        raise ValidationError(_("Select the rows to be changed first."), code="no_rows")
    if not values:
        raise ValidationError(_("Say at least one thing that is to change."), code="no_change")
    with sheets.workbook(editing, listing, values) as file:
        content = file.read()
    name = _("Change of %(count)s selected rows.xlsx") % {"count": len(listing.picked)}
    return receive_workbook(editing, by=by, file=content, file_name=name)
