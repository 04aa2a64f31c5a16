"""My desk, one ask, the inbox, running work, the profile, the glossary."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt

from pmo_portal import access
from pmo_portal.accounts.actions import look_at, speak
from pmo_portal.accounts.models import Person
from pmo_portal.accounts.queries import CHOOSABLE, people_like, themselves
from pmo_portal.asks import actions as ask_actions
from pmo_portal.asks import bounces, choosing, ending, timing
from pmo_portal.asks import queries as asks
from pmo_portal.asks.forms import AS_OFFICE, NoticesForm
from pmo_portal.asks.inbox import mark_read
from pmo_portal.asks.kinds import Glance, kinds, notices
from pmo_portal.asks.letters import lines_of, shown, text_of
from pmo_portal.asks.models import AddressBounce, Ask
from pmo_portal.desk.panels import desk_panels
from pmo_portal.i18n.glossary import search, terms
from pmo_portal.jobs.models import Job
from pmo_portal.pages import ActPage, DeskPage, FormPage, RoomPage
from pmo_portal.setup.actions import edit_profile
from pmo_portal.webhooks import actions as webhook_actions
from pmo_portal.webhooks import chatting
from pmo_portal.webhooks.models import Webhook
from pmo_portal.webhooks.wording import FAULTS


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
        self._look(rows)
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
            "told": next((r for r in rows[:3] if r["glance"].lines), None),
            "has_quick": any(r["glance"].quick for r in rows),
            "groups": [g for g in groups if g[2]],
            "minutes": sum(r["minutes"] for r in rows),
            "now": now,
            "fresh": sum(ask.seen_at is None and ask.person_id == self.viewer.pk for ask in self.waiting),
            "made": [shown(a) for a in asks.made_by(self.viewer)[:8]],
            "panels": desk_panels(self.viewer),
            "news": [{"item": i, "text": text_of(i)} for i in asks.inbox(self.viewer)[:6]],
        }

    def _look(self, rows: list[dict]) -> None:
        """Each row gets what its kind tells of it at a glance."""
        asked: dict[str, list[Ask]] = {}
        for row in rows:
            asked.setdefault(row["ask"].kind, []).append(row["ask"])
        found: dict[int, Glance] = {}
        for kind, of_kind in asked.items():
            if tell := kinds[kind].glance:
                found |= tell(of_kind, self.viewer)
        for row in rows:
            row["glance"] = found.get(row["ask"].pk, Glance())

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
        return {
            "bounce": bounces.bounce_of(self.viewer),
            "items": [{"item": i, "text": text_of(i), "lines": lines_of(i)} for i in asks.inbox(self.viewer)[:100]],
        }


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
            "bounce": bounces.bounce_of(self.viewer),
            "grants": access.visible(self.viewer, _grant_model())
            .filter(person=self.viewer, archived_at=None)
            .select_related("scope"),
        }

    def act(self, form) -> Person:
        return edit_profile(themselves(self.viewer), **form.cleaned_data)

    def succeeded(self, outcome) -> HttpResponse:
        answer = HttpResponseRedirect(reverse("desk:profile"))
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, outcome.language, max_age=365 * 86400, samesite="Lax")
        answer.set_cookie("theme", outcome.theme, max_age=365 * 86400, samesite="Lax")
        return answer


class NoticesPage(FormPage):
    """What I am told, by which way, and when."""

    seen_by = access.EVERYONE
    form_class = NoticesForm
    template_name = "pmo_portal/desk/notices.html"

    def title(self) -> str:
        return _("How you are told")

    def form_arguments(self) -> dict[str, Any]:
        return {
            "chosen": choosing.own_choices(self.viewer),
            "before": choosing.in_force(choosing.office_choices()),
            "as_before": str(AS_OFFICE),
            "ways": timing.CHANNELS if self.chat else (timing.IN_APP, timing.MAIL),
        }

    @cached_property
    def chat(self) -> Webhook | None:
        return chatting.own_chat(self.viewer)

    def content(self) -> dict[str, Any]:
        return {"chat": self.chat}

    def act(self, form) -> int:
        return choosing.choose(themselves(self.viewer), form.touched())

    def receipt_of(self, outcome) -> str:
        return _("Saved.")

    def success_url(self, outcome) -> str:
        return reverse("desk:notices")


class ChatForm(forms.Form):
    shape = forms.ChoiceField(
        label=gettext_lazy("Chat"), choices=Webhook.Shape.choices[1:], initial="slack", widget=forms.RadioSelect
    )
    url = forms.CharField(
        label=gettext_lazy("Address of its incoming webhook"),
        max_length=500,
        help_text=gettext_lazy(
            "https://…, as the chat gives it. Whoever knows it can write there: only you see it here."
        ),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )


class ChatPage(FormPage):
    """My own chat: where it is, a trial, whether what was told has arrived."""

    seen_by = access.EVERYONE
    form_class = ChatForm
    template_name = "pmo_portal/desk/chat.html"

    def title(self) -> str:
        return _("Your chat")

    @cached_property
    def chat(self) -> Webhook | None:
        return chatting.own_chat(self.viewer)

    def initial(self) -> dict[str, Any]:
        return {"shape": self.chat.shape, "url": self.chat.url} if self.chat else {}

    def content(self) -> dict[str, Any]:
        rows = list(self.chat.deliveries.order_by("-pk")[:20]) if self.chat else []
        for row in rows:
            row.said, row.about = FAULTS.get(row.fault, ""), row.payload.get("data", {}).get("text") or _("Trial")
        return {"chat": self.chat, "deliveries": rows}

    def act(self, form) -> Webhook:
        return chatting.save_own_chat(themselves(self.viewer), **form.cleaned_data)

    def receipt_of(self, outcome) -> str:
        return _("Saved. Try it out, then choose what you are told there.")

    def success_url(self, outcome) -> str:
        return reverse("desk:chat")


class _OfChat(FormPage):
    """A button of the page of one's own chat."""

    seen_by = access.EVERYONE
    form_class = EmptyForm
    http_method_names = ["post"]

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(form.non_field_errors()))
        return HttpResponseRedirect(reverse("desk:chat"))

    def perform(self, form) -> Webhook:
        chat = chatting.own_chat(self.viewer)
        if chat is None:
            raise Http404
        return self.act(chat)

    def success_url(self, outcome) -> str:
        return reverse("desk:chat")


class ChatTrial(_OfChat):
    def act(self, chat) -> Webhook:
        webhook_actions.try_out(chat, by=themselves(self.viewer))
        return chat

    def receipt_of(self, outcome) -> str:
        return _("A message is on its way. Load the page again in a moment.")


class ChatEnding(_OfChat):
    def act(self, chat) -> Webhook:
        return webhook_actions.end_webhook(chat, by=themselves(self.viewer))

    def receipt_of(self, outcome) -> str:
        return _("Nothing is told there any more.")


@method_decorator(csrf_exempt, name="dispatch")
class EndingPage(FormPage):
    """Where a letter's "no more of these" leads: GET shows what would end, POST ends it (RFC 8058: a mail program's one
    click, without cookies)."""

    public = "the address is signed, for one person and some kinds of letters; all that it does is to end these"
    form_class = EmptyForm
    template_name = "pmo_portal/desk/ending.html"

    def setup(self, request, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.ending = ending.read(kwargs["token"])

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        if self.ending is None:
            raise Http404
        with translation.override(self.ending.person.language):
            answer = super().dispatch(request, *args, **kwargs)
        answer["Referrer-Policy"], answer["X-Robots-Tag"] = "no-referrer", "noindex"
        return answer

    def title(self) -> str:
        return _("No more letters of this kind")

    def content(self) -> dict[str, Any]:
        return {"told": self.ending.told}

    def act(self, form) -> list[str]:
        return ending.end(self.ending)

    def succeeded(self, outcome) -> HttpResponse:
        return self.show(ended=[notices[kind] for kind in outcome])


class AddressConfirmation(ActPage):
    """The address that letters came back from is right after all."""

    model = AddressBounce
    lookup = {"pk": "pk"}
    related = ("person",)
    permit = "resume"
    form_class = EmptyForm
    http_method_names = ["post"]

    def act(self, record, form) -> AddressBounce:
        return bounces.confirm(record, by=themselves(self.viewer))

    def receipt_of(self, outcome) -> str:
        return _("Letters go to %(address)s again.") % {"address": outcome.address}

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(form.non_field_errors()))
        return HttpResponseRedirect(self.success_url(self.record))

    def success_url(self, outcome) -> str:
        own = outcome.person_id == self.viewer.pk
        return reverse("desk:profile") if own else outcome.get_absolute_url()


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
