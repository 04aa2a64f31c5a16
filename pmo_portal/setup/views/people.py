"""People: the list, one person, what they may do, where they belong, how they come in and go."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.access.models import Grant, Scope
from pmo_portal.accounts.models import Person
from pmo_portal.accounts.queries import own_tokens, substitutions
from pmo_portal.asks.bounces import bounce_of
from pmo_portal.audit import history
from pmo_portal.audit.wording import told
from pmo_portal.pages import ActPage, FormPage, ListPage, RecordPage
from pmo_portal.setup import actions, forms, grants, queries
from pmo_portal.setup.lists import PeopleList

SECTION = "setup:people"


class PeoplePage(ListPage):
    list_class = PeopleList
    section = SECTION
    template_name = "pmo_portal/setup/person_list.html"

    def content(self) -> dict[str, Any]:
        return {"may_add": access.holds(self.viewer, "sysadmin")}


class PersonRecordPage(RecordPage):
    """Who somebody is, what they may do, who stands in for them."""

    model = Person
    lookup = {"pk": "pk"}
    related = ("unit",)
    section = SECTION
    template_name = "pmo_portal/setup/person_record.html"

    def content(self) -> dict[str, Any]:
        person = self.record
        content: dict[str, Any] = {"placements": queries.placements_of(person), "today": timezone.localdate()}
        if access.may(self.viewer, "see_grants", person):
            content |= {
                "grants": queries.grants_of(self.viewer, person),
                "sees_grants": True,
                "history": told(history(self.viewer, person)[:15]),
                "may_grant": access.holds(self.viewer, "sysadmin"),
            }
        bounce = bounce_of(person)
        if bounce is not None and access.may(self.viewer, "view", bounce):
            content["bounce"], content["only_shown"] = bounce, not access.may(self.viewer, "resume", bounce)
        if access.may(self.viewer, "name_substitute", person):
            content["stand_ins"] = substitutions(person)
        if access.may(self.viewer, "invite", person):
            content["sign_in"] = queries.sign_in_of(person)
            content["tokens"] = own_tokens(person)
        return content


class PersonCreation(FormPage):
    seen_by = ("sysadmin",)
    section = SECTION
    form_class = forms.PersonForm
    template_name = "pmo_portal/setup/grouped_form.html"

    def title(self) -> str:
        return _("A new person")

    def content(self) -> dict[str, Any]:
        return {"back": reverse("setup:people"), "back_label": _("People")}

    def initial(self) -> dict[str, Any]:
        return {
            "language": "ja",
            "timezone": "Asia/Tokyo",
            "employment_type": "employee",
            "unit": self.request.GET.get("unit", ""),
        }

    def act(self, form) -> Person:
        given = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        return actions.create_person(by=self.viewer, **given)


class _OfPerson(ActPage):
    model = Person
    lookup = {"pk": "pk"}
    related = ("unit",)
    section = SECTION
    template_name = "pmo_portal/setup/act.html"

    def content(self) -> dict[str, Any]:
        return {"back": self.record.get_absolute_url(), "back_label": str(self.record)}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}


class PersonEdit(_OfPerson):
    permit = "edit"
    form_class = forms.PersonForm
    template_name = "pmo_portal/setup/grouped_form.html"

    def title(self) -> str:
        return _("Edit %(person)s") % {"person": self.record.name}

    def form_arguments(self) -> dict[str, Any]:
        return {"person": self.record}

    def initial(self) -> dict[str, Any]:
        return {n: getattr(self.record, n) for n in (*forms.PersonForm.Meta.fields, "version")}

    def act(self, record, form) -> Person:
        given = dict(form.cleaned_data)
        return actions.edit_person(record, by=self.viewer, version=given.pop("version") or 0, **given)


class PersonMove(_OfPerson):
    permit = "edit"
    form_class = forms.MoveForm

    def title(self) -> str:
        return _("Another unit for %(person)s") % {"person": self.record.name}

    def initial(self) -> dict[str, Any]:
        return {"unit": self.record.unit_id, "on": timezone.localdate()}

    def act(self, record, form) -> Person:
        actions.place_person(record, by=self.viewer, **form.cleaned_data)
        return record


class PersonInvitation(_OfPerson):
    permit = "invite"
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, record, form) -> Person:
        actions.invite(record, by=self.viewer)
        messages.success(self.request, _("The invitation is on its way to %(email)s.") % {"email": record.email})
        return record

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(str(e) for e in form.non_field_errors()))
        return HttpResponseRedirect(self.record.get_absolute_url())


class PersonClosure(_OfPerson):
    permit = "edit"
    form_class = forms.ReasonForm

    def title(self) -> str:
        return _("Close the account of %(person)s") % {"person": self.record.name}

    def content(self) -> dict[str, Any]:
        text = _(
            "They are signed out everywhere at once and can no longer sign in. What they wrote stays. You can open the account again."
        )
        return super().content() | {"lead": text, "danger": True, "verb": _("Close the account")}

    def act(self, record, form) -> Person:
        return actions.deactivate(record, by=self.viewer, **form.cleaned_data)


class PersonReopening(_OfPerson):
    permit = "edit"
    form_class = forms.StateForm

    def title(self) -> str:
        return _("Open the account of %(person)s again") % {"person": self.record.name}

    def content(self) -> dict[str, Any]:
        text = _("They sign in with the password they had, and hold the roles they had.")
        return super().content() | {"lead": text, "verb": _("Open the account")}

    def act(self, record, form) -> Person:
        return actions.reactivate(record, by=self.viewer, **form.cleaned_data)


class GrantCreation(_OfPerson):
    """A role for a person. Where: the office, a portfolio, a programme, or a project found by words."""

    permit = "edit"
    form_class = forms.GrantForm
    template_name = "pmo_portal/setup/grant_form.html"

    def title(self) -> str:
        return _("A role for %(person)s") % {"person": self.record.name}

    def content(self) -> dict[str, Any]:
        return super().content() | {"words": self.words, "verb": _("Grant the role")}

    @property
    def words(self) -> str:
        return self.request.GET.get("where", "").replace("\0", "")[:100]

    def form_arguments(self) -> dict[str, Any]:
        return {"scopes": access.visible(self.viewer, Scope), "places": queries.places(self.viewer, self.words)}

    def initial(self) -> dict[str, Any]:
        return {"starts_on": timezone.localdate()}

    def act(self, record, form) -> Person:
        given = form.cleaned_data
        grants.grant_role(record, by=self.viewer, **given)
        return record


class PersonTokenEnd(_OfPerson):
    """Somebody's key for programs, taken out of force."""

    permit = "end_tokens"
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, record, form) -> Person:
        if not actions.revoke_token(record, self.kwargs["token"], by=self.viewer):
            raise Http404
        messages.success(self.request, _("The key has no force any more."))
        return record


class GrantEnding(ActPage):
    model = Grant
    lookup = {"pk": "pk"}
    related = ("person", "scope")
    permit = "end"
    section = SECTION
    form_class = forms.GrantEndForm
    template_name = "pmo_portal/setup/act.html"

    def title(self) -> str:
        return _("End: %(role)s, %(place)s") % {"role": self.record.get_role_display(), "place": self.record.scope}

    def content(self) -> dict[str, Any]:
        person = self.record.person
        text = _("With today's date the role holds no more from this moment.")
        return {
            "back": person.get_absolute_url(),
            "back_label": str(person),
            "lead": text,
            "danger": True,
            "verb": _("End the role"),
        }

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version, "on": timezone.localdate()}

    def act(self, record, form) -> Person:
        grants.end_grant(record, by=self.viewer, **form.cleaned_data)
        return record.person

    def success_url(self, outcome) -> str:
        return self.record.person.get_absolute_url()


class PersonSubstitute(_OfPerson):
    """The PMO names a substitute for somebody who cannot."""

    permit = "name_substitute"
    form_class = forms.SubstituteForm

    def title(self) -> str:
        return _("Who stands in for %(person)s") % {"person": self.record.name}

    def initial(self) -> dict[str, Any]:
        return {"starts_on": timezone.localdate()}

    def get_form(self, data=None, files=None):
        form = super().get_form(data, files)
        form.fields["substitute"].leave_out(self.record.pk, self.viewer.pk)
        return form

    def act(self, record, form) -> Person:
        actions.name_substitute(record, by=self.viewer, **form.cleaned_data)
        return record
