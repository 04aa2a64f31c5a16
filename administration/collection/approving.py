"""An exemption from reporting on its route: where the office has set one, others than the one who asks decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from administration.collection import actions
from pmo_portal.approvals import Line
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Project
from projects.status.models import StatusReport


def parties_of(project: Project) -> list[int]:
    """The PM owes the report: they neither ask nor decide."""
    return [project.pm_id] if project.pm_id else []


def lines(request: ApprovalRequest) -> list[Line]:
    told: dict[str, Any] = request.content
    due_on = date.fromisoformat(told["due_on"])
    recent = told["recent"]
    return [
        Line(gettext_lazy("Period"), told["period"]),
        Line(
            gettext_lazy("Report due"),
            due_on,
            "date",
            unusual=gettext_lazy("The report was late already when this was asked for.")
            if due_on < timezone.localdate(request.submitted_at)
            else "",
        ),
        Line(
            gettext_lazy("Exemptions in the last twelve months"),
            recent,
            unusual=gettext_lazy("It has been exempt before in this year.") if recent else "",
        ),
        Line(gettext_lazy("Delivery confidence"), told["confidence"], "confidence"),
    ]


def refreshed(request: ApprovalRequest) -> dict[str, Any]:
    project = Project.objects.get(pk=request.object_id)
    return actions.told_of(project, ReportingPeriod.objects.get(key=request.content["period"]))


def exemption_approved(request: ApprovalRequest, by) -> None:
    """The last signature is given. Raises ValidationError where the report came in, or the period was frozen, meanwhile."""
    project = Project.objects.select_related("scope", "pm").get(pk=request.object_id)
    period = ReportingPeriod.objects.get(key=request.content["period"])
    actions.record_exemption(project, period, by=by, reason=f"{request.code}: {request.reason}")


def report_came_in(report: StatusReport) -> None:
    """What was asked for has come: the request to be spared it falls away."""
    for request in actions.exemptions_under_way(report.project, report.period):
        actions.withdraw_exemption(request)
