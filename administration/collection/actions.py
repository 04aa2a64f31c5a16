"""Writing the collection: arrangements, reminders, campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.collection.models import Campaign, CampaignQuestion, CampaignReply, ReportingArrangement
from pmo_portal import access, asks, audit, jobs
from pmo_portal.access.models import Scope
from pmo_portal.access.tree import below_or_at
from pmo_portal.approvals import actions as approvals
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.asks.models import Ask
from pmo_portal.audit.models import AuditEntry
from pmo_portal.i18n.dates import format_date
from pmo_portal.i18n.notes import own_note
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Project
from projects.status.actions import ask_key
from projects.status.maintaining import expect_in, maintain
from projects.status.models import ProjectPeriod, StatusReport

Kind = ReportingArrangement.Kind
EXEMPTION = "collection.exemption"
REPLACED, IN_ALREADY = own_note("replaced"), own_note("The report is in already.")
ENDED = own_note("The project has ended.")


def _require_reason(reason: str) -> None:
    audit.require_reason(reason, _("Say why; it stays with the period."))


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
        raise ValidationError(_("This period is frozen. A PMO manager can re-open it."), code="frozen")


def _replace(project: Project, period: ReportingPeriod, by) -> None:
    for old in ReportingArrangement.objects.filter(project=project, period=period, archived_at=None):
        audit.archive(old, by=by, reason=REPLACED)


@transaction.atomic
def exempt(project: Project, period: ReportingPeriod, *, by, reason: str) -> ReportingArrangement | ApprovalRequest:
    """Spare a project its report. Where the office has a route for it the request goes along it and the report is owed
    until it is through; without a route in force whoever may arrange decides at once."""
    access.require(by, "arrange_reporting", project)
    _require_reason(reason)
    _require_not_in(project, period)
    if not approvals.is_routed(EXEMPTION, about=project, by=by):
        return record_exemption(project, period, by=by, reason=reason)
    return approvals.submit(EXEMPTION, about=project, by=by, reason=reason, content=told_of(project, period))


def told_of(project: Project, period: ReportingPeriod) -> dict[str, Any]:
    """What goes along the route: which report, when it is due, how often before, and how the project stands."""
    year_ago = timezone.localdate() - timedelta(days=365)
    before = ReportingArrangement.objects.filter(
        project=project, kind=Kind.EXEMPTION, archived_at=None, period__ends_on__gte=year_ago
    )
    return {
        "period": period.key,
        "due_on": timezone.localdate(period.due_at),
        "recent": before.exclude(period=period).count(),
        "confidence": project.confidence,
    }


@transaction.atomic
def record_exemption(project: Project, period: ReportingPeriod, *, by, reason: str) -> ReportingArrangement:
    """No report is owed for this period; the ask withdraws itself. Asks nobody's rights: the approval has."""
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
        raise ValidationError(
            {"due_at": ValidationError(_("The new date must lie after the old one, and in the future."), code="date")}
        )
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
    project, period = arrangement.project, arrangement.period
    if period.state == ReportingPeriod.State.FROZEN:
        raise ValidationError(_("This period is frozen. A PMO manager can re-open it."), code="frozen")
    if arrangement.archived_at is not None:
        raise ValidationError(_("This was taken back already."), code="state")
    audit.archive(arrangement, by=by, reason=reason or _("taken back"))
    maintain([project.pk], period)
    expect_in(project, period)


@transaction.atomic
def exempt_many(rows: list[ProjectPeriod], *, by, reason: str) -> list[ReportingArrangement | ApprovalRequest]:
    """All or none of them; returns what came of each: exempt at once, or put to its route."""
    return [exempt(row.project, row.period, by=by, reason=reason) for row in rows]


def is_exempted_by_route(rows: list[ProjectPeriod], *, by) -> bool:
    """Whether exempting one of these is decided along a route."""
    return any(approvals.is_routed(EXEMPTION, about=row.project, by=by) for row in rows[:20])


def exemptions_under_way(project: Project, period: ReportingPeriod) -> list[ApprovalRequest]:
    found = approvals.under_way(EXEMPTION).filter(object_id=project.pk)
    return [request for request in found if request.content["period"] == period.key]


def withdraw_exemption(request: ApprovalRequest) -> None:
    approvals.withdraw(request, by=None, reason=IN_ALREADY)


@transaction.atomic
def extend_many(rows: list[ProjectPeriod], *, by, due_at: datetime, reason: str) -> int:
    """The same new date for all, or for none of them; returns how many."""
    for row in rows:
        extend(row.project, row.period, by=by, due_at=due_at, reason=reason)
    return len(rows)


@transaction.atomic
@dataclass(frozen=True)
class Reminded:
    """What came of reminding: how many letters go out, of how many asks somebody was reminded just before and is left in
    peace, and from when they may be reminded again."""

    sent: int
    left: int
    again_at: datetime


def remind_many(items: list[Ask], *, by, texts: dict[str, str] | None = None) -> Reminded:
    """Remind now, each in their language (`texts`: language → the sender's words)."""
    for item in items:
        access.require(by, "remind", item)
    letters = [len(asks.remind(item, by=by, texts=texts)) for item in items]
    return Reminded(sum(letters), letters.count(0), asks.by_hand_again_at(timezone.now()))


def note_call(project: Project, *, by, text: str) -> AuditEntry:
    """What a call about a project brought; it stands beside the project among those worth a call."""
    access.require(by, "arrange_reporting", project)
    if not text.strip():
        raise ValidationError(
            {"text": ValidationError(_("Say in a few words what came of the call."), code="required")}
        )
    return audit.log(project, "called", by=by, reason=text.strip())


# ---- campaigns


@transaction.atomic
def create_campaign(
    *, by, scope: Scope, questions: list[dict[str, Any]], projects: list[Project], **fields: Any
) -> Campaign:
    """A draft with its questions and the projects it will be asked of."""
    _require_campaigns_at(by, scope)
    _check_campaign(fields, questions, projects, scope)
    campaign = audit.create(Campaign(owner=by, scope=scope, **fields), by=by)
    _fill_campaign(campaign, questions, projects)
    return campaign


@transaction.atomic
def edit_campaign(
    campaign: Campaign,
    *,
    by,
    version: int | None,
    questions: list[dict[str, Any]],
    projects: list[Project],
    scope: Scope | None = None,
    **fields: Any,
) -> Campaign:
    """Change a draft: its words, its questions, whom it will be asked of. Once it is open, answers depend on it."""
    access.require(by, "edit", campaign)
    scope = scope or campaign.scope
    _require_campaigns_at(by, scope)
    _check_campaign(fields, questions, projects, scope)
    with audit.change(campaign, "changed", by=by, version=version) as current:
        _require_draft(current)
        for name, value in (fields | {"scope": scope}).items():
            setattr(current, name, value)
    campaign.questions.all().delete()
    campaign.replies.all().delete()
    _fill_campaign(campaign, questions, projects)
    return campaign


@transaction.atomic
def reword_campaign(campaign: Campaign, *, by, version: int | None = None, **fields: Any) -> Campaign:
    """Other words or another date for a draft; its questions and projects stay."""
    access.require(by, "edit", campaign)
    with audit.change(campaign, "changed", by=by, version=version) as current:
        _require_draft(current)
        for name, value in fields.items():
            setattr(current, name, value)
        check_words(current.title_ja, current.title_en, current.due_at)
    return campaign


def _require_draft(campaign: Campaign) -> None:
    if campaign.state != Campaign.State.DRAFT:
        raise ValidationError(_("This campaign has been opened; its questions stay as they were asked."), code="state")


def check_words(title_ja: str | None, title_en: str | None, due_at: datetime) -> None:
    """Raises ValidationError where there is no title in either language, or the date is over."""
    if not (title_ja or title_en):
        raise ValidationError(
            {"title_ja": ValidationError(_("Give a title in at least one language."), code="required")}
        )
    if due_at <= timezone.now():
        raise ValidationError({"due_at": ValidationError(_("The date must lie in the future."), code="date")})


def _require_campaigns_at(by, scope: Scope) -> None:
    if not access.reach(by).roles_at(scope.pk).intersection({"administrator", "manager", "expert"}):
        raise PermissionDenied(_("Your roles do not allow this here."))


def _check_campaign(fields: dict[str, Any], questions: list, projects: list[Project], scope: Scope) -> None:
    check_words(fields.get("title_ja"), fields.get("title_en"), fields["due_at"])
    if not questions:
        raise ValidationError(_("Ask at least one question."), code="questions")
    if not projects:
        raise ValidationError(
            {"projects": ValidationError(_("No project matches: nobody would be asked."), code="projects")}
        )
    inside = below_or_at(scope.pk)
    elsewhere = [p.key for p in projects if p.scope_id not in inside]
    if elsewhere:
        said = _("These projects do not belong to the place for which you ask: %(keys)s")
        raise ValidationError(
            {"projects": ValidationError(said, code="scope", params={"keys": _(", ").join(elsewhere[:10])})}
        )


def _fill_campaign(campaign: Campaign, questions: list[dict[str, Any]], projects: list[Project]) -> None:
    CampaignQuestion.objects.bulk_create(
        [CampaignQuestion(campaign=campaign, number=n, **question) for n, question in enumerate(questions, 1)]
    )
    CampaignReply.objects.bulk_create([CampaignReply(campaign=campaign, project=p) for p in projects], batch_size=500)


@transaction.atomic
def open_campaign(campaign: Campaign, *, by, version: int | None = None) -> Campaign:
    """Ask the PMs of all its projects, in a job."""
    access.require(by, "open", campaign)
    with audit.change(campaign, "opened", by=by, version=version) as current:
        if current.state != Campaign.State.DRAFT:
            raise ValidationError(_("This campaign has been opened already."), code="state")
        if current.due_at <= timezone.now():
            raise ValidationError(_("Its date has passed. Give it another one first."), code="date")
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
    asks.withdraw_many(_asks_of(campaign))
    return campaign


def _asks_of(campaign: Campaign):
    keys = [f"campaign:{pk}" for pk in campaign.replies.values_list("pk", flat=True)]
    return Ask.objects.filter(kind="collection.campaign", key__in=keys)


@transaction.atomic
def reopen_campaign(campaign: Campaign, *, by, due_at: datetime, reason: str, version: int | None = None) -> Campaign:
    """Take answers again until another date: of a closed campaign, or more time for an open one. Those who have not
    answered are asked anew."""
    access.require(by, "close", campaign)
    _require_reason(reason)
    if due_at <= timezone.now():
        raise ValidationError({"due_at": ValidationError(_("The date must lie in the future."), code="date")})
    with audit.change(campaign, "reopened", by=by, version=version, reason=reason) as current:
        if current.state == Campaign.State.DRAFT:
            raise ValidationError(_("A draft has not been asked yet; change its date instead."), code="state")
        current.state, current.closed_at, current.due_at = Campaign.State.OPEN, None, due_at
    jobs.submit("administration.collection.ask_campaign", campaign.pk, by=by, key=f"campaign:{campaign.pk}")
    return campaign


@transaction.atomic
def excuse_reply(reply: CampaignReply, *, by, reason: str, version: int | None = None) -> CampaignReply:
    """This project need not answer; its ask withdraws itself."""
    access.require(by, "excuse", reply)
    _require_reason(reason)
    with audit.change(reply, "excused", by=by, version=version, reason=reason) as current:
        if current.state != CampaignReply.State.WAITING:
            raise ValidationError(_("Only an answer that is still waited for can be excused."), code="state")
        current.state = CampaignReply.State.EXCUSED
    asks.withdraw(about=reply)
    return reply


@transaction.atomic
def answer_campaign(reply: CampaignReply, *, by, answers: dict[str, Any], version: int | None = None) -> CampaignReply:
    """Keep a project's answers; the ask is done. Answers may be corrected while the campaign is open."""
    access.require(by, "answer", reply)
    campaign = Campaign.objects.get(pk=reply.campaign_id)
    if campaign.state == Campaign.State.CLOSED:
        raise ValidationError(
            _("This campaign was closed on %(day)s. Ask %(owner)s to open it again.")
            % {"day": format_date(timezone.localdate(campaign.closed_at), "short"), "owner": campaign.owner},
            code="state",
        )
    if campaign.state != Campaign.State.OPEN:
        raise ValidationError(_("This campaign is not open."), code="state")
    missing = {
        f"q{q.number}": [_("An answer is needed.")]
        for q in reply.campaign.questions.all()
        if q.is_required and answers.get(str(q.number)) in (None, "")
    }
    if missing:
        raise ValidationError(missing)
    pm = reply.project.pm
    stands_in = audit.acting_for(pm if pm and pm.pk != by.pk else None)
    with stands_in, audit.change(reply, "answered", by=by, version=version) as current:
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
        with audit.change(reply, "excused", by=by, reason=ENDED) as current:
            current.state = CampaignReply.State.EXCUSED
