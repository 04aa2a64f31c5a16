"""The organisation from a sheet: the door, and the workbook to fill in."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal.intake.models import ImportRun
from pmo_portal.pages import FormPage, Page
from pmo_portal.pages.base import note_export
from pmo_portal.setup import actions
from pmo_portal.setup.forms import OrganisationFileForm
from pmo_portal.setup.organising.sheet import workbook

SECTION = "setup:units"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OrganisationImport(FormPage):
    """A list of units, of people, or of both, as the personnel department has it."""

    seen_by = ("sysadmin",)
    section = SECTION
    form_class = OrganisationFileForm
    template_name = "pmo_portal/setup/organisation_import.html"

    def title(self) -> str:
        return _("Bring the organisation in from Excel")

    def content(self) -> dict[str, Any]:
        return {"back": reverse("setup:units"), "back_label": _("Organisation")}

    def act(self, form) -> ImportRun:
        file = form.cleaned_data["file"]
        return actions.receive_organisation(by=self.viewer, file=file, file_name=file.name)


class OrganisationSheet(Page):
    """Units and people as they stand, in the columns that the import reads."""

    seen_by = ("sysadmin",)
    section = SECTION

    def title(self) -> str:
        return _("Organisation")

    def get(self, request, *args, **kwargs) -> FileResponse:
        note_export(self.viewer, self.title(), "xlsx")
        return FileResponse(workbook(), as_attachment=True, filename=f"{_('organisation')}.xlsx", content_type=XLSX)
