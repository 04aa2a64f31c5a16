"""Proposals are seen with their project; decided by those who govern, never by who proposed."""

from governance.investment.models import ContinuationProposal, DecisionCondition
from pmo_portal import access

SEEN_BY = ("administrator", "expert", "manager", "auditor", "pm", "sponsor")


@access.predicate
def proposed_it(viewer, proposal):
    return access.acts_for(viewer, proposal.proposed_by_id)


@access.predicate
def is_project_pm(viewer, proposal):
    return access.acts_for(viewer, proposal.project.pm_id)


@access.predicate
def leads_project(viewer, condition):
    return access.acts_for(viewer, condition.proposal.project.pm_id)


@access.predicate
def is_sponsor(viewer, proposal):
    return proposal.project.sponsor_id == viewer.pk


@access.predicate
def owns_condition(viewer, condition):
    return access.acts_for(viewer, condition.owner_id)


@access.register
class ContinuationProposalAccess(access.Access):
    model = ContinuationProposal
    scope = "project__scope"
    for_substitutes = True
    seen_by = SEEN_BY
    mine = ("project__pm", "project__sponsor", "proposed_by")
    can = {
        "decide": (access.roles("manager", "sponsor") | is_sponsor) & ~proposed_it & ~is_project_pm,
        "withdraw": proposed_it,
    }


@access.register
class DecisionConditionAccess(access.Access):
    model = DecisionCondition
    scope = "proposal__project__scope"
    for_substitutes = True
    seen_by = SEEN_BY
    mine = ("owner", "proposal__project__pm")
    can = {
        "close": owns_condition | access.roles("manager"),
        "waive": access.roles("manager") & ~owns_condition & ~leads_project,
        "move": access.roles("manager") & ~owns_condition & ~leads_project,
    }
