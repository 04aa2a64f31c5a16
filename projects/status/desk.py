"""What My desk shows of a report that is asked for."""

from __future__ import annotations

from pmo_portal.asks.models import Ask
from projects.status import actions, queries, telling


def changed_so_far(ask: Ask, reader) -> list[telling.Line]:
    """What has moved since the last report, before the form is opened; nothing of a report that was sent back."""
    project, period = queries.asked_for(ask)
    if project is None or period is None or "returned" in ask.details:
        return []
    report = queries.current_report(project, period) or actions.prefilled(project, period, ask.person)
    return telling.lines(
        [fact.plain(True) for fact in queries.facts_now(report) if fact.is_move][:3], reader.money_unit
    )
