"""Beginning and ending to see the portal as somebody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.accounts.models import Person
from pmo_portal.pages import FormPage
from pmo_portal.setup import forms, seeing
from pmo_portal.setup.views.people import _OfPerson


class SeeingBegin(_OfPerson):
    permit = "see_as"
    form_class = forms.SeeingForm

    def title(self) -> str:
        return _("See the portal as %(person)s") % {"person": self.record.name}

    def content(self) -> dict[str, Any]:
        return super().content() | {
            "verb": _("See as"),
            "lead": _(
                "For 30 minutes you get the pages as they get them. Nothing can be changed and no file taken out. They are "
                "told at once, with your reason; each page you open stands in the audit trail."
            ),
        }

    def initial(self) -> dict[str, Any]:
        return {}

    def act(self, record, form) -> Person:
        seeing.begin(self.request.session, record, by=self.viewer, **form.cleaned_data)
        return record

    def success_url(self, outcome) -> str:
        return reverse("desk:desk")


class SeeingEnd(FormPage):
    """Back to oneself, and to the person's record."""

    seen_by = access.EVERYONE
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, form) -> Person | None:
        return seeing.end(self.request.session)

    def succeeded(self, outcome) -> HttpResponse:
        if outcome is None:
            return HttpResponseRedirect(reverse("desk:desk"))
        messages.success(self.request, _("You are yourself again."))
        return HttpResponseRedirect(outcome.get_absolute_url())
