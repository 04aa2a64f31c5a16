"""The PMO staff's dashboard, arrangements and campaigns."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from administration.collection import actions, forms, queries
from administration.collection.charts import trend_chart
from administration.collection.lists import CampaignList, ReplyList
from administration.collection.models import Campaign, CampaignReply, ReportingArrangement
from pmo_portal import access, audit, lists
from pmo_portal.access.tree import office
from pmo_portal.pages import ActPage, DeskPage, FormPage, ListPage, RecordPage
from pmo_portal.periods.models import Cadence, ReportingPeriod
from pmo_portal.periods.queries import begun, collected_now, office_moment, one_before
from projects.register import queries as register
from projects.register.models import Project

SECTION = "administration:collection"
OFFICE = ("administrator", "manager", "auditor")


class _OfPeriod:
    """Pages that look at one period: the one the address names, else the one being collected."""

    request: Any

    @cached_property
    def period(self) -> ReportingPeriod | None:
        key = self.request.GET.get("period", "").replace("\0", "")[:20]
        if key:
            return get_object_or_404(begun(), key=key)
        return collected_now()


class CollectionDesk(_OfPeriod, DeskPage):
    """Who has reported, who has not, and whom to call."""

    seen_by = OFFICE
    section = SECTION
    template_name = "administration/collection/collection_desk.html"

    def title(self) -> str:
        if self.period is None:
            return _("No period is being collected")
        left = sum(self.counts[s] for s in ("late", "returned", "missing"))
        if not left:
            return _("%(period)s: every report is in") % {"period": self.period.label}
        return ngettext("%(period)s: %(count)s report to go", "%(period)s: %(count)s reports to go", left) % {
            "period": self.period.label,
            "count": left,
        }

    @cached_property
    def counts(self) -> dict[str, int]:
        return queries.counts(self.viewer, self.period)

    def content(self) -> dict[str, Any]:
        if self.period is None:
            return {}
        previous = one_before(self.period)
        before = queries.counts(self.viewer, previous) if previous else None
        total = sum(self.counts.values())
        trend = queries.trend(queries.own_place(self.viewer), self.period)
        bar, x = [], 0.0
        for s in queries.STATES:
            width = round(self.counts[s] * 100 / total, 2) if total else 0
            bar.append({"key": s, "x": round(x, 2), "width": max(0, width - 0.25)})
            x += width
        return {
            "bar": bar,
            "burden": trend[-1]["burden"] or (trend[-2]["burden"] if len(trend) > 1 else None) if trend else None,
            "period": self.period,
            "previous": previous,
            "total": total,
            "figures": [
                {
                    "key": s,
                    "label": queries.WORDS_OF_STATE[s],
                    "count": self.counts[s],
                    "before": before[s] if before else None,
                    "share": self.counts[s] * 100 / total if total else 0,
                }
                for s in queries.STATES
            ],
            "owing": queries.owing(self.viewer, self.period),
            "submitted": queries.submitted(self.viewer, self.period),
            "portfolios": queries.by_portfolio(self.viewer, self.period),
            "calls": queries.worth_a_call(self.viewer, self.period),
            "trend": trend,
            "chart": trend_chart(trend),
            "latest": trend[-2] if len(trend) > 1 else None,
            "periods": begun().exclude(cadence=Cadence.DATED)[:18],
            "may_act": access.holds(self.viewer, "administrator"),
            "campaigns": queries.campaigns(self.viewer).filter(state=Campaign.State.OPEN)[:5],
        }


class ReminderPage(_OfPeriod, FormPage):
    """The letter that goes out is seen before it goes."""

    seen_by = ("administrator",)
    section = SECTION
    form_class = forms.ReminderForm
    template_name = "administration/collection/reminder_form.html"

    def title(self) -> str:
        return _("Remind")

    @cached_property
    def owing(self) -> list:
        return [o for o in queries.owing(self.viewer, self.period, most=500) if o.ask] if self.period else []

    def form_arguments(self) -> dict[str, Any]:
        return {"owing": self.owing}

    def initial(self) -> dict[str, Any]:
        chosen = [int(v) for v in self.request.GET.getlist("ask") if v.isascii() and v.isdigit() and len(v) < 15]
        return {"ask": chosen or [o.ask.pk for o in self.owing if o.state != "missing"]}

    def content(self) -> dict[str, Any]:
        from pmo_portal.asks.letters import shown

        return {"period": self.period, "owing": self.owing, "sample": shown(self.owing[0].ask) if self.owing else None}

    def act(self, form) -> int:
        wanted = set(form.cleaned_data["ask"])
        items = [o.ask for o in self.owing if o.ask.pk in wanted]
        return actions.remind_many(items, by=self.viewer, text=form.cleaned_data["text"])

    def success_url(self, outcome) -> str:
        messages.success(
            self.request,
            ngettext("%(count)s person reminded.", "%(count)s people reminded.", outcome) % {"count": outcome},
        )
        return reverse("administration:collection:dashboard")


class _Arranging(ActPage):
    model = Project
    lookup = {"key": "key"}
    related = register.RELATED
    permit = "arrange_reporting"
    section = SECTION
    template_name = "pages/form.html"

    def admit(self) -> None:
        super().admit()
        self.period = get_object_or_404(ReportingPeriod, key=self.kwargs["period"])

    def success_url(self, outcome) -> str:
        return f"{reverse('administration:collection:dashboard')}?period={self.period.key}"


class ExemptionPage(_Arranging):
    form_class = forms.ExemptionForm

    def title(self) -> str:
        return _("Exempt %(project)s from the %(period)s report") % {
            "project": self.record.name,
            "period": self.period.label,
        }

    def act(self, record, form):
        return actions.exempt(record, self.period, by=self.viewer, **form.cleaned_data)


class ExtensionPage(_Arranging):
    form_class = forms.ExtensionForm

    def title(self) -> str:
        return _("More time for %(project)s") % {"project": self.record.name}

    def act(self, record, form):
        return actions.extend(
            record, self.period, by=self.viewer, due_at=form.due_at, reason=form.cleaned_data["reason"]
        )


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


class CampaignListPage(ListPage):
    list_class = CampaignList
    seen_by = ("administrator", "manager", "expert", "auditor")
    section = SECTION
    template_name = "administration/collection/campaign_list.html"

    def content(self) -> dict[str, Any]:
        return {"may_add": access.holds(self.viewer, "administrator", "manager", "expert")}


class CampaignCreation(FormPage):
    seen_by = ("administrator", "manager", "expert")
    section = SECTION
    form_class = forms.CampaignForm
    template_name = "administration/collection/campaign_form.html"

    def title(self) -> str:
        return _("New campaign")

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def act(self, form) -> Campaign:
        given = form.cleaned_data
        scope = given["portfolio"].scope if given.get("portfolio") else office()
        return actions.create_campaign(
            by=self.viewer,
            scope=scope,
            questions=form.questions(),
            projects=form.projects(),
            title_ja=given["title_ja"],
            title_en=given["title_en"],
            purpose=given["purpose"],
            minutes=given["minutes"],
            due_at=office_moment(given["due_on"], time(17, 0)),
        )


class CampaignRecordPage(RecordPage):
    model = Campaign
    lookup = {"pk": "pk"}
    related = ("owner", "scope")
    section = SECTION
    template_name = "administration/collection/campaign_record.html"

    def get(self, request, *args, **kwargs):
        self.listing = ReplyList(self.viewer, request.GET, campaign=self.record)
        return lists.instead(self.listing, request) or self.show("rows")

    def content(self) -> dict[str, Any]:
        states = dict.fromkeys(CampaignReply.State.values, 0)
        for state in self.record.replies.values_list("state", flat=True):
            states[state] += 1
        return {
            "listing": self.listing.page(self.request.path),
            "states": states,
            "questions": self.record.questions.all(),
            "history": audit.told(audit.history(self.viewer, self.record)[:20]),
            "total": sum(states.values()),
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


class CampaignReplyPage(ActPage):
    """A project's answers."""

    model = CampaignReply
    lookup = {"pk": "pk"}
    related = ("campaign__owner", "project__pm", "project__scope", "answered_by")
    permit_to_write = "answer"
    form_class = forms.ReplyForm
    template_name = "administration/collection/reply_form.html"

    def title(self) -> str:
        return f"{self.record.campaign} — {self.record.project}"

    def form_arguments(self) -> dict[str, Any]:
        return {"campaign": self.record.campaign}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version} | {f"q{n}": v for n, v in self.record.answers.items()}

    def content(self) -> dict[str, Any]:
        return {"may_answer": access.may(self.viewer, "answer", self.record), "campaign": self.record.campaign}

    def act(self, record, form) -> CampaignReply:
        return actions.answer_campaign(
            record, by=self.viewer, answers=form.answers(), version=form.cleaned_data["version"]
        )

    def success_url(self, outcome) -> str:
        return "/"
