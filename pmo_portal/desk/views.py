"""My desk, one ask, the inbox, running work, the profile, the glossary."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import access
from pmo_portal.accounts.actions import look_at, speak
from pmo_portal.accounts.models import Person
from pmo_portal.accounts.queries import CHOOSABLE, people_like, themselves
from pmo_portal.asks import actions as ask_actions
from pmo_portal.asks import queries as asks
from pmo_portal.asks.inbox import mark_read
from pmo_portal.asks.kinds import kinds
from pmo_portal.asks.letters import lines_of, shown, text_of
from pmo_portal.asks.models import Ask
from pmo_portal.desk.panels import desk_panels
from pmo_portal.i18n.glossary import search, terms
from pmo_portal.jobs.models import Job
from pmo_portal.pages import ActPage, DeskPage, FormPage, RoomPage
from pmo_portal.setup.actions import edit_profile


class MyDesk(DeskPage):
    """What is asked of me, about how long it takes, and where to begin."""

    seen_by = access.EVERYONE
    section = "desk:desk"
    template_name = "pmo_portal/desk/my_desk.html"

    @cached_property
    def waiting(self) -> list[Ask]:
        return list(asks.waiting(self.viewer)[:500])

    def content(self) -> dict[str, Any]:
        rows = [shown(a) for a in self.waiting[:60]]
        now, today = timezone.now(), timezone.localdate()
        soon = today + timedelta(days=1)

        def day(row) -> Any:
            return timezone.localdate(row["due_at"]) if row["due_at"] else None

        dated = [r for r in rows if r["due_at"] and not r["is_late"]]
        groups = [
            ("late", _("Overdue"), [r for r in rows if r["is_late"]]),
            ("soon", _("Today and tomorrow"), [r for r in dated if day(r) <= soon]),
            ("later", _("Later"), [r for r in dated if day(r) > soon]),
            ("undated", _("Without a due date"), [r for r in rows if not r["due_at"]]),
        ]
        for row in rows:
            row["days_late"] = (today - day(row)).days if row["is_late"] else 0
            row["for_other"] = row["ask"].person if row["ask"].person_id != self.viewer.pk else None
        return {
            "rows": rows,
            "preview": self._preview(rows),
            "groups": [g for g in groups if g[2]],
            "minutes": sum(r["minutes"] for r in rows),
            "now": now,
            "fresh": sum(ask.seen_at is None and ask.person_id == self.viewer.pk for ask in self.waiting),
            "made": [shown(a) for a in asks.made_by(self.viewer)[:8]],
            "panels": desk_panels(self.viewer),
            "news": [{"item": i, "text": text_of(i)} for i in asks.inbox(self.viewer)[:6]],
        }

    def _preview(self, rows: list[dict]) -> dict[str, Any]:
        """What moved in the matter of the first ask whose kind can tell."""
        for row in rows[:3]:
            tell = kinds[row["ask"].kind].preview
            if tell and (lines := tell(row["ask"], self.viewer)):
                return {"of": row["ask"].pk, "lines": lines}
        return {}

    def title(self) -> str:
        count, minutes = len(self.waiting), sum(a.minutes for a in self.waiting)
        if not count:
            return _("Nothing is asked of you")
        return ngettext(
            "%(count)s ask, about %(minutes)s min", "%(count)s asks, about %(minutes)s min in all", count
        ) % {"count": count, "minutes": minutes}

    def get(self, request, *args, **kwargs) -> HttpResponse:
        answer = super().get(request, *args, **kwargs)
        ask_actions.mark_seen(self.viewer)
        look_at(self.viewer, "desk")
        return answer


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Answer"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    declined = forms.BooleanField(label=gettext_lazy("I cannot do this"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class AskPage(ActPage):
    """One ask: done, or declined with a reason."""

    model = Ask
    lookup = {"pk": "pk"}
    related = ("person", "asked_by", "content_type", "scope")
    permit_to_write = "answer"
    section = "desk:desk"
    form_class = AnswerForm
    template_name = "pmo_portal/desk/ask_record.html"

    def title(self) -> str:
        return shown(self.record)["title"]

    def content(self) -> dict[str, Any]:
        return {
            "shown": shown(self.record),
            "about": asks.matter_of(self.viewer, self.record),
            "may_answer": access.may(self.viewer, "answer", self.record),
        }

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> Ask:
        return ask_actions.answer(record, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        return "/"


class InboxPage(DeskPage):
    seen_by = access.EVERYONE
    template_name = "pmo_portal/desk/inbox.html"

    def title(self) -> str:
        return _("Inbox")

    def content(self) -> dict[str, Any]:
        return {"items": [{"item": i, "text": text_of(i), "lines": lines_of(i)} for i in asks.inbox(self.viewer)[:100]]}


class EmptyForm(forms.Form):
    """A button and nothing else."""


class InboxRead(FormPage):
    seen_by = access.EVERYONE
    form_class = EmptyForm
    http_method_names = ["post"]

    def act(self, form) -> int:
        return mark_read(self.viewer)

    def success_url(self, outcome) -> str:
        return reverse("desk:inbox")


class WorkPage(DeskPage):
    """Long work that this person started, and how far it is."""

    seen_by = access.EVERYONE
    template_name = "pmo_portal/desk/work.html"

    def title(self) -> str:
        return _("Running work")

    def content(self) -> dict[str, Any]:
        return {"jobs": access.visible(self.viewer, Job).filter(requested_by=self.viewer)[:50]}


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = [
            "language",
            "timezone",
            "calendar",
            "theme",
            "money_unit",
            "shortcuts_on",
            "quiet_from",
            "quiet_until",
        ]
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def clean_timezone(self) -> str:
        from zoneinfo import available_timezones

        if self.cleaned_data["timezone"] not in available_timezones():
            raise forms.ValidationError(_("There is no time zone of this name. Example: Asia/Tokyo."))
        return self.cleaned_data["timezone"]


class ProfilePage(FormPage):
    seen_by = access.EVERYONE
    form_class = ProfileForm
    template_name = "pmo_portal/desk/profile.html"

    def title(self) -> str:
        return _("Profile and sign-in")

    def get_form(self, data=None, files=None):
        return ProfileForm(data, instance=themselves(self.viewer))

    def content(self) -> dict[str, Any]:
        return {
            "grants": access.visible(self.viewer, _grant_model())
            .filter(person=self.viewer, archived_at=None)
            .select_related("scope")
        }

    def act(self, form) -> Person:
        return edit_profile(themselves(self.viewer), **form.cleaned_data)

    def succeeded(self, outcome) -> HttpResponse:
        answer = HttpResponseRedirect(reverse("desk:profile"))
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, outcome.language, max_age=365 * 86400, samesite="Lax")
        answer.set_cookie("theme", outcome.theme, max_age=365 * 86400, samesite="Lax")
        return answer


def _grant_model():
    from pmo_portal.access.models import Grant

    return Grant


class GlossaryPage(RoomPage):
    seen_by = access.EVERYONE
    template_name = "pmo_portal/desk/glossary.html"

    def title(self) -> str:
        return _("Glossary")

    def content(self) -> dict[str, Any]:
        words = self.request.GET.get("q", "").replace("\0", "")[:100].strip()
        return {"terms": search(words), "words": words, "count": len(terms())}

    def get(self, request, *args, **kwargs) -> HttpResponse:
        return self.show("terms")


class PeopleChoices(RoomPage):
    """For boxes that take a person: who is called so."""

    seen_by = access.EVERYONE

    def get(self, request, *args, **kwargs) -> HttpResponse:
        words = request.GET.get("q", "").replace("\0", "")[:100].strip()
        of = request.GET.get("of", "")
        but = [int(pk) for pk in request.GET.getlist("but")[:20] if pk.isascii() and pk.isdigit() and len(pk) < 15]
        found = people_like(words, of if of in CHOOSABLE else "all", but) if words else []
        return JsonResponse({"people": [person.call_name for person in found]})


class MenuPage(DeskPage):
    """On a phone: the whole navigation."""

    seen_by = access.EVERYONE
    section = "menu"
    template_name = "pmo_portal/desk/menu.html"

    def title(self) -> str:
        return _("All rooms")


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=[("ja", "日本語"), ("en", "English")])
    next = forms.CharField(required=False, max_length=500)


class LanguageChange(FormPage):
    """The switch in the top bar; remembered for the person, and by a cookie for the sign-in page."""

    public = "the sign-in page has the switch too; it changes a cookie, and a signed-in person's own setting"
    form_class = LanguageForm
    http_method_names = ["post"]

    def refused(self, form) -> HttpResponse:
        raise Http404

    def act(self, form) -> dict[str, str]:
        if self.viewer.is_authenticated:
            speak(self.viewer, form.cleaned_data["language"])
        return form.cleaned_data

    def succeeded(self, outcome) -> HttpResponse:
        wanted = outcome["next"]
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={self.request.get_host()})
        answer = HttpResponseRedirect(wanted if safe else "/")
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, outcome["language"], max_age=365 * 86400, samesite="Lax")
        return answer
