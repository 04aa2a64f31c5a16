"""Sums up the scope tree: only what a change made stale, or everything from nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from pmo_portal.access.models import Scope, ScopeAncestor
from pmo_portal.measures.models import MeasureValue, StaleRollup
from pmo_portal.measures.registry import measures
from pmo_portal.measures.showing import NOTHING_BELOW
from pmo_portal.measures.storing import FIELDS, quotient


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
        scopes = {m.scope_id for m in marks}
        above: dict[int, list[int]] = defaultdict(list)
        pairs = ScopeAncestor.objects.filter(descendant_id__in=scopes, depth__gt=0)
        for down, up in pairs.values_list("descendant_id", "ancestor_id"):
            above[down].append(up)
        wanted: dict[int, set[int]] = defaultdict(set)
        for mark in marks:
            wanted[mark.period_id].update(above[mark.scope_id])
        made = sum(_sum_period(period_id, parents) for period_id, parents in wanted.items())
        StaleRollup.objects.filter(pk__in=[m.pk for m in marks]).delete()
    return made


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
    """One row per parent and measure: what its children's rows add up to. A grouped query."""
    now = timezone.now()
    rows = (
        MeasureValue.objects.filter(period_id=period_id, scope__parent_id__in=parents)
        .values("scope__parent_id", "measure")
        .annotate(numerator=Sum("numerator"), denominator=Sum("denominator"), records=Sum("count"))
        .order_by()
    )
    for row in rows:
        measure = measures.get(row["measure"])
        if measure is None:
            continue
        known = row["records"] or 0
        yield MeasureValue(
            measure=measure.key,
            scope_id=row["scope__parent_id"],
            period_id=period_id,
            value=quotient(measure, row["numerator"], row["denominator"]),
            numerator=row["numerator"],
            denominator=row["denominator"],
            count=known,
            unknown="" if known else NOTHING_BELOW,
            provenance="rolled up",
            computed_at=now,
        )


def rebuild(period_ids: Iterable[int]) -> int:
    """Every sum of these periods from nothing; linear in the number of figures, one period in memory at a time."""
    parents = set(Scope.objects.filter(children__isnull=False).values_list("pk", flat=True))
    made = 0
    for period_id in period_ids:
        with transaction.atomic():
            made += _sum_period(period_id, parents)
    return made


def verify(period_id: int) -> list[str]:
    """Compare the kept sums of a period with what they should be; returns the differences in words."""
    parents = list(Scope.objects.filter(children__isnull=False).values_list("pk", flat=True))
    kept = {
        (v.scope_id, v.measure): v.value for v in MeasureValue.objects.filter(period_id=period_id, scope_id__in=parents)
    }
    wrong = []
    for due in _sums(period_id, parents):
        have = kept.get((due.scope_id, due.measure))
        if (have is None) != (due.value is None) or (have is not None and abs(have - due.value) > 0.00001):
            wrong.append(f"{due.measure} of scope {due.scope_id}: kept {have}, should be {due.value}")
    return wrong
