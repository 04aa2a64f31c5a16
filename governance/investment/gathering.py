"""What is known of a project when somebody judges whether it goes on, as plain values."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from projects.register.models import Milestone, Project
from projects.register.queries import next_milestones
from projects.status.models import StatusReport


def latest_report(project: Project) -> StatusReport | None:
    return (
        StatusReport.objects.filter(project=project, is_current=True, state__in=("submitted", "accepted"))
        .select_related("period")
        .order_by("-period__starts_on")
        .first()
    )


def evidence_of(project: Project) -> dict[str, Any]:
    """What is known when a decision is taken, as plain values: frozen with it."""
    report = latest_report(project)
    return {
        "project": facts_of(project),
        "report": {
            "id": report.pk,
            "period": report.period.key,
            "digest": report.digest,
            "confidence": report.confidence,
            "overall": report.overall_light,
            "overall_reason": report.overall_reason,
            "submitted_at": report.submitted_at,
        }
        if report
        else None,
        "milestones": [
            {
                "code": m.code,
                "name_ja": m.name_ja,
                "name_en": m.name_en,
                "baseline_on": m.baseline_on,
                "forecast_on": m.forecast_on,
            }
            for m in next_milestones(project)
        ],
        "missed_milestones": Milestone.objects.filter(
            project=project, state=Milestone.State.OPEN, forecast_on__lt=timezone.localdate()
        ).count(),
    }


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))


def facts_of(project: Project) -> dict[str, Any]:
    """The project's own facts. No query."""
    return {
        "key": project.key,
        "name_ja": project.name_ja,
        "name_en": project.name_en,
        "state": project.state,
        "confidence": project.confidence,
        "overall": project.overall_light,
        "currency": project.currency,
        "approved_budget": project.approved_budget,
        "forecast_cost": project.forecast_cost,
        "spent": project.spent,
        "planned_finish_on": project.planned_finish_on,
        "forecast_finish_on": project.forecast_finish_on,
        "cost_variance_percent": project.cost_variance_percent,
        "slip_days": project.slip_days,
    }
