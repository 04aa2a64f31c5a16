"""A file on its way: how far it is, then the file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal import access
from pmo_portal.files import serving
from pmo_portal.making import actions
from pmo_portal.making.kinds import kinds
from pmo_portal.making.lists import MadeList
from pmo_portal.making.models import MadeFile
from pmo_portal.pages import ActPage, ListPage, RoomPage
from pmo_portal.pages.base import Page, note_export

SECTION = "making:file_list"


class MadeListPage(ListPage):
    list_class = MadeList
    seen_by = access.EVERYONE
    section = SECTION


class _OfFile:
    model = MadeFile
    lookup = {"pk": "pk"}
    related = ("job",)
    section = SECTION


class MadeFilePage(_OfFile, RoomPage):
    """Asked once a second by itself while the file is being made; the download begins by itself when it is there."""

    template_name = "pmo_portal/making/file_room.html"

    def get(self, request, *args, **kwargs) -> HttpResponse:
        return self.show("standing")

    def content(self) -> dict[str, Any]:
        made = self.record
        return {
            "made": made,
            "label": kinds[made.kind].label if made.kind in kinds else made.kind,
            "came_by_itself": self.is_fragment and made.state == "ready",
        }


class Content(_OfFile, Page):
    """The bytes, as long as the person may still have them."""

    def get(self, request, *args, **kwargs) -> HttpResponseBase:
        made = self.record
        if made.state != "ready" or made.kind not in kinds or not kinds[made.kind].may(self.viewer, made.options):
            raise Http404(_("This file is not there, or not any more."))
        if kinds[made.kind].tells:
            note_export(self.viewer, made.title, made.name.rsplit(".", 1)[-1])
        return serving.download(request, made)


class NothingToSay(forms.Form):
    """A press is enough."""


class Removal(_OfFile, ActPage):
    permit = "remove"
    form_class = NothingToSay
    template_name = "pmo_portal/files/act.html"

    def title(self) -> str:
        return _("Forget %(file)s") % {"file": self.record}

    def content(self) -> dict[str, Any]:
        return {
            "back": self.record.get_absolute_url(),
            "back_label": str(self.record),
            "verb": pgettext("verb", "Forget it"),
            "lead": _("Where it is still being made it is stopped. It can be ordered again."),
        }

    def act(self, record, form) -> MadeFile:
        actions.remove(record, by=self.viewer)
        return record

    def succeeded(self, outcome) -> HttpResponse:
        return HttpResponseRedirect(reverse(SECTION))
