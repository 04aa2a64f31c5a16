"""Keeping figures: written with the change that moves them, read by pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from pmo_portal.measures.models import MeasureValue
from pmo_portal.measures.registry import Measure, find

FIELDS = ("value", "numerator", "denominator", "count", "unknown", "provenance", "computed_at")


@dataclass(frozen=True)
class Value:
    """One figure to be kept: `numerator` over `denominator` (1 for sums); no numerator: unknown, and why."""

    measure: str
    numerator: Decimal | int | None
    denominator: Decimal | int | None = 1
    unknown: str = ""
    provenance: str = ""


def quotient(measure: Measure, numerator, denominator) -> Decimal | None:
    """The shown value; None where it is undefined."""
    if numerator is None:
        return None
    if measure.rollup == "sum":
        return Decimal(numerator)
    if not denominator:
        return None
    return Decimal(numerator) * measure.factor / Decimal(denominator)


def row(scope_id: int, period_id: int, given: Value, now) -> MeasureValue:
    measure = find(given.measure)
    if measure is None:
        raise KeyError(given.measure)
    value = quotient(measure, given.numerator, given.denominator)
    return MeasureValue(
        measure=given.measure,
        scope_id=scope_id,
        period_id=period_id,
        value=value,
        numerator=given.numerator,
        denominator=given.denominator,
        count=int(given.numerator is not None),
        unknown=given.unknown[:300],
        provenance=given.provenance[:200],
        computed_at=now,
    )


def record(scope_id: int, period_id: int, given: Iterable[Value]) -> None:
    """Keep the figures of one scope and period, in the caller's transaction."""
    record_many([(scope_id, period_id, value) for value in given])


def record_many(given: Iterable[tuple[int, int, Value]]) -> None:
    """Keep many figures: one upsert per thousand."""
    now = timezone.now()
    MeasureValue.objects.bulk_create(
        [row(scope_id, period_id, value, now) for scope_id, period_id, value in given],
        update_conflicts=True,
        unique_fields=("scope", "period", "measure"),
        update_fields=FIELDS,
        batch_size=1000,
    )


def replace_many(
    given: Iterable[tuple[int, int, Value]], scope_ids: list[int], period_id: int, keys: Collection[str]
) -> None:
    """Keep these figures, and of the named measures none else at these scopes: what is no longer known goes."""
    since = timezone.now()
    record_many(given)
    old = MeasureValue.objects.filter(period_id=period_id, measure__in=keys, computed_at__lt=since)
    for start in range(0, len(scope_ids), 500):
        old.filter(scope_id__in=scope_ids[start : start + 500]).delete()


def values(scope_id: int, period_id: int) -> dict[str, MeasureValue]:
    """Measure → its kept value at a scope in a period. One query."""
    return {v.measure: v for v in MeasureValue.objects.filter(scope_id=scope_id, period_id=period_id)}


def kept_in(places: Collection[tuple[int, int]]) -> set[tuple[int, int, str]]:
    """Which measures have a value at these (scope, period): (scope, period, measure). One query for all of them."""
    scopes, periods = {scope for scope, _period in places}, {period for _scope, period in places}
    found = MeasureValue.objects.filter(scope_id__in=scopes, period_id__in=periods)
    return set(found.values_list("scope_id", "period_id", "measure"))


def figure_url(measure: str, scope_id: int, period_key: str) -> str:
    """The page on which a figure explains itself."""
    return reverse("measures:figure", kwargs={"scope": scope_id, "period": period_key, "measure": measure})
