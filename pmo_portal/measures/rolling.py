"""Sums up the scope tree: only what a change made stale, or everything from nothing.

A period's sums follow the tree as it was on the period's last day: who moved later stays where they stood then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from pmo_portal.access.models import FormerPlace, Scope, ScopeAncestor
from pmo_portal.access.tree import parents_on
from pmo_portal.measures.models import MeasureValue, StaleRollup
from pmo_portal.measures.registry import find
from pmo_portal.measures.showing import NOTHING_BELOW
from pmo_portal.measures.storing import FIELDS, quotient
from pmo_portal.periods.models import ReportingPeriod


def mark_stale(places: Iterable[tuple[int, int]]) -> None:
    """(scope id, period id): the sums above are to be made again. Written with the change that moves them."""
    StaleRollup.objects.bulk_create([StaleRollup(scope_id=s, period_id=p) for s, p in places], batch_size=1000)


def roll_up_stale(most: int = 5000) -> int:
    """Sum again what is above the stale places, deepest first; returns how many sums were made. Safe to run twice:
    the marks go in the same transaction as the sums."""
    with transaction.atomic():
        marks = list(StaleRollup.objects.select_for_update().order_by("pk")[:most])
        if not marks:
            return 0
        above = _places_above({m.scope_id for m in marks})
        wanted: dict[int, set[int]] = defaultdict(set)
        for mark in marks:
            wanted[mark.period_id].update(above[mark.scope_id])
        made = sum(_sum_period(period_id, parents) for period_id, parents in wanted.items())
        StaleRollup.objects.filter(pk__in=[m.pk for m in marks]).delete()
    return made


def _places_above(scopes: set[int]) -> dict[int, set[int]]:
    """Scope → all that may have to be summed again with it: whatever stands above it now or did before it moved, and
    itself where it is not a project, as a place that was left has nothing below it to be found by."""
    former: dict[int, set[int]] = defaultdict(set)
    for scope_id, parent_id in FormerPlace.objects.filter(scope_id__in=scopes).values_list("scope_id", "parent_id"):
        former[scope_id].add(parent_id)
    starts = scopes.union(*former.values())
    lines: dict[int, set[int]] = defaultdict(set)
    pairs = ScopeAncestor.objects.filter(descendant_id__in=starts).exclude(ancestor__kind=Scope.Kind.PROJECT)
    for down, up in pairs.values_list("descendant_id", "ancestor_id"):
        lines[down].add(up)
    return {pk: lines[pk].union(*(lines[up] for up in former[pk])) for pk in scopes}


def _levels(parents: set[int]) -> Iterator[list[int]]:
    """The parents by depth, deepest first."""
    depths = (
        ScopeAncestor.objects.filter(descendant_id__in=parents).values_list("descendant_id").annotate(n=Count("pk"))
    )
    by_depth: dict[int, list[int]] = defaultdict(list)
    for scope_id, depth in depths:
        by_depth[depth].append(scope_id)
    for depth in sorted(by_depth, reverse=True):
        yield by_depth[depth]


def _sum_period(period_id: int, parents: set[int]) -> int:
    made = 0
    for level in _levels(parents):
        sums = list(_sums(period_id, level))
        MeasureValue.objects.bulk_create(
            sums,
            update_conflicts=True,
            unique_fields=("scope", "period", "measure"),
            update_fields=FIELDS,
            batch_size=1000,
        )
        kept = {(s.scope_id, s.measure) for s in sums}
        for scope_id, measure in MeasureValue.objects.filter(period_id=period_id, scope_id__in=level).values_list(
            "scope_id", "measure"
        ):
            if (scope_id, measure) not in kept:
                MeasureValue.objects.filter(period_id=period_id, scope_id=scope_id, measure=measure).delete()
        made += len(sums)
    return made


def _sums(period_id: int, parents: list[int]) -> Iterator[MeasureValue]:
    """One row per parent and measure: what the rows of its children of that time add up to. A grouped query, and one
    more for those who have moved since."""
    now = timezone.now()
    moved = parents_on(_last_day(period_id))
    for (parent_id, key), (numerator, denominator, known) in _totals(period_id, parents, moved).items():
        measure = find(key)
        if measure is None:
            continue
        yield MeasureValue(
            measure=measure.key,
            scope_id=parent_id,
            period_id=period_id,
            value=quotient(measure, numerator, denominator),
            numerator=numerator,
            denominator=denominator,
            count=known,
            unknown="" if known else NOTHING_BELOW,
            provenance="rolled up",
            computed_at=now,
        )


Total = tuple[Decimal | None, Decimal | None, int]


def _totals(period_id: int, parents: list[int], moved: dict[int, int]) -> dict[tuple[int, str], Total]:
    """(parent, measure) → the sums of numerators, denominators and counts below it; `moved`: scope → parent then."""
    kept = MeasureValue.objects.filter(period_id=period_id)
    stayed = (
        kept.filter(scope__parent_id__in=parents)
        .exclude(scope_id__in=moved)
        .values_list("scope__parent_id", "measure")
        .annotate(Sum("numerator"), Sum("denominator"), Sum("count"))
        .order_by()
    )
    totals: dict[tuple[int, str], Total] = {(up, key): (n, d, count or 0) for up, key, n, d, count in stayed}
    below = [scope_id for scope_id, parent_id in moved.items() if parent_id in set(parents)]
    for scope_id, key, *row in kept.filter(scope_id__in=below).values_list(
        "scope_id", "measure", "numerator", "denominator", "count"
    ):
        place = moved[scope_id], key
        totals[place] = _added(totals.get(place, (None, None, 0)), (row[0], row[1], row[2]))
    return totals


def _added(one: Total, other: Total) -> Total:
    """As SQL adds: what is unknown adds nothing, and nothing but unknown stays unknown."""

    def both(a: Decimal | None, b: Decimal | None) -> Decimal | None:
        return a + b if a is not None and b is not None else b if a is None else a

    return both(one[0], other[0]), both(one[1], other[1]), one[2] + other[2]


def _last_day(period_id: int) -> date:
    return ReportingPeriod.objects.values_list("ends_on", flat=True).get(pk=period_id)


def _places() -> list[int]:
    """Every scope that has, or had, something below it."""
    now = Scope.objects.filter(children__isnull=False).values_list("pk", flat=True)
    return list({*now, *FormerPlace.objects.values_list("parent_id", flat=True)})


def rebuild(period_ids: Iterable[int]) -> int:
    """Every sum of these periods from nothing; linear in the number of figures, one period in memory at a time."""
    parents = set(_places())
    made = 0
    for period_id in period_ids:
        with transaction.atomic():
            made += _sum_period(period_id, parents)
    return made


def verify(period_id: int) -> list[str]:
    """Compare the kept sums of a period with what they should be; returns the differences in words."""
    parents = _places()
    kept = {
        (v.scope_id, v.measure): v.value for v in MeasureValue.objects.filter(period_id=period_id, scope_id__in=parents)
    }
    wrong = []
    for due in _sums(period_id, parents):
        have = kept.get((due.scope_id, due.measure))
        if (have is None) != (due.value is None) or (have is not None and abs(have - due.value) > 0.00001):
            wrong.append(f"{due.measure} of scope {due.scope_id}: kept {have}, should be {due.value}")
    return wrong
