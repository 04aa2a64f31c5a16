"""The PMO staff's dashboard, arrangements and campaigns."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from administration.collection import actions, forms, queries
from administration.collection.charts import trend_chart
from administration.collection.lists import CampaignList, ExpectedList, ReplyList
from administration.collection.models import Campaign, CampaignReply, ReportingArrangement
from pmo_portal import access, audit
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.asks.letters import preview_reminder
from pmo_portal.pages import ActPage, DeskPage, FormPage, ListPage, RecordPage
from pmo_portal.periods.models import Cadence, ReportingPeriod
from pmo_portal.periods.queries import begun, office_moment
from projects.register import queries as register
from projects.register.models import Project

SECTION = "administration:collection"
OFFICE = ("administrator", "manager", "auditor")
BREAKDOWNS = ("portfolio", "pm")


def whole_numbers(values: list[str], most: int = 500) -> list[int]:
    """Ids from an address; what is none is left out."""
    return [int(v) for v in values[:most] if v.isascii() and v.isdigit() and len(v) < 15]


class _OfPeriods:
    """Pages about the periods that the address names, else about all that are being collected."""

    request: Any
    viewer: Any

    @cached_property
    def periods(self) -> list[ReportingPeriod]:
        keys = [key.replace("\0", "")[:20] for key in self.request.GET.getlist("period") if key]
        found = queries.periods_of(keys)
        if keys and not found:
            raise Http404(_("There is no such period."))
        return found

    @cached_property
    def narrowing(self) -> queries.Narrowing:
        pm = whole_numbers([self.request.GET.get("pm", "")])
        return queries.Narrowing(
            portfolio=self.request.GET.get("portfolio", "").replace("\0", "")[:40], pm=pm[0] if pm else None
        )

    @property
    def desk_url(self) -> str:
        """Back to the dashboard as it was narrowed."""
        kept = self.request.GET.copy()
        for gone in ("pick", "text_ja", "text_en", "embedded", "csrfmiddlewaretoken"):
            kept.pop(gone, None)
        text = kept.urlencode()
        return reverse("administration:collection:dashboard") + (f"?{text}" if text else "")


class CollectionDesk(_OfPeriods, DeskPage):
    """Who has reported, who has not, and whom to call."""

    seen_by = OFFICE
    section = SECTION
    template_name = "administration/collection/collection_desk.html"

    def title(self) -> str:
        if not self.periods:
            return _("No period is being collected")
        left, named = self.counted.to_go, self.periods[0].label if len(self.periods) == 1 else ""
        if not left:
            return _("%(period)s: every report is in") % {"period": named} if named else _("Every report is in")
        if named:
            words = ngettext("%(period)s: %(count)s report to go", "%(period)s: %(count)s reports to go", left)
            return words % {"period": named, "count": left}
        return ngettext("%(count)s report to go", "%(count)s reports to go", left) % {"count": left}

    @cached_property
    def counted(self) -> queries.Counted:
        return queries.counted(self.viewer, self.periods, self.narrowing)

    def content(self) -> dict[str, Any]:
        if not self.periods:
            return {}
        viewer, periods, narrowing, counted = self.viewer, self.periods, self.narrowing, self.counted
        common = queries.common_of(periods)
        before = queries.counts_before(viewer, periods, narrowing, common=common)
        trend = queries.trend(viewer, common.histories.until(self.main_period, 12))
        sends, silent = queries.coming_sends(viewer, common=common)
        breakdown = self.request.GET.get("by", "")
        breakdown = breakdown if breakdown in BREAKDOWNS else "portfolio"
        people, more_people = queries.by_pm(viewer, periods, narrowing) if breakdown == "pm" else ([], 0)
        return {
            "periods": [self._told(p, counted.periods.get(p.pk)) for p in periods],
            "is_all": not any(self.request.GET.getlist("period")),
            "bar": _bar(counted),
            "total": counted.total,
            "to_go": counted.to_go,
            "in_count": counted.all["in"],
            "to_go_before": sum(before[s] for s in queries.TO_GO) if before else None,
            "figures": [
                {
                    "key": s,
                    "label": queries.WORDS_OF_STATE[s],
                    "count": counted.all[s],
                    "before": before[s] if before else None,
                    "url": self._list_url(s),
                }
                for s in queries.STATES
            ],
            "owing": queries.owing(viewer, periods, narrowing, common=common),
            "submitted": queries.submitted(viewer, periods, narrowing),
            "breakdown": breakdown,
            "lines": people or counted.portfolios,
            "more_people": more_people,
            "calls": queries.worth_a_call(viewer, periods, narrowing, common=common),
            "sends": sends,
            "silent": silent,
            "trend": trend,
            "chart": trend_chart(trend),
            "burden": next((t["burden"] for t in reversed(trend) if t["burden"] is not None), None),
            "choices": begun().exclude(cadence=Cadence.DATED)[:18],
            "chosen": {p.key for p in periods},
            "narrowing": narrowing,
            "narrowed_to": self._narrowed_to(),
            "query": self.request.GET.urlencode(),
            "and_query": f"&{self.request.GET.urlencode()}" if self.request.GET else "",
            "query_rest": self._query_without("by"),
            "list_url": self._list_url(""),
            "may_act": access.holds(viewer, "administrator"),
            "arranged": queries.in_force(viewer, periods, narrowing),
            "campaigns": queries.running_campaigns(viewer),
        }

    @property
    def main_period(self) -> ReportingPeriod:
        """The one whose course over time is drawn: where several run, the one most reports are expected for."""
        return max(self.periods, key=lambda p: self.counted.periods.get(p.pk, {}).get("expected", 0))

    @staticmethod
    def _told(period: ReportingPeriod, line: dict | None) -> dict:
        due = timezone.localdate(period.due_at)
        days = (timezone.localdate() - due).days if period.due_at < timezone.now() else 0
        return {"period": period, "line": line or {}, "days_late": days}

    def _query_without(self, *names: str) -> str:
        params = self.request.GET.copy()
        for gone in names:
            params.pop(gone, None)
        return params.urlencode()

    def _list_url(self, state: str) -> str:
        params = self.request.GET.copy()
        for gone in ("by", "pick", "state"):
            params.pop(gone, None)
        if state:
            params["state"] = state
        text = params.urlencode()
        return reverse("administration:collection:expected_list") + (f"?{text}" if text else "")

    def _narrowed_to(self) -> str:
        if self.narrowing.portfolio:
            found = register.portfolios(self.viewer).filter(key=self.narrowing.portfolio).first()
            return found.name if found else self.narrowing.portfolio
        if self.narrowing.pm:
            line = next(iter(queries.by_pm(self.viewer, self.periods, self.narrowing, most=1)[0]), None)
            return str(line["pm"]) if line else ""
        return ""


def _bar(counted: queries.Counted) -> list[dict]:
    """The states side by side, as shares of a hundred."""
    bar, x, total = [], 0.0, counted.total
    for state in queries.STATES:
        width = round(counted.all[state] * 100 / total, 2) if total else 0
        bar.append({"key": state, "x": round(x, 2), "width": max(0, round(width - 0.25, 2))})
        x += width
    return bar


class ExpectedListPage(ListPage):
    """Every expected report in a line, to filter, sort and take away."""

    list_class = ExpectedList
    seen_by = OFFICE
    section = SECTION
    template_name = "administration/collection/expected_list.html"


# ---- reminding


class _Reminding(FormPage):
    """The letters that go out are seen before they go: each in its receiver's language, with the sender's words."""

    section = SECTION
    form_class = forms.ReminderForm
    template_name = "administration/collection/reminder_form.html"

    @cached_property
    def candidates(self) -> list[dict]:
        """Who could be reminded: `id` of the row, `ask`, who is its `reader` today, `what` it is about, how `urgent`."""
        raise NotImplementedError

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
        """Whoever was picked, else those who are late or were returned; the words as they were typed so far."""
        asked = self.request.GET
        chosen = whole_numbers(asked.getlist("pick"))
        typed = {name: asked[name][:1000] for name in ("text_ja", "text_en") if name in asked}
        return {"pick": chosen or [c["id"] for c in self.candidates if c["urgent"]], **typed}

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
        texts = form.texts_now()
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
            "candidates": self.candidates,
            "back_url": self.back_url,
            "is_embedded": self.is_fragment and self.request.GET.get("embedded") == "1",
            "send_url": f"{self.request.path}?{self._kept()}",
        }

    def _kept(self) -> str:
        """What the address says besides the letters themselves."""
        kept = self.request.GET.copy()
        for gone in ("pick", "text_ja", "text_en", "csrfmiddlewaretoken", "embedded"):
            kept.pop(gone, None)
        return kept.urlencode()

    def act(self, form) -> int:
        wanted = set(form.cleaned_data["pick"])
        items = [c["ask"] for c in self.candidates if c["id"] in wanted]
        return actions.remind_many(items, by=self.viewer, texts=form.texts())

    def success_url(self, outcome) -> str:
        sent = ngettext("%(count)s person reminded.", "%(count)s people reminded.", outcome) % {"count": outcome}
        messages.success(self.request, sent)
        return self.back_url


class ReminderPage(_OfPeriods, _Reminding):
    """Reminders of reports."""

    seen_by = ("administrator",)

    @cached_property
    def candidates(self) -> list[dict]:
        found = queries.owing(self.viewer, self.periods, self.narrowing, most=500) if self.periods else []
        readers = queries.readers()
        return [
            {
                "id": o.row.pk,
                "ask": o.ask,
                "reader": readers.get(o.ask.person_id, o.ask.person),
                "what": o.row.project.name,
                "urgent": o.state != "missing",
            }
            for o in found
            if o.ask and access.may(self.viewer, "remind", o.ask)
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
                "urgent": True,
            }
            for r, a in found
        ]

    @property
    def back_url(self) -> str:
        return self.record.get_absolute_url()


# ---- arrangements for one or many


class _Arranging(_OfPeriods, FormPage):
    """More time, or no report, for the rows that the address picks."""

    seen_by = ("administrator",)
    section = SECTION
    template_name = "administration/collection/arrangement_form.html"

    @cached_property
    def rows(self) -> list:
        picked = self.request.POST.getlist("pick") or self.request.GET.getlist("pick")
        return queries.rows_of(self.viewer, whole_numbers(picked))

    def content(self) -> dict[str, Any]:
        return {"rows": self.rows, "back_url": self.desk_url, "verb": self.verb}

    @property
    def verb(self) -> str:
        raise NotImplementedError

    def post(self, request, *args, **kwargs) -> HttpResponse:
        if self.rows:
            return super().post(request, *args, **kwargs)
        form = self.typed_form(request.POST)
        form.add_error(None, _("Choose at least one report that is still to come."))
        return self.refused(form)

    def success_url(self, outcome) -> str:
        return self.desk_url


class ExemptionPage(_Arranging):
    form_class = forms.ExemptionForm

    @property
    def verb(self) -> str:
        return pgettext("verb", "Exempt")

    def title(self) -> str:
        return ngettext("No report from %(count)s project", "No report from %(count)s projects", len(self.rows)) % {
            "count": len(self.rows)
        }

    def content(self) -> dict[str, Any]:
        return super().content() | {"is_routed": actions.is_exempted_by_route(self.rows, by=self.viewer)}

    def act(self, form) -> list:
        return actions.exempt_many(self.rows, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        asked = [made for made in outcome if isinstance(made, ApprovalRequest)]
        if asked:
            said = ngettext(
                "%(count)s request is on its route; the report is owed until it is approved.",
                "%(count)s requests are on their routes; the reports are owed until they are approved.",
                len(asked),
            )
            messages.success(self.request, said % {"count": len(asked)})
        return super().success_url(outcome)


class ExtensionPage(_Arranging):
    form_class = forms.ExtensionForm

    @property
    def verb(self) -> str:
        return _("Extend the date")

    def title(self) -> str:
        return ngettext("More time for %(count)s project", "More time for %(count)s projects", len(self.rows)) % {
            "count": len(self.rows)
        }

    def act(self, form) -> int:
        return actions.extend_many(self.rows, by=self.viewer, due_at=form.due_at, reason=form.cleaned_data["reason"])


class _EmptyForm(forms.forms.Form):
    """A button and nothing else."""


class ArrangementEnd(ActPage):
    model = ReportingArrangement
    lookup = {"pk": "pk"}
    related = ("project__scope", "project__pm", "period")
    permit = "end"
    section = SECTION
    form_class = _EmptyForm
    http_method_names = ["post"]

    def act(self, record, form):
        actions.end_arrangement(record, by=self.viewer)
        return record

    def success_url(self, outcome) -> str:
        return reverse("administration:collection:dashboard")

    def refused(self, form) -> HttpResponse:
        for error in form.non_field_errors():
            messages.error(self.request, error)
        return HttpResponseRedirect(self.success_url(None))


class CallNote(ActPage):
    """What came of a call about a project."""

    model = Project
    lookup = {"key": "key"}
    related = register.RELATED
    permit = "arrange_reporting"
    section = SECTION
    form_class = forms.CallForm
    template_name = "administration/collection/call_form.html"

    def title(self) -> str:
        return _("Note a call: %(project)s") % {"project": self.record.name}

    def content(self) -> dict[str, Any]:
        return {"project": self.record, "called": queries.last_calls([self.record]).get(self.record.pk)}

    def act(self, record, form) -> Project:
        actions.note_call(record, by=self.viewer, **form.cleaned_data)
        return record

    def success_url(self, outcome) -> str:
        return reverse("administration:collection:dashboard")


# ---- campaigns


class CampaignListPage(ListPage):
    list_class = CampaignList
    seen_by = ("administrator", "manager", "expert", "auditor")
    section = SECTION
    template_name = "administration/collection/campaign_list.html"

    def content(self) -> dict[str, Any]:
        return {"may_add": access.holds(self.viewer, "administrator", "manager", "expert")}


class _CampaignForm:
    """What a campaign's form gives to the actions."""

    section = SECTION
    form_class = forms.CampaignForm
    template_name = "administration/collection/campaign_form.html"
    viewer: Any

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    @staticmethod
    def given(form) -> dict[str, Any]:
        given = form.cleaned_data
        return {
            "questions": form.questions(),
            "projects": form.projects(),
            "title_ja": given["title_ja"],
            "title_en": given["title_en"],
            "purpose": given["purpose"],
            "minutes": given["minutes"],
            "due_at": office_moment(given["due_on"], time(17, 0)),
        }


class CampaignCreation(_CampaignForm, FormPage):
    seen_by = ("administrator", "manager", "expert")

    def title(self) -> str:
        return _("New campaign")

    def act(self, form) -> Campaign:
        portfolio = form.cleaned_data.get("portfolio")
        scope = portfolio.scope if portfolio else self._own_scope()
        return actions.create_campaign(by=self.viewer, scope=scope, **self.given(form))

    def _own_scope(self):
        """The office, or the place where the viewer's role was granted."""
        place = queries.campaign_place(self.viewer)
        if place is None:
            raise ValidationError(_("Your roles do not allow this here."), code="role")
        return place


class CampaignEdit(_CampaignForm, ActPage):
    """A draft is changed until it is opened."""

    model = Campaign
    lookup = {"pk": "pk"}
    related = ("owner", "scope")
    permit = "edit"

    def title(self) -> str:
        return _("Edit %(campaign)s") % {"campaign": self.record}

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if self.record.state != Campaign.State.DRAFT:
            return HttpResponseRedirect(self.record.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer, "campaign": self.record}

    def initial(self) -> dict[str, Any]:
        return forms.CampaignForm.initial_of(self.record)

    def act(self, record, form) -> Campaign:
        version, portfolio = form.cleaned_data.get("version"), form.cleaned_data.get("portfolio")
        scope = portfolio.scope if portfolio else None
        return actions.edit_campaign(record, by=self.viewer, version=version, scope=scope, **self.given(form))


class CampaignRecordPage(RecordPage):
    model = Campaign
    lookup = {"pk": "pk"}
    related = ("owner", "scope")
    section = SECTION
    template_name = "administration/collection/campaign_record.html"

    def fetch(self) -> Campaign:
        """With its questions: the table, the summary and the page all go by them."""
        campaign = super().fetch()
        prefetch_related_objects([campaign], "questions")
        return campaign

    def get(self, request, *args, **kwargs):
        self.listing = ReplyList(self.viewer, request.GET, campaign=self.record)
        return self.as_file(self.listing) or self.show("rows")

    def content(self) -> dict[str, Any]:
        states = queries.reply_states(self.viewer, self.record)
        asked = sum(states.values()) - states["excused"]
        return {
            "listing": self.listing.page(self.request.path),
            "states": states,
            "asked": asked,
            "share": round(states["answered"] * 100 / asked, 1) if asked else 0,
            "summary": queries.summary(self.viewer, self.record),
            "questions": self.record.questions.all(),
            "history": audit.told(audit.history(self.viewer, self.record)[:20]),
            "is_overdue": self.record.state == Campaign.State.OPEN and self.record.due_at < timezone.now(),
        }


class _CampaignAct(ActPage):
    model = Campaign
    lookup = {"pk": "pk"}
    related = ("owner", "scope")
    section = SECTION
    form_class = _EmptyForm
    http_method_names = ["post"]

    def refused(self, form):
        messages.error(self.request, " ".join(form.non_field_errors()))
        return HttpResponseRedirect(self.record.get_absolute_url())


class CampaignOpening(_CampaignAct):
    permit = "open"

    def act(self, record, form):
        return actions.open_campaign(record, by=self.viewer)


class CampaignClosure(_CampaignAct):
    permit = "close"

    def act(self, record, form):
        return actions.close_campaign(record, by=self.viewer)


class CampaignReopening(ActPage):
    """Answers again, until another date."""

    model = Campaign
    lookup = {"pk": "pk"}
    related = ("owner", "scope")
    permit = "close"
    section = SECTION
    form_class = forms.ReopenForm

    def title(self) -> str:
        return _("Take answers again: %(campaign)s") % {"campaign": self.record}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> Campaign:
        given = form.cleaned_data
        return actions.reopen_campaign(
            record, by=self.viewer, due_at=form.due_at, reason=given["reason"], version=given["version"]
        )


class CampaignReplyPage(ActPage):
    """A project's answers."""

    model = CampaignReply
    lookup = {"pk": "pk"}
    related = ("campaign__owner", "project__pm", "project__scope", "answered_by")
    permit_to_write = "answer"
    section = SECTION
    form_class = forms.ReplyForm
    template_name = "administration/collection/reply_form.html"

    def title(self) -> str:
        return f"{self.record.campaign} — {self.record.project}"

    def form_arguments(self) -> dict[str, Any]:
        return {"campaign": self.record.campaign}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version} | {f"q{n}": v for n, v in self.record.answers.items()}

    def content(self) -> dict[str, Any]:
        reply, campaign = self.record, self.record.campaign
        is_open = campaign.state == Campaign.State.OPEN
        questions = campaign.questions.all()
        return {
            "campaign": campaign,
            "may_answer": is_open and access.may(self.viewer, "answer", reply),
            "may_excuse": is_open and reply.state == "waiting" and access.may(self.viewer, "excuse", reply),
            "answers": [(q, queries.told_answer(q, reply.answers.get(str(q.number)))) for q in questions],
            "on_behalf": reply.project.pm_id not in (None, self.viewer.pk),
        }

    def act(self, record, form) -> CampaignReply:
        return actions.answer_campaign(
            record, by=self.viewer, answers=form.answers(), version=form.cleaned_data["version"]
        )

    def success_url(self, outcome) -> str:
        own = access.acts_for(self.viewer, self.record.project.pm_id)
        return reverse("desk:desk") if own else self.record.campaign.get_absolute_url()


class ReplyExcuse(ActPage):
    """This project need not answer."""

    model = CampaignReply
    lookup = {"pk": "pk"}
    related = ("campaign__owner", "project__pm", "project__scope")
    permit = "excuse"
    section = SECTION
    form_class = forms.ExcuseForm

    def title(self) -> str:
        return _("No answer needed: %(project)s") % {"project": self.record.project}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> CampaignReply:
        return actions.excuse_reply(record, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        return self.record.campaign.get_absolute_url()
