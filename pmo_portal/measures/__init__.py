"""Figures with unit, formula and provenance, kept per scope and period, rolled up along the scope tree."""

from pmo_portal.measures.registry import Measure, find, measures, register, source
from pmo_portal.measures.rolling import mark_stale, rebuild, roll_up_stale, verify
from pmo_portal.measures.showing import text, why
from pmo_portal.measures.storing import Value, figure_url, kept_in, record, record_many, replace_many, values

__all__ = [
    "Measure",
    "Value",
    "figure_url",
    "find",
    "kept_in",
    "mark_stale",
    "measures",
    "rebuild",
    "record",
    "record_many",
    "register",
    "replace_many",
    "roll_up_stale",
    "source",
    "text",
    "values",
    "verify",
    "why",
]
