"""A proposal on its route: what goes along, who is asked, whose own matter it is."""

from __future__ import annotations

from typing import Any

from governance.investment.gathering import evidence_of, plain
from governance.investment.models import ContinuationProposal
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.asks.ladder import holders
from projects.register.models import Project

KIND = "investment.continuation"


def content_of(proposal: ContinuationProposal, project: Project | None = None) -> dict[str, Any]:
    """What goes along the route: frozen, hashed and signed."""
    return {
        "course": proposal.course,
        "conditions": proposal.conditions_text,
        "decide_by": proposal.decide_by,
        "evidence": plain(evidence_of(project or proposal.project)),
    }


def request_of(proposal: ContinuationProposal) -> ApprovalRequest | None:
    """The proposal on its way: one request for its whole life, in rounds."""
    found = (
        ApprovalRequest.objects.filter(kind=KIND, object_id=proposal.pk)
        .select_related("drafter", "on_behalf_of", "content_type", "route")
        .order_by("-number")
        .first()
    )
    if found is not None:
        found.about = proposal
    return found


def of_request(request: ApprovalRequest) -> ContinuationProposal:
    """The proposal as it is kept, with its people."""
    return ContinuationProposal.objects.select_related("project__pm", "proposed_by").get(pk=request.object_id)


def request_in_hand(proposal: ContinuationProposal) -> ApprovalRequest | None:
    """The same for reading, looked up once for a record in hand."""
    kept = proposal.__dict__
    if "_request" not in kept:
        kept["_request"] = request_of(proposal)
    return kept["_request"]


def deciders_of(proposal: ContinuationProposal) -> list:
    """Whom the project itself names: the nearest PMO managers and its sponsor, else whoever sponsors above; never the one
    who proposes, nor the PM."""
    project = proposal.project
    found = {p.pk: p for p in holders("manager", project.scope_id)}
    if project.sponsor is not None:
        found[project.sponsor.pk] = project.sponsor
    deciders = [p for p in found.values() if p.pk not in parties_of(proposal) and p.is_active]
    return deciders or holders("sponsor", project.scope_id)


def parties_of(proposal: ContinuationProposal) -> set[int]:
    """Whose own matter it is: whoever proposed, and the PM."""
    return {pk for pk in (proposal.proposed_by_id, proposal.project.pm_id) if pk is not None}
