"""Reading reports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from pmo_portal import access
from pmo_portal.custom.models import CustomField
from pmo_portal.custom.queries import fields_of, people
from pmo_portal.custom.shape import told
from pmo_portal.i18n.differing import pieces
from pmo_portal.i18n.numbers import exact
from pmo_portal.i18n.text import fold
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import begun, cadences_in_force, day_begins, office_today, taking_for
from projects.register import queries as register
from projects.register.models import Milestone, Project
from projects.register.standing import slip_days, variance_percent
from projects.status import suggesting
from projects.status.computing import Computed, computed_lights
from projects.status.models import DIMENSIONS, ProjectPeriod, StatusReport

IN = (StatusReport.State.SUBMITTED, StatusReport.State.ACCEPTED)


def reports(viewer) -> QuerySet[StatusReport]:
    return access.visible(viewer, StatusReport).filter(is_current=True)


def current_report(project: Project, period: ReportingPeriod) -> StatusReport | None:
    found = StatusReport.objects.filter(project=project, period=period, is_current=True).order_by("pk").first()
    if found is not None:
        # At hand; joined with eight others the row took ten times as long.
        found.project, found.period = project, period
    return found


def report_before(project: Project, period: ReportingPeriod) -> StatusReport | None:
    """The last report that was in before this period, of whatever cadence."""
    found = (
        StatusReport.objects.filter(
            project=project, is_current=True, state__in=IN, period__starts_on__lt=period.starts_on
        )
        .select_related("period")
        .order_by("-period__starts_on")
        .first()
    )
    if found is not None:
        found.project = project  # at hand, for its address
    return found


@dataclass(frozen=True)
class Ground:
    """What a report is measured against, read once for all that is said of it: the report before, and the milestones of
    its project."""

    before: StatusReport | None
    milestones: list[Milestone]


@dataclass(frozen=True)
class Asked:
    """What an ask to report is about: the project, the period, its report where there is one, and what that is measured
    against."""

    project: Project
    period: ReportingPeriod
    report: StatusReport | None
    ground: Ground


MOST_BEFORE = 12  # reports of a project that are looked through for the one before its period


def asked_for_many(asks) -> dict[int, Asked]:
    """Ask → what it is about, of asks to report that are the reader's own. Five queries, however many they are."""
    projects = Project.objects.select_related("scope", "pm", "unit").in_bulk([ask.object_id for ask in asks])
    keys = {ask.details.get("period_key", "") for ask in asks}
    periods = {period.key: period for period in ReportingPeriod.objects.filter(key__in=keys)}
    told = StatusReport.objects.filter(project__in=projects, is_current=True)
    now = {(r.project_id, r.period_id): r for r in told.filter(period__in=[p.pk for p in periods.values()])}
    place = Window(RowNumber(), partition_by="project", order_by=F("period__starts_on").desc())
    latest = max((p.starts_on for p in periods.values()), default=date.min)
    handed_in = told.filter(state__in=IN, period__starts_on__lt=latest).annotate(place=place)
    befores: dict[int, list[StatusReport]] = defaultdict(list)
    for report in handed_in.filter(place__lte=MOST_BEFORE).select_related("period").order_by("-period__starts_on"):
        befores[report.project_id].append(report)
    milestones: dict[int, list[Milestone]] = defaultdict(list)
    for milestone in register.milestones_of(projects):
        milestones[milestone.project_id].append(milestone)
    found = {}
    for ask in asks:
        project, period = projects.get(ask.object_id), periods.get(ask.details.get("period_key", ""))
        if project is None or period is None:
            continue
        report = now.get((project.pk, period.pk))
        if report is not None:
            report.project, report.period = project, period
        before = next((r for r in befores[project.pk] if r.period.starts_on < period.starts_on), None)
        found[ask.pk] = Asked(project, period, report, Ground(before, milestones[project.pk]))
    return found


def ground_of(project: Project, period: ReportingPeriod) -> Ground:
    """Two queries."""
    return Ground(report_before(project, period), list(register.milestones(project)))


def milestone_stands(report: StatusReport, ground: Ground | None = None) -> list[suggesting.MilestoneStand]:
    """Each milestone as it was in the report before and as it is with what is typed into this one."""
    ground = ground or ground_of(report.project, report.period)
    before = ground.before
    was = {int(m["number"]): m for m in (before.milestones if before else []) if m.get("number")}
    typed = {int(m["number"]): m for m in report.milestones if m.get("number")}
    return [_stand(m, was.get(m.number), typed.get(m.number, {})) for m in ground.milestones]


def _stand(milestone: Milestone, before: dict | None, typed: dict) -> suggesting.MilestoneStand:
    is_open = milestone.state == Milestone.State.OPEN
    return suggesting.MilestoneStand(
        number=milestone.number,
        name_ja=milestone.name_ja,
        name_en=milestone.name_en,
        was=_day(before.get("forecast_on")) if before else milestone.baseline_on or milestone.forecast_on,
        now=(_day(typed.get("forecast_on")) if is_open else None) or milestone.forecast_on,
        reached_on=(_day(typed.get("reached_on")) if is_open else None) or milestone.actual_on,
        was_reached=bool(before and before.get("reached_on")),
    )


def _day(value) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def facts_now(report: StatusReport, ground: Ground | None = None) -> list[suggesting.Fact]:
    """What has changed since the report before, with the figures and dates that this one states."""
    ground = ground or ground_of(report.project, report.period)
    project, before, stands = report.project, ground.before, milestone_stands(report, ground)
    return suggesting.facts(
        finish=(before.forecast_finish_on if before else project.planned_finish_on, report.forecast_finish_on),
        cost=(before.forecast_cost if before else None, report.forecast_cost),
        approved=project.approved_budget,
        currency=project.currency,
        milestones=[m for m in stands if not m.was_reached and (before or not m.reached_on)],
        today=timezone.localdate(),
    )


def computed_for(report: StatusReport) -> dict[str, Computed]:
    """The lights that the figures stated in the report give."""
    figures = figures_of(report)
    return computed_lights(figures["slip"], figures["variance"])


def moves_now(report: StatusReport, ground: Ground | None = None) -> list[suggesting.Fact]:
    """Of the facts those that happened since the report before: with one of them it is not "no change"."""
    return [fact for fact in facts_now(report, ground) if fact.is_move]


def figures_of(report: StatusReport) -> dict[str, Any]:
    """What the figures stated in the report come to: `slip` in days, `variance` in percent of what is approved."""
    project = report.project
    return {
        "slip": slip_days(report.forecast_finish_on, project.planned_finish_on),
        "variance": variance_percent(report.forecast_cost, project.approved_budget),
    }


def computed_then(report: StatusReport) -> dict[str, Computed]:
    """The lights that the report's figures gave against what was approved at its time."""
    return computed_lights(
        slip_days(report.forecast_finish_on, report.planned_finish_on),
        variance_percent(report.forecast_cost, report.approved_budget),
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


def next_report(project: Project) -> tuple[ReportingPeriod | None, StatusReport | None]:
    """The period whose report is the project's next step, and that report where there is one: what was returned before
    all else, then what is owed (for an open period before a late one, the newest first). Owing nothing, the newest open
    period with what was handed in. Four queries."""
    taking = taking_for(project.tier) if project.is_open else []
    kept = ProjectPeriod.objects.filter(project=project, period__in=taking).values_list("period_id", "state")
    states = dict(kept) if taking else {}
    owed = [p for p in taking if _is_owed(project, p, states.get(p.pk, ""))]
    owed.sort(key=lambda p: (states.get(p.pk) != "returned", p.state != ReportingPeriod.State.OPEN))
    running = [p for p in taking if p.state == ReportingPeriod.State.OPEN and states.get(p.pk) not in (None, "exempt")]
    period = next(iter([*owed, *running]), None)
    return period, current_report(project, period) if period else None


def _is_owed(project: Project, period: ReportingPeriod, state: str) -> bool:
    """A row says so; a project that nobody has asked yet owes what it was there for."""
    if state:
        return state in ("missing", "draft", "returned")
    return period.state == ReportingPeriod.State.OPEN and office_today(project.created_at) <= period.ends_on


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


def reports_behind(values: list) -> dict[int, str]:
    """Scope → the report that a project's own figure was taken from. One query."""
    rows = reported([v.scope_id for v in values], {v.period_id for v in values})
    return {scope: reverse("projects:status:status_report", args=(key, period)) for scope, key, period in rows}


def standing_in(period: ReportingPeriod) -> QuerySet[ProjectPeriod]:
    """How every project stood in a period, for the machine."""
    return ProjectPeriod.objects.filter(period=period).select_related("project__pm").order_by("project_id")


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


def reports_called(viewer, words: str) -> list[StatusReport]:
    """Reports of a period that one of the words names, of projects that the others call. At most three queries."""
    said = words.split()
    if len(said) < 2:
        return []
    newest = list(begun().order_by("-starts_on")[:60])
    for word in said:
        named = [p for p in newest if p.key.startswith(word) or fold(word) in fold(p.label)]
        rest = " ".join(w for w in said if w != word)
        if not named or not rest or len(word) < 2:
            continue
        of = [p.pk for p in register.called(viewer, rest)[:5]]
        found = reports(viewer).filter(project__in=of, period__in=named, is_current=True)
        if hits := list(found.select_related("project", "period").order_by("-period__starts_on")[:4]):
            return hits
    return []


def lights_of(report: StatusReport | None) -> list[dict]:
    """The seven lights with their reasons, in the order in which people think of them."""
    computed = computed_then(report) if report else {}
    return [
        {
            "key": d,
            "label": StatusReport._meta.get_field(f"{d}_light").verbose_name,
            "light": getattr(report, f"{d}_light") if report else "none",
            "computed": computed[d].light if d in computed else "none",
            "reason": getattr(report, f"{d}_reason") if report else "",
        }
        for d in DIMENSIONS
    ]


COMPARED = (
    *(f"{d}_{part}" for d in DIMENSIONS for part in ("light", "reason")),
    "confidence",
    "confidence_reason",
    "forecast_finish_on",
    "forecast_cost",
    "approved_budget",
    "spent",
    "achieved",
    "planned",
    "help_needed",
)


def difference(report: StatusReport, before: StatusReport | None) -> list[dict]:
    """Field by field, then milestone by milestone, what changed since the report before; texts piece by piece."""
    if before is None:
        return []
    found = []
    for name in COMPARED:
        field = StatusReport._meta.get_field(name)
        was, now = getattr(before, name), getattr(report, name)
        if was == now:
            continue
        line = {"name": name, "label": StatusReport.label_of(name), "was": was, "now": now, "kind": _kind(name, field)}
        if line["kind"] == "text":
            line["pieces"] = pieces(was.strip(), now.strip())
        if line["kind"] != "text" or line["pieces"]:
            found.append(line)
    return [*found, *_own(report, before), *_moved(report, before)]


def _own(report: StatusReport, before: StatusReport) -> list[dict]:
    """The same of the office's own fields that everybody sees."""
    fields = [f for f in fields_of(StatusReport) if not f.seen_by and f.read(report) != f.read(before)]
    kinds = {CustomField.Kind.MONEY: "money", CustomField.Kind.DATE: "date"}
    named = people(f.read(r) for f in fields if f.kind == CustomField.Kind.PERSON for r in (before, report))

    def said(field: CustomField, record: StatusReport):
        value = told(field, record)
        if field.kind == CustomField.Kind.NUMBER and value is not None:
            return exact(value)
        return str(named.get(value, value)) if field.kind == CustomField.Kind.PERSON and value else value

    return [
        {
            "name": f.attribute,
            "label": str(f),
            "was": said(f, before),
            "now": said(f, report),
            "kind": kinds.get(CustomField.Kind(f.kind), "said"),
        }
        for f in fields
    ]


def _kind(name: str, field) -> str:
    if name.endswith("_light"):
        return "light"
    if name == "confidence":
        return "confidence"
    return {"DateField": "date", "DecimalField": "money"}.get(field.get_internal_type(), "text")


def _moved(report: StatusReport, before: StatusReport) -> list[dict]:
    earlier = {m["name"]: m for m in before.milestones_shown}
    return [
        {"name": m["name"], "label": m["name"], "was": earlier[m["name"]]["now_on"], "now": m["now_on"], "kind": "date"}
        for m in report.milestones_shown
        if m["name"] in earlier and earlier[m["name"]]["now_on"] != m["now_on"]
    ]


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
    """How long reports take, on average over the last 90 days: this person's, and the office's as it was at some time of
    the last ten minutes, which is a walk over all reports of these days."""
    typed = StatusReport.objects.filter(submitted_at__gte=timezone.now() - timedelta(days=90), seconds_spent__gt=0)
    office = cache.get_or_set("average_seconds", lambda: _average_of(typed), 600)
    return {"mine": _average_of(typed.filter(submitted_by=person)), "office": office}


def _average_of(typed: QuerySet[StatusReport]) -> int | None:
    found = typed.aggregate(average=Avg("seconds_spent"))["average"]
    return round(found) if found is not None else None


# ---- when reports are due

WATCHING = ("administrator", "expert", "manager", "auditor")


def due_for(person, first: date, last: date) -> list[ReportingPeriod]:
    """The periods whose reports are due between two days: for who leads projects, by their cadences; for the PMO all."""
    begin, end = day_begins(first), day_begins(last + timedelta(days=1))
    found = ReportingPeriod.objects.filter(due_at__gte=begin, due_at__lt=end).order_by("due_at")
    if access.holds(person, *WATCHING):
        return list(found)
    tiers = set(register.led_by(person).values_list("tier", flat=True))
    cadences = {rule.cadence for tier, rule in cadences_in_force().items() if tier in tiers}
    return list(found.filter(cadence__in=cadences)) if cadences else []
