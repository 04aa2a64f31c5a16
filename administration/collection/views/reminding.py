"""Reminding: the letters are seen before they go."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.collection import actions, forms, queries
from administration.collection.models import Campaign
from administration.collection.views.base import SECTION, OfPeriods, whole_numbers
from pmo_portal import access
from pmo_portal.asks.letters import preview_reminder
from pmo_portal.pages import FormPage


class _Reminding(FormPage):
    """The letters that go out are seen before they go: each in its receiver's language, with the sender's words."""

    section = SECTION
    form_class = forms.ReminderForm
    template_name = "administration/collection/reminder_form.html"

    @cached_property
    def candidates(self) -> list[dict]:
        """Who could be reminded: `id` of the row, `ask`, who is its `reader` today, `what` it is about, whether it is
        `late`, and whether it is `picked` where nobody has been picked yet."""
        raise NotImplementedError

    @cached_property
    def unreached(self) -> list[dict]:
        """What nobody can be reminded of: `id` of the row, `project`, `period`, and who would be the `person`."""
        return []

    @property
    def back_url(self) -> str:
        raise NotImplementedError

    def title(self) -> str:
        return _("Remind")

    def form_arguments(self) -> dict[str, Any]:
        return {
            "choices": [(c["id"], f"{c['ask'].person} — {c['what']}") for c in self.candidates],
            "languages": sorted({c["reader"].language for c in self.candidates}, reverse=True) or ["ja"],
        }

    def initial(self) -> dict[str, Any]:
        """Whoever was picked, and the words as they were typed so far."""
        asked = self.request.GET
        chosen = whole_numbers(asked.getlist("pick"))
        typed = {name: asked[name][:1000] for name in ("text_ja", "text_en") if name in asked}
        return {"pick": chosen or [c["id"] for c in self.candidates if c["picked"]], **typed}

    def get(self, request, *args, **kwargs) -> HttpResponse:
        return self.show("letters", form=self.get_form())

    def context(self, **more) -> dict[str, Any]:
        form = more.get("form") or self.get_form()
        return super().context(**more, **self._letters(form))

    def _letters(self, form) -> dict[str, Any]:
        """One letter per language, written to the first receiver who reads it; how many each."""
        values = form["pick"].value() or []
        chosen = {int(v) for v in values if str(v).isdigit()}
        picked = [c for c in self.candidates if c["id"] in chosen]
        texts, is_embedded = form.texts_now(), self.is_fragment and self.request.GET.get("embedded") == "1"
        by_language: dict[str, list[dict]] = {}
        for c in picked:
            by_language.setdefault(c["reader"].language, []).append(c)
        letters = [
            preview_reminder(group[0]["ask"], self.viewer, texts.get(language, ""))
            | {"others": len(group) - 1, "count": len(group)}
            for language, group in sorted(by_language.items(), reverse=True)
        ]
        return {
            "letters": letters,
            "picked": picked,
            "picked_ids": chosen,
            "candidates": self.candidates,
            "has_late": any(c["late"] for c in self.candidates),
            "unreached": [u for u in self.unreached if u["id"] in chosen or not is_embedded],
            "back_url": self.back_url,
            "is_embedded": is_embedded,
            "send_url": f"{self.request.path}?{self._kept()}",
        }

    def _kept(self) -> str:
        """What the address says besides the letters themselves."""
        kept = self.request.GET.copy()
        for gone in ("pick", "text_ja", "text_en", "csrfmiddlewaretoken", "embedded"):
            kept.pop(gone, None)
        return kept.urlencode()

    def act(self, form) -> actions.Reminded:
        wanted = set(form.cleaned_data["pick"])
        items = [c["ask"] for c in self.candidates if c["id"] in wanted]
        return actions.remind_many(items, by=self.viewer, texts=form.texts())

    def success_url(self, outcome) -> str:
        said = []
        if outcome.sent or not outcome.left:
            told = ngettext("%(count)s person reminded.", "%(count)s people reminded.", outcome.sent)
            said.append(told % {"count": outcome.sent})
        if outcome.left:
            told = ngettext(
                "%(count)s was reminded less than an hour ago and can be reminded again from %(time)s.",
                "%(count)s were reminded less than an hour ago and can be reminded again from %(time)s.",
                outcome.left,
            )
            again = timezone.localtime(outcome.again_at).strftime("%-H:%M")
            said.append(told % {"count": outcome.left, "time": again})
        messages.success(self.request, " ".join(said))
        return self.back_url


class ReminderPage(OfPeriods, _Reminding):
    """Reminders of reports."""

    seen_by = ("administrator",)

    @cached_property
    def owing(self) -> list[dict]:
        """Every report that is still to come, with who would read a letter about it today."""
        found = queries.owing(self.viewer, self.periods, self.narrowing, most=500) if self.periods else []
        readers = queries.readers()
        return [{"owing": o, "reader": readers.get(o.ask.person_id, o.ask.person) if o.ask else None} for o in found]

    @cached_property
    def candidates(self) -> list[dict]:
        return [
            {
                "id": row["owing"].row.pk,
                "ask": row["owing"].ask,
                "reader": row["reader"],
                "what": row["owing"].row.project.name,
                "late": row["owing"].state != "missing",
                "picked": False,
            }
            for row in self.owing
            if row["reader"] and row["reader"].is_reached and access.may(self.viewer, "remind", row["owing"].ask)
        ]

    @cached_property
    def unreached(self) -> list[dict]:
        return [
            {
                "id": row["owing"].row.pk,
                "project": row["owing"].row.project,
                "period": row["owing"].row.period,
                "person": row["reader"],
            }
            for row in self.owing
            if row["reader"] is None or not row["reader"].is_reached
        ]

    @property
    def back_url(self) -> str:
        return self.desk_url


class CampaignReminder(_Reminding):
    """Reminders of a campaign's questions."""

    model = Campaign
    lookup = {"pk": "pk"}
    related = ("owner", "scope")
    permit = "close"

    @cached_property
    def candidates(self) -> list[dict]:
        found, readers = queries.waiting_asks(self.viewer, self.record), queries.readers()
        return [
            {
                "id": r.pk,
                "ask": a,
                "reader": readers.get(a.person_id, a.person),
                "what": r.project.name,
                "late": False,
                "picked": True,
            }
            for r, a in found
            if readers.get(a.person_id, a.person).is_reached
        ]

    @property
    def back_url(self) -> str:
        return self.record.get_absolute_url()
