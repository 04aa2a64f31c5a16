"""The go/no-go screen's reads: aggregated by the database from maintained rows, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, StrIndex

from governance.investment import queries as investment
from governance.portfolio.movement import (
    LEVELS,
    REPORTED,
    Cell,
    CostBar,
    Move,
    Standing,
    cells,
    cost_bar,
    count_levels,
    slip_change,
    why_no_cost,
)
from governance.portfolio.overview import FIGURES, Named, overview
from governance.portfolio.sight import Sight, contents_of, figure_of
from pmo_portal import access, measures
from pmo_portal.accounts.models import Person
from pmo_portal.i18n.localised import pick
from pmo_portal.i18n.numbers import format_money
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import office_settings
from projects.register.models import Project
from projects.register.standing import variance_percent
from projects.status.computing import DEFAULT
from projects.status.models import ProjectPeriod

A_QUARTER = timedelta(days=100)  # what was told shortly before the columns is carried into them
SHOWN_ROWS, SHOWN_MOVERS, SHOWN_COSTS, SHOWN_BUBBLES, NAMED_MOVES = 20, 6, 8, 40, 60
ILL = ("red", "amber_red")
GROUPS = ("needs", "decided", "watch")
SHOWN = (  # what the rows of the screen show of a project
    *("key", "name_ja", "name_en", "tier", "state", "currency", "forecast_finish_on", "scope_id", "pm"),
    *("pm__name_ja", "pm__name_en", "pm__kana"),
)
DEFERRED = ("description", "benefits", "closing_note", "search_text")


# ---- how projects stand


def standings(viewer, sight: Sight) -> QuerySet[Project]:
    """The projects that the screen is about: those that stood in the period and those that are running, each with

    `row` (its maintained row), `level` and `was` (where it stands, and stood the period before; carried over where nothing
    was reported), `row_state`, `cost_percent`, `days` (slip), `fall` (above zero: down), `has_moved`,
    `is_proposed` (its course waits for a decision), `needs_action` (proposed; or confidence in doubt or worse, or figures
    that compute to at risk, and nothing decided since the last report), and `rung` (of the level, for ordering)."""
    period = sight.period
    row = Q(project_periods__period_id__in=sight.current)
    if sight.doubled:
        row &= ~Q(project_periods__pk__in=sight.doubled)
    there = Q(state__in=("active", "paused"), created_at__date__lte=period.ends_on)
    absent = [pk for pk, content in sight.differing.items() if not content]
    found = (
        access.visible(viewer, Project)
        .filter(archived_at=None)
        .annotate(row=FilteredRelation("project_periods", condition=row))
        .filter(Q(row__period_id=period.pk) | Q(row__pk__isnull=False, state__in=("active", "paused")) | there)
    )
    if absent:
        found = found.exclude(pk__in=absent)
    found = found.annotate(level=_level(sight), was=_was(sight), row_state=_state(sight), **_figures(sight))
    at_risk = Q(cost_percent__isnull=False, cost_percent__gt=DEFAULT.red_percent) | Q(
        days__isnull=False, days__gt=DEFAULT.red_days
    )  # said of what is unknown too: it would make the whole condition unknown
    proposed = Q(pk__in=investment.undecided(viewer).order_by().values("project_id"))
    settled = Q(pk__in=investment.settled(viewer).order_by().values("project_id"))
    needs = (Q(level__in=ILL) | at_risk) & Q(state="active") & ~settled | Q(is_proposed=True)
    return found.annotate(is_proposed=ExpressionWrapper(proposed, output_field=BooleanField())).annotate(
        needs_action=ExpressionWrapper(needs, output_field=BooleanField()),
        rung=_rung("level"),
        fall=ExpressionWrapper(_rung("level") - _rung("was"), output_field=IntegerField()),
        has_moved=ExpressionWrapper(~Q(level=F("was")), output_field=BooleanField()),
    )


# As a place in a text and not as one CASE for each level: what a level is found by stands in the query only once.
LADDER = "".join(f"|{level}|".ljust(16) for level in ("none", *(level for level in LEVELS if level != "none")))


def _rung(name: str) -> StrIndex:
    """The higher the worse; not rated is the lowest."""
    return StrIndex(Value(LADDER), Concat(Value("|"), name, Value("|")), output_field=IntegerField())


def _pictured(sight: Sight, name: str) -> list[When]:
    """What the picture says instead of the kept row, value by value."""
    by_value: dict[str, list[int]] = defaultdict(list)
    for project_id, content in sight.differing.items():
        if content:
            by_value[content.get(name) or "none"].append(project_id)
    return [When(pk__in=ids, then=Value(value)) for value, ids in by_value.items()]


def _last_standing(until) -> Coalesce:
    """Where a project stood at the end of a day, by its last row of whatever cadence."""
    rows = ProjectPeriod.objects.filter(project=OuterRef("pk"), period__ends_on__lte=until)
    return Coalesce(Subquery(rows.order_by("-period__ends_on").values("standing")[:1]), Value("none"))


def _level(sight: Sight) -> Case:
    return Case(
        *_pictured(sight, "standing"),
        When(row__pk__isnull=False, then=F("row__standing")),
        default=_last_standing(sight.period.ends_on),
        output_field=CharField(),
    )


def _was(sight: Sight) -> Case | F:
    if sight.previous is None:
        return F("level")  # of the first period nothing is known to have moved
    return Case(
        *_pictured(sight, "standing_before"),
        When(row__period_id=sight.period.pk, then=F("row__standing_before")),
        default=_last_standing(sight.previous.ends_on),
        output_field=CharField(),
    )


def _state(sight: Sight) -> Case:
    return Case(
        *_pictured(sight, "state"),
        When(row__pk__isnull=False, then=F("row__state")),
        default=Value(""),
        output_field=CharField(),
    )


def _figures(sight: Sight) -> dict[str, Any]:
    """Figures of the period. While it is being reported on, what was told last stands for what is still to come."""
    if sight.period.state == ReportingPeriod.State.FROZEN or sight.picture:
        names = {"cost_percent": "cost_variance_percent", "days": "slip_days"} | {f"at_{n}": n for n in FIGURES}
        return {said: _as_pictured(sight, name) for said, name in names.items()}
    return {
        "cost_percent": Coalesce("row__cost_variance_percent", "cost_variance_percent"),
        "days": Coalesce("row__slip_days", "slip_days"),
    } | {f"at_{name}": Coalesce(f"row__{name}", name) for name in FIGURES}


def _as_pictured(sight: Sight, name: str) -> Case | F:
    """A figure of the kept row, or what the picture says instead; unknown where an older picture did not keep it."""
    field = ProjectPeriod._meta.get_field(name)
    instead = [
        When(pk=project_id, then=Value(figure_of(content, name), output_field=field))
        for project_id, content in sight.differing.items()
        if content and name in content
    ]
    return Case(*instead, default=F(f"row__{name}"), output_field=field) if instead else F(f"row__{name}")


WORST_FIRST = ("-needs_action", "-rung", F("cost_percent").desc(nulls_last=True), "key")


def standing_from(content: dict[str, Any], period: ReportingPeriod) -> Standing:
    """A standing as a picture kept it."""

    def amount(name: str) -> Decimal | None:
        return Decimal(content[name]) if content.get(name) is not None else None

    return Standing(
        state=content.get("state", "missing"),
        confidence=content.get("confidence", "none"),
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        period_key=period.key,
        report_id=content.get("report"),
        cost_percent=amount("cost_variance_percent"),
        slip_days=content.get("slip_days"),
        **{name: amount(name) for name in FIGURES},
    )


TOLD = ("project_id", "state", "confidence", "period__starts_on", "period__ends_on", "period__key", "report_id")


def standings_over(sight: Sight, projects: list[Project]) -> dict[int, list[Standing]]:
    """project id → its standings in the periods that end within the columns or shortly before, whatever their cadence."""
    found: dict[int, list[Standing]] = defaultdict(list)
    rows = ProjectPeriod.objects.filter(
        project_id__in=[p.pk for p in projects],
        period__ends_on__gte=sight.columns[0].starts_on - A_QUARTER,
        period__ends_on__lte=sight.period.ends_on,
    )
    if sight.picture is not None:
        rows = rows.exclude(period_id=sight.period.pk)
        for project_id, content in pictured(sight, projects).items():
            found[project_id].append(standing_from(content, sight.period))
    for project_id, state, confidence, starts_on, ends_on, key, report_id in rows.values_list(*TOLD):
        found[project_id].append(Standing(state, confidence, starts_on, ends_on, key, report_id))
    return found


def pictured(sight: Sight, projects: list[Project]) -> dict[int, dict[str, Any]]:
    """project id → what the picture that is shown holds of it."""
    if sight.picture is None:
        return {}
    contents = contents_of(sight.picture, [p.scope_id for p in projects])
    return {p.pk: contents[p.scope_id] for p in projects if p.scope_id in contents}


# ---- the screen


@dataclass
class HeatRow:
    """A project, its cells, and its figures at the period's end with the reason where there is none."""

    project: Any
    cells: list[Cell] = field(default_factory=list)
    proposal: Any = None
    decided: Any = None  # the proposal that was decided since the last report

    @property
    def needs_action(self) -> bool:
        return self.project.needs_action

    @property
    def risks(self) -> list[str]:
        """What puts a running project at risk: confidence, cost, finish."""
        project = self.project
        found = {
            "confidence": project.level in ILL,
            "cost": (project.cost_percent or 0) > DEFAULT.red_percent,
            "finish": (project.days or 0) > DEFAULT.red_days,
        }
        return [name for name, is_so in found.items() if is_so and project.state == "active"]

    @property
    def group(self) -> str:
        """needs, decided (and still at risk), watch."""
        if self.needs_action:
            return "needs"
        return "decided" if self.decided and self.risks else "watch"

    @property
    def bar(self) -> CostBar:
        """Only where cost against approval is known."""
        return cost_bar(self.project.at_spent, self.project.at_forecast_cost, self.project.at_approved_budget)

    @property
    def why_no_cost(self) -> str:
        reported = self.project.row_state in REPORTED
        return why_no_cost(reported, self.project.at_forecast_cost, self.project.at_approved_budget)


def moves_of(viewer, sight: Sight, named: list[Named]) -> list[Move]:
    """Whose confidence changed, as they are told, with what the period moved of their finish. Two queries, three
    where a picture is shown."""
    names = access.visible(viewer, Project).filter(pk__in=[one.pk for one in named])
    known = list(names.values_list("pk", "key", "name_ja", "name_en", "scope_id"))
    then = contents_of(sight.picture, [scope_id for *_rest, scope_id in known]) if sight.picture else {}
    told = {}
    for pk, key, ja, en, scope_id in known:
        content = then.get(scope_id, {})
        told[pk] = (key, pick(content.get("name_ja", ja), content.get("name_en", en)))
    rows = ProjectPeriod.objects.filter(
        project_id__in=list(told),
        period__ends_on__gt=sight.period.starts_on - A_QUARTER,
        period__ends_on__lte=sight.period.ends_on,
    ).order_by("period__ends_on", "period__starts_on")
    reasons, slips = {}, defaultdict(list)
    for pk, project_id, days, reason in rows.values_list("pk", "project_id", "slip_days", "report__confidence_reason"):
        reasons[pk] = (reason or "").strip()
        slips[project_id].append((pk, days))
    return [
        Move(
            *told[one.pk],
            f"/projects/{told[one.pk][0]}/",
            one.was,
            one.level,
            reasons.get(one.row, ""),
            slip_change(slips[one.pk], one.row, one.days),
        )
        for one in named
        if one.pk in told
    ]


def projects_of(viewer, named: list[Named]) -> list[Project]:
    """Their records with what the rows show, and how they stand. One query."""
    ids = [one.pk for one in named]
    by_id = {p.pk: p for p in access.visible(viewer, Project).filter(pk__in=ids).select_related("pm").only(*SHOWN)}
    return [one.stand(by_id[one.pk]) for one in named if one.pk in by_id]


def as_pictured(sight: Sight, shown: list[Project]) -> None:
    """The figures and names of these projects as the picture has them."""
    if sight.picture is None:
        return
    contents = pictured(sight, shown)
    for project in shown:
        told = standing_from(contents[project.pk], sight.period) if project.pk in contents else None
        _name_as_pictured(project, contents.get(project.pk, {}))
        project.cost_percent = told.cost_percent if told else None
        project.days = told.slip_days if told else None
        for name in FIGURES:
            setattr(project, f"at_{name}", getattr(told, name) if told else None)


def _name_as_pictured(project: Project, content: dict[str, Any]) -> None:
    """What it was called and who led it when the picture was taken; as today where the picture does not hold that."""
    project.name_ja = content.get("name_ja", project.name_ja)
    project.name_en = content.get("name_en", project.name_en)
    if "pm" in content:
        pm = content["pm"]
        project.pm = Person(pk=pm["id"], name_ja=pm["name_ja"], name_en=pm["name_en"]) if pm else None


def screen(viewer, sight: Sight, found: QuerySet[Project], most: int = SHOWN_ROWS) -> dict[str, Any]:
    """Everything the screen shows of `found`, a narrowing of `standings`."""
    currency = office_settings().currency
    seen = overview(found, sight, currency, worst=max(most, SHOWN_BUBBLES), moves=NAMED_MOVES)
    counted, moved = seen.groups, moves_of(viewer, sight, seen.moves) if seen.moves else []
    undecided = investment.undecided(viewer).filter(project_id__in=seen.proposed) if seen.proposed else ()
    proposals = {p.project_id: p for p in undecided}
    worst = projects_of(viewer, seen.worst)
    as_pictured(sight, worst)
    over = standings_over(sight, worst[:most])
    decided = {p.project_id: p for p in investment.settled(viewer).filter(project__in=worst).order_by("decided_at")}
    rows = [HeatRow(p, proposal=proposals.get(p.pk), decided=decided.get(p.pk)) for p in worst]
    for row in rows[:most]:
        row.cells = cells(over.get(row.project.pk, []), sight.columns)
    total = sum(g.count for g in counted)
    return {
        "levels": count_levels(counted, moved),
        "total": total,
        "needs_count": sum(g.count for g in counted if g.needs_action),
        "reported": sum(g.count for g in counted if g.state in ("submitted", "accepted")),
        "of_the_day": found.filter(row__period_id=sight.period.pk).count() if sight.is_a_day else None,
        "exempt": sum(g.count for g in counted if g.state == "exempt"),
        "moved_count": sum(g.count for g in counted if g.level != g.was),
        "movers": [m for m in moved if m.fall is not None][:SHOWN_MOVERS],
        "heat": sorted(rows[:most], key=lambda row: GROUPS.index(row.group)),
        "rest": max(0, total - most),
        "proposals": list(proposals.values()),
        "costs": costs(rows),
        "bubbles": rows,
        "sums": sums(found, sight, seen.sums, currency),
    }


def costs(rows: list[HeatRow], most: int = SHOWN_COSTS) -> list[HeatRow]:
    """Those furthest past their approval, of the projects looked at first."""
    known = [r for r in rows if r.project.cost_percent is not None and (r.project.at_approved_budget or 0) > 0]
    return sorted(known, key=lambda r: -r.project.cost_percent)[:most]


# ---- sums


def sums(found: QuerySet[Project], sight: Sight, got: dict[str, Any], currency: str) -> dict[str, Any]:
    """Approval, cost at completion and spent of what is looked at, in the office's currency: only projects of which both
    approval and forecast are known go into the comparison; the others are counted with the reason. A query only where a
    picture differs: `got` has the others."""
    for project in found.filter(pk__in=list(sight.differing)) if sight.differing else ():
        _add(got, standing_from(sight.differing[project.pk], sight.period), project.currency == currency)
    return got | {"percent": variance_percent(got["forecast"], got["approved"])}


def _add(got: dict[str, Any], told: Standing, is_here: bool) -> None:
    if not told.approved_budget:
        got["no_approval"] += 1
    elif told.forecast_cost is None:
        got["no_forecast"] += 1
    elif not is_here:
        got["elsewhere"] += 1
    else:
        got["counted"] += 1
        for name, value in (
            ("approved", told.approved_budget),
            ("forecast", told.forecast_cost),
            ("spent", told.spent or Decimal(0)),
        ):
            got[name] = (got[name] or Decimal(0)) + value


@dataclass(frozen=True)
class KeptSum:
    """A rolled-up figure beside the screen's: what the period's own reports come to, from `count` projects, and the page
    on which it explains itself."""

    value: Decimal | None
    count: int
    url: str
    place: str  # "": the very place that the screen shows


def kept_sums(viewer, sight: Sight, portfolio: str | None) -> dict[str, KeptSum]:
    """Sum → the rolled-up figure: of the portfolio with that key or of the whole office (""), which the screen shows; where
    something else narrows the screen (None) or its picture differs, of the highest place that the viewer sees. One query."""
    kept = access.visible(viewer, MeasureValue).filter(
        period=sight.period, measure__in=SUM_OF, scope__kind__in=("office", "portfolio")
    )
    kept = (
        kept.select_related("scope")
        .annotate(key=Coalesce("scope__portfolio__key", Value("")))
        .order_by("-count", "scope_id")
    )
    found: dict[str, KeptSum] = {}
    for one in kept[:MOST_PLACES]:
        name, is_here = SUM_OF[one.measure], not sight.differing and one.key == portfolio
        if is_here or name not in found:
            url = measures.figure_url(one.measure, one.scope_id, sight.period.key)
            found[name] = KeptSum(one.value, one.count, url, "" if is_here else str(one.scope))
    return found


MOST_PLACES = 600
SUM_OF = {"approved_budget": "approved", "forecast_cost": "forecast", "spent": "spent"}


# ---- two periods beside one another


@dataclass(frozen=True)
class Difference:
    """A project of which something differs. `finish_was` and `cost_was`: only where they differ as they are written."""

    project: Project
    was: str
    now: str
    finish: date | None
    cost: Decimal | None
    finish_was: date | None = None
    cost_was: Decimal | None = None


@dataclass(frozen=True)
class Comparison:
    """The first of those that differ, how many there are in all, and how many reported in only one of the two periods."""

    rows: list[Difference]
    count: int
    alone: int


def compared(
    found: QuerySet[Project], first: ReportingPeriod, second: ReportingPeriod, unit: str, most: int
) -> Comparison:
    """What of `found` differs between two periods. Levels are those of the screen: carried over where none was reported.
    Figures are compared where both periods were reported, in the `unit` in which the reader sees money: what reads the same
    has not changed. A narrow query over all, then one for the rows."""
    pair = found.annotate(then=_row_in(first), since=_row_in(second))
    both = pair.filter(then__isnull=False, since__isnull=False)
    reported = Q(then__state__in=REPORTED), Q(since__state__in=REPORTED)
    alone = pair.filter((reported[0] & ~reported[1]) | (reported[1] & ~reported[0])).order_by().count()
    told = reported[0] & reported[1]
    costs = told & _differs("forecast_cost")
    sure = ~Q(then__standing=F("since__standing")) | (told & _differs("forecast_finish_on"))
    ids = [
        pk
        for pk, is_sure, currency, was, now in both.filter(sure | costs)
        .annotate(is_sure=ExpressionWrapper(sure, output_field=BooleanField()))
        .order_by("key")
        .values_list("pk", "is_sure", "currency", "then__forecast_cost", "since__forecast_cost")
        if is_sure or format_money(was, currency, unit) != format_money(now, currency, unit)
    ]
    shown = both.filter(pk__in=ids[:most]).order_by("key").select_related("then", "since")
    return Comparison([_difference(project, unit) for project in shown], len(ids), alone)


def _row_in(period: ReportingPeriod) -> FilteredRelation:
    return FilteredRelation("project_periods", condition=Q(project_periods__period_id=period.pk))


def _differs(name: str) -> Q:
    was, now = f"then__{name}", f"since__{name}"
    unknown_was, unknown_now = Q(**{f"{was}__isnull": True}), Q(**{f"{now}__isnull": True})
    return (
        (~Q(**{was: F(now)}) & ~unknown_was & ~unknown_now)
        | (unknown_was & ~unknown_now)
        | (~unknown_was & unknown_now)
    )


def _difference(project: Project, unit: str) -> Difference:
    then, since = project.then, project.since
    told = then.state in REPORTED and since.state in REPORTED
    last = since if since.state in REPORTED else then
    finish, cost = last.forecast_finish_on, last.forecast_cost
    cost_reads = [format_money(row.forecast_cost, project.currency, unit) for row in (then, since)]
    return Difference(
        project,
        then.standing,
        since.standing,
        finish,
        cost,
        then.forecast_finish_on if told and then.forecast_finish_on != finish else None,
        then.forecast_cost if told and cost_reads[0] != cost_reads[1] else None,
    )
