"""Reading proposals and decisions."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.investment.evidence import Piece, moved
from governance.investment.gathering import evidence_of, facts_of, plain
from governance.investment.models import CAME_BACK, UNDER_WAY, ContinuationProposal, DecisionCondition
from governance.investment.routing import request_in_hand
from pmo_portal import access, audit
from pmo_portal.approvals import Line, turns
from pmo_portal.approvals import queries as approvals
from pmo_portal.audit.models import AuditEntry
from projects.status.models import StatusReport

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
    """What waits for those who decide; what was sent back does not."""
    return proposals(viewer).filter(state=ContinuationProposal.State.PROPOSED).order_by("decide_by", "number")


def waiting_for(viewer) -> QuerySet[ContinuationProposal]:
    """What waits for a decision, and what came back to the viewer or to somebody they stand in for."""
    mine = Q(state__in=CAME_BACK, proposed_by__in=access.reach(viewer).people)
    return proposals(viewer).filter(Q(state=ContinuationProposal.State.PROPOSED) | mine)


def under_way(viewer, project) -> ContinuationProposal | None:
    """The one proposal of a project that has not ended, with whomever it is."""
    return proposals(viewer).filter(project=project, state__in=UNDER_WAY).first()


def settled(viewer) -> QuerySet[ContinuationProposal]:
    """What was decided or turned down and has not been reported on since: it still holds, whatever the figures say."""
    later = StatusReport.objects.filter(project=OuterRef("project"), submitted_at__gt=OuterRef("decided_at"))
    return proposals(viewer).filter(~Exists(later), decided_at__isnull=False)


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
    }


def sent_back(proposal: ContinuationProposal) -> AuditEntry | None:
    """Who sent it back, when and why, while it waits for its author."""
    request = request_in_hand(proposal) if proposal.state == ContinuationProposal.State.RETURNED else None
    return audit.last_entry(request, "sent_back") if request else None


def facts_for(proposal: ContinuationProposal) -> dict:
    """The evidence the decision rests on (frozen when it was put to its route), and what has moved since."""
    request = request_in_hand(proposal)
    frozen = proposal.evidence or (request.content.get("evidence") if request else None)
    moves = moved(frozen["project"], plain(facts_of(proposal.project))) if frozen and proposal.is_under_way else {}
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
