"""What of a project changes by approval only: its budget, and the dates it is measured against."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import access, audit
from pmo_portal.approvals import Line
from pmo_portal.approvals import actions as approvals
from pmo_portal.approvals.models import ApprovalRequest
from projects.register import actions
from projects.register.models import Project
from projects.register.standing import variance_percent

BUDGET, BASELINE = "register.budget", "register.baseline"
LARGE = Decimal(20)  # percent by which a budget seldom moves at once


def project_of(request: ApprovalRequest) -> Project:
    return Project.objects.select_related("scope", "pm", "portfolio", "sponsor").get(pk=request.object_id)


# ---- the approved budget


@transaction.atomic
def request_budget(
    project: Project, *, by, amount: Decimal, reason: str, version: int | None = None
) -> ApprovalRequest:
    """Ask for a new approved budget. The figures it is judged by are frozen with the request."""
    access.require(by, "request_budget", project)
    actions.require_open(project)
    actions.check_budget(amount, reason)
    if version is not None and project.version != int(version):
        raise audit.Conflict(project, int(version))
    _require_other_budget(project, amount)
    content = budget_content(project, amount)
    return approvals.submit(
        BUDGET, about=project, by=by, amount=amount, currency=project.currency, reason=reason, content=content
    )


def _require_other_budget(project: Project, amount: Decimal) -> None:
    if amount == project.approved_budget:
        raise ValidationError({"amount": ValidationError(_("This is the approved budget already."), code="same")})


def budget_content(project: Project, amount: Decimal) -> dict[str, Any]:
    """What is asked, and the figures that it is judged by, as they stand now."""
    year_ago = timezone.localdate() - timedelta(days=365)
    return {
        "amount": amount,
        "was": project.approved_budget,
        "forecast": project.forecast_cost,
        "spent": project.spent,
        "currency": project.currency,
        "recent": project.budget_revisions.filter(number__gt=1, approved_on__gte=year_ago).count(),
    }


def budget_mended(request: ApprovalRequest, amount: Decimal) -> tuple[dict[str, Any], Decimal]:
    """Another amount for the next round."""
    project = project_of(request)
    actions.check_budget(amount, request.reason or "-")
    _require_other_budget(project, amount)
    return budget_content(project, amount), amount


def budget_lines(request: ApprovalRequest) -> list[Line]:
    told = request.content
    amount, was, forecast, spent = (_decimal(told.get(k)) for k in ("amount", "was", "forecast", "spent"))
    money: dict[str, Any] = {"shape": "money", "currency": told.get("currency", "JPY")}
    change = variance_percent(amount, was)
    lines = [
        Line(
            gettext_lazy("Approved budget"),
            amount,
            was=was,
            unusual=gettext_lazy("It moves by more than a fifth at once.")
            if change is not None and abs(change) > LARGE
            else "",
            **money,
        ),
        Line(gettext_lazy("Change"), None if amount is None or was is None else amount - was, **money),
        Line(
            gettext_lazy("Cost at completion"),
            forecast,
            unusual=gettext_lazy("Even with the new budget the forecast lies above it.")
            if forecast is not None and amount is not None and forecast > amount
            else "",
            **money,
        ),
        Line(
            gettext_lazy("Spent"),
            spent,
            unusual=gettext_lazy("More is spent than the new budget allows.")
            if spent is not None and amount is not None and spent > amount
            else "",
            **money,
        ),
    ]
    recent = told.get("recent") or 0
    lines.append(
        Line(
            gettext_lazy("Revisions in the last twelve months"),
            recent,
            unusual=gettext_lazy("It has been revised before in this year.") if recent else "",
        )
    )
    return lines


def budget_approved(request: ApprovalRequest, by) -> None:
    actions.record_budget(
        project_of(request),
        by=by,
        amount=Decimal(str(request.content["amount"])),
        reason=f"{request.code}: {request.reason}",
    )


# ---- the dates of the baseline


@transaction.atomic
def request_baseline(
    project: Project,
    *,
    by,
    reason: str,
    planned_start_on: date | None,
    planned_finish_on: date | None,
    version: int | None = None,
) -> ApprovalRequest:
    """Ask for other planned dates."""
    access.require(by, "request_baseline", project)
    actions.require_open(project)
    audit.require_reason(reason, _("Say why the plan moves."))
    if version is not None and project.version != int(version):
        raise audit.Conflict(project, int(version))
    content = baseline_content(project, planned_start_on, planned_finish_on)
    return approvals.submit(BASELINE, about=project, by=by, reason=reason, content=content)


def baseline_content(project: Project, planned_start_on: date | None, planned_finish_on: date | None) -> dict[str, Any]:
    """The dates that are asked for beside those that stand. Raises ValidationError where they cannot be."""
    if (planned_start_on, planned_finish_on) == (project.planned_start_on, project.planned_finish_on):
        raise ValidationError(
            {"planned_finish_on": ValidationError(_("These are the planned dates already."), code="same")}
        )
    trial = Project(key=project.key, name_ja=project.name_ja, name_en=project.name_en)
    trial.planned_start_on, trial.planned_finish_on = planned_start_on, planned_finish_on
    actions.check_sound(trial)
    before = ApprovalRequest.objects.filter(kind=BASELINE, object_id=project.pk, state="approved").count()
    return {
        "planned_start_on": planned_start_on,
        "planned_finish_on": planned_finish_on,
        "start_was": project.planned_start_on,
        "finish_was": project.planned_finish_on,
        "forecast_finish_on": project.forecast_finish_on,
        "before": before,
    }


def baseline_mended(
    request: ApprovalRequest, planned_start_on: date | None, planned_finish_on: date | None
) -> tuple[dict[str, Any], None]:
    """Other dates for the next round."""
    return baseline_content(project_of(request), planned_start_on, planned_finish_on), None


def baseline_lines(request: ApprovalRequest) -> list[Line]:
    told = request.content
    start, finish, start_was, finish_was, forecast = (
        _date(told.get(k))
        for k in ("planned_start_on", "planned_finish_on", "start_was", "finish_was", "forecast_finish_on")
    )
    before = told.get("before") or 0
    return [
        Line(gettext_lazy("Planned start"), start, "date", was=start_was if start_was != start else None),
        Line(
            gettext_lazy("Planned finish"),
            finish,
            "date",
            was=finish_was if finish_was != finish else None,
            unusual=gettext_lazy("The old finish has passed: the delay would not be seen any more.")
            if finish_was and finish_was < timezone.localdate(request.submitted_at)
            else "",
        ),
        Line(
            gettext_lazy("Forecast finish"),
            forecast,
            "date",
            unusual=gettext_lazy("The forecast lies after the new finish.")
            if forecast and finish and forecast > finish
            else "",
        ),
        Line(
            gettext_lazy("Changes of the plan before"),
            before,
            unusual=gettext_lazy("The plan has moved before.") if before else "",
        ),
    ]


def baseline_approved(request: ApprovalRequest, by) -> None:
    project, told = project_of(request), request.content
    with audit.change(project, "baseline_revised", by=by, reason=f"{request.code}: {request.reason}") as current:
        current.planned_start_on = _date(told["planned_start_on"])
        current.planned_finish_on = _date(told["planned_finish_on"])
        actions.check_sound(current)
        actions.restand(current)


def _decimal(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None
