"""What I watch; the button on a record; people to name in a text about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.accounts.queries import themselves
from pmo_portal.pages import DeskPage, FormPage, RoomPage
from pmo_portal.watching import actions, queries
from pmo_portal.watching.kinds import model_called


class WatchedPage(DeskPage):
    seen_by = access.EVERYONE
    template_name = "pmo_portal/watching/watched.html"

    def title(self) -> str:
        return _("What you watch")

    def content(self) -> dict[str, Any]:
        return {"watched": queries.watched(self.viewer), "suggested": queries.suggested(self.viewer)}


def record_of(viewer, kind: str, pk: int):
    """404 for what is not watched, and for what the viewer may not see."""
    model = model_called(kind)
    record = queries.seen(viewer, model, [pk]).get(pk) if model and pk < 2**63 else None
    if record is None:
        raise Http404(_("There is nothing here, or it is outside your scope."))
    return record


class WatchForm(forms.Form):
    on = forms.BooleanField(required=False)
    back = forms.BooleanField(required=False)  # to the list of what is watched


class WatchAct(FormPage):
    seen_by = access.EVERYONE
    form_class = WatchForm
    http_method_names = ["post"]

    def act(self, form) -> str:
        record = record_of(self.viewer, self.kwargs["kind"], self.kwargs["pk"])
        do = actions.watch if form.cleaned_data["on"] else actions.unwatch
        do(record, by=themselves(self.viewer))
        return reverse("watching:list") if form.cleaned_data["back"] else record.get_absolute_url()

    def success_url(self, outcome) -> str:
        return outcome


class NameablePeople(RoomPage):
    """For the picker at an @: who is called so and may see the record."""

    seen_by = access.EVERYONE

    def get(self, request, *args, **kwargs) -> HttpResponse:
        record = record_of(self.viewer, kwargs["kind"], kwargs["pk"])
        words = request.GET.get("q", "").replace("\0", "")[:60].strip()
        return JsonResponse({"people": queries.nameable(record, words) if words else []})
