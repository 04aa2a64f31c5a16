"""The doors at a list: a workbook comes back, many rows change at once."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.editing import actions, forms
from pmo_portal.editing.declaring import Editing, known
from pmo_portal.intake.models import ImportRun
from pmo_portal.lists import List
from pmo_portal.pages import FormPage

NAMED = 12  # of the selected rows


class _AtList(FormPage):
    """`list` in the address names the list; who is offered it comes in, each row asks its own right."""

    seen_by = access.EVERYONE
    editing: Editing

    def admit(self) -> None:
        found = known().get(self.kwargs["list"])
        if found is None:
            raise Http404(_("There is nothing here, or it is outside your scope."))
        self.editing = found
        if not found.offered_to(self.viewer):
            raise PermissionDenied(_("Your roles do not allow this here."))

    @property
    def section(self) -> str:  # type: ignore[override]
        return self.editing.section

    def content(self) -> dict[str, Any]:
        return {"list_url": self.editing.address(), "list_title": self.editing.list_class.title}


class WorkbookReturn(_AtList):
    """A workbook made for editing, on its way back."""

    form_class = forms.WorkbookForm
    template_name = "pmo_portal/editing/workbook_form.html"

    def title(self) -> str:
        return _("Send the changed workbook in")

    def content(self) -> dict[str, Any]:
        return super().content() | {"download_url": f"{self.editing.address()}?export=edit"}

    def act(self, form) -> ImportRun:
        file = form.cleaned_data["file"]
        return actions.receive_workbook(self.editing, by=self.viewer, file=file, file_name=file.name)


class ChangeOfMany(_AtList):
    """The rows that were selected in the list, and what becomes of each of them."""

    form_class = forms.ManyForm
    template_name = "pmo_portal/editing/many_form.html"

    def title(self) -> str:
        return _("Change the selected rows")

    def form_arguments(self) -> dict[str, Any]:
        return {"editing": self.editing, "viewer": self.viewer}

    @property
    def listing(self) -> List:
        """The selected rows, with all columns that may change."""
        asked = QueryDict(mutable=True)
        asked.setlist("pick", self.request.POST.getlist("pick") or self.request.GET.getlist("pick"))
        asked.setlist("col", [e.column for e in self.editing.open_fields])
        return self.editing.list_class(self.viewer, asked)

    def content(self) -> dict[str, Any]:
        listing = self.listing
        picked = listing.picked or []
        names = [str(record) for record in listing.queryset.filter(pk__in=picked)[:NAMED]] if picked else []
        return super().content() | {
            "picked": picked,
            "count": len(picked),
            "names": names,
            "more": len(picked) - len(names),
        }

    def act(self, form) -> ImportRun:
        return actions.change_many(self.editing, by=self.viewer, listing=self.listing, values=form.said())
