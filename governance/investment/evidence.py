"""Whether the evidence of a decision is complete and fresh, and whether a frozen copy is still what was frozen. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

FRESH_DAYS = 35


@dataclass(frozen=True)
class Piece:
    """One of the four things a decision rests on. `state`: ready, stale (with its age in days) or missing."""

    key: str
    state: str
    age_days: int | None = None

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"


def digest_of(evidence: dict[str, Any]) -> str:
    """SHA-256 over the evidence as canonical JSON (keys sorted): the same for the same content, wherever it is kept."""
    return hashlib.sha256(json.dumps(evidence, sort_keys=True).encode()).hexdigest()


def pieces(evidence: dict[str, Any], today: date) -> list[Piece]:
    """The report in hand and fresh, cost and finish each with forecast and approval, milestones ahead."""
    project, report = evidence["project"], evidence.get("report")
    return [
        _report(report, today),
        _pair("cost", project, "forecast_cost", "approved_budget"),
        _pair("finish", project, "forecast_finish_on", "planned_finish_on"),
        Piece("milestones", "ready" if evidence.get("milestones") else "missing"),
    ]


def _report(report: dict | None, today: date) -> Piece:
    if not report or not report.get("submitted_at"):
        return Piece("report", "missing")
    age = (today - date.fromisoformat(str(report["submitted_at"])[:10])).days
    return Piece("report", "ready" if age <= FRESH_DAYS else "stale", max(0, age))


def _pair(key: str, project: dict, forecast: str, approved: str) -> Piece:
    return Piece(key, "ready" if project.get(forecast) is not None and project.get(approved) is not None else "missing")


def moved(frozen: dict[str, Any], now: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Facts that differ between two gatherings: name → (frozen, now)."""
    return {key: (was, now[key]) for key, was in frozen.items() if key in now and not _same(was, now[key])}


def _same(one: Any, other: Any) -> bool:
    """Amounts are kept as words: 100 and 100.00 are the same."""
    try:
        return one == other or Decimal(one) == Decimal(other)
    except (TypeError, ArithmeticError):
        return False
