"""What a portfolio holds, as plain data: for `export_portfolio` and for whoever compares it with the source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from pmo_portal.intake.values import unknown_of
from projects.register.models import Portfolio, Project
from projects.status.models import StatusReport

# our name in the export → the report's field
FIELDS = {
    "start": "start_on",
    "finish": "forecast_finish_on",
    "whole_life_cost": "forecast_cost",
    "budget": "year_budget",
    "forecast": "year_forecast",
    "variance_percent": "declared_variance_percent",
}
UNKNOWN = {**FIELDS, "confidence": "confidence"}


def portfolio_as_dict(portfolio: Portfolio, days: Collection[date] = ()) -> dict[str, Any]:
    """Projects by key, each with its reports by period. Money in whole currency units as text, days as ISO dates, what is
    not known as null with the source's own words under `unknown`. Three queries."""
    reports: dict[int, list[StatusReport]] = defaultdict(list)
    found = (
        StatusReport.objects.filter(project__portfolio=portfolio, is_current=True)
        .exclude(state=StatusReport.State.DRAFT)
        .select_related("period")
        .order_by("period__ends_on", "pk")
    )
    if days:
        found = found.filter(period__ends_on__in=list(days))
    for report in found.iterator(chunk_size=1000):
        reports[report.project_id].append(report)
    projects = Project.objects.filter(portfolio=portfolio, archived_at=None).order_by("key")
    return {
        "projects": [
            {
                "key": p.key,
                "source_id": p.source_id,
                "name": p.name_en or p.name_ja,
                "department": p.department,
                "category": p.category,
                "periods": [_period(report) for report in reports[p.pk]],
            }
            for p in projects
            if not days or reports[p.pk]
        ]
    }


def _period(report: StatusReport) -> dict[str, Any]:
    return {
        "period": report.period.ends_on.isoformat(),
        "name": report.project_name,
        "confidence": _confidence(report),
        **{name: _plain(getattr(report, field)) for name, field in FIELDS.items()},
        "unknown": {name: report.unknown[field] for name, field in UNKNOWN.items() if field in report.unknown},
    }


def _confidence(report: StatusReport) -> str | None:
    """`none`: the source says that it was not assessed, or says nothing; null: it is not known, for the reason given."""
    reason = report.unknown.get("confidence", "")
    if report.confidence == "none" and reason and unknown_of(reason) != "not_assessed":
        return None
    return report.confidence


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return money(value)
    return value


def money(amount: Decimal) -> str:
    """Without an exponent, with places only where there are some: 1234500000, 0.5."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
