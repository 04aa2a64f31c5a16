"""Arrangements for one or many: more time, or no report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from administration.collection import actions, forms, queries
from administration.collection.models import ReportingArrangement
from administration.collection.views.base import SECTION, EmptyForm, OfPeriods, whole_numbers
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.pages import ActPage, FormPage


class _Arranging(OfPeriods, FormPage):
    """More time, or no report, for the rows that the address picks."""

    seen_by = ("administrator",)
    section = SECTION
    template_name = "administration/collection/arrangement_form.html"

    @cached_property
    def rows(self) -> list:
        picked = self.request.POST.getlist("pick") or self.request.GET.getlist("pick")
        return queries.rows_of(self.viewer, whole_numbers(picked))

    def content(self) -> dict[str, Any]:
        return {"rows": self.rows, "back_url": self.desk_url, "verb": self.verb}

    @property
    def verb(self) -> str:
        raise NotImplementedError

    def get(self, request, *args, **kwargs) -> HttpResponse:
        """With nothing selected there is nothing to arrange: back to where one selects, and it says so."""
        if self.rows:
            return super().get(request, *args, **kwargs)
        messages.warning(request, _("Select at least one report that is still to come, then choose what to do."))
        return HttpResponseRedirect(self.desk_url)

    def post(self, request, *args, **kwargs) -> HttpResponse:
        if self.rows:
            return super().post(request, *args, **kwargs)
        form = self.typed_form(request.POST)
        form.add_error(None, _("Choose at least one report that is still to come."))
        return self.refused(form)

    def success_url(self, outcome) -> str:
        return self.desk_url


class ExemptionPage(_Arranging):
    form_class = forms.ExemptionForm

    @property
    def verb(self) -> str:
        return pgettext("verb", "Exempt")

    def title(self) -> str:
        return ngettext("No report from %(count)s project", "No report from %(count)s projects", len(self.rows)) % {
            "count": len(self.rows)
        }

    def content(self) -> dict[str, Any]:
        return super().content() | {"is_routed": actions.is_exempted_by_route(self.rows, by=self.viewer)}

    def act(self, form) -> list:
        return actions.exempt_many(self.rows, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        asked = [made for made in outcome if isinstance(made, ApprovalRequest)]
        if asked:
            said = ngettext(
                "%(count)s request is on its route; the report is owed until it is approved.",
                "%(count)s requests are on their routes; the reports are owed until they are approved.",
                len(asked),
            )
            messages.success(self.request, said % {"count": len(asked)})
        return super().success_url(outcome)


class ExtensionPage(_Arranging):
    form_class = forms.ExtensionForm

    @property
    def verb(self) -> str:
        return _("Extend the date")

    def title(self) -> str:
        return ngettext("More time for %(count)s project", "More time for %(count)s projects", len(self.rows)) % {
            "count": len(self.rows)
        }

    def act(self, form) -> int:
        return actions.extend_many(self.rows, by=self.viewer, due_at=form.due_at, reason=form.cleaned_data["reason"])


class ArrangementEnd(ActPage):
    model = ReportingArrangement
    lookup = {"pk": "pk"}
    related = ("project__scope", "project__pm", "period")
    permit = "end"
    section = SECTION
    form_class = EmptyForm
    http_method_names = ["post"]

    def act(self, record, form):
        actions.end_arrangement(record, by=self.viewer)
        return record

    def success_url(self, outcome) -> str:
        return reverse("administration:collection:dashboard")

    def refused(self, form) -> HttpResponse:
        for error in form.non_field_errors():
            messages.error(self.request, error)
        return HttpResponseRedirect(self.success_url(None))
