"""What the figures say has changed since the last report: rules over figures. Pure; the words are in `telling`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class MilestoneStand:
    """A milestone as it was forecast in the last report and as it is forecast or was reached now."""

    number: int
    name_ja: str
    name_en: str
    was: date | None
    now: date | None
    reached_on: date | None = None
    was_reached: bool = False


@dataclass(frozen=True)
class Fact:
    """Something the figures say: `kind` with what it was and is (dates, or amounts for cost)."""

    kind: str
    was: Any = None
    now: Any = None
    number: int = 0
    name_ja: str = ""
    name_en: str = ""
    approved: Decimal | None = None
    currency: str = "JPY"

    @property
    def is_move(self) -> bool:
        """Something happened since the report before, as against what has not fitted since."""
        return self.kind not in ("finish_past", "milestone_beyond")

    @property
    def key(self) -> str:
        """The same for the same thing, however far it moved."""
        return f"{self.kind}:{self.number}" if self.number else self.kind

    def plain(self, taken: bool) -> dict[str, Any]:
        """As it is kept with the report, and whether the PM let it stand there."""
        return {
            "kind": self.kind,
            "was": _plain(self.was),
            "now": _plain(self.now),
            "number": self.number,
            "name_ja": self.name_ja,
            "name_en": self.name_en,
            "approved": _plain(self.approved),
            "currency": self.currency,
            "taken": taken,
        }

    @classmethod
    def from_plain(cls, kept: dict[str, Any]) -> Fact:
        read = Decimal if kept["kind"] == "cost_moved" else date.fromisoformat
        return cls(
            kind=kept["kind"],
            was=read(kept["was"]) if kept.get("was") else None,
            now=read(kept["now"]) if kept.get("now") else None,
            number=int(kept.get("number") or 0),
            name_ja=kept.get("name_ja", ""),
            name_en=kept.get("name_en", ""),
            approved=Decimal(kept["approved"]) if kept.get("approved") else None,
            currency=kept.get("currency", "JPY"),
        )


def _plain(value: Any) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


def facts(
    *,
    finish: tuple[date | None, date | None],
    cost: tuple[Decimal | None, Decimal | None],
    approved: Decimal | None,
    currency: str,
    milestones: Iterable[MilestoneStand],
    today: date,
) -> list[Fact]:
    """What moved since the report before: the finish, the cost, then milestones (missed, moved, reached); then what does
    not fit: a finish that has passed, an open milestone that is forecast for later than the finish."""
    found, milestones = [], list(milestones)
    if finish[0] and finish[1] and finish[0] != finish[1]:
        found.append(Fact("finish_moved", *finish))
    if cost[0] is not None and cost[1] is not None and cost[0] != cost[1]:
        found.append(Fact("cost_moved", *cost, approved=approved, currency=currency))
    found += _of_milestones(milestones, today)
    if finish[1] and finish[1] < today:
        found.append(Fact("finish_past", finish[1]))
    return found + _after_the_finish(milestones, finish[1])


def _after_the_finish(milestones: list[MilestoneStand], finish: date | None) -> list[Fact]:
    late = [m for m in milestones if finish and m.now and not m.reached_on and m.now > finish]
    return [_of(m, "milestone_beyond", finish, m.now) for m in late]


def _of_milestones(milestones: list[MilestoneStand], today: date) -> list[Fact]:
    missed, moved, reached = [], [], []
    for m in milestones:
        if m.reached_on:
            if not m.was_reached:
                reached.append(_of(m, "milestone_reached", m.was, m.reached_on))
        elif m.now and m.now < today:
            missed.append(_of(m, "milestone_missed", m.now, None))
        elif m.was and m.now and m.was != m.now:
            moved.append(_of(m, "milestone_moved", m.was, m.now))
    return [*missed, *moved, *reached]


def _of(milestone: MilestoneStand, kind: str, was: date | None, now: date | None) -> Fact:
    return Fact(kind, was, now, milestone.number, milestone.name_ja, milestone.name_en)


def is_carried_over(done: str, planned: str) -> bool:
    """Whether what is said to be done is, word by word, what had been planned."""
    return bool(planned.strip()) and done.split() == planned.split()


def kept(found: Iterable[Fact], seen: Iterable[str], taken: Iterable[str]) -> list[dict[str, Any]]:
    """The facts as the report keeps them. One that the PM has not been shown yet stands in the report; he can take it out."""
    shown, wanted = set(seen), set(taken)
    return [fact.plain(fact.key in wanted or fact.key not in shown) for fact in found]
