"""What an office starts with: a reporting cadence per tier, a ladder of reminders, approval routes. Safe to run twice."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from pmo_portal import audit
from pmo_portal.approvals.routing import install_first_routes
from pmo_portal.asks.models import LadderStep
from pmo_portal.intake import profiles
from pmo_portal.periods.models import CadenceRule

# tier, cadence, due in working days after the period's end (negative: before it)
CADENCES = (("A", "monthly", -1), ("B", "monthly", -1), ("C", "monthly", -1), ("D", "quarterly", 5))
# for asks of which kind (empty: all others), working days from the due date, what is done, whom it goes up to
LADDER = (
    ("", -3, "remind", ""),
    ("", -1, "remind", ""),
    ("", 0, "remind", ""),
    ("", 2, "remind", ""),
    ("", 4, "escalate", "administrator"),
    *(
        (kind, days, act, role)
        for kind, above in (("investment.decision", "sponsor"), ("investment.condition", "manager"))
        for days, act, role in (
            (-5, "remind", ""),
            (-1, "remind", ""),
            (0, "remind", ""),
            (1, "remind", ""),
            (3, "escalate", above),
        )
    ),
)


@transaction.atomic
def install_defaults(starts_on: date, by=None) -> None:
    """From `starts_on` on. Leaves alone what the office has set itself."""
    if not CadenceRule.objects.exists():
        for tier, cadence, days in CADENCES:
            rule = CadenceRule(tier=tier, cadence=cadence, due_working_days=days, starts_on=starts_on)
            audit.create(rule, by=by)
    if not LadderStep.objects.exists():
        for kind, days, act, role in LADDER:
            audit.create(LadderStep(kind=kind, offset_days=days, act=act, role=role), by=by)
    install_first_routes(starts_on, by=by)
    profiles.sync()
