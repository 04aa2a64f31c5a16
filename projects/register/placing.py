"""Where a project belongs, from which day: moving it, now or later, and what its figures do then."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, asks, audit, jobs, measures
from pmo_portal.access.tree import move_scope, remember_places
from pmo_portal.i18n.dates import format_date
from pmo_portal.measures.models import MeasureValue
from projects.register.actions import EARLIEST, LATEST, require_open
from projects.register.models import Portfolio, Programme, Project, ProjectPlacement

DAY = timedelta(days=1)


@transaction.atomic
def place_project(
    project: Project,
    *,
    by,
    portfolio: Portfolio,
    programme: Programme | None = None,
    on: date | None = None,
    reason: str,
    version: int | None = None,
) -> Project:
    """From the day `on` (default today; past or future too) the project belongs there.

    A move to come stays after one that holds today; another move to come takes its place. Periods that end before the
    day keep their sums. A future move is carried out by `carry_out_moves`. Raises ValidationError naming the field: no
    reason, nothing moves, a day before the latest move.
    """
    access.require(by, "place", project)
    access.require(by, "add_project", portfolio)
    on = on or timezone.localdate()
    _check_move(project, portfolio, programme, on, reason)
    is_planned, was_in = on > timezone.localdate(), project.portfolio
    action, told = ("move_planned", f"{on} → {programme or portfolio} {reason}") if is_planned else ("placed", reason)
    with audit.change(project, action, by=by, version=version, reason=told) as current:
        require_open(current)
        planned = planned_move(current)
        forget_plan(current)
        new = ProjectPlacement(portfolio=portfolio, programme=programme, starts_on=on)
        left = _write_placements(current, new)
        ProjectPlacement.objects.filter(project=current, ends_on=None).update(reason=reason, by=by)
        if planned is not None and not is_planned and not _is_same_place(planned, new):
            _plan_again(current, planned)
        if not is_planned:
            current.portfolio, current.programme = portfolio, programme
    if not is_planned:
        _stand_there(project, left, on)
    _tell(project, (was_in, portfolio), on, by)
    return project


def _check_move(project: Project, portfolio: Portfolio, programme: Programme | None, on: date, reason: str) -> None:
    audit.require_reason(reason, _("Say why it moves."))
    if not EARLIEST <= on <= LATEST:
        raise ValidationError({"on": _("Dates lie between 1900 and 2200.")})
    for name, place in (("portfolio", portfolio), ("programme", programme)):
        if place is not None and place.archived_at is not None:
            raise ValidationError({name: _("%(place)s is archived.") % {"place": place.name}}, code="archived")
    if programme and programme.portfolio_id != portfolio.pk:
        raise ValidationError(
            {"programme": ValidationError(_("This programme belongs to another portfolio."), code="programme")}
        )
    if (project.portfolio_id, project.programme_id) == (portfolio.pk, programme.pk if programme else None):
        raise ValidationError({"portfolio": ValidationError(_("It stands there already."), code="same")})


def planned_move(project: Project) -> ProjectPlacement | None:
    """The move that has not come yet; at most one."""
    found = ProjectPlacement.objects.filter(project=project, ends_on=None).select_related("portfolio")
    return found.exclude(portfolio=project.portfolio_id, programme=project.programme_id).first()


def _differing():
    """Placements without an end that the register does not show yet."""
    return ProjectPlacement.objects.filter(ends_on=None).exclude(
        Q(portfolio=F("project__portfolio")),
        Q(programme=F("project__programme")) | Q(programme=None, project__programme=None),
    )


@transaction.atomic
def cancel_move(project: Project, *, by, reason: str = "", version: int | None = None) -> Project:
    """The planned move does not take place."""
    access.require(by, "place", project)
    with audit.change(project, "move_cancelled", by=by, version=version, reason=reason) as current:
        if not forget_plan(current):
            raise ValidationError(_("No move is planned any more."), code="none")
    return project


def forget_plan(project: Project) -> bool:
    """Take a planned move back; returns whether there was one."""
    planned = planned_move(project)
    if planned is None:
        return False
    planned.delete()
    before = project.placements.order_by("-starts_on").first()
    if before is not None:
        before.ends_on = None
        before.save(update_fields=["ends_on"])
    _remember(project)
    return True


def _write_placements(project: Project, new: ProjectPlacement) -> Portfolio | Programme:
    """Let `new` follow on what the project's placements say; returns the place that it leaves."""
    left = project.programme or project.portfolio
    rows = list(project.placements.order_by("starts_on"))
    last = rows.pop() if rows else None
    new.project = project
    if last is not None and rows and new.starts_on < last.starts_on:
        raise ValidationError(
            {
                "on": _(
                    "It stands where it is since %(day)s; an earlier day would rewrite the move before. Choose that day or a later one."
                )
                % {"day": format_date(last.starts_on, "plain")}
            },
            code="order",
        )
    if last is not None and rows and new.starts_on == last.starts_on:
        last.delete()  # corrects the move of that very day
        last = rows.pop() if _is_same_place(rows[-1], new) else None
        if last is not None:
            last.ends_on = None
            last.save(update_fields=["ends_on"])
            return left
    elif last is not None:
        last.starts_on, last.ends_on = min(last.starts_on, new.starts_on - DAY), new.starts_on - DAY
        last.save(update_fields=["starts_on", "ends_on"])
    new.save(force_insert=True)
    return left


def _plan_again(project: Project, planned: ProjectPlacement) -> None:
    """What is to come still comes, out of the place that the project has got meanwhile."""
    project.placements.filter(ends_on=None).update(ends_on=planned.starts_on - DAY)
    planned.pk = None
    planned.save(force_insert=True)


def _is_same_place(one: ProjectPlacement, other: ProjectPlacement) -> bool:
    return (one.portfolio_id, one.programme_id) == (other.portfolio_id, other.programme_id)


def _stand_there(project: Project, left: Portfolio | Programme, on: date) -> None:
    """Hang the project's scope where the register says, and have the sums of both places made again from that day on."""
    old, new = left.scope, (project.programme or project.portfolio).scope
    if old.pk != new.pk:
        move_scope(project.scope, new)
    _remember(project)
    kept = MeasureValue.objects.filter(scope_id=project.scope_id, period__ends_on__gte=on)
    periods = list(kept.values_list("period_id", flat=True).distinct().order_by("period_id"))
    measures.mark_stale([(place, period) for period in periods for place in (project.scope_id, old.pk)])
    jobs.submit("pmo_portal.measures.roll_up", key="roll_up")


def _remember(project: Project) -> None:
    ended = project.placements.exclude(ends_on=None).select_related("portfolio", "programme")
    remember_places(project.scope, [((p.programme or p.portfolio).scope_id, p.ends_on) for p in ended])


def _tell(project: Project, portfolios: tuple[Portfolio, Portfolio], on: date, by) -> None:
    """Its PM and the owners of both places hear of it, except whoever moved it."""
    _old, new = portfolios
    concerned = {project.pm, *(p.owner for p in portfolios)} - {None, by}
    for person in concerned:
        asks.notify(
            person,
            key=f"placed:{project.pk}:{project.version}:{person.pk}",
            kind="register.placed",
            by=by,
            about=project,
            params={
                "project_ja": project.name_ja,
                "project_en": project.name_en,
                "portfolio_ja": new.name_ja,
                "portfolio_en": new.name_en,
                "on": on.isoformat(),
            },
            url=project.get_absolute_url(),
        )


def carry_out_moves() -> int:
    """Move what was planned for today or earlier; returns how many. Safe to run twice and after a crash."""
    due = _differing().filter(starts_on__lte=timezone.localdate()).values_list("pk", flat=True)
    return sum(_carry_out(pk) for pk in list(due))


@transaction.atomic
def _carry_out(placement_id: int) -> bool:
    placement = _differing().filter(pk=placement_id).select_related("project__scope", "portfolio", "programme").first()
    if placement is None:  # somebody changed the plan meanwhile
        return False
    project = placement.project
    if (
        not project.is_open
        or placement.portfolio.archived_at
        or (placement.programme and placement.programme.archived_at)
    ):
        with audit.change(project, "move_cancelled", by=None, reason=placement.reason):
            forget_plan(project)
        return False
    left = project.programme or project.portfolio
    with audit.change(project, "placed", by=None, reason=placement.reason) as current:
        if not _differing().filter(pk=placement_id).exists():  # taken back while this waited for the project
            return False
        current.portfolio, current.programme = placement.portfolio, placement.programme
    project.refresh_from_db(fields=["portfolio", "programme"])
    _stand_there(project, left, placement.starts_on)
    return True
