"""The PMO's own room: who owes what. PMs answer campaigns; arrangements are seen with their project."""

from administration.collection.models import Campaign, CampaignReply, ReportingArrangement
from pmo_portal import access


@access.predicate
def answers_for(viewer, reply):
    return access.acts_for(viewer, reply.project.pm_id)


@access.predicate
def owns_campaign(viewer, campaign):
    return campaign.owner_id == viewer.pk


@access.register
class ReportingArrangementAccess(access.Access):
    model = ReportingArrangement
    scope = "project__scope"
    seen_by = ("administrator", "manager", "auditor", "pm", "sponsor")
    mine = ("project__pm",)
    can = {"end": access.roles("administrator")}


@access.register
class CampaignAccess(access.Access):
    model = Campaign
    scope = "scope"
    seen_by = ("administrator", "manager", "expert", "auditor")
    mine = ("owner",)
    can = {
        "open": owns_campaign | access.roles("administrator"),
        "close": owns_campaign | access.roles("administrator"),
        "edit": owns_campaign | access.roles("administrator"),
    }


@access.register
class CampaignReplyAccess(access.Access):
    model = CampaignReply
    scope = "project__scope"
    for_substitutes = True
    seen_by = ("administrator", "manager", "expert", "auditor")
    mine = ("project__pm", "campaign__owner")
    can = {
        "answer": answers_for | access.roles("administrator"),
        "excuse": access.roles("administrator") | access.predicate(lambda v, r: r.campaign.owner_id == v.pk),
    }
