"""The pages of saved views: keep this view, open one, change or remove one, the menu of a list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal import access
from pmo_portal.lists import actions, queries
from pmo_portal.lists.forms import RemovalForm, SavedViewForm
from pmo_portal.lists.models import SavedView
from pmo_portal.pages import ActPage, FormPage, Page, RecordPage


def title_of(path: str) -> str:
    """What the list at an address is called; empty where none is there."""
    try:
        view = getattr(resolve(path).func, "view_class", None)
    except Resolver404:
        return ""
    return str(getattr(getattr(view, "list_class", None), "title", ""))


class _OfAddress(Page):
    """`at` is the list's address with its state."""

    seen_by = access.EVERYONE

    def at(self) -> tuple[str, str]:
        path, _mark, query = self.request.GET.get("at", "").replace("\0", "")[:4000].partition("?")
        return path, queries.state_of(query)


class SavedViewMenu(_OfAddress):
    """The views of a list, fetched when its menu opens."""

    template_name = "pmo_portal/lists/view_menu.html"

    def title(self) -> str:
        return _("Saved views")

    def content(self) -> dict[str, Any]:
        path, query = self.at()
        found = (
            [v for v in queries.views_of(self.viewer, path) if v.path] if path else queries.views_of(self.viewer)[:200]
        )
        return {
            "views": [{"view": v, "list": title_of(v.path), "is_own": v.owner_id == self.viewer.pk} for v in found],
            "path": path if title_of(path) else "",
            "at": f"{path}?{query}",
        }

    def get(self, request, *args, **kwargs) -> HttpResponse:
        return self.show("menu")


class SavedViewCreation(_OfAddress, FormPage):
    form_class = SavedViewForm
    template_name = "pmo_portal/lists/view_form.html"

    def content(self) -> dict[str, Any]:
        path, query = self.at()
        return {"back": f"{path}?{query}" if title_of(path) else ""}

    def title(self) -> str:
        path, _query = self.at()
        return _("Keep this view of “%(list)s”") % {"list": title_of(path)}

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def act(self, form) -> SavedView:
        path, query = self.at()
        given = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        view = actions.save_view(by=self.viewer, path=path, query=query, **given)
        messages.success(self.request, _("Kept as “%(name)s”.") % {"name": view.name})
        return view


class _OfView:
    model = SavedView
    lookup = {"pk": "pk"}
    related = ("owner",)


class SavedViewPage(_OfView, RecordPage):
    """A saved view is where it leads."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        return HttpResponseRedirect(self.record.url)


class SavedViewEdit(_OfView, ActPage):
    permit = "edit"
    form_class = SavedViewForm
    template_name = "pmo_portal/lists/view_form.html"

    def title(self) -> str:
        return _("Change the view “%(name)s”") % {"name": self.record.name}

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.record, name) for name in ("name", "is_shared", "default_for", "version")}

    def act(self, record, form):
        return actions.edit_view(record, by=self.viewer, **form.cleaned_data)


class SavedViewRemoval(_OfView, ActPage):
    permit = "edit"
    form_class = RemovalForm

    def title(self) -> str:
        return _("Remove the view “%(name)s”") % {"name": self.record.name}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def content(self) -> dict[str, Any]:
        lead = _("The list and its records stay as they are.")
        if self.record.is_shared:
            lead = _("Nobody finds it under “Views” any more. The list and its records stay as they are.")
        return super().content() | {"danger": True, "verb": pgettext("verb", "Remove"), "lead": lead}

    def act(self, record, form):
        actions.remove_view(record, by=self.viewer, version=form.cleaned_data["version"])
        messages.success(self.request, _("The view “%(name)s” was removed.") % {"name": record.name})
        return record

    def success_url(self, outcome) -> str:
        return f"{outcome.path}?view=0"
