"""Proposing, deciding, and chasing the conditions."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.investment.evidence import digest_of
from governance.investment.models import ContinuationProposal, DecisionCondition
from pmo_portal import access, asks, audit
from pmo_portal.asks.ladder import holders
from pmo_portal.periods.queries import office_moment
from projects.register.actions import set_state
from projects.register.models import Milestone, Project
from projects.register.queries import next_milestones
from projects.status.models import StatusReport

Course, State = ContinuationProposal.Course, ContinuationProposal.State
STATE_AFTER = {
    Course.CONTINUE: Project.State.ACTIVE,
    Course.CONDITIONAL: Project.State.ACTIVE,
    Course.PAUSE: Project.State.PAUSED,
    Course.STOP: Project.State.STOPPED,
}


@transaction.atomic
def propose(
    project: Project, *, by, course: str, reason: str, conditions_text: str = "", decide_by: date | None = None
) -> ContinuationProposal:
    """Put a course to those who decide; they are asked. One undecided proposal a project."""
    access.require(by, "propose", project)
    if project.state in (Project.State.CLOSED, Project.State.STOPPED):
        raise ValidationError(_("This project has ended; there is nothing to decide."), code="closed")
    audit.require_reason(reason, _("Say why; those who decide read this first."))
    if course == Course.CONDITIONAL and not conditions_text.strip():
        raise ValidationError({"conditions_text": ValidationError(_("Name the conditions."), code="required")})
    if ContinuationProposal.objects.filter(project=project, state=State.PROPOSED).exists():
        raise ValidationError(_("A proposal for this project waits for its decision already."), code="open")
    if decide_by and decide_by < timezone.localdate():
        raise ValidationError({"decide_by": ValidationError(_("This day is over."), code="past")})
    deciders = deciders_of(project, by)
    if not deciders:
        raise ValidationError(
            _(
                "Nobody but you and the PM may decide here. Name a sponsor, or ask the system administrator for a PMO manager."
            ),
            code="nobody",
        )
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
    for person in deciders:
        _ask_to_decide(proposal, person, by)
    return proposal


def deciders_of(project: Project, by) -> list:
    """Who is asked to decide: the nearest PMO managers and the project's sponsor, else whoever sponsors above; never the
    one who proposes, nor the PM."""
    found = {p.pk: p for p in holders("manager", project.scope_id)}
    if project.sponsor_id:
        found[project.sponsor_id] = project.sponsor
    apart = {by.pk, project.pm_id}
    deciders = [p for p in found.values() if p.pk not in apart and p.is_active]
    return deciders or [p for p in holders("sponsor", project.scope_id) if p.pk not in apart]


def _ask_to_decide(proposal: ContinuationProposal, person, by) -> None:
    project = proposal.project
    asks.ask(
        "investment.decision",
        person=person,
        by=by,
        about=proposal,
        key=f"decide:{proposal.pk}:{person.pk}",
        due_at=office_moment(proposal.decide_by, time(17, 0)) if proposal.decide_by else None,
        details={
            "project_ja": project.name_ja,
            "project_en": project.name_en,
            "course": proposal.course,
            "reason": proposal.reason[:200],
            "number": proposal.number,
        },
    )


def latest_report(project: Project) -> StatusReport | None:
    return (
        StatusReport.objects.filter(project=project, is_current=True, state__in=("submitted", "accepted"))
        .select_related("period")
        .order_by("-period__starts_on")
        .first()
    )


def evidence_of(project: Project) -> dict[str, Any]:
    """What is known when a decision is taken, as plain values: frozen with it."""
    report = latest_report(project)
    return {
        "project": {
            "key": project.key,
            "name_ja": project.name_ja,
            "name_en": project.name_en,
            "state": project.state,
            "confidence": project.confidence,
            "overall": project.overall_light,
            "currency": project.currency,
            "approved_budget": project.approved_budget,
            "forecast_cost": project.forecast_cost,
            "spent": project.spent,
            "planned_finish_on": project.planned_finish_on,
            "forecast_finish_on": project.forecast_finish_on,
            "cost_variance_percent": project.cost_variance_percent,
            "slip_days": project.slip_days,
        },
        "report": {
            "id": report.pk,
            "period": report.period.key,
            "digest": report.digest,
            "confidence": report.confidence,
            "overall": report.overall_light,
            "overall_reason": report.overall_reason,
            "submitted_at": report.submitted_at,
        }
        if report
        else None,
        "milestones": [
            {
                "code": m.code,
                "name_ja": m.name_ja,
                "name_en": m.name_en,
                "baseline_on": m.baseline_on,
                "forecast_on": m.forecast_on,
            }
            for m in next_milestones(project)
        ],
        "missed_milestones": Milestone.objects.filter(
            project=project, state=Milestone.State.OPEN, forecast_on__lt=timezone.localdate()
        ).count(),
    }


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))


@transaction.atomic
def decide(
    proposal: ContinuationProposal,
    *,
    by,
    course: str,
    reason: str,
    conditions: list[dict[str, Any]] | None = None,
    version: int | None = None,
) -> ContinuationProposal:
    """Take the decision: evidence frozen and hashed, the project's state follows, conditions become asks.

    `conditions`: text, owner, due_on. Raises ValidationError when conditions are promised and none is named.
    """
    access.require(by, "decide", proposal)
    conditions = conditions or []
    audit.require_reason(reason, _("Say why; it stays with the record."))
    if course == Course.CONDITIONAL and not conditions:
        raise ValidationError(
            {"course": ValidationError(_("Name at least one condition with its owner and date."), code="conditions")}
        )
    if any(given["due_on"] < timezone.localdate() for given in conditions):
        raise ValidationError(_("A condition's date lies in the past."), code="past")
    project = Project.objects.select_related("scope", "pm", "sponsor").get(pk=proposal.project_id)
    evidence = plain(evidence_of(project))
    with audit.change(proposal, "decided", by=by, version=version, reason=reason) as current:
        if current.state != State.PROPOSED:
            raise ValidationError(_("This proposal has been decided or withdrawn already."), code="state")
        current.state, current.decided_course, current.decision_reason = State.DECIDED, course, reason
        current.decided_by, current.decided_at, current.evidence = by, timezone.now(), evidence
        current.evidence_digest = digest_of(evidence)
    asks.withdraw(about=proposal)
    set_state(project, STATE_AFTER[Course(course)], by=by, action="decided", reason=f"{proposal.code}: {reason}")
    for given in conditions:
        add_condition(proposal, by=by, **given)
    for person in {p.pk: p for p in (project.pm, proposal.proposed_by) if p is not None}.values():
        asks.notify(
            person,
            key=f"decided:{proposal.pk}",
            kind="investment.decided",
            url=proposal.get_absolute_url(),
            at_once=True,
            params={"project_ja": project.name_ja, "project_en": project.name_en, "course": course},
        )
    return proposal


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
    with audit.change(proposal, "withdrawn", by=by, version=version) as current:
        if current.state != State.PROPOSED:
            raise ValidationError(_("This proposal has been decided or withdrawn already."), code="state")
        current.state = State.WITHDRAWN
    asks.withdraw(about=proposal)
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
    for proposal in ContinuationProposal.objects.filter(project=project, state=State.PROPOSED):
        with audit.change(proposal, "withdrawn", by=by, reason=_("The project was closed.")) as current:
            current.state = State.WITHDRAWN
        asks.withdraw(about=proposal)
