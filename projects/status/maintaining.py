"""Keeping the row behind every screen: `ProjectPeriod` and the measures, from the current report."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from pmo_portal import asks, jobs, measures
from pmo_portal.asks.actions import ask_many
from pmo_portal.asks.models import Ask
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import tiers_reporting
from projects.register.models import Project
from projects.register.standing import slip_days, variance_percent
from projects.status.computing import cost_light, schedule_light, worst
from projects.status.measures import figures
from projects.status.models import ProjectPeriod, StatusReport
from projects.status.ports import arrangements

FIELDS = (
    "report",
    "state",
    "confidence",
    "overall_light",
    "computed_light",
    "forecast_finish_on",
    "forecast_cost",
    "approved_budget",
    "spent",
    "cost_variance_percent",
    "slip_days",
    "changed_at",
)


def stand(row: ProjectPeriod, report: StatusReport | None, exempt: bool) -> ProjectPeriod:
    """Fill the row from the report; saves nothing."""
    row.report = report
    row.state = "exempt" if exempt and not report else report.state if report else "missing"
    counts = report is not None and report.state != StatusReport.State.DRAFT
    source = report if counts else None
    row.confidence = source.confidence if source else "none"
    row.overall_light = source.overall_light if source else "none"
    row.forecast_finish_on = source.forecast_finish_on if source else None
    row.forecast_cost = source.forecast_cost if source else None
    row.approved_budget = source.approved_budget if source else None
    row.spent = source.spent if source else None
    row.cost_variance_percent = variance_percent(row.forecast_cost, row.approved_budget)
    row.slip_days = slip_days(row.forecast_finish_on, source.planned_finish_on) if source else None
    row.computed_light = worst(schedule_light(row.slip_days), cost_light(row.cost_variance_percent))
    row.changed_at = timezone.now()
    return row


def maintain(project_ids: Iterable[int], period: ReportingPeriod) -> None:
    """Bring rows and measures of these projects in this period up to date, in a fixed number of queries, and mark the
    sums above as stale. In the caller's transaction."""
    ids = list(project_ids)
    found = Project.objects.filter(pk__in=ids).select_related("scope")
    reports = {r.project_id: r for r in StatusReport.objects.filter(project_id__in=ids, period=period, is_current=True)}
    arranged = {project_id: (kind, due) for project_id, kind, due in arrangements.gather(ids, period)}
    rows, values = [], []
    for project in found:
        kind, due = arranged.get(project.pk, ("", None))
        report = reports.get(project.pk)
        row = stand(ProjectPeriod(project=project, period=period), report, kind == "exemption")
        rows.append(row)
        values += [(project.scope_id, period.pk, v) for v in figures(row, report, due or period.due_at)]
    ProjectPeriod.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("project", "period"), update_fields=FIELDS, batch_size=500
    )
    measures.record_many(values)
    measures.mark_stale([(row.project.scope_id, period.pk) for row in rows])
    jobs.submit("pmo_portal.measures.roll_up", key="roll_up")


def expected_projects(period: ReportingPeriod):
    """Active projects whose tier reports in this cadence and that are not over before the period begins."""
    return Project.objects.filter(
        tier__in=tiers_reporting(period.cadence, period.ends_on), state=Project.State.ACTIVE, archived_at=None
    ).select_related("pm", "scope")


def expect_reports(period: ReportingPeriod, *, by=None) -> int:
    """Ask every PM for the reports of a period that has opened; returns how many projects are expected. Safe to run
    twice: rows and asks are unique."""
    from projects.status.actions import ask_details, ask_key

    expected = list(expected_projects(period))
    known = set(ProjectPeriod.objects.filter(period=period).values_list("project_id", flat=True))
    new = [p for p in expected if p.pk not in known]
    for start in range(0, len(new), 500):
        maintain([p.pk for p in new[start : start + 500]], period)
        jobs.progress(start, len(new))
    from django.contrib.contenttypes.models import ContentType

    about = ContentType.objects.get_for_model(Project)
    kind = asks.kinds["status.report"]
    ask_many(
        [
            Ask(
                kind=kind.key,
                key=ask_key(p, period),
                person=p.pm,
                scope_id=p.scope_id,
                content_type=about,
                object_id=p.pk,
                due_at=period.due_at,
                minutes=kind.minutes,
                details=ask_details(p, period),
            )
            for p in new
            if p.pm_id
        ]
    )
    return len(expected)
