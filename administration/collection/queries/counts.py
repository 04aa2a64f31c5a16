"""How many reports stand in each state: in all, by portfolio, period and project manager, and at the same moment before."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    FilteredRelation,
    Q,
    Value,
    When,
)
from django.db.models import CharField as Text
from django.utils import timezone

from administration.collection.queries.ladder import Common, common_of
from administration.collection.queries.reports import STATES, TO_GO, Narrowing, expected, with_standing
from administration.collection.timing import same_moment
from pmo_portal.i18n.localised import pick
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import office_settings


@dataclass
class Counted:
    """How many reports stand in each state, in all and by portfolio and period."""

    all: dict[str, int]
    portfolios: list[dict]
    periods: dict[int, dict[str, int]]

    @property
    def total(self) -> int:
        return sum(self.all.values())

    @property
    def to_go(self) -> int:
        return sum(self.all[state] for state in TO_GO)


def _line(counts: dict[str, int], **more) -> dict:
    """One line of a breakdown: each state, what is expected, what is done, and the share of it."""
    found = {state: counts.get(state, 0) for state in STATES}
    due = sum(n for state, n in found.items() if state != "exempt")
    done = found["in"] + found["accepted"]
    return {**found, "expected": due, "done": done, "share": round(done * 100 / due, 1) if due else 0, **more}


def counted(viewer, periods: list[ReportingPeriod], narrowing: Narrowing | None = None) -> Counted:
    """One query."""
    rows = (
        with_standing(expected(viewer, periods, narrowing))
        .values_list(
            "period_id", *(f"project__portfolio__{name}" for name in ("key", "name_ja", "name_en")), "collected"
        )
        .annotate(n=Count("pk"))
        .order_by()
    )
    total: Counter = Counter()
    by_period: dict[int, Counter] = defaultdict(Counter)
    by_portfolio: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for period_id, key, name_ja, name_en, state, n in rows:
        total[state] += n
        by_period[period_id][state] += n
        by_portfolio[key, pick(name_ja, name_en)][state] += n
    return Counted(
        all={state: total[state] for state in STATES},
        portfolios=[_line(by_portfolio[key, name], key=key, name=name) for key, name in sorted(by_portfolio)],
        periods={pk: _line(found) for pk, found in by_period.items()},
    )


def by_pm(
    viewer, periods: list[ReportingPeriod], narrowing: Narrowing | None = None, most: int = 12
) -> tuple[list[dict], int]:
    """The PMs with the most to come, late ones first, and how many further PMs there are. Two queries."""
    from pmo_portal.accounts.models import Person

    rows = with_standing(expected(viewer, periods, narrowing)).exclude(project__pm=None)
    counts = {state: Count("pk", filter=Q(collected=state)) for state in STATES}
    lines = rows.values("project__pm_id").annotate(**counts)
    ordered = list(lines.order_by("-late", "-returned", "-missing", "-in", "project__pm_id")[: most + 1])
    total = rows.values("project__pm_id").distinct().count() if len(ordered) > most else len(ordered)
    people = Person.objects.in_bulk([line["project__pm_id"] for line in ordered])
    return [_line(line, pm=people[line["project__pm_id"]]) for line in ordered[:most]], max(0, total - most)


def counts_before(
    viewer,
    periods: list[ReportingPeriod],
    narrowing: Narrowing | None = None,
    now: datetime | None = None,
    common: Common | None = None,
) -> dict[str, int] | None:
    """How the periods before these stood at the same moment, as far from their due dates as now; None where there was
    none. Told from when reports were handed in and judged, in one query."""
    now, zone, common = now or timezone.now(), ZoneInfo(office_settings().timezone), common or common_of(periods)
    moments: dict[ReportingPeriod, datetime] = {}
    for period in periods:
        if before := common.histories.before(period):
            due, due_before = period.due_at.astimezone(zone), before.due_at.astimezone(zone)
            moments[before] = same_moment(now.astimezone(zone), due, due_before, common.days_off)
    if not moments:
        return None
    told = FilteredRelation("report", condition=Q(report__period__in=list(moments)))  # by the index of these periods
    rows = expected(viewer, list(moments), narrowing).annotate(told=told).annotate(then=_standing_then(moments))
    found = dict(rows.values_list("then").annotate(n=Count("pk")).order_by())
    return {state: found.get(state, 0) for state in STATES}


def _standing_then(moments: dict[ReportingPeriod, datetime]) -> Case:
    """One of STATES: how a row of each period stood at that period's moment."""
    cases = [When(state="exempt", then=Value("exempt"))]
    for period, moment in moments.items():
        handed_in = Q(period=period, told__submitted_at__lte=moment)
        judged = handed_in & Q(told__decided_at__lte=moment)
        cases += [
            When(judged & Q(state="accepted"), then=Value("accepted")),
            When(judged & Q(state="returned"), then=Value("returned")),
            When(handed_in, then=Value("in")),
            When(period=period, then=Value("late" if moment > period.due_at else "missing")),
        ]
    return Case(*cases, default=Value("missing"), output_field=Text())
