"""What came of a proposal on its route, and how approvers are told what it is about."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.investment.actions import Course, State, add_condition, check_decision
from governance.investment.evidence import digest_of, moved
from governance.investment.gathering import evidence_of, facts_of, plain
from governance.investment.models import ContinuationProposal
from governance.investment.queries import WORDS_OF_FACTS, shaped
from governance.investment.routing import of_request
from pmo_portal import asks, audit
from pmo_portal.accounts.models import Person
from pmo_portal.approvals import Line
from pmo_portal.approvals.models import ApprovalRequest, ApprovalSeat, Manner
from projects.register.actions import set_state
from projects.register.models import Project

STATE_AFTER = {
    Course.CONTINUE: Project.State.ACTIVE,
    Course.CONDITIONAL: Project.State.ACTIVE,
    Course.PAUSE: Project.State.PAUSED,
    Course.STOP: Project.State.STOPPED,
}
STATE_BACK = {
    ApprovalRequest.State.RETURNED: State.RETURNED,
    ApprovalRequest.State.PULLED_BACK: State.PULLED_BACK,
    ApprovalRequest.State.WITHDRAWN: State.WITHDRAWN,
}
ACT_OF = {State.RETURNED: "sent_back", State.PULLED_BACK: "pulled_back", State.WITHDRAWN: "withdrawn"}


def titled(proposal: ContinuationProposal) -> str:
    return f"{proposal.project} – {proposal.get_course_display()}"


def ask_details(request: ApprovalRequest) -> dict[str, Any]:
    proposal = of_request(request)
    return {
        "project_ja": proposal.project.name_ja,
        "project_en": proposal.project.name_en,
        "course": proposal.course,
        "number": proposal.number,
    }


def lines(request: ApprovalRequest) -> list[Line]:
    """The course, the conditions, and the figures of the frozen evidence; what has moved since then is unusual."""
    evidence = request.content.get("evidence")
    return listed(request) + (_evidence_lines(request, evidence) if evidence else [])


def listed(request: ApprovalRequest) -> list[Line]:
    """The course and the conditions: what stands in a list of many."""
    told = request.content
    found = [Line(gettext_lazy("Proposal"), Course(told["course"]).label)]
    if told.get("conditions"):
        found.append(
            Line(
                gettext_lazy("Conditions"),
                told["conditions"],
                unusual=gettext_lazy("Owners and dates are named by whoever decides."),
            )
        )
    return found


def _evidence_lines(request: ApprovalRequest, evidence: dict[str, Any]) -> list[Line]:
    project = evidence["project"]
    running = request.state == ApprovalRequest.State.RUNNING
    since = moved(project, plain(facts_of(of_request(request).project))) if running else {}
    return [
        Line(
            label,
            shaped(project[key], shape),
            shape,
            currency=project["currency"],
            unusual=gettext_lazy("It has moved since this was frozen.") if key in since else "",
        )
        for key, (label, shape) in WORDS_OF_FACTS.items()
    ]


# ---- what came of it


def decided(request: ApprovalRequest, by) -> None:
    """The last signature is given: the record is written, the project's state follows, conditions become asks."""
    proposal = of_request(request)
    said = _last_word(request, ApprovalSeat.State.FOR)
    answer = said.answer if said else {}
    course = _agreed_course(request) or request.content["course"]
    reason = said.comment if said else ""
    conditions = [
        given | {"owner": Person.objects.get(pk=given["owner"]), "due_on": date.fromisoformat(given["due_on"])}
        for given in answer.get("conditions", [])
    ]
    check_decision(course, reason, conditions)
    _write_down(proposal, request, State.DECIDED, by=by, reason=reason, course=course)
    project = Project.objects.select_related("scope", "pm", "sponsor").get(pk=proposal.project_id)
    set_state(project, STATE_AFTER[Course(course)], by=by, action="decided", reason=f"{proposal.code}: {reason}")
    for given in conditions:
        add_condition(proposal, by=by, **given)
    _tell(proposal, course)


def needs_conditions(request: ApprovalRequest) -> bool:
    """Whether a yes would have to name conditions: as proposed, or as somebody who decides with others has said."""
    said = {seat.answer.get("course") for seat in _said(request, ApprovalSeat.State.FOR)}
    return Course.CONDITIONAL in {request.content.get("course"), *said}


def turned_down(request: ApprovalRequest, by) -> None:
    """Refused on its route: the project goes on as it stands."""
    proposal = of_request(request)
    said = _last_word(request, ApprovalSeat.State.AGAINST)
    _write_down(proposal, request, State.REJECTED, by=by, reason=said.comment if said else "")
    _tell(proposal, "")


def came_back(request: ApprovalRequest, by) -> None:
    """Sent or pulled back it waits for its author; withdrawn for good it ends."""
    state = STATE_BACK[ApprovalRequest.State(request.state)]
    with audit.change(of_request(request), ACT_OF[state], by=by) as current:
        current.state = state


def goes_again(request: ApprovalRequest, by) -> None:
    """Put to its route again, it waits for those who decide."""
    proposal = of_request(request)
    if proposal.came_back:
        with audit.change(proposal, "resubmitted", by=by) as current:
            current.state = State.PROPOSED


def _said(request: ApprovalRequest, state: str):
    found = ApprovalSeat.objects.filter(step__request=request, step__round=request.round, state=state)
    return found.order_by("acted_at", "pk")


def _last_word(request: ApprovalRequest, state: str) -> ApprovalSeat | None:
    return _said(request, state).exclude(step__manner=Manner.CONSULT).last()


def _agreed_course(request: ApprovalRequest) -> str:
    """What those who decided said beyond yes. Raises ValidationError where several must sign and say different things."""
    said = {seat.answer["course"] for seat in _said(request, ApprovalSeat.State.FOR) if seat.answer.get("course")}
    if len(said) > 1:
        told = _(", ").join(str(Course(course).label) for course in sorted(said))
        raise ValidationError(
            _("Those who decide said different things (%(courses)s). Agree first, or send it back."),
            code="apart",
            params={"courses": told},
        )
    return said.pop() if said else ""


def _write_down(
    proposal: ContinuationProposal, request: ApprovalRequest, state: str, *, by, reason: str, course: str = ""
) -> None:
    """Who, when, why, and on which evidence: the copy that went along the route."""
    evidence = request.content.get("evidence") or plain(evidence_of(proposal.project))
    with audit.change(proposal, state, by=by, reason=reason) as current:
        current.state, current.decided_course, current.decision_reason = state, course, reason
        current.decided_by, current.decided_at, current.evidence = by, timezone.now(), evidence
        current.evidence_digest = digest_of(evidence)


def _tell(proposal: ContinuationProposal, course: str) -> None:
    project = proposal.project
    for person in {p.pk: p for p in (project.pm, proposal.proposed_by) if p is not None}.values():
        asks.notify(
            person,
            key=f"decided:{proposal.pk}",
            kind="investment.decided",
            about=proposal,
            url=proposal.get_absolute_url(),
            params={"project_ja": project.name_ja, "project_en": project.name_en, "course": course},
        )
