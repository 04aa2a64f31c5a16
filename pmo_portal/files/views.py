"""A record's files, one file with its versions and pages, and the bytes themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pmo_portal import access, audit
from pmo_portal.files import actions, forms, queries, serving
from pmo_portal.files.carriers import carriers, may_change, record_called
from pmo_portal.files.lists import FileList
from pmo_portal.files.models import Attachment, FileVersion
from pmo_portal.files.showing import PROBLEMS, address_of, rows
from pmo_portal.pages import ActPage, FormPage, ListPage, RecordPage
from pmo_portal.pages.base import Page

SECTION = "files:file_list"


class FileListPage(ListPage):
    """Every file that the viewer may see."""

    list_class = FileList
    seen_by = access.EVERYONE
    section = SECTION


class RecordFilesPage(FormPage):
    """The files of one record, and the place where more are dropped."""

    seen_by = access.EVERYONE
    section = SECTION
    form_class = forms.AttachForm
    template_name = "pmo_portal/files/record_files.html"

    def admit(self) -> None:
        super().admit()
        self.about = record_called(self.viewer, self.kwargs["key"], self.kwargs["name"])
        if self.is_write:
            access.require(self.viewer, carriers[self.kwargs["key"]].permit, self.about)

    def title(self) -> str:
        return _("Files: %(record)s") % {"record": self.about}

    def content(self) -> dict[str, Any]:
        return {
            "about": self.about,
            "may_attach": may_change(self.viewer, self.about),
            "rows": rows(queries.versions_of(self.about)),
            "gone": list(queries.taken_away(self.about)[:50]),
            "kinds": actions.TAKEN,
        }

    def act(self, form) -> int:
        """Each file by itself: one that is refused keeps none of the others out."""
        taken, faults = [], []
        for file in form.cleaned_data["file"]:
            try:
                taken.append(actions.attach(self.about, by=self.viewer, file=file, note=form.cleaned_data["note"]))
            except ValidationError as refused:
                faults += [f"{file.name}: {said}" for said in refused.messages]
        if faults:
            if taken:
                said = ngettext("%(n)s file was attached.", "%(n)s files were attached.", len(taken))
                faults.insert(0, said % {"n": len(taken)})
            raise ValidationError({"file": faults})
        return len(taken)

    def succeeded(self, outcome: int) -> HttpResponse:
        said = ngettext("%(n)s file was attached.", "%(n)s files were attached.", outcome)
        messages.success(self.request, said % {"n": outcome})
        return HttpResponseRedirect(address_of(self.about))


class FileRecordPage(RecordPage):
    """One file: its newest version's pages, the versions, what was done with it."""

    model = Attachment
    lookup = {"pk": "pk"}
    related = ("by", "content_type")
    section = SECTION
    template_name = "pmo_portal/files/file_record.html"

    def content(self) -> dict[str, Any]:
        versions = list(self.record.versions.select_related("by").order_by("-number"))
        asked = self.request.GET.get("version", "")
        shown = next((v for v in versions if str(v.number) == asked), versions[0])
        about = self.record.about
        text, is_cut = serving.beginning(shown)
        return {
            "text": text,
            "is_cut": is_cut,
            "about": about,
            "back": address_of(about) if about else reverse(SECTION),
            "about_url": getattr(about, "get_absolute_url", lambda: "")(),
            "versions": versions,
            "shown": shown,
            "problem": PROBLEMS.get(shown.problem, ""),
            "left": max(0, shown.pages_in_all - shown.pages),
            "history": audit.told(audit.history(self.viewer, self.record)[:30]),
        }


class _OfFile(ActPage):
    model = Attachment
    lookup = {"pk": "pk"}
    permit = "edit"
    section = SECTION
    template_name = "pmo_portal/files/act.html"

    def content(self) -> dict[str, Any]:
        return {"back": self.record.get_absolute_url(), "back_label": self.record.name}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version, "name": self.record.name}


class VersionAddition(_OfFile):
    form_class = forms.VersionForm
    template_name = "pmo_portal/files/version_form.html"

    def title(self) -> str:
        return _("A new version of %(file)s") % {"file": self.record.name}

    def act(self, record, form) -> Attachment:
        actions.add_version(record, by=self.viewer, **form.cleaned_data)
        messages.success(self.request, _("The new version of %(file)s is there.") % {"file": record.name})
        return record


class Renaming(_OfFile):
    form_class = forms.NameForm

    def title(self) -> str:
        return _("Rename %(file)s") % {"file": self.record.name}

    def act(self, record, form) -> Attachment:
        return actions.rename(record, by=self.viewer, **form.cleaned_data)


class Removal(_OfFile):
    form_class = forms.RemovalForm

    def title(self) -> str:
        return _("Take %(file)s away") % {"file": self.record.name}

    def content(self) -> dict[str, Any]:
        lead = _("It leaves the list of files; with all its versions it can be brought back from there.")
        return super().content() | {"danger": True, "verb": pgettext("verb", "Take away"), "lead": lead}

    def act(self, record, form) -> Attachment:
        actions.take_away(record, by=self.viewer, **form.cleaned_data)
        messages.success(self.request, _("%(file)s was taken away.") % {"file": record.name})
        return record

    def success_url(self, outcome) -> str:
        return address_of(self.record.about)


class Restoration(_OfFile):
    form_class = forms.RestorationForm
    http_method_names = ["post"]

    def act(self, record, form) -> Attachment:
        actions.bring_back(record, by=self.viewer)
        messages.success(self.request, _("%(file)s is back.") % {"file": record.name})
        return record

    def success_url(self, outcome) -> str:
        return address_of(self.record.about)


class _Bytes(Page):
    """What a browser fetches of a version. Each fetch asks anew whether the viewer may."""

    model = FileVersion
    lookup = {"pk": "attachment_id", "number": "number"}
    related = ("attachment",)
    http_method_names = ["get", "head"]


class Content(_Bytes):
    """The bytes, to be saved."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """The newest version goes out under the name that the file has now."""
        return serving.download(request, self.record, queries.name_of(self.record))

    head = get


class PreviewPicture(_Bytes):
    """One page as a picture."""

    def get(self, request: HttpRequest, *args, page: int, **kwargs) -> HttpResponse:
        if not 1 <= page <= self.record.pages:
            raise Http404
        return serving.picture(self.record, page)

    head = get
