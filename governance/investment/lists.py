"""The list of proposals and decisions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from governance.investment import queries
from governance.investment.models import ContinuationProposal
from pmo_portal import lists
from pmo_portal.lists import Choice, Column


class ProposalList(lists.List):
    model = ContinuationProposal
    title = _("Continue or stop")
    search = ("project__key", "project__name_ja", "project__name_en", "reason")
    order = ("-state", "decide_by", "-number")
    columns = [
        Column("code", _("Number"), "code", sort="number", phone="second"),
        Column("project", _("Project"), "project.name", sort="project__name_folded", phone="first"),
        Column("course", _("Proposal"), "get_course_display", sort="course", phone="first"),
        Column("state", _("State"), "get_state_display", sort="state", phone="second"),
        Column(
            "decided",
            _("Decision"),
            lambda p: p.get_decided_course_display() if p.decided_course else "",
            sort="decided_course",
        ),
        Column("by", _("Proposed by"), "proposed_by", sort="proposed_by__kana", kind="person"),
        Column("decide_by", _("To be decided by"), "decide_by", sort="decide_by", kind="date", phone="second"),
        Column("decided_at", _("Decided"), "decided_at", sort="decided_at", kind="moment"),
    ]
    filters = [
        Choice("state", _("State"), "state", options=ContinuationProposal.State.choices),
        Choice("course", _("Proposal"), "course", options=ContinuationProposal.Course.choices),
    ]
    empty_text = _(
        "Where a project is in doubt, someone proposes how to go on, and those who govern decide. Proposals start on a project's page."
    )

    def base(self):
        return queries.proposals(self.viewer)
