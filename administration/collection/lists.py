"""The collection's lists."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from administration.collection import queries
from administration.collection.models import Campaign, CampaignQuestion, CampaignReply
from pmo_portal import access, lists
from pmo_portal.lists import Choice, Column, Flag
from pmo_portal.periods.models import Tier
from pmo_portal.periods.queries import begun
from projects.register.lists import portfolio_options
from projects.status.models import ProjectPeriod


def period_options(viewer):
    return [(p.key, p.label) for p in begun()[:30]]


class ExpectedList(lists.List):
    """Every report that is expected or excused, one line each: those being collected now unless a period is named."""

    model = ProjectPeriod
    title = _("Expected reports")
    related = ("project__pm", "project__portfolio", "project__scope", "period", "report__submitted_by")
    search = ("project__key", "project__name_ja", "project__name_en", "project__pm__name_ja", "project__pm__name_en")
    order = ("project__pm__kana", "project__key", "pk")
    columns = [
        Column("project", _("Project"), "project.name", sort="project__name_folded", phone="first"),
        Column("key", _("Key"), "project.key", sort="project__key"),
        Column("pm", _("PM"), "project.pm", sort="project__pm__kana", kind="person", phone="second"),
        Column(
            "state",
            _("State"),
            lambda r: queries.WORDS_OF_STATE[r.collected],
            sort="collected",
            kind="text",
            phone="first",
        ),
        Column("period", _("Period"), "period.label", sort="period__starts_on", phone="second"),
        Column("due", _("Due"), "period.due_at", sort="period__due_at", kind="moment", phone="second"),
        Column("submitted", _("Submitted"), "report.submitted_at", sort="report__submitted_at", kind="moment"),
        Column("by", _("Submitted by"), "report.submitted_by", sort="report__submitted_by__kana", kind="person"),
        Column("portfolio", _("Portfolio"), "project.portfolio.name", sort="project__portfolio__key"),
        Column("tier", _("Tier"), "project.tier", sort="project__tier"),
    ]
    filters = [
        Choice("period", _("Period"), "period__key", options=period_options),
        Choice("state", _("State"), "collected", options=lambda viewer: queries.WORDS_OF_STATE.items()),
        Choice("portfolio", _("Portfolio"), "project__portfolio__key", options=portfolio_options),
        Choice("tier", _("Tier"), "project__tier", options=Tier.choices),
        Flag("behalf", _("Entered on behalf"), when=Q(report__origin="on_behalf")),
    ]
    empty_text = _("Here stand the reports of each period, in or still to come.")

    def base(self):
        periods = queries.periods_of([key.replace("\0", "")[:20] for key in self.params.getlist("period")])
        pm = self.params.get("pm", "")
        narrowing = queries.Narrowing(pm=int(pm)) if pm.isascii() and pm.isdigit() and len(pm) < 15 else None
        return queries.with_standing(queries.expected(self.viewer, periods, narrowing))

    def url_of(self, record) -> str:
        if record.report_id and record.state not in ("draft", "missing"):
            return reverse("projects:status:status_report", args=(record.project.key, record.period.key))
        return record.project.get_absolute_url()


class CampaignList(lists.List):
    model = Campaign
    title = _("Campaigns")
    related = ("owner",)
    search = ("title_ja", "title_en")
    order = ("-pk",)
    columns = [
        Column("title", _("Title"), "title", phone="first"),
        Column("state", _("State"), "get_state_display", sort="state", phone="second"),
        Column("answered", _("Answered"), lambda c: f"{c.answered} / {c.answered + c.waiting}", phone="first"),
        Column("due", _("Due"), "due_at", sort="due_at", kind="moment", phone="second"),
        Column("owner", _("Owner"), "owner", sort="owner__kana", kind="person"),
    ]
    filters = [
        Choice("state", _("State"), "state", options=Campaign.State.choices),
        Flag(
            "late",
            _("Past its date"),
            when=lambda viewer: Q(state=Campaign.State.OPEN, due_at__lt=timezone.now()),
        ),
    ]
    empty_text = _(
        "A campaign asks a set of questions of chosen projects by a date, and puts the answers into one table."
    )

    def base(self):
        return queries.with_answers(queries.campaigns(self.viewer))

    def first_steps(self):
        may_add = access.holds(self.viewer, "administrator", "manager", "expert")
        return [(_("Ask the first question"), reverse("administration:collection:campaign_new"))] if may_add else []


class ReplyList(lists.List):
    """The answers of one campaign, a column per question."""

    model = CampaignReply
    title = _("Answers")
    related = ("project__scope", "project__pm", "project__portfolio", "answered_by", "campaign")
    search = ("project__key", "project__name_ja", "project__name_en")
    order = ("-state", "project__key")
    filters = [
        Choice("state", _("State"), "state", options=CampaignReply.State.choices),
        Choice("portfolio", _("Portfolio"), "project__portfolio__key", options=portfolio_options),
    ]

    def __init__(self, viewer, params, kwargs=None, *, campaign: Campaign) -> None:
        super().__init__(viewer, params, kwargs)
        self.campaign = campaign
        self.columns = [
            Column("project", _("Project"), "project.name", sort="project__name_folded", phone="first"),
            Column("key", _("Key"), "project.key", sort="project__key", phone="second"),
            Column("pm", _("PM"), "project.pm", sort="project__pm__kana", kind="person", phone="second"),
            Column("state", _("State"), self._state, sort="state", phone="first"),
            *(self._answer_column(q) for q in campaign.questions.all()),
            Column("answered", _("Answered"), "answered_at", sort="answered_at", kind="moment"),
            Column("by", _("Answered by"), "answered_by", sort="answered_by__kana", kind="person", default=False),
        ]

    @staticmethod
    def _state(reply: CampaignReply):
        return _("Answered late") if reply.is_late else reply.get_state_display()

    @staticmethod
    def _answer_column(q: CampaignQuestion) -> Column:
        """Numbers and dates go into a sheet as such, so that it can add and sort them."""
        number = str(q.number)

        def value(reply: CampaignReply):
            given = reply.answers.get(number, "")
            if not given:
                return None
            if q.kind == q.Kind.NUMBER:
                return Decimal(given)
            if q.kind == q.Kind.DATE:
                return timezone.datetime.fromisoformat(given).date()
            return queries.told_answer(q, given)

        kind = "number" if q.kind == q.Kind.NUMBER else "date" if q.kind == q.Kind.DATE else "text"
        return Column(f"q{q.number}", q.text, value, kind=kind)

    def base(self):
        return access.visible(self.viewer, CampaignReply).filter(campaign=self.campaign)
