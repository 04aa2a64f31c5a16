"""Climbing the ladder: which rung is due for which ask. The rule is pure; climbing writes each rung once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from pmo_portal import jobs
from pmo_portal.access.models import Grant, ScopeAncestor
from pmo_portal.accounts.models import Person
from pmo_portal.asks.inbox import notify
from pmo_portal.asks.kinds import kinds
from pmo_portal.asks.models import Ask, LadderStep, Reminder
from pmo_portal.asks.ports import rung_climbed
from pmo_portal.asks.queries import readers_of, substitutes
from pmo_portal.periods import calendar
from pmo_portal.periods.queries import company_days, office_settings, office_today

REMEMBERED = 5  # working days for which a rung that was missed (the office was off) is still climbed
FALLBACK = ("administrator", "manager", "sysadmin")  # who is told where nobody else holds the role of a rung
CHUNK = 500


def rung_day(due_on: date, offset: int, days_off: dict[date, str]) -> date:
    """The day on which a rung falls: so many working days before or after the due day."""
    return due_on if offset == 0 else calendar.add_working_days(due_on, offset, days_off)


def steps_for(kind: str, steps: list[LadderStep]) -> list[LadderStep]:
    """The kind's own ladder where it has one, else the office's."""
    own = [s for s in steps if s.kind == kind]
    return own or [s for s in steps if not s.kind]


@dataclass
class Climb:
    """One pass over the open asks on one working day of the office. Reads what all asks share once."""

    today: date
    days_off: dict[date, str]
    steps: list[LadderStep]
    zone: ZoneInfo
    _days: dict[tuple[date, int], date] = field(default_factory=dict)
    _holders: dict[tuple[str, int | None], list[list[Person]]] = field(default_factory=dict)

    @cached_property
    def since(self) -> date:
        """Rungs that fell before this day are forgotten."""
        return calendar.add_working_days(self.today, -REMEMBERED, self.days_off)

    @cached_property
    def absent(self) -> dict[int, list[Person]]:
        return substitutes(self.today)

    def day_of(self, due_on: date, offset: int) -> date:
        if (due_on, offset) not in self._days:
            self._days[due_on, offset] = rung_day(due_on, offset, self.days_off)
        return self._days[due_on, offset]

    def due_rungs(self, item: Ask) -> Iterator[tuple[LadderStep, str]]:
        """The rungs of an ask that are due today or were missed, with their names, the earliest first. One that fell
        before the ask was made, or was given this due date, never was."""
        due_on, made_on = self.due_on(item), self._local(item.updated_at)
        since = max(self.since, made_on)
        for step in sorted(steps_for(item.kind, self.steps), key=lambda s: s.offset_days):
            if since <= self.day_of(due_on, step.offset_days) <= self.today:
                yield step, f"{due_on}:{step.offset_days:+d}:{step.act}:{step.role}"

    def due_on(self, item: Ask) -> date:
        return self._local(item.due_at or item.updated_at)

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def receivers(self, item: Ask, step: LadderStep) -> list[Person]:
        """Whom a rung tells. A reminder goes to the person, or to who stands in for them; an escalation to the holders
        of the role at the nearest scope above who are somebody else."""
        if step.act == LadderStep.Act.REMIND:
            return readers_of(item, self.absent)
        if step.act == LadderStep.Act.SUBSTITUTE:
            return self.absent.get(item.person_id, [])
        for role, scope_id in ((step.role, item.scope_id), *((r, None) for r in FALLBACK)):
            if (role, scope_id) not in self._holders:
                self._holders[role, scope_id] = holders_by_place(role, scope_id)
            for level in self._holders[role, scope_id]:
                if others := [p for p in level if p.pk != item.person_id]:
                    return others
        return []


def climb(now: datetime | None = None) -> dict:
    """Do every rung that is due today or was missed in the last days. Each rung of an ask and receiver is a unique row,
    written with what it tells: running twice, by two at once, or after a crash tells nobody twice."""
    today, days_off = office_today(now), company_days()
    steps = list(LadderStep.objects.filter(is_active=True, archived_at=None))
    if not steps or not calendar.is_working_day(today, days_off):
        return {"climbed": 0}
    pass_ = Climb(today, days_off, steps, ZoneInfo(office_settings().timezone))
    climbed, after = 0, 0
    while asks := list(
        Ask.objects.filter(state=Ask.State.OPEN, due_at__isnull=False, pk__gt=after)
        .select_related("person")
        .order_by("pk")[:CHUNK]
    ):
        after = asks[-1].pk
        done = set(Reminder.objects.filter(ask__in=[a.pk for a in asks]).values_list("ask_id", "step"))
        for item in asks:
            climbed += _climb_one(item, pass_, done)
        jobs.progress(climbed)
    return {"climbed": climbed}


def _climb_one(item: Ask, pass_: Climb, done: set[tuple[int, str]]) -> int:
    """The rungs of one ask, each for all its receivers, in one transaction. Of several reminders that are due at once
    the last one speaks."""
    wanted = [
        (step, name, receiver)
        for step, name in pass_.due_rungs(item)
        if (item.pk, name) not in done
        for receiver in pass_.receivers(item, step)
    ]
    if not wanted:
        return 0
    last = max((s.offset_days for s, _, _ in wanted if s.act == LadderStep.Act.REMIND), default=None)
    with transaction.atomic():
        if not Ask.objects.select_for_update().filter(pk=item.pk, state=Ask.State.OPEN).exists():
            return 0
        for step, name, receiver in wanted:
            _row, new = Reminder.objects.get_or_create(ask=item, step=name, receiver=receiver)
            speaks = step.act != LadderStep.Act.REMIND or step.offset_days == last
            if new and speaks:
                _tell(item, step, name, receiver)
                rung_climbed.tell(item, step, pass_.due_on(item))
    return len(wanted)


def _tell(item: Ask, step: LadderStep, name: str, receiver: Person) -> None:
    notify(
        receiver,
        key=f"ladder:{item.pk}:{name}",
        kind="asks.escalation" if step.act == LadderStep.Act.ESCALATE else "asks.due",
        params={"ask": item.pk, "who_ja": item.person.name_ja, "who_en": item.person.name_en},
        url=kinds[item.kind].url(item),
        ask=item,
    )


def holders(role: str, scope_id: int | None) -> list[Person]:
    """Who holds a role at a scope: at the nearest place up the tree where anybody does."""
    return next(iter(holders_by_place(role, scope_id)), [])


def holders_by_place(role: str, scope_id: int | None) -> list[list[Person]]:
    """Who holds a role at a scope and at the places above it, place by place, the nearest first; for no scope, at the
    office. Places where nobody does are left out."""
    today = office_today()
    grants = Grant.objects.filter(role=role, starts_on__lte=today, archived_at=None, person__is_active=True)
    grants = grants.filter(Q(ends_on=None) | Q(ends_on__gte=today)).select_related("person").order_by("pk")
    if scope_id is None:
        places = list(grants.filter(scope__kind="office").values_list("scope_id", flat=True).distinct().order_by())
    else:
        above = ScopeAncestor.objects.filter(descendant_id=scope_id).order_by("depth")
        places = list(above.values_list("ancestor_id", flat=True))
    by_place: dict[int, dict[int, Person]] = {}
    for grant in grants.filter(scope_id__in=places):
        by_place.setdefault(grant.scope_id, {})[grant.person_id] = grant.person
    return [list(by_place[place].values()) for place in places if place in by_place]
