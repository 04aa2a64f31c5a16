"""Coming in (the first administrator, an invitation) and one's own sessions, tokens and substitutes."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from pmo_portal import access
from pmo_portal.accounts import forms
from pmo_portal.accounts.models import Person, Substitute
from pmo_portal.accounts.queries import office_is_empty, own_tokens, substitutions, themselves
from pmo_portal.accounts.tokens import open_invitation
from pmo_portal.pages import ActPage, FormPage
from pmo_portal.setup import actions

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
def sign_in(request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """allauth's sign-in; an office in which nobody is yet begins with its first administrator."""
    if office_is_empty():
        return HttpResponseRedirect(reverse("first_administrator"))
    return allauth.login(request, *args, **kwargs)


sign_in.public = "one signs in here"  # type: ignore[attr-defined]


def let_in(request: HttpRequest, person: Person) -> None:
    """Sign in a person who has just chosen their password; sign-in pages ask nothing more for a while."""
    login(request, person, backend=BACKEND)
    record_authentication(request, person, method="password", email=person.email, reauthenticated=True)


class FirstAdministrator(FormPage):
    """The first page of an empty office. It is gone once somebody is there."""

    public = "nobody can sign in before it was filled in, and afterwards it answers 404"
    form_class = forms.FirstAdministratorForm
    template_name = "account/first_administrator.html"

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        if not office_is_empty():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def title(self) -> str:
        return _("A new office")

    def act(self, form) -> Person:
        given = {k: v for k, v in form.cleaned_data.items() if k != "again"}
        return actions.first_administrator(language=(translation.get_language() or "ja")[:2], **given)

    def succeeded(self, outcome) -> HttpResponse:
        let_in(self.request, outcome)
        messages.success(self.request, _("The office is made. Next: look over how it is set up, step by step."))
        return HttpResponseRedirect(reverse("setup:guide"))


class InvitationPage(FormPage):
    """Choosing the first password, with the key out of the letter. It works once."""

    public = "the key in the address is the permission; it is long, random, and works once"
    form_class = forms.NewPassword
    template_name = "account/invitation.html"

    def title(self) -> str:
        return _("Welcome")

    def content(self) -> dict[str, Any]:
        found = open_invitation(self.kwargs["key"])
        return {"invitation": found if found and found.person.is_active else None}

    def show(self, fragment: str = "", status: int = 200, **more) -> HttpResponse:
        answer = super().show(fragment, status, **more)
        answer["Referrer-Policy"] = (
            "same-origin"  # the key leaks nowhere; none at all would take the form's own origin away
        )
        answer["Cache-Control"] = "no-store"
        return answer

    def act(self, form) -> Person:
        return actions.accept_invitation(self.kwargs["key"], form.cleaned_data["password"])

    def succeeded(self, outcome) -> HttpResponse:
        let_in(self.request, outcome)
        messages.success(self.request, _("You are in. Under “Profile and sign-in” you can add a passkey."))
        return HttpResponseRedirect("/")


class SessionEnd(FormPage):
    """Sign out one of one's own other browsers."""

    seen_by = access.EVERYONE
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, form) -> bool:
        if not actions.end_session(themselves(self.viewer), self.kwargs["pk"]):
            raise Http404
        return True

    def success_url(self, outcome) -> str:
        messages.success(self.request, _("That browser is signed out."))
        return reverse("usersessions_list")


class TokensPage(FormPage):
    """One's own keys for programs; a new one is shown once."""

    seen_by = access.EVERYONE
    form_class = forms.TokenForm
    template_name = "account/tokens.html"
    key = ""

    def title(self) -> str:
        return _("Keys for programs")

    def content(self) -> dict[str, Any]:
        tokens = list(own_tokens(self.viewer))
        made = tokens[0] if self.key and tokens else None
        return {"tokens": tokens, "key": self.key, "made": made, "now": timezone.now(), "site": settings.SITE_URL}

    def act(self, form) -> str:
        return actions.make_token(themselves(self.viewer), **form.cleaned_data)

    def succeeded(self, outcome) -> HttpResponse:
        """Not a redirect: the key is in this answer and nowhere else."""
        self.key = outcome
        answer = self.show(form=self.get_form())
        answer["Cache-Control"] = "no-store"
        return answer


class TokenEnd(FormPage):
    seen_by = access.EVERYONE
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, form) -> bool:
        me = themselves(self.viewer)
        if not actions.revoke_token(me, self.kwargs["pk"], by=me):
            raise Http404
        return True

    def success_url(self, outcome) -> str:
        messages.success(self.request, _("The key has no force any more."))
        return reverse("tokens")


class SubstitutesPage(FormPage):
    """Who stands in for me, and for whom I stand in."""

    seen_by = access.EVERYONE
    form_class = forms.SubstituteForm
    template_name = "account/substitutes.html"
    done_message = ""

    def title(self) -> str:
        return _("Substitutes")

    def initial(self) -> dict[str, Any]:
        return {"starts_on": timezone.localdate()}

    def content(self) -> dict[str, Any]:
        return substitutions(self.viewer)

    def get_form(self, data=None, files=None):
        form = super().get_form(data, files)
        form.fields["substitute"].leave_out(self.viewer.pk)
        return form

    def act(self, form) -> Substitute:
        return actions.name_substitute(themselves(self.viewer), by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        messages.success(
            self.request, _("%(person)s stands in for you in these days.") % {"person": outcome.substitute}
        )
        return reverse("substitutes")


class SubstituteEnd(ActPage):
    """End it at once."""

    model = Substitute
    lookup = {"pk": "pk"}
    related = ("person", "substitute")
    permit = "end"
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, record, form) -> Substitute:
        return actions.end_substitute(record, by=self.viewer)

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(str(e) for e in form.non_field_errors()))
        return HttpResponseRedirect(self.success_url(self.record))

    def success_url(self, outcome) -> str:
        if outcome.person_id == self.viewer.pk:
            return reverse("substitutes")
        return outcome.person.get_absolute_url()
