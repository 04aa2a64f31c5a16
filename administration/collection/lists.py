"""The collection's lists."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from administration.collection import queries
from administration.collection.models import Campaign, CampaignReply
from pmo_portal import access, lists
from pmo_portal.lists import Choice, Column


class CampaignList(lists.List):
    model = Campaign
    title = _("Campaigns")
    related = ("owner",)
    search = ("title_ja", "title_en")
    order = ("-pk",)
    columns = [
        Column("title", _("Title"), "title", phone="first"),
        Column("state", _("State"), "get_state_display", sort="state", phone="second"),
        Column("due", _("Due"), "due_at", sort="due_at", kind="moment", phone="second"),
        Column("owner", _("Owner"), "owner", sort="owner__kana", kind="person"),
    ]
    filters = [Choice("state", _("State"), "state", options=Campaign.State.choices)]
    empty_text = _(
        "A campaign asks a set of questions of chosen projects by a date, and puts the answers into one table."
    )

    def first_steps(self):
        may_add = access.holds(self.viewer, "administrator", "manager", "expert")
        return [(_("Ask the first question"), reverse("administration:collection:campaign_new"))] if may_add else []

    def base(self):
        return queries.campaigns(self.viewer)


class ReplyList(lists.List):
    """The answers of one campaign, a column per question."""

    model = CampaignReply
    title = _("Answers")
    related = ("project", "project__pm", "answered_by", "campaign")
    search = ("project__key", "project__name_ja", "project__name_en")
    order = ("state", "project__key")
    filters = [Choice("state", _("State"), "state", options=CampaignReply.State.choices)]

    def __init__(self, viewer, params, kwargs=None, *, campaign: Campaign) -> None:
        super().__init__(viewer, params, kwargs)
        self.campaign = campaign
        self.columns = [
            Column("project", _("Project"), "project.name", sort="project__name_folded", phone="first"),
            Column("pm", _("PM"), "project.pm", sort="project__pm__kana", kind="person", phone="second"),
            Column("state", _("State"), "get_state_display", sort="state", phone="second"),
            *(
                Column(f"q{q.number}", q.text, lambda r, n=str(q.number): r.answers.get(n, ""))
                for q in campaign.questions.all()
            ),
            Column("answered", _("Answered"), "answered_at", sort="answered_at", kind="moment"),
        ]

    def base(self):
        from pmo_portal import access

        return access.visible(self.viewer, CampaignReply).filter(campaign=self.campaign)
