"""Page classes: fetch through access, ask permission, render whole or as a fragment, turn refusals into answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views import View

from pmo_portal import access, audit, editing, lists
from pmo_portal.accounts.queries import with_people
from pmo_portal.i18n.text import plain
from pmo_portal.lists.queries import first_view
from pmo_portal.pages import conflicts, long_files
from pmo_portal.pages.origin import is_background, page_before
from pmo_portal.pages.panels import panels_of
from pmo_portal.watching.queries import standing


class May:
    """In templates: `may.close` is whether the viewer may close the record. Costs no query."""

    def __init__(self, viewer, record) -> None:
        self._viewer, self._record = viewer, record

    def __getattr__(self, action: str) -> bool:
        if action.startswith("_"):
            raise AttributeError(action)
        return access.may(self._viewer, action, self._record)


FILES = {
    "edit": "XLSX",
    "xlsx": "XLSX",
    "pdf": "PDF",
    "pptx": "PPTX",
}  # what is asked for → what goes out; anything else is the CSV


def note_export(viewer, what: str, kind: str, listing: lists.List | None = None) -> None:
    """Write down that somebody took a list out, by which conditions."""
    said = {"list": what, "kind": FILES.get(kind, "CSV")}
    words = _("“%(list)s” as %(kind)s") % said
    if listing is not None and listing.picked is not None:
        words = f"{words}; {_('%(count)s selected rows') % {'count': len(listing.picked)}}"
    elif listing is not None and listing.is_filtered:
        words = f"{words}; {listing.said()}"
    audit.log(viewer, "exported", by=viewer, reason=words[:500])


class Page(View):
    """Any address. Either `public` says why it needs no viewer, or a model or roles say who may come."""

    public = ""
    model: type[models.Model] | None = None
    lookup: dict[str, str] = {}
    related: tuple[str, ...] = ()
    people: tuple[str, ...] = ()  # relations to people, read by one query of their own
    permit = "view"
    permit_to_write = ""  # what else a request that changes something needs
    seen_by: tuple[str, ...] = ()
    section = ""
    template_name = ""
    kind = "page"
    record: Any = None

    # ---- who may come

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.public:
            if not request.user.is_authenticated:
                return self.ask_to_sign_in()
            self.admit()
        request.section = self.section  # the frame marks it in the menu
        return super().dispatch(request, *args, **kwargs)

    def ask_to_sign_in(self) -> HttpResponse:
        """To the sign-in page and back to the page with the form; what a script asks for sends its whole page there."""
        said = {"next": page_before(self.request), **({"unsent": 1} if self.is_write else {})}
        url = f"{reverse('account_login')}?{urlencode(said, safe='/')}"
        if is_background(self.request):
            return HttpResponse(status=401, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)

    def admit(self) -> None:
        """404 for what is outside the viewer's scope, 403 for what is inside and not allowed."""
        if self.model is not None and self.lookup:
            self.record = self.fetch()
            access.require(self.viewer, self.permit, self.record)
            if self.permit_to_write and self.is_write:
                access.require(self.viewer, self.permit_to_write, self.record)
        elif self.seen_by and self.seen_by != access.EVERYONE and not access.holds(self.viewer, *self.seen_by):
            raise PermissionDenied(_("Your roles do not include this page."))
        elif not self.seen_by and self.model is None:
            raise ImproperlyConfigured(f"{type(self).__name__} does not say who may see it")

    def fetch(self):
        """The record that the address names, among those the viewer may see."""
        found = access.visible(self.viewer, self.model).select_related(*self.related)
        where = {path: self.kwargs[name] for name, path in self.lookup.items()}
        try:
            return with_people(found.get(**where), *self.people)
        except (self.model.DoesNotExist, ValueError, OverflowError, ValidationError):
            raise Http404(_("There is nothing here, or it is outside your scope.")) from None

    @property
    def viewer(self):
        return self.request.user

    @property
    def is_write(self) -> bool:
        return self.request.method not in ("GET", "HEAD", "OPTIONS")

    # ---- what they get

    @property
    def is_fragment(self) -> bool:
        return bool(getattr(self.request, "htmx", None)) and is_background(self.request)

    def title(self) -> str:
        return str(self.record or "")

    def content(self) -> dict[str, Any]:
        """What the template needs besides `page`, `record`, `viewer`, `may`."""
        return {}

    def context(self, **more) -> dict[str, Any]:
        given = {"page": self, "viewer": self.viewer, "record": self.record, "title": self.title()}
        if self.record is not None and type(self.record) in access.declared_models():
            given["may"] = May(self.viewer, self.record)
        given.update(self.content())
        given.update(more)
        return given

    def show(self, fragment: str = "", status: int = 200, **more) -> HttpResponse:
        """The page, or the named partial of its template for a fragment request."""
        name = f"{self.template_name}#{fragment}" if fragment and self.is_fragment else self.template_name
        answer = render(self.request, name, self.context(**more), status=status)
        patch_vary_headers(answer, ["HX-Request"])
        return answer

    def as_file(self, listing: lists.List) -> HttpResponse | None:
        """What the address asks for in place of the page: a file, which is written down, or fewer columns."""
        answer = lists.instead(listing, self.request)
        if kind := self.request.GET.get("export"):
            note_export(self.viewer, self.title(), kind, listing)
        return answer

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self.show()


class DeskPage(Page):
    """Answers one question in its title; what needs a hand now; charts."""

    kind = "desk"


class RoomPage(Page):
    """Full width, keyboard first."""

    kind = "room"


class RecordPage(Page):
    """One record: header, tabs, history and asks at the side."""

    kind = "record"

    def context(self, **more) -> dict[str, Any]:
        """With what higher rooms hang on the record, where the page does not choose itself (it has tabs)."""
        given = super().context(**more) | {"watch": standing(self.viewer, self.record)}
        if "panels" not in given:
            given["panels"] = panels_of(self.viewer, self.record, "overview")
        return given


class ListPage(Page):
    """A list with filters, sort, columns, saved state in the URL, export."""

    kind = "list"
    list_class: type[lists.List]
    template_name = "pages/list.html"

    def admit(self) -> None:
        self.model = self.model or self.list_class.model
        if self.seen_by and self.seen_by != access.EVERYONE and not access.holds(self.viewer, *self.seen_by):
            raise PermissionDenied(_("Your roles do not include this page."))

    def title(self) -> str:
        return str(self.list_class.title)

    def get_list(self) -> lists.List:
        return self.list_class(self.viewer, self.request.GET, self.kwargs)

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.GET and not self.is_fragment and (first := first_view(self.viewer, request.path)):
            return HttpResponseRedirect(first.url)
        listing = self.get_list()
        return self.as_file(listing) or self.show_rows(
            listing=listing.page(request.path), editing=editing.doors(listing, request.path)
        )

    def as_file(self, listing: lists.List) -> HttpResponse | None:
        """Also the workbook made for editing, where the viewer is offered it; a long workbook is ordered."""
        kind = self.request.GET.get("export", "")
        if kind == "edit" and not editing.doors(listing, self.request.path):
            raise Http404(_("This list only goes out; it does not come back."))
        answer: HttpResponse | None
        if kind in long_files.WORKBOOKS and self.has_a_plain_list and long_files.is_long(listing):
            answer = HttpResponseRedirect(long_files.order(self, listing, kind).get_absolute_url())
        elif kind == "edit":
            answer = editing.download(listing)
        else:
            return super().as_file(listing)
        note_export(self.viewer, str(listing.title), kind, listing)
        return answer

    @property
    def has_a_plain_list(self) -> bool:
        """Made from viewer, address and nothing else: so it can be made again without the page."""
        return type(self).get_list is ListPage.get_list

    def show_rows(self, **more) -> HttpResponse:
        """The whole page, or the rows alone: these stand in a file of their own, as a partial is not inherited."""
        if not self.is_fragment:
            return self.show(**more)
        answer = render(self.request, "pages/list_body.html", self.context(**more))
        patch_vary_headers(answer, ["HX-Request"])
        return answer


class FormPage(Page):
    """A form on a page of its own. `act(form)` does it and gives back what was done."""

    kind = "form"
    form_class: type[forms.BaseForm]
    template_name = "pages/form.html"
    fragment = ""
    done_message = ""

    def initial(self) -> dict[str, Any]:
        return {}

    def form_arguments(self) -> dict[str, Any]:
        """What the form's constructor takes besides data, files, initial."""
        return {}

    def get_form(self, data=None, files=None) -> forms.BaseForm:
        return self.form_class(data, files, initial=self.initial(), **self.form_arguments())

    def typed_form(self, data, files=None) -> forms.BaseForm:
        """The form with what was typed, without the marks that nobody sees."""
        return as_typed(self.get_form(data, files))

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self.show(form=self.get_form())

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        data, still_open = conflicts.chosen(request.POST)
        form = self.typed_form(data, request.FILES)
        if not form.is_valid():
            return self.refused(form)
        if still_open:
            return self.still_to_choose(form)
        try:
            outcome = self.perform(form)
        except ValidationError as error:
            attach(form, error)
            return self.refused(form)
        except audit.Conflict as conflict:
            return self.collided(form, conflict)
        return self.succeeded(outcome)

    def perform(self, form):
        return self.act(form)  # each page says in `act` which action it calls

    def success_url(self, outcome) -> str:
        return outcome.get_absolute_url()

    def refused(self, form) -> HttpResponse:
        return self.show(self.fragment, status=422, form=form)

    def collided(self, form, conflict: audit.Conflict) -> HttpResponse:
        """Both sides, field by field: what only one of them changed is taken over, the rest is there to choose from."""
        found = conflicts.sides(form, self.opened_values(form, conflict), self.initial_of(conflict.current))
        form.data = conflicts.merged(form.data, found, conflict.current.version)
        content = {
            "form": form,
            "conflict": conflict,
            "sides": found,
            "to_choose": [s for s in found if s.collides],
            "taken_over": [s for s in found if not s.collides],
            "saved": self.saved_by(conflict.current),
            "conflict_url": self.conflict_url,
            "kept": conflicts.kept(form.data),
            **self.conflict_content(),
        }
        if self.fragment and self.is_fragment:
            return self.show(self.fragment, status=409, **content)
        answer = render(self.request, "pages/conflict.html", self.context(**content), status=409)
        patch_vary_headers(answer, ["HX-Request"])
        return answer

    def still_to_choose(self, form) -> HttpResponse:
        """Sent before every place was chosen: the two versions once more."""
        current = self.fetch_versioned()
        return self.collided(form, audit.Conflict(current, int(form.data.get("opened_version") or 1)))

    def opened_values(self, form, conflict: audit.Conflict) -> dict[str, Any]:
        """The form's values as they were when this person opened it."""
        return self.initial_of(audit.opened_record(conflict.current, conflict.opened_version))

    def saved_by(self, current) -> dict[str, Any]:
        return conflicts.saved_by(current)

    @property
    def conflict_url(self) -> str:
        return self.request.path

    def fetch_versioned(self):
        """The record whose version the form carries, as it stands now."""
        return self.fetch()

    def conflict_content(self) -> dict[str, Any]:
        """More for the page of two versions: `conflict_back`, where the other one stands alone; `forget`, what the browser
        kept of the form under this name."""
        return {}

    def initial_of(self, record) -> dict[str, Any]:
        """What the form would start with for the record as it stands in `record`."""
        kept, self.record = self.record, record
        try:
            return self.initial()
        finally:
            self.record = kept

    def receipt_of(self, outcome) -> str:
        """What is said on the page that follows: what happened to what. Nothing where it shows by itself."""
        return self.done_message

    def succeeded(self, outcome) -> HttpResponse:
        if said := self.receipt_of(outcome):
            messages.success(self.request, said)
        url = self.success_url(outcome)
        if self.is_fragment:
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)


class ActPage(FormPage):
    """A change of state of one record: POST does it, GET shows the form on the record's page."""

    kind = "act"

    def perform(self, form):
        return self.act(self.record, form)

    def success_url(self, outcome) -> str:
        return getattr(outcome, "get_absolute_url", self.record.get_absolute_url)()

    def succeeded(self, outcome) -> HttpResponse:
        if self.is_fragment and self.fragment:
            self.record = self.fetch()
            return self.show(self.fragment, form=self.get_form())
        return super().succeeded(outcome)


def as_typed(form: forms.BaseForm) -> forms.BaseForm:
    """Texts as they are kept; a password stays as it is."""
    data = form.data.copy()
    for name, field in form.fields.items():
        key = form.add_prefix(name)
        if key in data and not isinstance(field.widget, forms.PasswordInput):
            data.setlist(key, [plain(value) for value in data.getlist(key)])
    form.data = data
    return form


def attach(form: forms.BaseForm, error: ValidationError) -> None:
    """Put an action's refusal where the person typed, or above the form where the field is not on it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, faults in error.error_dict.items():
        form.add_error(name if name in form.fields else None, faults)
