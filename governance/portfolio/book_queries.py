"""What the pages of the portfolio book are made of, read for fifty projects at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from governance.portfolio.lists import StandingList
from governance.portfolio.queries import HeatRow, screen
from governance.portfolio.sight import Sight, default_period, sight_of
from pmo_portal import access
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Project
from projects.status.models import ProjectPeriod, StatusReport

BLOCK = 50
MOST = 300  # projects of a book


@dataclass(frozen=True)
class Point:
    """The figures of a project at the end of a column; None: not known then."""

    approved: Decimal | None = None
    forecast: Decimal | None = None
    spent: Decimal | None = None


@dataclass(frozen=True)
class ProjectPage:
    """A project as the screen shows it, its record, the report of the period (None: there is none), its course."""

    row: HeatRow
    project: Project
    report: StatusReport | None
    course: list[Point] = field(default_factory=list)


def sight_asked(params) -> Sight | None:
    """What the conditions of the screen look at. Raises ReportingPeriod.DoesNotExist."""
    portfolios = [key.replace("\0", "")[:40] for key in params.getlist("portfolio") if key][:20]
    key = params.get("period", "").replace("\0", "")[:20]
    period = ReportingPeriod.objects.get(key=key) if key else default_period(portfolios)
    return sight_of(period, params.get("picture", "")[:4]) if period else None


def listed(viewer, params, sight: Sight) -> StandingList:
    return StandingList(viewer, params, sight)


def whole_screen(viewer, sight: Sight, listing: StandingList) -> dict[str, Any]:
    """The screen with all of the book's projects."""
    return screen(viewer, sight, listing.queryset, most=MOST)


def pages(viewer, sight: Sight, rows: list[HeatRow]) -> Iterator[ProjectPage]:
    """One for each row, in their order. Four queries for each fifty."""
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        ids = [row.project.pk for row in block]
        related = ("pm", "sponsor", "portfolio", "programme", "unit", "scope")
        projects = access.visible(viewer, Project).select_related(*related).in_bulk(ids)
        reports = _reports(viewer, block)
        courses = _courses(sight, ids)
        for row in block:
            project = projects.get(row.project.pk)
            if project is None:
                continue
            report = reports.get(row.project.pk)
            if report is not None:
                report.project = project
            yield ProjectPage(row, project, report, courses[project.pk])


def _reports(viewer, rows: list[HeatRow]) -> dict[int, StatusReport]:
    """Project → the report that the last cell of its row rests on."""
    last = [row.cells[-1].standing for row in rows if row.cells]
    ids = [standing.report_id for standing in last if standing and standing.is_reported and standing.report_id]
    found = access.visible(viewer, StatusReport).filter(pk__in=ids)
    return {r.project_id: r for r in found.select_related("period", "help_from", "author", "submitted_by")}


def _courses(sight: Sight, ids: list[int]) -> dict[int, list[Point]]:
    """Project → its figures at the end of each column, by its last row of whatever cadence that ended in it."""
    found = ProjectPeriod.objects.filter(
        project_id__in=ids,
        period__ends_on__gte=sight.columns[0].starts_on,
        period__ends_on__lte=sight.period.ends_on,
    ).order_by("period__ends_on", "period__starts_on")
    told: dict[int, list[tuple]] = defaultdict(list)
    for project_id, *row in found.values_list(
        "project_id", "period__ends_on", "approved_budget", "forecast_cost", "spent"
    ):
        told[project_id].append(tuple(row))
    courses: dict[int, list[Point]] = {}
    for pk in ids:
        courses[pk] = [
            next(
                (Point(*row[1:]) for row in reversed(told[pk]) if column.starts_on <= row[0] <= column.ends_on), Point()
            )
            for column in sight.columns
        ]
    return courses
