"""Proposals are seen with their project, and decided where their route seats somebody to decide."""

from django.db.models import Q

from governance.investment.models import ContinuationProposal, DecisionCondition
from governance.investment.routing import KIND, request_in_hand
from pmo_portal import access
from pmo_portal.approvals.models import ApprovalSeat
from pmo_portal.approvals.turns import deciding_seat_of

SEEN_BY = ("administrator", "expert", "manager", "auditor", "pm", "sponsor")


@access.predicate
def proposed_it(viewer, proposal):
    return access.acts_for(viewer, proposal.proposed_by_id)


@access.predicate
def leads_project(viewer, condition):
    return access.acts_for(viewer, condition.proposal.project.pm_id)


@access.predicate
def sits_where_it_is_decided(viewer, proposal):
    """The route says who: the approval engine seats nobody on their own request."""
    request = request_in_hand(proposal) if proposal is not None else None
    return request is not None and deciding_seat_of(request, viewer) is not None


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
        "decide": sits_where_it_is_decided,
        "withdraw": proposed_it,
        "attach": proposed_it | access.roles("administrator", "manager"),
    }

    def condition(self, viewer) -> Q | None:
        """Who has a seat on its route sees it too: a substitute, somebody the office named."""
        where = super().condition(viewer)
        return None if where is None else where | Q(pk__in=self._seated(viewer).values("step__request__object_id"))

    def sees(self, viewer, record) -> bool:
        if super().sees(viewer, record):
            return True
        if not getattr(viewer, "is_authenticated", False) or not viewer.is_active:
            return False
        return self._seated(viewer).filter(step__request__object_id=record.pk).exists()

    def _seated(self, viewer):
        return ApprovalSeat.objects.filter(step__request__kind=KIND, person__in=self._owners(viewer))


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
