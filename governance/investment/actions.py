"""Proposing, deciding, and chasing the conditions."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.investment.gathering import latest_report
from governance.investment.models import CARRYING, UNDER_WAY, ContinuationProposal, DecisionCondition
from governance.investment.routing import KIND, content_of, request_of
from pmo_portal import access, asks, audit
from pmo_portal.accounts.models import Person
from pmo_portal.approvals import actions as approvals
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.i18n.notes import own_note
from pmo_portal.periods.queries import office_moment
from projects.register.models import Project

PROJECT_CLOSED = own_note("The project was closed.")
Course, State = ContinuationProposal.Course, ContinuationProposal.State


@transaction.atomic
def propose(
    project: Project, *, by, course: str, reason: str, conditions_text: str = "", decide_by: date | None = None
) -> ContinuationProposal:
    """Put a course to those who decide; they are asked. One undecided proposal a project."""
    access.require(by, "propose", project)
    if project.state in (Project.State.CLOSED, Project.State.STOPPED):
        raise ValidationError(_("This project has ended; there is nothing to decide."), code="closed")
    check_proposal(course, reason, conditions_text, decide_by)
    conditions_text = conditions_text if course in CARRYING else ""
    if ContinuationProposal.objects.filter(project=project, state__in=UNDER_WAY).exists():
        raise ValidationError(_("A proposal for this project waits for its decision already."), code="open")
    report = latest_report(project)
    number = (ContinuationProposal.objects.aggregate(top=Max("number"))["top"] or 0) + 1
    proposal = ContinuationProposal(
        number=number,
        project=project,
        period=report.period if report else None,
        course=course,
        reason=reason,
        conditions_text=conditions_text,
        proposed_by=by,
        proposed_at=timezone.now(),
        decide_by=decide_by,
    )
    try:
        with transaction.atomic():
            audit.create(proposal, by=by, action="proposed", reason=reason)
    except IntegrityError:
        raise ValidationError(_("Someone proposed at the same moment. Look again."), code="race") from None
    approvals.submit(
        KIND, about=proposal, by=by, content=content_of(proposal, project), reason=reason, needed_by=decide_by
    )
    return proposal


@transaction.atomic
def revise_proposal(
    proposal: ContinuationProposal,
    *,
    by,
    course: str,
    reason: str,
    conditions_text: str = "",
    decide_by: date | None = None,
    version: int | None = None,
) -> ContinuationProposal:
    """Mend what came back and put it to its route again, on evidence of today."""
    request = request_of(proposal)
    access.require(by, "withdraw", proposal)
    check_proposal(course, reason, conditions_text, decide_by)
    conditions_text = conditions_text if course in CARRYING else ""
    with audit.change(proposal, "revised", by=by, version=version, reason=reason) as current:
        if not current.came_back or request is None:
            raise ValidationError(_("Only what came back can be submitted again."), code="state")
        current.state = State.PROPOSED
        current.course, current.reason = course, reason
        current.conditions_text, current.decide_by = conditions_text, decide_by
    approvals.resubmit(request, by=by, content=content_of(proposal), reason=reason, needed_by=decide_by)
    return proposal


def check_proposal(course: str, reason: str, conditions_text: str, decide_by: date | None) -> None:
    audit.require_reason(reason, _("Say why; those who decide read this first."))
    if course == Course.CONDITIONAL and not conditions_text.strip():
        raise ValidationError({"conditions_text": ValidationError(_("Name the conditions."), code="required")})
    if decide_by and decide_by < timezone.localdate():
        raise ValidationError({"decide_by": ValidationError(_("This day is over."), code="past")})


@transaction.atomic
def decide(
    proposal: ContinuationProposal,
    *,
    by,
    course: str,
    reason: str,
    conditions: list[dict[str, Any]] | None = None,
    version: int | None = None,
    digest: str = "",
) -> ContinuationProposal:
    """Sign the route's last step and say with it how the project goes on; other than proposed, too.

    `conditions`: text, owner, due_on; they count where the course carries conditions. Raises ValidationError when conditions
    are promised and none is named or an owner could not answer, Conflict when the proposal or its request moved on since
    `version` and `digest` were seen.
    """
    access.require(by, "decide", proposal)
    conditions = (conditions or []) if course in CARRYING else []
    check_decision(course, reason, conditions)
    for given in conditions:
        check_owner(given["owner"])
    request = request_of(proposal)
    assert request is not None  # "decide" has found a seat in it
    # The request is locked first, as every signature does: two who decide at once come in turn.
    request = ApprovalRequest.objects.select_for_update().get(pk=request.pk)
    current = ContinuationProposal.objects.select_related("project", "decided_by").get(pk=proposal.pk)
    if current.came_back:
        raise ValidationError(_("This proposal is back with its author."), code="state")
    if (version is not None and current.version != int(version)) or (digest and digest != request.digest):
        raise audit.Conflict(current, int(version or 0))
    if current.state != State.PROPOSED:
        raise ValidationError(_("This proposal has been decided or withdrawn already."), code="state")
    named = [given | {"owner": given["owner"].pk} for given in conditions]
    approvals.approve(request, by=by, comment=reason, answer={"course": course, "conditions": named})
    proposal.refresh_from_db()
    return proposal


def check_decision(course: str, reason: str, conditions: list[dict[str, Any]]) -> None:
    audit.require_reason(reason, _("Say why; it stays with the record."))
    if course == Course.CONDITIONAL and not conditions:
        raise ValidationError(
            {"course": ValidationError(_("Name at least one condition with its owner and date."), code="conditions")}
        )
    if any(given["due_on"] < timezone.localdate() for given in conditions):
        raise ValidationError(_("A condition's date lies in the past."), code="past")


def check_owner(owner: Person) -> None:
    """Raise ValidationError unless `owner` can sign in and say what came of a condition."""
    if not owner.has_account:
        raise ValidationError(
            _("%(person)s cannot sign in, so nobody would say what came of the condition. Name somebody who signs in."),
            code="inactive",
            params={"person": owner.name},
        )


def add_condition(proposal: ContinuationProposal, *, by, text: str, owner, due_on: date) -> DecisionCondition:
    condition = audit.create(DecisionCondition(proposal=proposal, text=text, owner=owner, due_on=due_on), by=by)
    asks.ask(
        "investment.condition",
        person=owner,
        by=by,
        about=condition,
        key=f"condition:{condition.pk}",
        due_at=office_moment(due_on, time(17, 0)),
        minutes=10,
        details={
            "text": text,
            "project_ja": proposal.project.name_ja,
            "project_en": proposal.project.name_en,
            "number": proposal.number,
        },
    )
    return condition


@transaction.atomic
def close_condition(
    condition: DecisionCondition, *, by, outcome: str, version: int | None = None, waived: bool = False
) -> DecisionCondition:
    """Met (with what came of it), or waived by those who decide."""
    access.require(by, "waive" if waived else "close", condition)
    if not outcome.strip():
        raise ValidationError({"outcome": ValidationError(_("Say what came of it."), code="required")})
    with audit.change(condition, "waived" if waived else "met", by=by, version=version, reason=outcome) as current:
        if current.state != DecisionCondition.State.OPEN:
            raise ValidationError(_("This condition is closed already."), code="state")
        current.state = DecisionCondition.State.WAIVED if waived else DecisionCondition.State.MET
        current.outcome, current.closed_at, current.closed_by = outcome, timezone.now(), by
    asks.finish(about=condition, by=by)
    return condition


@transaction.atomic
def move_condition(
    condition: DecisionCondition, *, by, due_on: date, reason: str, version: int | None = None
) -> DecisionCondition:
    """Another date, with its reason; the owner's ask moves along and its ladder starts anew."""
    access.require(by, "move", condition)
    audit.require_reason(reason, _("Say why; it stays with the record."))
    if due_on < timezone.localdate():
        raise ValidationError({"due_on": ValidationError(_("This day is over."), code="past")})
    with audit.change(condition, "due_moved", by=by, version=version, reason=reason) as current:
        if current.state != DecisionCondition.State.OPEN:
            raise ValidationError(_("This condition is closed already."), code="state")
        current.due_on = due_on
    asks.postpone(f"condition:{condition.pk}", office_moment(due_on, time(17, 0)))
    return condition


@transaction.atomic
def withdraw_proposal(proposal: ContinuationProposal, *, by, version: int | None = None) -> ContinuationProposal:
    access.require(by, "withdraw", proposal)
    request = request_of(proposal)
    current = ContinuationProposal.objects.get(pk=proposal.pk)
    if not current.is_under_way or request is None:
        raise ValidationError(_("This proposal has been decided or withdrawn already."), code="state")
    if version is not None and current.version != int(version):
        raise audit.Conflict(current, int(version))
    approvals.withdraw(request, by=by)
    proposal.refresh_from_db()
    return proposal


def release_conditions(project: Project, by) -> None:
    """A project that has ended fulfils no conditions any more: the open ones are waived, and say so."""
    if project.is_open:
        return
    why = _("The project has ended.")
    for condition in DecisionCondition.objects.filter(proposal__project=project, state=DecisionCondition.State.OPEN):
        with audit.change(condition, "waived", by=by, reason=why) as current:
            current.state, current.outcome = DecisionCondition.State.WAIVED, why
            current.closed_at, current.closed_by = timezone.now(), by


def close_case(project: Project, by) -> None:
    """Taker of `project_closing`: what was still to be decided falls away."""
    for proposal in ContinuationProposal.objects.filter(project=project, state__in=UNDER_WAY):
        approvals.withdraw_about(proposal, by=by, reason=PROJECT_CLOSED)
