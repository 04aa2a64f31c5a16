"""Proposals, decisions, conditions."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.investment import actions, forms, queries
from governance.investment.evidence import digest_of, pieces
from governance.investment.gathering import evidence_of, plain
from governance.investment.lists import ProposalList
from governance.investment.models import ContinuationProposal, DecisionCondition
from governance.investment.routing import request_in_hand
from pmo_portal import access, audit
from pmo_portal.i18n.dates import format_moment_in_full
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
        return {
            **_asking(self.record),
            "open_proposal": queries.under_way(self.viewer, self.record),
        }

    def act(self, record, form) -> ContinuationProposal:
        return actions.propose(record, by=self.viewer, **form.cleaned_data)


def _asking(project: Project) -> dict[str, Any]:
    """What whoever proposes sees beside the form: the evidence that will be frozen."""
    evidence = plain(evidence_of(project))
    return {
        "project": project,
        "strip": strip(project),
        "evidence": evidence,
        "pieces": queries.told_pieces(pieces(evidence, timezone.localdate())),
    }


class _OfProposal(ActPage):
    model = ContinuationProposal
    lookup = {"number": "number"}
    related = queries.RELATED
    section = SECTION


def evidence_content(proposal: ContinuationProposal) -> dict[str, Any]:
    """The evidence of a proposal: the copy frozen with its submission, how old its pieces are, and what has moved since."""
    facts = queries.facts_for(proposal)
    day = timezone.localdate(proposal.decided_at) if proposal.decided_at else timezone.localdate()
    found = queries.told_pieces(pieces(facts["evidence"], day))
    return {
        **facts,
        "pieces": found,
        "ready_count": sum(p["piece"].is_ready for p in found),
    }


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
        conditions = queries.conditions_of(self.viewer, proposal)
        return {
            **evidence_content(proposal),
            **queries.on_its_route(self.viewer, proposal),
            "proposal": proposal,
            "project": proposal.project,
            "sent_back": queries.sent_back(proposal),
            "conditions": conditions,
            "met_count": sum(c["condition"].state != DecisionCondition.State.OPEN for c in conditions),
            "is_own": proposal.proposed_by_id == self.viewer.pk and access.holds(self.viewer, "manager", "sponsor"),
            "strip": strip(proposal.project),
            "history": audit.told(audit.history(self.viewer, proposal)[:20]),
        }


class EvidencePage(RecordPage):
    """The copy on which it was decided, with its hash; as JSON for whoever keeps it elsewhere."""

    model = ContinuationProposal
    lookup = {"number": "number"}
    related = queries.RELATED
    section = SECTION
    template_name = "governance/investment/evidence_record.html"

    def title(self) -> str:
        return _("Evidence of decision %(code)s") % {"code": self.record.code}

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if not self.record.evidence:
            raise Http404(_("Nothing is frozen before the decision is taken."))
        if request.GET.get("format") == "json":
            text = json.dumps(self.record.evidence, sort_keys=True)
            answer = HttpResponse(text, content_type="application/json")
            answer["Content-Disposition"] = f'attachment; filename="{self.record.code}-evidence.json"'
            return answer
        return super().get(request, *args, **kwargs)

    def content(self) -> dict[str, Any]:
        return {
            **evidence_content(self.record),
            "proposal": self.record,
            "project": self.record.project,
            "is_intact": digest_of(self.record.evidence) == self.record.evidence_digest,
        }


class DecisionPage(_OfProposal):
    """Decide: on evidence that is frozen with the decision."""

    permit = "decide"
    form_class = forms.DecisionForm
    template_name = "governance/investment/decision_form.html"

    def get(self, request, *args, **kwargs) -> HttpResponse:
        if self.record.state != ContinuationProposal.State.PROPOSED:
            return HttpResponseRedirect(self.record.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def title(self) -> str:
        return _("Decide on %(project)s") % {"project": self.record.project.name}

    def initial(self) -> dict[str, Any]:
        request = request_in_hand(self.record)
        pm = self.record.project.pm
        lines = [line.strip() for line in self.record.conditions_text.splitlines() if line.strip()]
        return {
            "version": self.record.version,
            "digest": request.digest if request else "",
            "course": self.record.course,
            **{f"text_{n}": line[:500] for n, line in enumerate(lines[: forms.DecisionForm.CONDITIONS], 1)},
            **({f"owner_{n}": pm.pk for n, _line in enumerate(lines, 1)} if pm and pm.has_account else {}),
        }

    def content(self) -> dict[str, Any]:
        return {
            **evidence_content(self.record),
            "proposal": self.record,
            "project": self.record.project,
            "strip": strip(self.record.project),
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
            digest=given["digest"],
        )

    def succeeded(self, outcome) -> HttpResponse:
        said = {"at": format_moment_in_full(timezone.now()), "project": outcome.project, "code": outcome.code}
        if outcome.state == ContinuationProposal.State.DECIDED:
            words = _("You decided on %(project)s on %(at)s: %(course)s.")
            said["course"] = outcome.get_decided_course_display()
        else:
            words = _("You signed %(code)s on %(at)s; others decide with you.")
        messages.success(self.request, words % said)
        return super().succeeded(outcome)

    def collided(self, form, conflict: audit.Conflict) -> HttpResponse:
        """Somebody else was first. A decision is not merged: both stand side by side, and theirs holds."""
        if conflict.current.state == ContinuationProposal.State.PROPOSED:
            return super().collided(form, conflict)
        self.record = self.fetch()
        mine = dict(ContinuationProposal.Course.choices).get(form.data.get("course", ""), "")
        self.template_name = "governance/investment/decided_meanwhile.html"
        return self.show(status=409, form=form, mine=mine, mine_reason=form.data.get("reason", ""))


class ProposalRevision(_OfProposal):
    """Mend what came back and put it to its route again."""

    permit = "withdraw"
    form_class = forms.RevisionForm
    template_name = "governance/investment/proposal_form.html"

    def title(self) -> str:
        return _("Mend the proposal on %(project)s") % {"project": self.record.project.name}

    def initial(self) -> dict[str, Any]:
        names = ("course", "reason", "conditions_text", "decide_by", "version")
        return {name: getattr(self.record, name) for name in names}

    def content(self) -> dict[str, Any]:
        return _asking(self.record.project) | {"sent_back": queries.sent_back(self.record)}

    def act(self, record, form) -> ContinuationProposal:
        return actions.revise_proposal(record, by=self.viewer, **form.cleaned_data)


class ProposalWithdrawal(_OfProposal):
    permit = "withdraw"
    form_class = forms.WithdrawForm
    http_method_names = ["post"]

    def act(self, record, form) -> ContinuationProposal:
        return actions.withdraw_proposal(record, by=self.viewer)

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(form.non_field_errors()))
        return HttpResponseRedirect(self.record.get_absolute_url())


class _OfCondition(ActPage):
    model = DecisionCondition
    lookup = {"pk": "pk"}
    related = ("proposal__project__scope", "proposal__project__pm", "owner")
    section = SECTION
    template_name = "governance/investment/condition_form.html"

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def content(self) -> dict[str, Any]:
        proposal = self.record.proposal
        return {
            "proposal": proposal,
            "project": proposal.project,
            "sees_all": access.may(self.viewer, "view", proposal),
        }

    def success_url(self, outcome) -> str:
        proposal = self.record.proposal
        return proposal.get_absolute_url() if access.may(self.viewer, "view", proposal) else reverse("desk:desk")


class ConditionClosure(_OfCondition):
    """What came of a condition."""

    permit = "close"
    form_class = forms.ConditionForm

    def title(self) -> str:
        return self.record.text

    def act(self, record, form) -> DecisionCondition:
        return actions.close_condition(record, by=self.viewer, **form.cleaned_data)


class ConditionWaiver(_OfCondition):
    """Those who decided do without it, and say why."""

    permit = "waive"
    form_class = forms.ConditionForm

    def title(self) -> str:
        return _("Waive: %(condition)s") % {"condition": self.record.text}

    def act(self, record, form) -> DecisionCondition:
        return actions.close_condition(record, by=self.viewer, waived=True, **form.cleaned_data)


class ConditionMove(_OfCondition):
    """More time for a condition."""

    permit = "move"
    form_class = forms.ConditionMoveForm

    def title(self) -> str:
        return _("More time: %(condition)s") % {"condition": self.record.text}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version, "due_on": self.record.due_on}

    def act(self, record, form) -> DecisionCondition:
        return actions.move_condition(record, by=self.viewer, **form.cleaned_data)
