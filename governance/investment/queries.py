"""Reading proposals and decisions."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.investment.evidence import Piece, moved
from governance.investment.gathering import evidence_of, facts_of, plain
from governance.investment.models import ContinuationProposal, DecisionCondition
from governance.investment.routing import request_in_hand
from pmo_portal import access
from pmo_portal.approvals import Line, turns
from pmo_portal.approvals import queries as approvals
from pmo_portal.approvals.models import ApprovalRequest

RELATED = (
    "project__scope",
    "project__pm",
    "project__portfolio",
    "project__sponsor",
    "proposed_by",
    "decided_by",
    "period",
)
WORDS_OF_PIECES = {
    "report": gettext_lazy("Status report"),
    "cost": gettext_lazy("Cost against approval"),
    "finish": gettext_lazy("Finish against approval"),
    "milestones": gettext_lazy("Next milestones"),
}
# What an approver reads of a project's facts: its name and its shape.
WORDS_OF_FACTS = {
    "confidence": (gettext_lazy("Delivery confidence"), "confidence"),
    "forecast_cost": (gettext_lazy("Cost at completion"), "money"),
    "approved_budget": (gettext_lazy("Approved budget"), "money"),
    "forecast_finish_on": (gettext_lazy("Forecast finish"), "date"),
    "spent": (gettext_lazy("Spent"), "money"),
}


def proposals(viewer) -> QuerySet[ContinuationProposal]:
    return access.visible(viewer, ContinuationProposal).select_related(*RELATED)


def undecided(viewer) -> QuerySet[ContinuationProposal]:
    return proposals(viewer).filter(state=ContinuationProposal.State.PROPOSED).order_by("decide_by", "number")


def undecided_at(viewer, moment) -> QuerySet[ContinuationProposal]:
    """What waited for its decision at a moment gone by."""
    waited = proposals(viewer).filter(proposed_at__lte=moment)
    return waited.exclude(decided_at__lte=moment).exclude(
        state=ContinuationProposal.State.WITHDRAWN, updated_at__lte=moment
    )


def of_project(viewer, project) -> QuerySet[ContinuationProposal]:
    """The newest first, and the rows alone: the project is at hand."""
    return access.visible(viewer, ContinuationProposal).filter(project=project).order_by("-number")


def conditions_of(viewer, proposal: ContinuationProposal) -> list[dict]:
    """The conditions with how late each is and what the viewer may do with it."""
    today, found = timezone.localdate(), []
    for condition in proposal.conditions.select_related("owner", "closed_by"):
        condition.proposal = proposal
        is_open = condition.state == DecisionCondition.State.OPEN
        found.append(
            {
                "condition": condition,
                "days_late": max(0, (today - condition.due_on).days) if is_open else 0,
                "may_close": is_open and access.may(viewer, "close", condition),
                "may_waive": is_open and access.may(viewer, "waive", condition),
            }
        )
    return found


def open_conditions(viewer) -> QuerySet[DecisionCondition]:
    """Conditions that are still to be met, the most overdue first."""
    return (
        access.visible(viewer, DecisionCondition)
        .filter(state=DecisionCondition.State.OPEN)
        .select_related("proposal__project__scope", "owner")
        .order_by("due_on", "pk")
    )


def on_its_route(viewer, proposal: ContinuationProposal) -> dict:
    """The proposal's request with its drawn route, and whether the viewer may decide it now."""
    request = request_in_hand(proposal)
    if request is None:
        return {"approval": None, "columns": [], "may_decide": False}
    steps = turns.steps_of(request)
    turn, last = (find(request, viewer, steps=steps) for find in (turns.seat_of, turns.deciding_seat_of))
    return {
        "approval": request,
        "approval_url": request.get_absolute_url() if access.may(viewer, "view", request) else "",
        "columns": approvals.drawn(viewer, request, steps),
        "may_sign": turn is not None,
        "may_decide": turn is not None and last is not None and turn.pk == last.pk,
        "came_back": request.state in (ApprovalRequest.State.RETURNED, ApprovalRequest.State.PULLED_BACK),
    }


def facts_for(proposal: ContinuationProposal) -> dict:
    """The evidence the decision rests on (frozen when it was put to its route), and what has moved since."""
    request = request_in_hand(proposal)
    frozen = proposal.evidence or (request.content.get("evidence") if request else None)
    is_open = proposal.state == ContinuationProposal.State.PROPOSED
    moves = moved(frozen["project"], plain(facts_of(proposal.project))) if frozen and is_open else {}
    return {
        "evidence": frozen or plain(evidence_of(proposal.project)),
        "is_frozen": bool(frozen),
        "frozen_at": request.submitted_at if request and not proposal.decided_at else proposal.decided_at,
        "moved": told_moves(moves, proposal.project.currency),
    }


def told_moves(moves: dict, currency: str) -> list[Line]:
    """What has moved since the evidence was frozen, in words. What follows from others (a percentage) is left out."""
    found = []
    for key, (was, now) in moves.items():
        if key in WORDS_OF_FACTS:
            label, shape = WORDS_OF_FACTS[key]
            found.append(Line(label, shaped(now, shape), shape, was=shaped(was, shape), currency=currency))
    return found


def shaped(value, shape: str):
    """A plain value as its shape shows it."""
    if value in (None, ""):
        return None
    return date.fromisoformat(value) if shape == "date" else value


def told_pieces(found: list[Piece]) -> list[dict]:
    """The pieces of evidence in words."""
    return [{"piece": p, "label": WORDS_OF_PIECES[p.key], "note": _note(p)} for p in found]


def _note(piece: Piece) -> str:
    if piece.state == "missing":
        return _("missing")
    if piece.age_days is None:
        return _("in hand")
    if not piece.age_days:
        return _("of today")
    return ngettext("%(days)s day old", "%(days)s days old", piece.age_days) % {"days": piece.age_days}
