"""Proposals, decisions, conditions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from governance.investment import actions, forms, queries
from governance.investment.lists import ProposalList
from governance.investment.models import ContinuationProposal, DecisionCondition
from pmo_portal import audit
from pmo_portal.pages import ActPage, ListPage, RecordPage
from projects.register import queries as register
from projects.register.models import Project
from projects.status.queries import strip

SECTION = "governance:investment"


class ProposalListPage(ListPage):
    list_class = ProposalList
    section = SECTION


class ProposalCreation(ActPage):
    """Propose how a project goes on."""

    model = Project
    lookup = {"key": "key"}
    related = register.RELATED
    permit = "propose"
    section = SECTION
    form_class = forms.ProposalForm
    template_name = "governance/investment/proposal_form.html"

    def title(self) -> str:
        return _("Propose a decision on %(project)s") % {"project": self.record.name}

    def content(self) -> dict[str, Any]:
        return {"project": self.record, "strip": strip(self.record)}

    def act(self, record, form) -> ContinuationProposal:
        return actions.propose(record, by=self.viewer, **form.cleaned_data)


class _OfProposal(ActPage):
    model = ContinuationProposal
    lookup = {"number": "number"}
    related = queries.RELATED
    section = SECTION


class ProposalRecordPage(RecordPage):
    model = ContinuationProposal
    lookup = {"number": "number"}
    related = queries.RELATED
    section = SECTION
    template_name = "governance/investment/proposal_record.html"

    def title(self) -> str:
        return _("%(project)s: continue or stop") % {"project": self.record.project.name}

    def content(self) -> dict[str, Any]:
        proposal = self.record
        evidence = proposal.evidence or actions.plain(actions.evidence_of(proposal.project))
        return {
            "proposal": proposal,
            "project": proposal.project,
            "evidence": evidence,
            "is_frozen": bool(proposal.evidence),
            "conditions": proposal.conditions.select_related("owner", "closed_by"),
            "strip": strip(proposal.project),
            "history": audit.told(audit.history(self.viewer, proposal)[:20]),
        }


class DecisionPage(_OfProposal):
    """Decide: on evidence that is frozen with the decision."""

    permit = "decide"
    form_class = forms.DecisionForm
    template_name = "governance/investment/decision_form.html"

    def title(self) -> str:
        return _("Decide on %(project)s") % {"project": self.record.project.name}

    def initial(self) -> dict[str, Any]:
        return {
            "version": self.record.version,
            "course": self.record.course,
            "text_1": self.record.conditions_text[:500],
        }

    def content(self) -> dict[str, Any]:
        return {
            "proposal": self.record,
            "project": self.record.project,
            "strip": strip(self.record.project),
            "evidence": actions.plain(actions.evidence_of(self.record.project)),
        }

    def act(self, record, form) -> ContinuationProposal:
        given = form.cleaned_data
        return actions.decide(
            record,
            by=self.viewer,
            course=given["course"],
            reason=given["reason"],
            conditions=form.conditions(),
            version=given["version"],
        )


class ProposalWithdrawal(_OfProposal):
    permit = "withdraw"
    form_class = forms.WithdrawForm
    http_method_names = ["post"]

    def act(self, record, form) -> ContinuationProposal:
        return actions.withdraw_proposal(record, by=self.viewer)


class ConditionClosure(ActPage):
    """What came of a condition."""

    model = DecisionCondition
    lookup = {"pk": "pk"}
    related = ("proposal__project__scope", "proposal__project__pm", "owner")
    permit = "close"
    section = SECTION
    form_class = forms.ConditionForm
    template_name = "pages/form.html"

    def title(self) -> str:
        return self.record.text

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def act(self, record, form) -> DecisionCondition:
        return actions.close_condition(record, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        return self.record.proposal.get_absolute_url()
