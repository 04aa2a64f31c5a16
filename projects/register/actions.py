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
from pmo_portal.access.models import Role, Scope
from pmo_portal.access.tree import add_scope, office, rename_scope
from pmo_portal.custom import actions as custom
from pmo_portal.i18n.notes import own_note
from pmo_portal.i18n.text import fold
from pmo_portal.setup.grants import end_role, hold_role
from projects.register import keys
from projects.register.models import BudgetRevision, Portfolio, Programme, Project, ProjectPlacement
from projects.register.ports import project_closing, project_handed_over, project_state_changed
from projects.register.standing import CONFIDENCE_RANK, LIGHT_RANK, slip_days, variance_percent

AMOUNTS = ("approved_budget", "forecast_cost", "spent")
FIRST_APPROVAL = own_note("First approval")
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
    faults: dict[str, Any] = {}
    if not project.name_ja and not project.name_en:
        faults["name_ja"] = [_("Give a name in at least one language.")]
    try:
        keys.check_key(project.key, keys.PROJECTS)
    except ValidationError as error:
        faults |= error.error_dict
    for name in DATES:
        value = getattr(project, name)
        if value is not None and not EARLIEST <= value <= LATEST:
            faults[name] = [_("Dates lie between 1900 and 2200.")]
    for what in ("planned", "forecast", "actual"):
        start, finish = f"{what}_start_on", f"{what}_finish_on"
        first, last = getattr(project, start), getattr(project, finish)
        if first and last and last < first:
            faults[finish] = [_("The finish is before the start.")]
    for name in ("approved_budget", "forecast_cost", "spent", "benefit_amount"):
        value = getattr(project, name)
        if value is not None and (not value.is_finite() or abs(value) >= Decimal(10) ** 18):
            faults[name] = [_("This amount is too large to be one.")]
    faults |= below_zero(project.pk, {name: getattr(project, name) for name in AMOUNTS})
    if faults:
        raise ValidationError(faults)


def below_zero(pk: int | None, amounts: dict[str, Decimal | None]) -> dict[str, list[str]]:
    """Amounts that are negative, by field; what stands so already, from an import, may stay."""
    found = {n: Decimal(v) for n, v in amounts.items() if v is not None and Decimal(v).is_finite() and v < 0}
    kept = Project.objects.filter(pk=pk).values(*found).first() if found else None
    return {n: [_("An amount is not negative.")] for n, value in found.items() if not kept or kept[n] != value}


# ---- portfolios and programmes


@transaction.atomic
def create_portfolio(*, by, key: str, name_ja: str = "", name_en: str = "", **fields) -> Portfolio:
    """A new portfolio below the office. `by` None: the system itself (commands)."""
    if by is not None and not access.reach(by).everywhere(("administrator", "manager")):
        raise PermissionDenied(_("Your roles do not allow this here."))
    portfolio = Portfolio(key=key.strip(), name_ja=name_ja, name_en=name_en, **fields)
    _check_place(portfolio, keys.PORTFOLIOS)
    portfolio.scope = add_scope(Scope.Kind.PORTFOLIO, office(), name_ja or name_en, name_en)
    return audit.create(portfolio, by=by)


@transaction.atomic
def create_programme(
    *, by, portfolio: Portfolio, key: str, name_ja: str = "", name_en: str = "", **fields
) -> Programme:
    """A new programme of a portfolio."""
    if by is not None:
        access.require(by, "edit", portfolio)
    programme = Programme(portfolio=portfolio, key=key.strip(), name_ja=name_ja, name_en=name_en, **fields)
    _check_place(programme, keys.PROGRAMMES)
    programme.scope = add_scope(Scope.Kind.PROGRAMME, portfolio.scope, name_ja or name_en, name_en)
    return audit.create(programme, by=by)


@transaction.atomic
def edit_portfolio(portfolio: Portfolio, *, by, version: int | None = None, **fields) -> Portfolio:
    """Change what it is called, whose it is, what it is for."""
    return _edit_place(portfolio, keys.PORTFOLIOS, by, version, fields)


@transaction.atomic
def edit_programme(programme: Programme, *, by, version: int | None = None, **fields) -> Programme:
    """As `edit_portfolio`. Its portfolio stays: what belongs elsewhere is moved project by project."""
    return _edit_place(programme, keys.PROGRAMMES, by, version, fields)


def _edit_place(place, prefix: str, by, version: int | None, fields: dict[str, Any]):
    access.require(by, "edit", place)
    with audit.change(place, "changed", by=by, version=version) as current:
        for name, value in fields.items():
            setattr(current, name, value)
        _check_place(current, prefix)
    rename_scope(place.scope_id, place.name_ja or place.name_en, place.name_en)
    return place


def _check_place(place: Portfolio | Programme, prefix: str) -> None:
    """Fill in the folded key; raise ValidationError for no name, what is no key, and a key that is taken."""
    keys.check_key(place.key, prefix)
    if not place.name_ja and not place.name_en:
        raise ValidationError({"name_ja": ValidationError(_("Give a name in at least one language."), code="required")})
    place.key_folded = fold(place.key)
    if type(place).objects.filter(key_folded=place.key_folded).exclude(pk=place.pk).exists():
        raise ValidationError(
            {"key": ValidationError(_("This key is taken (width and case do not count)."), code="unique")}
        )


# ---- projects


@transaction.atomic
def create_project(
    *, by, portfolio: Portfolio, key: str, approved_budget: Decimal | None = None, **fields: Any
) -> Project:
    """A new project in a portfolio. Raises ValidationError for a key that is taken, dates out of order, no name."""
    if by is not None:
        access.require(by, "add_project", portfolio)
    fields, customs = custom.split(fields)
    project = Project(portfolio=portfolio, key=key.strip(), approved_budget=approved_budget, **fields)
    if Project.objects.filter(key_folded=fold(key)).exists():
        raise ValidationError(
            {"key": ValidationError(_("This key is taken (width and case do not count)."), code="unique")}
        )
    if project.programme_id and project.programme.portfolio_id != portfolio.pk:
        raise ValidationError(
            {"programme": ValidationError(_("This programme belongs to another portfolio."), code="programme")}
        )
    check_sound(project)
    above = project.programme.scope if project.programme_id else portfolio.scope
    project.scope = add_scope(Scope.Kind.PROJECT, above, project.name_ja or project.name_en, project.name_en)
    _say_customs(project, customs, by)
    restand(project)
    try:
        with transaction.atomic():
            audit.create(project, by=by)
    except IntegrityError:
        raise ValidationError({"key": ValidationError(_("Someone has just taken this key."), code="unique")}) from None
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
            reason=FIRST_APPROVAL,
        )
    return project


@transaction.atomic
def edit_project(
    project: Project, *, by, version: int | None, reason: str = "", is_taken_back: bool = False, **fields: Any
) -> Project:
    """Change what stands in the register. Not the budget (revise_budget), the PM (hand_over), the place (placing.place_project).
    What is taken back (`is_taken_back`) may stand as incomplete as it stood before."""
    access.require(by, "edit", project)
    fields, customs = custom.split(fields)
    with audit.change(project, "changed", by=by, version=version, reason=reason) as current:
        require_open(current)
        _leave_the_plan(current, fields)
        for name, value in fields.items():
            setattr(current, name, value)
        custom.put(current, customs, by=by)
        if not is_taken_back:
            custom.require_complete(current, by=by)
        check_sound(current)
        clash = Project.objects.filter(key_folded=fold(current.key)).exclude(pk=current.pk)
        if clash.exists():
            raise ValidationError(
                {"key": ValidationError(_("This key is taken (width and case do not count)."), code="unique")}
            )
        restand(current)
    rename_scope(project.scope_id, project.name_ja or project.name_en, project.name_en)
    return project


def _say_customs(project: Project, customs: dict[str, Any], by) -> None:
    """What a new project's custom fields say: what is given, else what they start with. The scope must be known, as who
    sees a field hangs on it."""
    custom.put(project, customs, by=by)
    custom.fill_defaults(project)
    if by is not None:
        custom.require_complete(project, by=by)


def _leave_the_plan(project: Project, fields: dict[str, Any]) -> None:
    moved = [name for name in project.approved_dates if name in fields and fields[name] != getattr(project, name)]
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
    audit.require_reason(reason, _("Say what the new budget is for."))
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
def hand_over(
    project: Project, *, by, new_pm, reason: str = "", keep_role: bool = False, version: int | None = None
) -> Project:
    """Another person leads the project from now on; what was asked of the old PM about it is asked of the new one.

    The PM's role in this project goes with it; with `keep_role` the old PM keeps it too. Roles elsewhere stay.
    """
    access.require(by, "hand_over", project)
    old = project.pm
    if not new_pm.is_reached:
        said = _("%(person)s does not sign in here and could not lead it. Name somebody who does.")
        raise ValidationError({"new_pm": ValidationError(said % {"person": new_pm}, code="unreached")})
    if old is not None and old.pk == new_pm.pk:
        raise ValidationError({"new_pm": ValidationError(_("This person leads the project already."), code="same")})
    with audit.change(project, "handed_over", by=by, version=version, reason=reason) as current:
        require_open(current)
        current.pm = new_pm
    project.pm = new_pm
    today = timezone.localdate()
    hold_role(new_pm, Role.PM, project.scope, by=by, starts_on=today)
    if old is not None:
        asks.move(project.scope_id, old, new_pm)
        if not keep_role:
            end_role(old, Role.PM, project.scope, by=by, last_on=today - timedelta(days=1), reason=reason)
    asks.notify(
        new_pm,
        key=f"handed-over:{project.pk}:{project.version}",
        kind="register.handed_over",
        by=by,
        about=project,
        params={"project_ja": project.name_ja, "project_en": project.name_en},
        url=project.get_absolute_url(),
    )
    project_handed_over.tell(project, old, new_pm, by=by)
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
    if finished_on > timezone.localdate():
        raise ValidationError(
            {
                "finished_on": ValidationError(
                    _("A project has ended on a day that has come; today at the latest."), code="future"
                )
            }
        )
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
def reopen_project(project: Project, *, by, stage: str, reason: str, version: int | None = None) -> Project:
    """Closed or stopped by mistake, or taken up again: it runs on in `stage`, and owes its reports again."""
    access.require(by, "reopen", project)
    audit.require_reason(reason, _("Say why it is re-opened."))
    if stage not in Project.Stage.values or stage == Project.Stage.CLOSED:
        raise ValidationError({"stage": ValidationError(_("Say in which stage it goes on."), code="invalid_choice")})
    with audit.change(project, "reopened", by=by, version=version, reason=reason) as current:
        if current.archived_at is not None or current.state not in (Project.State.CLOSED, Project.State.STOPPED):
            raise ValidationError(_("Only a project that has ended can be re-opened."), code="state")
        was = current.state
        current.state, current.stage = Project.State.ACTIVE, stage
        current.actual_finish_on, current.closing_note = None, ""
        restand(current)
    _follow_state(project, was, by)
    return project


@transaction.atomic
def archive_project(project: Project, *, by, reason: str, version: int | None = None) -> Project:
    """Out of use, not out of history."""
    access.require(by, "archive", project)
    audit.require_reason(reason, _("Say why it is archived."))
    if project.archived_at is not None:
        raise ValidationError(_("This project is archived."), code="archived")
    audit.archive(project, by=by, reason=reason, version=version)
    _follow_state(project, project.state, by)
    return project


@transaction.atomic
def restore_project(project: Project, *, by, reason: str, version: int | None = None) -> Project:
    """Back from the archive, in the state in which it went there; a running project owes its reports again."""
    access.require(by, "archive", project)
    audit.require_reason(reason, _("Say why it is brought back."))
    with audit.change(project, "restored", by=by, version=version, reason=reason) as current:
        if current.archived_at is None:
            raise ValidationError(_("This project is not archived."), code="state")
        current.archived_at = None
        restand(current)
    _follow_state(project, project.state, by)
    return project
