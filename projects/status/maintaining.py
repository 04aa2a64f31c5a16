"""Keeping the row behind every screen: `ProjectPeriod` and the measures, from the current report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from pmo_portal import asks, jobs, measures
from pmo_portal.asks.actions import ask_many
from pmo_portal.asks.models import Ask
from pmo_portal.custom.models import CustomField
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import office_moment, tiers_reporting
from projects.register.models import Project
from projects.register.standing import slip_days, variance_percent
from projects.status.computing import cost_light, schedule_light, worst
from projects.status.measures import figures, kept
from projects.status.models import ProjectPeriod, StatusReport
from projects.status.ports import arrangements

CHAINED = ("standing", "standing_before", "same_reports")
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
    *CHAINED,
    "changed_at",
)


def stand(row: ProjectPeriod, report: StatusReport | None, exempt: bool) -> ProjectPeriod:
    """Fill the row from the report; saves nothing."""
    row.report = report
    if exempt and (report is None or report.state == StatusReport.State.DRAFT):
        row.state = "exempt"
    else:
        row.state = report.state if report else "missing"
    counts = report is not None and report.state != StatusReport.State.DRAFT
    source = report if counts else None
    row.confidence = source.confidence if source else "none"
    row.overall_light = source.overall_light if source else "none"
    row.forecast_finish_on = source.forecast_finish_on if source else None
    row.forecast_cost = source.forecast_cost if source else None
    row.approved_budget, planned = _measured_against(row.project, source)
    row.spent = source.spent if source else None
    row.cost_variance_percent = variance_percent(row.forecast_cost, row.approved_budget)
    row.slip_days = slip_days(row.forecast_finish_on, planned)
    row.computed_light = worst(schedule_light(row.slip_days), cost_light(row.cost_variance_percent))
    row.changed_at = timezone.now()
    return row


def _measured_against(project: Project, report: StatusReport | None) -> tuple[Decimal | None, date | None]:
    """Approved cost and finish at the time. A source that states neither is measured against the register's baseline."""
    if report is None:
        return None, None
    imported = report.origin == StatusReport.Origin.IMPORTED
    budget = project.approved_budget if imported and report.approved_budget is None else report.approved_budget
    finish = project.planned_finish_on if imported and report.planned_finish_on is None else report.planned_finish_on
    return budget, finish


def chain(row: ProjectPeriod, before: ProjectPeriod | None) -> ProjectPeriod:
    """Fill in how the row follows from the project's row before it: the level it stands at (carried over where nothing
    was reported), where it stood, and how many reports in a row have said the same. Saves nothing."""
    row.standing_before = before.standing if before else "none"
    row.standing = row.confidence if row.confidence != "none" else row.standing_before
    row.same_reports = 0
    if row.confidence != "none" or row.overall_light != "none":
        row.same_reports = 1 + (before.same_reports if before and says_the_same(row, before) else 0)
    return row


def says_the_same(row: ProjectPeriod, before: ProjectPeriod) -> bool:
    """Lights, confidence and forecasts are those of before; where all is well, not even money was spent."""
    alike = all(
        getattr(row, name) == getattr(before, name)
        for name in ("confidence", "overall_light", "forecast_finish_on", "forecast_cost")
    )
    return alike and (row.overall_light != "green" or row.spent == before.spent)


def rows_before(project_ids: list[int], period: ReportingPeriod) -> dict[int, ProjectPeriod]:
    """project id → its last row of a period that ended before this one, of whatever cadence. Two queries."""
    latest = (
        ProjectPeriod.objects.filter(project=OuterRef("pk"), period__ends_on__lt=period.ends_on)
        .order_by("-period__ends_on")
        .values("pk")[:1]
    )
    wanted = Project.objects.filter(pk__in=project_ids).annotate(row=Subquery(latest)).values_list("row", flat=True)
    return {row.project_id: row for row in ProjectPeriod.objects.filter(pk__in=[pk for pk in wanted if pk])}


def _chain_later(rows: list[ProjectPeriod], period: ReportingPeriod) -> None:
    """Where an earlier period is corrected, what followed from it follows again."""
    last = {row.project_id: row for row in rows}
    later = ProjectPeriod.objects.filter(project_id__in=list(last), period__ends_on__gt=period.ends_on)
    moved = []
    for row in later.order_by("period__ends_on"):
        was = [getattr(row, name) for name in CHAINED]
        last[row.project_id] = chain(row, last[row.project_id])
        if was != [getattr(row, name) for name in CHAINED]:
            row.changed_at = timezone.now()  # a picture taken before is known to differ
            moved.append(row)
    ProjectPeriod.objects.bulk_update(moved, (*CHAINED, "changed_at"), batch_size=500)


def keep_figures(portfolio_id: int, period_ids: Iterable[int]) -> int:
    """The rows and measures of a portfolio's projects in these periods, made anew after an import or its undoing; the
    sums above from nothing. Returns how many rows."""
    done = 0
    for period in ReportingPeriod.objects.filter(pk__in=list(period_ids)).order_by("starts_on"):
        kept = ProjectPeriod.objects.filter(period=period, project__portfolio_id=portfolio_id)
        ids = list(kept.order_by("project_id").values_list("project_id", flat=True))
        for start in range(0, len(ids), 500):
            done += len(_keep_some(ids[start : start + 500], period))
            jobs.progress(done)
        measures.rebuild([period.pk])
    return done


def keep_own_figures(field: CustomField) -> int:
    """The figures of the office's own field anew, where a report says something in it or did; the sums above are marked.
    Returns how many rows. Safe to run twice."""
    places = set(
        StatusReport.objects.filter(custom__has_key=field.key, is_current=True).values_list("period_id", "project_id")
    )
    kept = MeasureValue.objects.filter(measure=field.attribute, scope__project__isnull=False)
    places.update(kept.values_list("period_id", "scope__project__pk"))
    by_period: dict[int, list[int]] = defaultdict(list)
    for period_id, project_id in sorted(places):
        by_period[period_id].append(project_id)
    done = 0
    for period in ReportingPeriod.objects.filter(pk__in=list(by_period)):
        ids = by_period[period.pk]
        for start in range(0, len(ids), 500):
            with transaction.atomic():
                maintain(ids[start : start + 500], period)
            done += len(ids[start : start + 500])
            jobs.progress(done, len(places))
    return done


def _keep_some(ids: list[int], period: ReportingPeriod, report: StatusReport | None = None) -> list[ProjectPeriod]:
    found = [report.project] if report else list(Project.objects.filter(pk__in=ids))
    current = [report] if report else StatusReport.objects.filter(project_id__in=ids, period=period, is_current=True)
    reports = {r.project_id: r for r in current}
    arranged = {project_id: (kind, due) for project_id, kind, due in arrangements.gather(ids, period)}
    before = rows_before(ids, period)
    rows, values = [], []
    for project in found:
        kind, due = arranged.get(project.pk, ("", None))
        report = reports.get(project.pk)
        excused = kind == "exemption" or project.state != Project.State.ACTIVE
        row = stand(ProjectPeriod(project=project, period=period), report, excused)
        rows.append(chain(row, before.get(project.pk)))
        values += [(project.scope_id, period.pk, v) for v in figures(row, report, due or period.due_at)]
    ProjectPeriod.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("project", "period"), update_fields=FIELDS, batch_size=500
    )
    _chain_later(rows, period)
    measures.replace_many(values, [row.project.scope_id for row in rows], period.pk, kept())
    return rows


def maintain(project_ids: Iterable[int], period: ReportingPeriod, report: StatusReport | None = None) -> None:
    """Bring rows and measures of these projects in this period up to date, in a fixed number of queries, and mark the
    sums above as stale. In the caller's transaction. `report`: the one that counts for the only project, as the caller
    has just written it."""
    ids = list(project_ids)
    rows = _keep_some(ids, period, report)
    measures.mark_stale([(row.project.scope_id, period.pk) for row in rows])
    jobs.submit("pmo_portal.measures.roll_up", key="roll_up")


def ask_key(project: Project, period: ReportingPeriod) -> str:
    return f"status:{project.pk}:{period.pk}"


def ask_details(project: Project, period: ReportingPeriod, **more: str) -> dict:
    """What the ask's words are made from when it is read."""
    return {
        "project_ja": project.name_ja,
        "project_en": project.name_en,
        "project_key": project.key,
        "period_key": period.key,
        "cadence": period.cadence,
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        **more,
    }


def expected_projects(period: ReportingPeriod):
    """Active projects whose tier reports in this cadence. Of a period that was frozen and is open again, only those that
    were there when it ended, or that have reported on it."""
    found = Project.objects.filter(
        tier__in=tiers_reporting(period.cadence, period.ends_on), state=Project.State.ACTIVE, archived_at=None
    ).select_related("pm", "scope")
    if period.pictures.exists():
        ended = office_moment(period.ends_on + timedelta(days=1), time.min)
        known = ProjectPeriod.objects.filter(period=period).values("project_id")
        found = found.filter(Q(created_at__lt=ended) | Q(pk__in=known))
    return found


def expect_reports(period: ReportingPeriod, *, by=None) -> int:
    """Ask every PM for the reports of a period that is open, and bring what was asked for it before up to date: asks
    that were withdrawn when it was frozen return, due dates follow. Returns how many projects are expected.

    Safe to run twice and after a crash: rows and asks of the same projects stand in one transaction.
    """
    expected = list(expected_projects(period))
    for start in range(0, len(expected), 500):
        _expect(expected[start : start + 500], period)
        jobs.progress(min(start + 500, len(expected)), len(expected))
    return len(expected)


@transaction.atomic
def _expect(projects: list[Project], period: ReportingPeriod) -> None:
    states = ProjectPeriod.objects.filter(period=period, project__in=projects)
    known = dict(states.values_list("project_id", "state"))
    new = [p.pk for p in projects if p.pk not in known]
    if new:
        maintain(new, period)
        known |= dict(states.filter(project_id__in=new).values_list("project_id", "state"))
    owing = {ask_key(p, period): p for p in projects if p.pm_id and known[p.pk] in ("missing", "draft", "returned")}
    asked = {a.key: a for a in Ask.objects.filter(key__in=owing)}
    extended = {
        project_id: due for project_id, _kind, due in arrangements.gather([p.pk for p in owing.values()], period) if due
    }
    about, kind = ContentType.objects.get_for_model(Project), asks.kinds["status.report"]
    ask_many(
        [
            Ask(
                kind=kind.key,
                key=key,
                person=p.pm,
                scope_id=p.scope_id,
                content_type=about,
                object_id=p.pk,
                due_at=extended.get(p.pk, period.due_at),
                minutes=kind.minutes,
                details=ask_details(p, period),
            )
            for key, p in owing.items()
            if key not in asked
        ]
    )
    for key, ask in asked.items():
        project, due_at = owing[key], extended.get(owing[key].pk, period.due_at)
        if ask.state == Ask.State.WITHDRAWN:
            details = ask_details(project, period)
            asks.ask(kind.key, person=project.pm, about=project, key=key, due_at=due_at, details=details)
        elif ask.state == Ask.State.OPEN and ask.due_at != due_at and "returned" not in ask.details:
            asks.postpone(key, due_at)


def expect_of(project: Project) -> None:
    """Ask for what one project owes to the periods that are open."""
    for period in ReportingPeriod.objects.filter(state=ReportingPeriod.State.OPEN):
        if projects := list(expected_projects(period).filter(pk=project.pk)):
            _expect(projects, period)


def expect_in(project: Project, period: ReportingPeriod) -> None:
    """Ask for one project's report of one period, again where it had been withdrawn."""
    _expect([project], period)


def follow_state(project: Project) -> None:
    """A project that pauses or ends owes no report; one that goes on is asked for what it owes now."""
    taking = (ReportingPeriod.State.OPEN, ReportingPeriod.State.CLOSED)
    for period in ReportingPeriod.objects.filter(state__in=taking, project_periods__project=project):
        maintain([project.pk], period)
    if project.state == Project.State.ACTIVE and project.archived_at is None:
        expect_of(project)
    else:
        asks.withdraw_many(Ask.objects.filter(kind="status.report", scope_id=project.scope_id))


def withdraw_asks(period: ReportingPeriod) -> int:
    """Nobody is asked for the reports of this period any more."""
    return asks.withdraw_many(Ask.objects.filter(kind="status.report", key__endswith=f":{period.pk}"))


def newcomers() -> dict[ReportingPeriod, list[Project]]:
    """Projects that owe a report to an open period and have not been asked: they came, or became active, since."""
    found = {}
    for period in ReportingPeriod.objects.filter(state=ReportingPeriod.State.OPEN):
        rows = ProjectPeriod.objects.filter(period=period).values("project_id")
        if projects := list(expected_projects(period).exclude(pk__in=rows)[:500]):
            found[period] = projects
    return found


def expect_newcomers() -> int:
    """Ask them too; returns how many. Safe to run twice."""
    count = 0
    for period, projects in newcomers().items():
        _expect(projects, period)
        count += len(projects)
    return count
