"""What My desk shows of a report that is asked for."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal.asks.kinds import Glance, Quick
from pmo_portal.asks.models import Ask
from projects.status import actions, queries, telling

MOST_LINES = 3


def at_a_glance(asks: list[Ask], reader) -> dict[int, Glance]:
    """What has moved since the last report, before the form is opened; "no change" in one key where nothing has moved and
    nothing been written, by the same rule as on the report's own page. Nothing of a report that was sent back."""
    found = queries.asked_for_many([ask for ask in asks if "returned" not in ask.details])
    return {pk: _glance(asked, reader) for pk, asked in found.items()}


def _glance(asked: queries.Asked, reader) -> Glance:
    as_is = actions.as_it_would_open(asked, reader)
    moves = queries.moves_now(as_is, asked.ground)
    lines = telling.lines([fact.plain(True) for fact in moves][:MOST_LINES], reader.money_unit)
    if moves or not actions.may_repeat(as_is, asked.ground):
        return Glance(lines)
    url = reverse("projects:status:status_no_change", args=(asked.project.key, asked.period.key))
    return Glance(lines, Quick(_("No change"), url))
