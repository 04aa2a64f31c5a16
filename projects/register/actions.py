"""Writing the register: every change through here, checked, audited."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, asks, audit
from pmo_portal.access.models import Scope
from pmo_portal.access.tree import add_scope, move_scope, office, rename_scope
from pmo_portal.i18n.text import fold
from projects.register.models import (
    BudgetRevision,
    Milestone,
    MilestoneForecast,
    Portfolio,
    Programme,
    Project,
    ProjectMember,
    ProjectPlacement,
)
from projects.register.ports import project_closing, project_handed_over, project_state_changed
from projects.register.standing import CONFIDENCE_RANK, LIGHT_RANK, slip_days, variance_percent

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
DATES = (
    "planned_start_on",
    "planned_finish_on",
    "forecast_start_on",
    "forecast_finish_on",
    "actual_start_on",
    "actual_finish_on",
)


def restand(project: Project) -> Project:
    """Bring the computed fields up to date with the typed ones; saves nothing."""
    project.key_folded = fold(project.key)
    project.name_folded = fold(project.name_en or project.name_ja)[:600]
    project.be_found_by(project.key, project.name_ja, project.name_en, project.source_id)
    project.cost_variance_percent = variance_percent(project.forecast_cost, project.approved_budget)
    project.slip_days = slip_days(project.actual_finish_on or project.forecast_finish_on, project.planned_finish_on)
    project.confidence_rank = CONFIDENCE_RANK[project.confidence]
    project.overall_rank = LIGHT_RANK[project.overall_light]
    project.last_change_at = timezone.now()
    return project


def check_sound(project: Project) -> None:
    """What no form may let through. Raises ValidationError naming the fields."""
    faults: dict[str, list[str]] = {}
    if not project.name_ja and not project.name_en:
        faults["name_ja"] = [_("Give a name in at least one language.")]
    if not fold(project.key) or any(c in project.key for c in "/?#%\\") or project.key != project.key.strip():
        faults["key"] = [_("A key has letters, digits, - or _, and no blanks at its ends.")]
    for name in DATES:
        value = getattr(project, name)
        if value is not None and not EARLIEST <= value <= LATEST:
            faults[name] = [_("Dates lie between 1900 and 2200.")]
    for start, finish in (("planned_start_on", "planned_finish_on"), ("actual_start_on", "actual_finish_on")):
        first, last = getattr(project, start), getattr(project, finish)
        if first and last and last < first:
            faults[finish] = [_("The finish is before the start.")]
    for name in ("approved_budget", "forecast_cost", "spent"):
        value = getattr(project, name)
        if value is not None and (not value.is_finite() or abs(value) >= Decimal(10) ** 18):
            faults[name] = [_("This amount is too large to be one.")]
    if faults:
        raise ValidationError(faults)


# ---- portfolios and programmes


@transaction.atomic
def create_portfolio(*, by, key: str, name_ja: str = "", name_en: str = "", **fields) -> Portfolio:
    """A new portfolio below the office. `by` None: the system itself (commands)."""
    if by is not None and not access.reach(by).everywhere(("administrator", "manager")):
        raise PermissionDenied(_("Your roles do not allow this here."))
    if Portfolio.objects.filter(key_folded=fold(key)).exists():
        raise ValidationError({"key": _("This key is taken (width and case do not count).")}, code="unique")
    scope = add_scope(Scope.Kind.PORTFOLIO, office(), name_ja or name_en, name_en)
    portfolio = Portfolio(key=key, key_folded=fold(key), name_ja=name_ja, name_en=name_en, scope=scope, **fields)
    return audit.create(portfolio, by=by)


@transaction.atomic
def create_programme(
    *, by, portfolio: Portfolio, key: str, name_ja: str = "", name_en: str = "", **fields
) -> Programme:
    if by is not None:
        access.require(by, "edit", portfolio)
    if Programme.objects.filter(key_folded=fold(key)).exists():
        raise ValidationError({"key": _("This key is taken (width and case do not count).")}, code="unique")
    scope = add_scope(Scope.Kind.PROGRAMME, portfolio.scope, name_ja or name_en, name_en)
    programme = Programme(
        portfolio=portfolio, key=key, key_folded=fold(key), name_ja=name_ja, name_en=name_en, scope=scope, **fields
    )
    return audit.create(programme, by=by)


# ---- projects


@transaction.atomic
def create_project(
    *, by, portfolio: Portfolio, key: str, approved_budget: Decimal | None = None, **fields: Any
) -> Project:
    """A new project in a portfolio. Raises ValidationError for a key that is taken, dates out of order, no name."""
    if by is not None:
        access.require(by, "add_project", portfolio)
    project = Project(portfolio=portfolio, key=key.strip(), approved_budget=approved_budget, **fields)
    if Project.objects.filter(key_folded=fold(key)).exists():
        raise ValidationError({"key": _("This key is taken (width and case do not count).")}, code="unique")
    if project.programme_id and project.programme.portfolio_id != portfolio.pk:
        raise ValidationError({"programme": _("This programme belongs to another portfolio.")}, code="programme")
    check_sound(project)
    above = project.programme.scope if project.programme_id else portfolio.scope
    project.scope = add_scope(Scope.Kind.PROJECT, above, project.name_ja or project.name_en, project.name_en)
    restand(project)
    try:
        with transaction.atomic():
            audit.create(project, by=by)
    except IntegrityError:
        raise ValidationError({"key": _("Someone has just taken this key.")}, code="unique") from None
    started = project.planned_start_on or timezone.localdate()
    ProjectPlacement.objects.create(
        project=project, portfolio=portfolio, programme=project.programme, starts_on=started
    )
    if approved_budget is not None:
        BudgetRevision.objects.create(
            project=project,
            number=1,
            amount=approved_budget,
            approved_on=timezone.localdate(),
            by=by,
            reason=_("First approval"),
        )
    return project


@transaction.atomic
def edit_project(project: Project, *, by, version: int | None, reason: str = "", **fields: Any) -> Project:
    """Change what stands in the register. Not the budget (revise_budget), the PM (hand_over), the place (place_project)."""
    access.require(by, "edit", project)
    with audit.change(project, "changed", by=by, version=version, reason=reason) as current:
        require_open(current)
        _leave_the_plan(current, fields)
        for name, value in fields.items():
            setattr(current, name, value)
        check_sound(current)
        clash = Project.objects.filter(key_folded=fold(current.key)).exclude(pk=current.pk)
        if clash.exists():
            raise ValidationError({"key": _("This key is taken (width and case do not count).")}, code="unique")
        restand(current)
    rename_scope(project.scope_id, project.name_ja or project.name_en, project.name_en)
    return project


def _leave_the_plan(project: Project, fields: dict[str, Any]) -> None:
    """Once work has begun, the planned dates are what it is measured against: they change by approval only."""
    if project.stage not in (Project.Stage.EXECUTION, Project.Stage.CLOSING):
        return
    moved = [
        name
        for name in ("planned_start_on", "planned_finish_on")
        if name in fields and getattr(project, name) is not None and fields[name] != getattr(project, name)
    ]
    if moved:
        raise ValidationError(
            {name: [_("The plan is approved. Ask for other planned dates; their route decides.")] for name in moved}
        )


def require_open(project: Project) -> None:
    """Raise ValidationError where the project has ended or is archived."""
    if project.archived_at is not None:
        raise ValidationError(_("This project is archived."), code="archived")
    if project.state in (Project.State.CLOSED, Project.State.STOPPED):
        raise ValidationError(_("This project has ended; its record is closed."), code="closed")


@transaction.atomic
def revise_budget(
    project: Project, *, by, amount: Decimal, reason: str, approved_on: date | None = None, version: int | None = None
) -> BudgetRevision:
    """Write down a budget that was approved elsewhere. What is still to be approved is asked for in `approving.py`."""
    access.require(by, "revise_budget", project)
    return record_budget(project, by=by, amount=amount, reason=reason, approved_on=approved_on, version=version)


def check_budget(amount: Decimal, reason: str) -> None:
    """Raises ValidationError naming the field."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say what the new budget is for.")}, code="required")
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 18:
        raise ValidationError(
            {"amount": _("This amount is too large to be one.") if amount > 0 else _("A budget is not negative.")}
        )


@transaction.atomic
def record_budget(
    project: Project, *, by, amount: Decimal, reason: str, approved_on: date | None = None, version: int | None = None
) -> BudgetRevision:
    """The next revision of the approved budget, with its reason. Asks nobody's rights: the approval has."""
    check_budget(amount, reason)
    with audit.change(project, "budget_revised", by=by, version=version, reason=reason) as current:
        require_open(current)
        current.approved_budget = amount
        restand(current)
    last = project.budget_revisions.aggregate(top=Max("number"))["top"] or 0
    return BudgetRevision.objects.create(
        project=project,
        number=last + 1,
        amount=amount,
        approved_on=approved_on or timezone.localdate(),
        reason=reason,
        by=by,
    )


@transaction.atomic
def hand_over(project: Project, *, by, new_pm, reason: str = "", version: int | None = None) -> Project:
    """Another person leads the project from now on; what was asked of the old PM about it is asked of the new one."""
    access.require(by, "hand_over", project)
    old = project.pm
    if old is not None and old.pk == new_pm.pk:
        raise ValidationError({"new_pm": _("This person leads the project already.")}, code="same")
    with audit.change(project, "handed_over", by=by, version=version, reason=reason) as current:
        require_open(current)
        current.pm = new_pm
    project.pm = new_pm
    if old is not None:
        asks.move(project.scope_id, old, new_pm)
    asks.notify(
        new_pm,
        key=f"handed-over:{project.pk}:{project.version}",
        kind="register.handed_over",
        params={"project_ja": project.name_ja, "project_en": project.name_en},
        url=project.get_absolute_url(),
    )
    project_handed_over.tell(project, old, new_pm, by=by)
    return project


@transaction.atomic
def place_project(
    project: Project, *, by, portfolio: Portfolio, programme: Programme | None, version: int | None = None
) -> Project:
    """Move the project to another portfolio or programme from today on."""
    access.require(by, "place", project)
    access.require(by, "add_project", portfolio)
    if programme and programme.portfolio_id != portfolio.pk:
        raise ValidationError({"programme": _("This programme belongs to another portfolio.")}, code="programme")
    with audit.change(project, "placed", by=by, version=version) as current:
        require_open(current)
        current.portfolio, current.programme = portfolio, programme
    today = timezone.localdate()
    open_ones = ProjectPlacement.objects.filter(project=project, ends_on=None)
    open_ones.filter(starts_on=today).delete()
    open_ones.update(ends_on=today - timedelta(days=1))
    ProjectPlacement.objects.create(project=project, portfolio=portfolio, programme=programme, starts_on=today)
    move_scope(project.scope, programme.scope if programme else portfolio.scope)
    return project


@transaction.atomic
def set_state(project: Project, state: str, *, by, action: str, reason: str) -> Project:
    """The project's state follows a decision (called by the room that decides)."""
    was = project.state
    with audit.change(project, action, by=by, reason=reason) as current:
        was, current.state = current.state, state
        restand(current)
    _follow_state(project, was, by)
    return project


def _follow_state(project: Project, was: str, by) -> None:
    """A project that has ended asks nothing of anybody any more; rooms above do their part."""
    if project.state in (Project.State.STOPPED, Project.State.CLOSED) or project.archived_at:
        asks.withdraw_within(project.scope_id)
    project_state_changed.tell(project, was, by=by)


@transaction.atomic
def close_project(project: Project, *, by, note: str, finished_on: date, version: int | None = None) -> Project:
    """The project has ended. Rooms above may refuse (port `project_closing`); its open asks are withdrawn."""
    access.require(by, "close", project)
    if not EARLIEST <= finished_on <= LATEST:
        raise ValidationError({"finished_on": _("Dates lie between 1900 and 2200.")})
    with audit.change(project, "closed", by=by, version=version, reason=note) as current:
        require_open(current)
        project_closing.tell(current, by=by)
        was = current.state
        current.state, current.stage = Project.State.CLOSED, Project.Stage.CLOSED
        current.actual_finish_on, current.closing_note = finished_on, note
        if current.actual_start_on and finished_on < current.actual_start_on:
            raise ValidationError({"finished_on": _("The finish is before the start.")})
        restand(current)
    _follow_state(project, was, by)
    return project


@transaction.atomic
def archive_project(project: Project, *, by, reason: str, version: int | None = None) -> Project:
    """Out of use, not out of history."""
    access.require(by, "archive", project)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is archived.")}, code="required")
    audit.archive(project, by=by, reason=reason, version=version)
    _follow_state(project, project.state, by)
    return project


# ---- milestones and team


@transaction.atomic
def add_milestone(
    project: Project,
    *,
    by,
    name_ja: str = "",
    name_en: str = "",
    baseline_on: date | None = None,
    forecast_on: date | None = None,
    owner=None,
) -> Milestone:
    if by is not None:
        access.require(by, "edit_milestones", project)
    if not name_ja and not name_en:
        raise ValidationError({"name_ja": _("Give a name in at least one language.")}, code="required")
    last = Milestone.objects.filter(project=project).aggregate(top=Max("number"))["top"] or 0
    forecast = forecast_on or baseline_on
    milestone = Milestone(
        project=project,
        number=last + 1,
        name_ja=name_ja,
        name_en=name_en,
        owner=owner,
        baseline_on=baseline_on,
        forecast_on=forecast,
    )
    audit.create(milestone, by=by)
    if forecast:
        MilestoneForecast.objects.create(milestone=milestone, as_of=timezone.localdate(), forecast_on=forecast, by=by)
    return milestone


@transaction.atomic
def move_milestone(
    milestone: Milestone, *, by, forecast_on: date, as_of: date | None = None, version: int | None = None
) -> Milestone:
    """A new forecast: was → is. The forecast before stays readable, with its date."""
    access.require(by, "edit", milestone)
    if not EARLIEST <= forecast_on <= LATEST:
        raise ValidationError({"forecast_on": _("Dates lie between 1900 and 2200.")})
    with audit.change(milestone, "moved", by=by, version=version, quiet=True) as current:
        if current.state != Milestone.State.OPEN:
            raise ValidationError(_("A milestone that was reached or dropped does not move."), code="state")
        if current.forecast_on != forecast_on:
            current.previous_on, current.forecast_on = current.forecast_on, forecast_on
    MilestoneForecast.objects.update_or_create(
        milestone=milestone, as_of=as_of or timezone.localdate(), defaults={"forecast_on": forecast_on, "by": by}
    )
    return milestone


@transaction.atomic
def reach_milestone(milestone: Milestone, *, by, actual_on: date, version: int | None = None) -> Milestone:
    access.require(by, "edit", milestone)
    if actual_on > timezone.localdate():
        raise ValidationError({"actual_on": _("A day that has not come cannot have been reached.")}, code="future")
    with audit.change(milestone, "reached", by=by, version=version) as current:
        if current.state != Milestone.State.OPEN:
            raise ValidationError(_("A milestone that was reached or dropped does not move."), code="state")
        current.state, current.actual_on = Milestone.State.REACHED, actual_on
    return milestone


@transaction.atomic
def add_member(
    project: Project,
    *,
    by,
    person,
    part_ja: str = "",
    part_en: str = "",
    share_percent: int = 100,
    starts_on: date | None = None,
) -> ProjectMember:
    if by is not None:
        access.require(by, "edit", project)
    member = ProjectMember(
        project=project,
        person=person,
        part_ja=part_ja,
        part_en=part_en,
        share_percent=share_percent,
        starts_on=starts_on or timezone.localdate(),
    )
    return audit.create(member, by=by)
