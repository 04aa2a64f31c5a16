"""The office's measures: what each is, in words, so that a figure can be traced."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Measure:
    """`rollup`: "sum" adds values, "ratio" adds numerators and denominators and divides, "mean" averages over records.

    `factor` turns a ratio into its unit (100 for percent). `better`: "higher", "lower" or "none".
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


measures: dict[str, Measure] = {}


def register(measure: Measure) -> Measure:
    measures[measure.key] = measure
    return measure
