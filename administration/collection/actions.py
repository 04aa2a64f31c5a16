"""Writing the collection: arrangements, reminders, campaigns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.collection.models import Campaign, CampaignQuestion, CampaignReply, ReportingArrangement
from pmo_portal import access, asks, audit, jobs
from pmo_portal.access.models import Scope
from pmo_portal.asks.models import Ask
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Project
from projects.status.actions import ask_key
from projects.status.maintaining import expect_in, maintain
from projects.status.models import StatusReport

Kind = ReportingArrangement.Kind


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; it stays with the period.")}, code="required")


def _require_not_in(project: Project, period: ReportingPeriod) -> None:
    done = StatusReport.objects.filter(
        project=project,
        period=period,
        is_current=True,
        state__in=(StatusReport.State.SUBMITTED, StatusReport.State.ACCEPTED),
    )
    if done.exists():
        raise ValidationError(_("The report is in already."), code="in")
    if period.state == ReportingPeriod.State.FROZEN:
        raise ValidationError(_("This period is frozen."), code="frozen")


def _replace(project: Project, period: ReportingPeriod, by) -> None:
    for old in ReportingArrangement.objects.filter(project=project, period=period, archived_at=None):
        audit.archive(old, by=by, reason=_("replaced"))


@transaction.atomic
def exempt(project: Project, period: ReportingPeriod, *, by, reason: str) -> ReportingArrangement:
    """No report is owed for this period; the ask withdraws itself."""
    access.require(by, "arrange_reporting", project)
    _require_reason(reason)
    _require_not_in(project, period)
    _replace(project, period, by)
    made = audit.create(
        ReportingArrangement(project=project, period=period, kind=Kind.EXEMPTION, reason=reason, by=by),
        by=by,
        reason=reason,
    )
    maintain([project.pk], period)
    asks.withdraw(key=ask_key(project, period))
    return made


@transaction.atomic
def extend(project: Project, period: ReportingPeriod, *, by, due_at: datetime, reason: str) -> ReportingArrangement:
    """More time for one project; its ladder starts anew."""
    access.require(by, "arrange_reporting", project)
    _require_reason(reason)
    _require_not_in(project, period)
    if due_at <= max(timezone.now(), period.due_at):
        raise ValidationError({"due_at": _("The new date must lie after the old one, and in the future.")}, code="date")
    _replace(project, period, by)
    made = audit.create(
        ReportingArrangement(project=project, period=period, kind=Kind.EXTENSION, due_at=due_at, reason=reason, by=by),
        by=by,
        reason=reason,
    )
    asks.postpone(ask_key(project, period), due_at)
    maintain([project.pk], period)
    return made


@transaction.atomic
def end_arrangement(arrangement: ReportingArrangement, *, by, reason: str = "") -> None:
    """As if it had not been arranged: the report is owed again, at the period's own date."""
    access.require(by, "end", arrangement)
    audit.archive(arrangement, by=by, reason=reason or _("taken back"))
    project, period = arrangement.project, arrangement.period
    maintain([project.pk], period)
    expect_in(project, period)


def remind_many(items: list[Ask], *, by, text: str = "") -> int:
    """Remind now; returns how many letters go out (an ask reminded within the hour is left in peace)."""
    for item in items:
        access.require(by, "remind", item)
    return sum(len(asks.remind(item, by=by, text=text)) for item in items)


# ---- campaigns


@transaction.atomic
def create_campaign(
    *, by, scope: Scope, questions: list[dict[str, Any]], projects: list[Project], **fields: Any
) -> Campaign:
    """A draft with its questions and the projects it will be asked of."""
    if not access.reach(by).roles_at(scope.pk).intersection({"administrator", "manager", "expert"}):
        raise PermissionDenied(_("Your roles do not allow this here."))
    if not (fields.get("title_ja") or fields.get("title_en")):
        raise ValidationError({"title_ja": _("Give a title in at least one language.")}, code="required")
    if not questions:
        raise ValidationError(_("Ask at least one question."), code="questions")
    if not projects:
        raise ValidationError({"projects": _("No project matches: nobody would be asked.")}, code="projects")
    if fields["due_at"] <= timezone.now():
        raise ValidationError({"due_at": _("The date must lie in the future.")}, code="date")
    campaign = audit.create(Campaign(owner=by, scope=scope, **fields), by=by)
    CampaignQuestion.objects.bulk_create(
        [CampaignQuestion(campaign=campaign, number=n, **question) for n, question in enumerate(questions, 1)]
    )
    CampaignReply.objects.bulk_create([CampaignReply(campaign=campaign, project=p) for p in projects], batch_size=500)
    return campaign


@transaction.atomic
def open_campaign(campaign: Campaign, *, by, version: int | None = None) -> Campaign:
    """Ask the PMs of all its projects, in a job."""
    access.require(by, "open", campaign)
    with audit.change(campaign, "opened", by=by, version=version) as current:
        if current.state != Campaign.State.DRAFT:
            raise ValidationError(_("This campaign has been opened already."), code="state")
        current.state, current.opened_at = Campaign.State.OPEN, timezone.now()
    jobs.submit("administration.collection.ask_campaign", campaign.pk, by=by, key=f"campaign:{campaign.pk}")
    return campaign


def ask_replies(campaign: Campaign) -> int:
    """One ask per project that has not answered. Safe to run twice."""
    asked = 0
    waiting = campaign.replies.filter(state=CampaignReply.State.WAITING).select_related("project__pm", "project__scope")
    for reply in waiting.iterator(200):
        if reply.project.pm_id:
            asks.ask(
                "collection.campaign",
                person=reply.project.pm,
                by=campaign.owner,
                about=reply,
                key=f"campaign:{reply.pk}",
                due_at=campaign.due_at,
                minutes=campaign.minutes,
                details={
                    "title_ja": campaign.title_ja,
                    "title_en": campaign.title_en,
                    "project_ja": reply.project.name_ja,
                    "project_en": reply.project.name_en,
                    "purpose": campaign.purpose[:200],
                },
            )
            asked += 1
        jobs.progress(asked)
    return asked


@transaction.atomic
def close_campaign(campaign: Campaign, *, by, version: int | None = None) -> Campaign:
    access.require(by, "close", campaign)
    with audit.change(campaign, "closed", by=by, version=version) as current:
        if current.state != Campaign.State.OPEN:
            raise ValidationError(_("Only an open campaign can be closed."), code="state")
        current.state, current.closed_at = Campaign.State.CLOSED, timezone.now()
    for reply in campaign.replies.filter(state=CampaignReply.State.WAITING):
        asks.withdraw(about=reply)
    return campaign


@transaction.atomic
def answer_campaign(reply: CampaignReply, *, by, answers: dict[str, Any], version: int | None = None) -> CampaignReply:
    """Keep a project's answers; the ask is done. Answers may be corrected while the campaign is open."""
    access.require(by, "answer", reply)
    if reply.campaign.state != Campaign.State.OPEN:
        raise ValidationError(_("This campaign is not open."), code="state")
    missing = {
        f"q{q.number}": [_("An answer is needed.")]
        for q in reply.campaign.questions.all()
        if q.is_required and answers.get(str(q.number)) in (None, "")
    }
    if missing:
        raise ValidationError(missing)
    with audit.change(reply, "answered", by=by, version=version) as current:
        current.answers, current.state = answers, CampaignReply.State.ANSWERED
        current.answered_by, current.answered_at = by, timezone.now()
    asks.finish(about=reply, by=by)
    return reply


def excuse_ended(project: Project, *, by) -> None:
    """What campaigns still wait for from a project that has ended falls away."""
    if project.is_open and project.archived_at is None:
        return
    waiting = CampaignReply.objects.filter(project=project, state=CampaignReply.State.WAITING)
    for reply in waiting.exclude(campaign__state=Campaign.State.CLOSED):
        with audit.change(reply, "excused", by=by, reason=_("The project has ended.")) as current:
            current.state = CampaignReply.State.EXCUSED
