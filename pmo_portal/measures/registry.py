"""The office's measures: what each is, in words, so that a figure can be traced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Measure:
    """`rollup`: "sum" adds values, "ratio" adds numerators and denominators and divides, "mean" averages over records.

    `unit` is "money", "%", "d" (days), "min" or a word; `parts_unit` is that of numerator and denominator where they
    have one of their own. `factor` turns a ratio into its unit (100 for percent). `better`: "higher", "lower" or "none".
    `records` takes projects' own values and gives scope → address of the record that each was taken from.
    """

    key: str
    name: Promise | str
    unit: str
    formula: Promise | str
    source: Promise | str
    better: str = "none"
    rollup: str = "sum"
    factor: int = 1
    places: int = 0
    parts_unit: str = ""
    records: Callable[[list], dict[int, str]] | None = None


measures: dict[str, Measure] = {}
_sources: list[Callable[[str], Measure | None]] = []


def register(measure: Measure) -> Measure:
    measures[measure.key] = measure
    return measure


def source(of: Callable[[str], Measure | None]) -> None:
    """Measures that an office declares as data: `of` gives the one of a key, or None."""
    _sources.append(of)


def find(key: str) -> Measure | None:
    """The measure of a key, declared in code or by the office; None: there is none (any more)."""
    return measures.get(key) or next((found for of in _sources if (found := of(key)) is not None), None)
