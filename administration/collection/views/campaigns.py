"""Campaigns, and the answers to them."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.collection import actions, forms, queries
from administration.collection.lists import CampaignList, ReplyList
from administration.collection.models import Campaign, CampaignReply
from administration.collection.views.base import SECTION, EmptyForm
from pmo_portal import access, audit
from pmo_portal.pages import ActPage, FormPage, ListPage, RecordPage
from pmo_portal.periods.queries import office_moment


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
    form_class = EmptyForm
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
