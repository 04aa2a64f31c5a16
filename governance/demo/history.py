"""Writing months of history at once: projects, milestones, reports, maintained rows and figures, in bulk.

Used by the demo office and by `generate_office`. What the present looks like is left to the real actions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from governance.demo import cast, customs, sentences
from governance.demo.course import Point
from pmo_portal import audit, measures
from pmo_portal.access.models import Scope
from pmo_portal.access.tree import add_scopes
from pmo_portal.i18n.text import fold
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import office_moment
from projects.register.actions import restand
from projects.register.models import BudgetRevision, Milestone, MilestoneForecast, Project, ProjectPlacement
from projects.register.standing import slip_days, variance_percent
from projects.status.actions import digest_of
from projects.status.computing import computed_lights, needs_reason
from projects.status.maintaining import chain, stand
from projects.status.measures import figures
from projects.status.models import DIMENSIONS, ProjectPeriod, StatusReport


@dataclass
class Spec:
    """A project to be told, with a point of its course for each of `periods` (the last may lie ahead of its report)."""

    project: Project
    periods: list[ReportingPeriod]
    points: list[Point]
    english: bool
    random: Random
    pmo: object = None
    with_words: bool = True
    present: str = ""  # the state of its report for the last of `periods`, which is still open; "": none yet
    milestones: list[Milestone] = field(default_factory=list)

    @property
    def start(self) -> date:
        return self.project.planned_start_on

    @property
    def finish(self) -> date:
        return self.project.planned_finish_on

    def share_at(self, day: date) -> float:
        return max(0.0, min(1.0, (day - self.start).days / max(1, (self.finish - self.start).days)))


def write_projects(specs: list[Spec], reported: dict[int, int]) -> None:
    """The projects with scopes, placement and first approval. `reported`: index of each spec's last told point."""
    above = [s.project.programme.scope if s.project.programme_id else s.project.portfolio.scope for s in specs]
    names = [(s.project.name_ja or s.project.name_en, s.project.name_en) for s in specs]
    scopes = add_scopes(Scope.Kind.PROJECT, above, names)
    for n, (spec, scope) in enumerate(zip(specs, scopes, strict=True)):
        project = spec.project
        project.scope, project.key_folded = scope, fold(project.key)
        last = reported.get(n)
        if last is not None and spec.points:
            point = spec.points[last]
            project.confidence, project.overall_light = point.confidence, point.lights["overall"]
            project.forecast_finish_on, project.forecast_cost = point.finish_on, point.cost
            project.spent = (project.approved_budget * point.spent_share).quantize(Decimal(1))
            project.reported_period = spec.periods[last]
        restand(project)
    Project.objects.bulk_create([s.project for s in specs], batch_size=500)
    ProjectPlacement.objects.bulk_create(
        [
            ProjectPlacement(
                project=s.project, portfolio=s.project.portfolio, programme=s.project.programme, starts_on=s.start
            )
            for s in specs
        ],
        batch_size=1000,
    )
    BudgetRevision.objects.bulk_create(
        [
            BudgetRevision(
                project=s.project,
                number=1,
                amount=s.project.approved_budget,
                approved_on=s.start,
                reason="稟議承認" if not s.english else "First approval",
            )
            for s in specs
        ],
        batch_size=1000,
    )


def write_milestones(specs: list[Spec], today: date) -> None:
    """Milestones at even steps, moved as the course moved, reached where their day has passed."""
    made: list[Milestone] = []
    for spec in specs:
        names = cast.MILESTONES[spec.project.kind if spec.project.kind in cast.MILESTONES else "system"]
        for n, (ja, en) in enumerate(names, 1):
            spec.milestones.append(_milestone(spec, n, ja, en, len(names), today))
        made += spec.milestones
    Milestone.objects.bulk_create(made, batch_size=1000)
    MilestoneForecast.objects.bulk_create([f for s in specs for f in _forecasts(s)], batch_size=2000)


def _milestone(spec: Spec, n: int, ja: str, en: str, count: int, today: date) -> Milestone:
    share = n / count
    baseline = spec.start + timedelta(days=int((spec.finish - spec.start).days * share))
    baseline -= timedelta(days=max(0, baseline.weekday() - 4))
    points = spec.points or [Point(0, "none", 0, Decimal(0), Decimal(0))]
    now = baseline + timedelta(days=int(points[-1].days * share))
    before = baseline + timedelta(days=int(points[-2].days * share)) if len(points) > 1 else None
    done = now < today and not (share > 0.55 and spec.random.random() < 0.12)
    return Milestone(
        project=spec.project,
        number=n,
        name_ja=ja,
        name_en=en,
        owner=spec.project.pm if n % 2 else None,
        baseline_on=baseline,
        forecast_on=now,
        previous_on=before if before != now else None,
        state="reached" if done else "open",
        actual_on=now if done else None,
    )


def _forecasts(spec: Spec) -> list[MilestoneForecast]:
    """Was → is over the periods: a row whenever the forecast moved."""
    found, count = [], len(spec.milestones)
    for n, milestone in enumerate(spec.milestones, 1):
        last = None
        for period, point in zip(spec.periods, spec.points, strict=False):
            forecast = milestone.baseline_on + timedelta(days=int(point.days * n / count))
            if last != forecast and period.ends_on <= (milestone.actual_on or date.max):
                found.append(MilestoneForecast(milestone=milestone, as_of=period.ends_on, forecast_on=forecast))
                last = forecast
    return found


def write_reports(
    specs: list[Spec], until: date, *, with_audit: bool, without: set[int] | frozenset[int] = frozenset()
) -> int:
    """Reports, rows and figures of every period that ended by `until` (`without` these), and of the open one where a
    spec says how it stands; returns how many reports. With `with_audit` also the trail they would have left."""
    reports: list[StatusReport] = []
    rows: list[ProjectPeriod] = []
    for spec in specs:
        for n, (period, point) in enumerate(zip(spec.periods, spec.points, strict=False)):
            if period.pk in without:
                continue
            if period.ends_on > until:
                if spec.present and n == len(spec.periods) - 1:
                    reports.append(_as_of_now(_report(spec, n, period, point), spec.present, spec.random))
                    rows.append(ProjectPeriod(project=spec.project, period=period, report=reports[-1]))
                continue
            missed = n < len(spec.periods) - 3 and spec.random.random() < 0.015
            report = None if missed else _report(spec, n, period, point)
            rows.append(ProjectPeriod(project=spec.project, period=period, report=report))
            if report is not None:
                reports.append(report)
    StatusReport.objects.bulk_create(reports, batch_size=500)
    before: dict[int, ProjectPeriod] = {}
    for row in rows:
        report = row.report
        stand(row, report, exempt=report is None)
        before[row.project_id] = chain(row, before.get(row.project_id))
        row.report_id = report.pk if report else None
    ProjectPeriod.objects.bulk_create(rows, batch_size=1000)
    measures.record_many(
        [
            (row.project.scope_id, row.period_id, value)
            for row in rows
            for value in figures(row, row.report, row.period.due_at)
        ]
    )
    if with_audit:
        audit.note_many(entries_of(reports))
    return len(reports)


def _report(spec: Spec, n: int, period: ReportingPeriod, point: Point) -> StatusReport:
    project, random = spec.project, spec.random
    submitted = _submitted_at(period, n, len(spec.periods), random)
    report = StatusReport(
        project=project,
        period=period,
        state="accepted",
        author=project.pm,
        origin="unchanged" if random.random() < 0.08 else "typed",
        project_name=project.name_ja or project.name_en,
        category=project.category,
        confidence=point.confidence,
        start_on=spec.start,
        forecast_finish_on=point.finish_on,
        planned_finish_on=spec.finish,
        forecast_cost=point.cost,
        approved_budget=project.approved_budget,
        spent=(project.approved_budget * point.spent_share).quantize(Decimal(1)),
        opened_at=submitted - timedelta(minutes=random.randint(2, 240)),
        submitted_at=submitted,
        submitted_by=project.pm,
        decided_at=_next_morning(submitted, random),
        decided_by=spec.pmo,
        seconds_spent=int(random.uniform(45, 150) * (1.9 - n / max(1, len(spec.periods)))),
    )
    for d in DIMENSIONS:
        setattr(report, f"{d}_light", point.lights[d])
    if spec.with_words:
        write_words(report, spec, point)
    report.milestones = _milestones_at(spec, n, period)
    report.custom = customs.reported(report)
    report.digest = digest_of(report)
    return report


def _as_of_now(report: StatusReport, state: str, random: Random) -> StatusReport:
    """The report of an open period: begun within the last days, and not decided unless its state says so."""
    report.state, report.opened_at = state, timezone.now() - timedelta(hours=random.randint(30, 90))
    report.submitted_at = report.opened_at + timedelta(minutes=random.randint(2, 50))
    report.decided_at = report.opened_at + timedelta(hours=random.randint(2, 28))
    if state in ("draft", "submitted"):
        report.decided_at = report.decided_by = None
    if state == "draft":
        report.submitted_at = report.submitted_by = report.seconds_spent = None
        report.digest = ""
    if state == "returned":
        report.return_reason = sentences.pick(sentences.RETURNS, random, english=False)
    return report


def _submitted_at(period: ReportingPeriod, n: int, count: int, random: Random) -> datetime:
    """Most come in the last two days; fewer are late as the months go by."""
    late = random.random() < 0.30 - 0.22 * n / max(1, count)
    day = timezone.localdate(period.due_at) + timedelta(
        days=random.randint(1, 3) if late else -random.choice((0, 0, 1, 1, 2, 3, 4, 6, 8))
    )
    moment = office_moment(day, time(random.randint(9, 16), random.randint(0, 59)))
    return min(moment, timezone.now())


def _next_morning(moment: datetime, random: Random) -> datetime:
    day = timezone.localdate(moment) + timedelta(days=1)
    return office_moment(
        day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0),
        time(random.randint(9, 11), random.randint(0, 59)),
    )


def write_words(report: StatusReport, spec: Spec, point: Point) -> None:
    random, english = spec.random, spec.english
    ahead = (
        next((m for m in spec.milestones if m.state == "open" or m.forecast_on > report.period.ends_on), None)
        or (spec.milestones or [None])[-1]
    )
    name = (ahead.name_en if english else ahead.name_ja) if ahead else ("the next step" if english else "次の工程")
    share = spec.share_at(report.period.ends_on)
    computed = computed_lights(
        slip_days(point.finish_on, spec.finish), variance_percent(point.cost, spec.project.approved_budget)
    )
    for d in DIMENSIONS:
        if needs_reason(d, point.lights[d], computed):
            setattr(report, f"{d}_reason", sentences.pick(sentences.REASONS[d], random, english))
    report.confidence_reason = sentences.pick(sentences.WHY[point.confidence], random, english)
    report.achieved = sentences.pick(sentences.DONE[sentences.stage_of(share)], random, english, m=name)
    report.planned = sentences.pick(sentences.NEXT, random, english, m=name)


def _milestones_at(spec: Spec, n: int, period: ReportingPeriod) -> list[dict]:
    count, before = len(spec.milestones), spec.points[max(0, n - 1)]
    found = []
    for number, m in enumerate(spec.milestones, 1):
        now = m.baseline_on + timedelta(days=int(spec.points[n].days * number / count))
        was = m.baseline_on + timedelta(days=int(before.days * number / count))
        reached = m.actual_on if m.actual_on and m.actual_on <= period.ends_on else None
        found.append(
            {
                "number": number,
                "name_ja": m.name_ja,
                "name_en": m.name_en,
                "baseline_on": m.baseline_on.isoformat(),
                "was_on": (reached or was).isoformat(),
                "forecast_on": (reached or now).isoformat(),
                "reached_on": reached.isoformat() if reached else None,
                "state": "reached" if reached else "open",
            }
        )
    return found


def entries_of(reports: list[StatusReport]) -> list:
    """The trail that the submissions and acceptances would have left."""
    found = []
    for r in reports:
        scope_id = r.project.scope_id
        if r.submitted_at is None:
            continue
        found.append(
            audit.entry_for(
                r,
                "submitted",
                by=r.submitted_by,
                changes={"state": ["draft", "submitted"]},
                scope_id=scope_id,
                at=r.submitted_at,
            )
        )
        if r.decided_at is None:
            continue
        found.append(
            audit.entry_for(
                r,
                r.state,
                by=r.decided_by,
                changes={"state": ["submitted", r.state]},
                reason=r.return_reason,
                scope_id=scope_id,
                at=r.decided_at,
            )
        )
    return sorted(found, key=lambda e: e.at)
