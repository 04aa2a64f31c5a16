"""The dates that matter: set, moved (was → is), reached, dropped."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from projects.register.actions import EARLIEST, LATEST, require_open
from projects.register.models import Milestone, MilestoneForecast, Project


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
    """The next one of the project. Its forecast is the baseline until it is moved."""
    if by is not None:
        access.require(by, "edit_milestones", project)
        require_open(project)
    _check_milestone(name_ja, name_en, baseline_on)
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


def _check_milestone(name_ja: str, name_en: str, baseline_on: date | None) -> None:
    if not name_ja and not name_en:
        raise ValidationError({"name_ja": ValidationError(_("Give a name in at least one language."), code="required")})
    if baseline_on is not None and not EARLIEST <= baseline_on <= LATEST:
        raise ValidationError({"baseline_on": _("Dates lie between 1900 and 2200.")})


@transaction.atomic
def edit_milestone(
    milestone: Milestone,
    *,
    by,
    name_ja: str,
    name_en: str,
    baseline_on: date | None,
    owner=None,
    reason: str = "",
    version: int | None = None,
) -> Milestone:
    """Its name, owner and baseline. What it is measured against moves with a reason only."""
    access.require(by, "edit", milestone)
    _check_milestone(name_ja, name_en, baseline_on)
    with audit.change(milestone, "changed", by=by, version=version, reason=reason) as current:
        _require_in_use(current)
        if current.baseline_on not in (None, baseline_on) and not reason.strip():
            raise ValidationError({"reason": ValidationError(_("Say why the baseline changes."), code="required")})
        current.name_ja, current.name_en, current.owner = name_ja, name_en, owner
        current.baseline_on = baseline_on
    return milestone


@transaction.atomic
def drop_milestone(milestone: Milestone, *, by, reason: str, version: int | None = None) -> Milestone:
    """It is not aimed at any more. It stays in the list and in the history, as dropped."""
    access.require(by, "edit", milestone)
    audit.require_reason(reason, _("Say why it is dropped."))
    with audit.change(milestone, "dropped", by=by, version=version, reason=reason) as current:
        _require_open(current)
        current.state = Milestone.State.DROPPED
    return milestone


@transaction.atomic
def reopen_milestone(milestone: Milestone, *, by, reason: str, version: int | None = None) -> Milestone:
    """Ticked or dropped by mistake, or aimed at again: open, with the forecast that it had."""
    access.require(by, "edit", milestone)
    audit.require_reason(reason, _("Say why it is open again."))
    with audit.change(milestone, "reopened", by=by, version=version, reason=reason) as current:
        require_open(current.project)
        if current.state == Milestone.State.OPEN:
            raise ValidationError(_("This milestone is open."), code="state")
        current.state, current.actual_on = Milestone.State.OPEN, None
    return milestone


def _require_open(milestone: Milestone) -> None:
    """Raise ValidationError where it was reached or dropped, or its project has ended."""
    require_open(milestone.project)
    if milestone.state != Milestone.State.OPEN:
        raise ValidationError(_("A milestone that was reached or dropped does not move."), code="state")


def _require_in_use(milestone: Milestone) -> None:
    """Raise ValidationError where it was dropped or its project has ended."""
    if milestone.state == Milestone.State.DROPPED:
        raise ValidationError(_("This milestone was dropped."), code="state")
    require_open(milestone.project)


@transaction.atomic
def move_milestone(
    milestone: Milestone, *, by, forecast_on: date, as_of: date | None = None, version: int | None = None
) -> Milestone:
    """A new forecast: was → is. The forecast before stays readable, with its date."""
    access.require(by, "edit", milestone)
    if not EARLIEST <= forecast_on <= LATEST:
        raise ValidationError({"forecast_on": _("Dates lie between 1900 and 2200.")})
    with audit.change(milestone, "moved", by=by, version=version, quiet=True) as current:
        _require_open(current)
        if current.forecast_on != forecast_on:
            current.previous_on, current.forecast_on = current.forecast_on, forecast_on
    MilestoneForecast.objects.update_or_create(
        milestone=milestone, as_of=as_of or timezone.localdate(), defaults={"forecast_on": forecast_on, "by": by}
    )
    return milestone


@transaction.atomic
def reach_milestone(milestone: Milestone, *, by, actual_on: date, version: int | None = None) -> Milestone:
    """The day has been reached; the forecast stays as it was."""
    access.require(by, "edit", milestone)
    if actual_on > timezone.localdate():
        raise ValidationError(
            {"actual_on": ValidationError(_("A day that has not come cannot have been reached."), code="future")}
        )
    with audit.change(milestone, "reached", by=by, version=version) as current:
        _require_open(current)
        current.state, current.actual_on = Milestone.State.REACHED, actual_on
    return milestone
