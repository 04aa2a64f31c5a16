"""A call about a project."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from administration.collection import actions, forms, queries
from administration.collection.views.base import SECTION
from pmo_portal.pages import ActPage
from projects.register import queries as register
from projects.register.models import Project


class CallNote(ActPage):
    """What came of a call about a project."""

    model = Project
    lookup = {"key": "key"}
    related = register.RELATED
    permit = "arrange_reporting"
    section = SECTION
    form_class = forms.CallForm
    template_name = "administration/collection/call_form.html"

    def title(self) -> str:
        return _("Note a call: %(project)s") % {"project": self.record.name}

    def content(self) -> dict[str, Any]:
        return {"project": self.record, "called": queries.last_calls([self.record]).get(self.record.pk)}

    def act(self, record, form) -> Project:
        actions.note_call(record, by=self.viewer, **form.cleaned_data)
        return record

    def success_url(self, outcome) -> str:
        return reverse("administration:collection:dashboard")
