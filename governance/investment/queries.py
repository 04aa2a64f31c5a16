"""Reading proposals and decisions."""

from __future__ import annotations

from django.db.models import QuerySet

from governance.investment.models import ContinuationProposal
from pmo_portal import access

RELATED = ("project__scope", "project__pm", "project__portfolio", "proposed_by", "decided_by", "period")


def proposals(viewer) -> QuerySet[ContinuationProposal]:
    return access.visible(viewer, ContinuationProposal).select_related(*RELATED)


def undecided(viewer) -> QuerySet[ContinuationProposal]:
    return proposals(viewer).filter(state=ContinuationProposal.State.PROPOSED).order_by("decide_by", "number")


def of_project(viewer, project) -> QuerySet[ContinuationProposal]:
    return proposals(viewer).filter(project=project).order_by("-number")
