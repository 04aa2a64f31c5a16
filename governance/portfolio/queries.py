"""The go/no-go screen's reads. A fixed number of queries, from maintained rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from governance.investment import queries as investment
from pmo_portal import access, measures
from pmo_portal.access.tree import office
from pmo_portal.accounts.models import Person
from pmo_portal.i18n.numbers import signed
from pmo_portal.periods.models import Cadence, ReportingPeriod, Tier
from pmo_portal.periods.queries import earlier
from projects.register.models import Portfolio, Project
from projects.status.models import ProjectPeriod

LEVELS = ("green", "amber_green", "amber", "amber_red", "red", "none")
RANK = {level: n for n, level in enumerate(LEVELS)}
LOOKS = {"green": "h5", "amber_green": "h4", "amber": "h3", "amber_red": "h2", "red": "h1", "none": "none"}
SHOWN_ROWS = 20


@dataclass(frozen=True)
class Filters:
    """What the screen is narrowed to; empty: everything."""

    portfolio: str = ""
    tier: str = ""
    stage: str = ""
    unit: str = ""
    sponsor: str = ""

    @property
    def any(self) -> bool:
        return bool(self.portfolio or self.tier or self.stage or self.unit or self.sponsor)

    def condition(self) -> Q:
        where = Q()
        for path, value in (
            ("portfolio__key", self.portfolio),
            ("tier", self.tier),
            ("stage", self.stage),
            ("category", self.unit),
        ):
            if value:
                where &= Q(**{path: value})
        if self.sponsor.isascii() and self.sponsor.isdigit() and len(self.sponsor) < 15:
            where &= Q(sponsor_id=int(self.sponsor))
        return where


@dataclass
class Level:
    """How many projects stand at one level, and who moved in and out since the period before."""

    key: str
    count: int = 0
    before: int = 0
    moved_in: list[str] = field(default_factory=list)
    moved_out: list[str] = field(default_factory=list)
    share: float = 0

    @property
    def change(self) -> int:
        return self.count - self.before

    @property
    def change_text(self) -> str:
        return signed(self.change) if self.change else "±0"


@dataclass
class HeatRow:
    project: Project
    cells: list[dict]
    needs: bool = False
    proposal: object = None


def projects(viewer, filters: Filters, period: ReportingPeriod) -> QuerySet[Project]:
    """The projects that the screen is about: running ones, or those that stood in the period."""
    stood = ProjectPeriod.objects.filter(period=period).values("project_id")
    where = Q(state__in=("active", "paused")) | Q(pk__in=stood)
    return access.visible(viewer, Project).filter(where, filters.condition(), archived_at=None)


def standing_of(row: ProjectPeriod | None) -> str:
    return row.confidence if row else "none"


def levels(
    current: dict[int, ProjectPeriod], before: dict[int, ProjectPeriod], names: dict[int, str], last: dict[int, str]
) -> list[Level]:
    """Counts with their movement, best first. Who has not reported yet stands where they stood last (`last`: the level
    last declared before). Pure over what it is given."""
    found = {key: Level(key) for key in LEVELS}
    for pk, name in names.items():
        was = standing_of(before.get(pk))
        was = was if was != "none" else last.get(pk, "none")
        now = standing_of(current.get(pk))
        now = now if now != "none" else was
        found[now].count += 1
        found[was].before += 1
        if now != was and was != "none":
            found[now].moved_in.append(name)
            found[was].moved_out.append(name)
    top = max((level.count for level in found.values()), default=0) or 1
    for level in found.values():
        level.share = round(level.count * 100 / top, 1)
    return list(found.values())


def last_declared(ids: QuerySet[Project], period: ReportingPeriod) -> dict[int, str]:
    """project id → the level last declared up to and with `period`, of whatever cadence. One query."""
    latest = (
        ProjectPeriod.objects.filter(project=OuterRef("pk"), period__starts_on__lte=period.starts_on)
        .exclude(confidence="none")
        .order_by("-period__starts_on")
        .values("confidence")[:1]
    )
    return {pk: level or "none" for pk, level in ids.values_list("pk").annotate(level=Subquery(latest))}


def rows_of(ids: QuerySet[Project], periods: list[ReportingPeriod]) -> dict[int, dict[int, ProjectPeriod]]:
    """period id → project id → row. One query."""
    found: dict[int, dict[int, ProjectPeriod]] = defaultdict(dict)
    rows = ProjectPeriod.objects.filter(period__in=periods, project__in=ids.values("pk"))
    for row in rows.iterator(chunk_size=2000):
        found[row.period_id][row.project_id] = row
    return found


def carried(cells: list[ProjectPeriod | None], periods: list[ReportingPeriod]) -> list[dict]:
    """The cells of a heat row: what was reported, or carried over from before (outline only)."""
    drawn, last = [], "none"
    for row, period in zip(cells, periods, strict=True):
        reported = row is not None and row.state in ("submitted", "accepted", "returned") and row.confidence != "none"
        if reported:
            last = row.confidence
        kind = (
            "reported"
            if reported
            else "exempt"
            if row is not None and row.state == "exempt"
            else "carried"
            if row is not None and last != "none"
            else "blank"
        )
        level = row.confidence if reported else last if kind == "carried" else "none"
        look = LOOKS[level] if reported else kind
        drawn.append({"level": level, "kind": kind, "row": row, "period": period, "look": look})
    return drawn


WORST_FIRST = Case(
    *(When(confidence=level, then=Value(-n)) for n, level in enumerate(LEVELS[:5])),
    default=Value(1),
    output_field=IntegerField(),
)


def needing_action(proposals: set[int]) -> Q:
    """Undecided proposals, unachievable or in doubt, or far past approval."""
    return Q(pk__in=proposals) | Q(confidence__in=("red", "amber_red"), state="active")


def screen(viewer, period: ReportingPeriod, filters: Filters, count: int = 12) -> dict:
    """Everything the screen shows."""
    found = projects(viewer, filters, period)
    periods = earlier(period, count)
    previous = periods[-2] if len(periods) > 1 else None
    undecided = {p.project_id: p for p in investment.undecided(viewer)}
    needs = needing_action(set(undecided))
    narrow = list(
        found.annotate(
            first=Case(When(needs, then=Value(0)), default=Value(1), output_field=IntegerField()), rank=WORST_FIRST
        )
        .select_related("pm", "scope", "portfolio", "sponsor")
        .order_by("first", "rank", F("cost_variance_percent").desc(nulls_last=True), "key")[:SHOWN_ROWS]
    )
    two = rows_of(found, [p for p in (previous, period) if p])
    current, before = two.get(period.pk, {}), two.get(previous.pk, {}) if previous else {}
    names = _names(found)
    heat_rows = rows_of(found.filter(pk__in=[p.pk for p in narrow]), periods)
    heat = [
        HeatRow(
            p, carried([heat_rows.get(x.pk, {}).get(p.pk) for x in periods], periods), p.first == 0, undecided.get(p.pk)
        )
        for p in narrow
    ]
    return {
        "periods": periods,
        "previous": previous,
        "levels": levels(current, before, names, last_declared(found, previous or period)),
        "heat": heat,
        "total": len(names),
        "needs_count": found.filter(needs).count(),
        "proposals": [p for p in undecided.values() if p.project_id in names],
        "movers": movers(current, before, names),
        "money": money_rows(narrow),
        "bubbles": narrow,
        "reported": sum(1 for r in current.values() if r.state in ("submitted", "accepted")),
        "exempt": sum(1 for r in current.values() if r.state == "exempt"),
        "rest": max(0, len(names) - len(heat)),
        "columns": len(periods) + 5,
        "sums": sums(viewer, period, filters),
    }


SUMMED = ("approved_budget", "forecast_cost", "cost_variance", "spent", "slip_days", "completeness")


def sums(viewer, period: ReportingPeriod, filters: Filters) -> list[dict]:
    """The rolled-up figures of what is looked at, each with the way to its formula and records."""
    scope = office()
    if filters.portfolio:
        chosen = access.visible(viewer, Portfolio).filter(key=filters.portfolio).select_related("scope").first()
        scope = chosen.scope if chosen else scope
    if not filters.portfolio and not access.reach(viewer).office_roles:
        return []
    kept = measures.values(scope.pk, period.pk)
    return [
        {
            "measure": measures.measures[key],
            "value": kept[key].value,
            "url": measures.figure_url(key, scope.pk, period.key),
        }
        for key in SUMMED
        if key in kept
    ]


def _names(found: QuerySet[Project]) -> dict[int, str]:
    from pmo_portal.i18n.localised import pick

    return {pk: pick(ja, en) for pk, ja, en in found.values_list("pk", "name_ja", "name_en")}


def movers(
    current: dict[int, ProjectPeriod], before: dict[int, ProjectPeriod], names: dict[int, str], most: int = 6
) -> list[dict]:
    """Who changed most in confidence since the period before: falls first."""
    found = []
    for pk, row in current.items():
        was = before.get(pk)
        if (
            pk not in names
            or was is None
            or "none" in (row.confidence, was.confidence)
            or row.confidence == was.confidence
        ):
            continue
        found.append(
            {
                "pk": pk,
                "name": names[pk],
                "was": was.confidence,
                "now": row.confidence,
                "fall": RANK[row.confidence] - RANK[was.confidence],
                "row": row,
            }
        )
    return sorted(found, key=lambda m: (-m["fall"], m["name"]))[:most]


def money_rows(found: list[Project], most: int = 8) -> list[dict]:
    """Spent, forecast and approval of the projects furthest over, as shares of the largest."""
    known = [p for p in found if p.approved_budget and p.forecast_cost is not None]
    known.sort(key=lambda p: -(p.cost_variance_percent or 0))
    top = max((max(p.approved_budget or 0, p.forecast_cost or 0) for p in known[:most]), default=1)
    return [
        {
            "project": p,
            "spent": float((p.spent or 0) / top * 100),
            "forecast": float(min(p.forecast_cost or 0, p.approved_budget or 0) / top * 100),
            "over": float(max(0, p.forecast_cost - p.approved_budget) / top * 100),
            "approved": float(p.approved_budget / top * 100),
        }
        for p in known[:most]
    ]


def choices(viewer) -> dict[str, list]:
    """What the filters offer, among what the viewer may see."""
    seen = access.visible(viewer, Project).filter(archived_at=None)
    return {
        "portfolios": list(access.visible(viewer, Portfolio).filter(archived_at=None)),
        "tiers": Tier.choices,
        "stages": Project.Stage.choices,
        "sponsors": list(Person.objects.filter(sponsored_projects__in=seen).distinct()[:40]),
        "categories": list(
            seen.exclude(category="").order_by("category").values_list("category", flat=True).distinct()[:60]
        ),
        "periods": list(
            ReportingPeriod.objects.exclude(state=ReportingPeriod.State.PLANNED)
            .filter(project_periods__isnull=False)
            .distinct()[:40]
        ),
    }


def default_period(filters: Filters, viewer) -> ReportingPeriod | None:
    """The newest period in which the projects looked at have reported; else the newest."""
    begun = ReportingPeriod.objects.exclude(state=ReportingPeriod.State.PLANNED)
    narrowed = begun.filter(project_periods__project__portfolio__key=filters.portfolio) if filters.portfolio else begun
    reported = narrowed.filter(project_periods__report__state__in=("submitted", "accepted")).order_by("-starts_on")
    if not filters.portfolio:
        reported = reported.exclude(cadence=Cadence.DATED)
    return reported.first() or narrowed.order_by("-starts_on").first()


def compare(viewer, first: ReportingPeriod, second: ReportingPeriod, filters: Filters) -> list[dict]:
    """Project by project, the same figures in two periods; only where one differs. Three queries."""
    found = access.visible(viewer, Project).filter(filters.condition())
    both = rows_of(found, [first, second])
    names = {p.pk: p for p in found.filter(pk__in=set(both[first.pk]) | set(both[second.pk]))}
    compared = []
    for pk, project in names.items():
        was, now = both[first.pk].get(pk), both[second.pk].get(pk)
        pairs = [
            (getattr(was, n, None), getattr(now, n, None))
            for n in ("confidence", "forecast_finish_on", "forecast_cost")
        ]
        if any(a != b for a, b in pairs):
            compared.append({"project": project, "was": was, "now": now, "pairs": pairs})
    return sorted(compared, key=lambda c: c["project"].key)


def hidden(viewer) -> int:
    """How many running projects the viewer's scope leaves out."""
    everything = Project.objects.filter(archived_at=None, state__in=("active", "paused"))
    return (
        everything.count()
        - access.visible(viewer, Project).filter(archived_at=None, state__in=("active", "paused")).count()
    )
