"""From a project's records to the facts that suggestions are made of."""

from __future__ import annotations

from django.utils import timezone

from projects.status import suggesting


def facts_of(project, before, milestones, viewer) -> list[dict]:
    """Sentences on what moved since the report before, in the reader's language, with their source."""
    found = suggesting.facts(
        finish=(before.forecast_finish_on if before else project.planned_finish_on, project.forecast_finish_on),
        cost=(before.forecast_cost if before else None, project.forecast_cost),
        approved=project.approved_budget,
        currency=project.currency,
        milestones=[(m.name_ja, m.name_en, m.previous_on, m.forecast_on, False) for m in milestones],
        today=timezone.localdate(),
    )
    return [{"kind": f.kind, "text": suggesting.sentence(f, viewer.money_unit)} for f in found]
