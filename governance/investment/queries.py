"""Reading proposals and decisions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.investment.evidence import Piece
from governance.investment.models import ContinuationProposal, DecisionCondition
from pmo_portal import access

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


def told_pieces(found: list[Piece]) -> list[dict]:
    """The pieces of evidence in words."""
    return [{"piece": p, "label": WORDS_OF_PIECES[p.key], "note": _note(p)} for p in found]


def _note(piece: Piece) -> str:
    if piece.state == "missing":
        return _("missing")
    if piece.age_days is None:
        return _("in hand")
    return _("%(days)s days old") % {"days": piece.age_days} if piece.age_days else _("of today")
