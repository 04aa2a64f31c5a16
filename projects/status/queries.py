"""Reading reports."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db.models import Avg, Q, QuerySet, Sum
from django.utils import timezone

from pmo_portal import access
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import current_for
from projects.register.models import Project
from projects.status.models import DIMENSIONS, ProjectPeriod, StatusReport

IN = (StatusReport.State.SUBMITTED, StatusReport.State.ACCEPTED)


def reports(viewer) -> QuerySet[StatusReport]:
    return access.visible(viewer, StatusReport).filter(is_current=True)


def current_report(project: Project, period: ReportingPeriod) -> StatusReport | None:
    return (
        StatusReport.objects.select_related(
            "project__scope", "period", "author", "help_from", "submitted_by", "decided_by"
        )
        .filter(project=project, period=period, is_current=True)
        .first()
    )


def report_before(project: Project, period: ReportingPeriod) -> StatusReport | None:
    """The last report that was in before this period, of whatever cadence."""
    return (
        StatusReport.objects.filter(
            project=project, is_current=True, state__in=IN, period__starts_on__lt=period.starts_on
        )
        .select_related("period")
        .order_by("-period__starts_on")
        .first()
    )


def last_comment(project: Project) -> StatusReport | None:
    """The PMO's newest words on a report of this project."""
    return (
        StatusReport.objects.filter(project=project)
        .exclude(return_reason="")
        .select_related("decided_by")
        .order_by("-decided_at")
        .first()
    )


def period_of(project: Project) -> ReportingPeriod | None:
    """The period that the project is to report on now."""
    return current_for(project.tier) if project.is_open else None


def strip(project: Project, count: int = 12) -> list[ProjectPeriod]:
    """The last periods of a project, oldest first."""
    found = ProjectPeriod.objects.filter(project=project).select_related("period").order_by("-period__starts_on")
    return list(found[:count])[::-1]


def reported(scope_ids, period_ids) -> QuerySet:
    """(scope, project key, period key) of what stands on a report."""
    found = ProjectPeriod.objects.filter(
        project__scope_id__in=scope_ids, period_id__in=period_ids, report__isnull=False
    )
    return found.values_list("project__scope_id", "project__key", "period__key")


def standing_in(period: ReportingPeriod) -> QuerySet[ProjectPeriod]:
    """How every project stood in a period, for the machine."""
    return ProjectPeriod.objects.filter(period=period).select_related("project").order_by("project_id")


def revisions(report: StatusReport) -> QuerySet[StatusReport]:
    """All reports of the same project and period, the first one first."""
    return StatusReport.objects.filter(project=report.project_id, period=report.period_id).order_by("revision")


def strips(project_ids, periods: list[ReportingPeriod]) -> dict[int, dict[int, ProjectPeriod]]:
    """project id → period id → how it stood. One query for a whole heat table."""
    rows = ProjectPeriod.objects.filter(project_id__in=project_ids, period_id__in=[p.pk for p in periods])
    found: dict[int, dict[int, ProjectPeriod]] = defaultdict(dict)
    for row in rows:
        found[row.project_id][row.period_id] = row
    return found


def lights_of(report: StatusReport | None) -> list[dict]:
    """The seven lights with their reasons, in the order in which people think of them."""
    return [
        {
            "key": d,
            "label": StatusReport._meta.get_field(f"{d}_light").verbose_name,
            "light": getattr(report, f"{d}_light") if report else "none",
            "reason": getattr(report, f"{d}_reason") if report else "",
        }
        for d in DIMENSIONS
    ]


COMPARED = (
    *(f"{d}_light" for d in DIMENSIONS),
    "confidence",
    "forecast_finish_on",
    "forecast_cost",
    "approved_budget",
    "spent",
    "achieved",
    "planned",
    "help_needed",
)


def difference(report: StatusReport, before: StatusReport | None) -> list[dict]:
    """Field by field what changed since the report before."""
    if before is None:
        return []
    found = []
    for name in COMPARED:
        field = StatusReport._meta.get_field(name)
        was, now = getattr(before, name), getattr(report, name)
        if was != now:
            kind = (
                "light"
                if name.endswith("_light")
                else "confidence"
                if name == "confidence"
                else field.get_internal_type()
            )
            found.append({"name": name, "label": field.verbose_name, "was": was, "now": now, "kind": kind})
    return found


def seconds_spent(person, before: date, first: date) -> tuple[int, int]:
    """How long a person had report forms in front of them: from `before` until `first`, and since `first`; by day of
    submission. One query."""
    start, middle = (timezone.make_aware(datetime.combine(day, time.min)) for day in (before, first))
    found = StatusReport.objects.filter(submitted_by=person, submitted_at__gte=start).aggregate(
        earlier=Sum("seconds_spent", filter=Q(submitted_at__lt=middle)),
        since=Sum("seconds_spent", filter=Q(submitted_at__gte=middle)),
    )
    return found["earlier"] or 0, found["since"] or 0


def average_seconds(person) -> dict[str, int | None]:
    """How long reports take, on average over the last 90 days: this person's, and the office's."""
    since = timezone.now() - timedelta(days=90)
    typed = StatusReport.objects.filter(submitted_at__gte=since, seconds_spent__gt=0)
    found = typed.aggregate(mine=Avg("seconds_spent", filter=Q(submitted_by=person)), office=Avg("seconds_spent"))
    return {name: round(value) if value is not None else None for name, value in found.items()}
