"""Climbing the ladder: which rung is due for which ask. The rule is pure; climbing writes each rung once."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.access.models import Grant, ScopeAncestor
from pmo_portal.accounts.models import Substitute
from pmo_portal.asks.inbox import notify
from pmo_portal.asks.kinds import kinds
from pmo_portal.asks.models import Ask, LadderStep, Reminder
from pmo_portal.periods import calendar
from pmo_portal.periods.queries import company_days


def rung_day(due_on: date, offset: int, days_off: dict[date, str]) -> date:
    """The day on which a rung falls: so many working days before or after the due day."""
    return due_on if offset == 0 else calendar.add_working_days(due_on, offset, days_off)


def steps_for(kind: str, steps: list[LadderStep]) -> list[LadderStep]:
    """The kind's own ladder where it has one, else the office's."""
    own = [s for s in steps if s.kind == kind]
    return own or [s for s in steps if not s.kind]


def climb(today: date | None = None) -> dict:
    """Do every rung that is due today or was due in the last five days and was missed (the office was off). Each rung of
    an ask is a unique row, so running twice, or after a crash, tells nobody twice."""
    today = today or timezone.localdate()
    days_off = company_days()
    if not calendar.is_working_day(today, days_off):
        return {"climbed": 0}
    steps = list(LadderStep.objects.filter(is_active=True, archived_at=None))
    climbed = 0
    for item in Ask.objects.filter(state=Ask.State.OPEN, due_at__isnull=False).select_related("person").iterator(500):
        due_on = timezone.localdate(item.due_at)
        for step in steps_for(item.kind, steps):
            day = rung_day(due_on, step.offset_days, days_off)
            if day <= today and (today - day).days <= 5:
                climbed += _do(item, step, due_on)
        jobs.progress(climbed)
    return {"climbed": climbed}


def _do(item: Ask, step: LadderStep, due_on: date) -> int:
    name = f"{due_on}:{step.offset_days:+d}:{step.act}:{step.role}"
    done = 0
    for receiver in receivers(item, step):
        with transaction.atomic():
            _row, new = Reminder.objects.get_or_create(ask=item, step=name, receiver=receiver)
            if new:
                done += 1
                if step.act != LadderStep.Act.REMIND:
                    notify(
                        receiver,
                        key=f"ladder:{item.pk}:{name}",
                        kind="asks.escalation",
                        params={"ask": item.pk, "who_ja": item.person.name_ja, "who_en": item.person.name_en},
                        url=kinds[item.kind].url(item),
                    )
    return done


def receivers(item: Ask, step: LadderStep) -> list:
    """Whom a rung tells. A reminder goes to the person (their digest names the ask); an escalation to the holders of the
    role at the nearest scope above; where nobody holds it, to the office's PMO administrators."""
    if step.act == LadderStep.Act.REMIND:
        return [item.person]
    today = timezone.localdate()
    if step.act == LadderStep.Act.SUBSTITUTE:
        found = Substitute.objects.filter(
            person=item.person, starts_on__lte=today, ends_on__gte=today, archived_at=None
        )
        return [s.substitute for s in found.select_related("substitute")]
    return [p for p in holders(step.role, item.scope_id) or holders("administrator", None) if p.pk != item.person_id]


def holders(role: str, scope_id: int | None) -> list:
    """Who holds a role at a scope: at the nearest place up the tree where anybody does."""
    from django.db.models import Q

    today = timezone.localdate()
    grants = Grant.objects.filter(role=role, starts_on__lte=today, archived_at=None, person__is_active=True)
    grants = grants.filter(Q(ends_on=None) | Q(ends_on__gte=today)).select_related("person")
    if scope_id is None:
        return [g.person for g in grants.filter(scope__kind="office")]
    above = ScopeAncestor.objects.filter(descendant_id=scope_id).order_by("depth").values_list("ancestor_id", flat=True)
    by_scope: dict[int, list] = {}
    for grant in grants.filter(scope_id__in=list(above)):
        by_scope.setdefault(grant.scope_id, []).append(grant.person)
    return next((by_scope[s] for s in above if s in by_scope), [])
