"""How an approval runs along its route. Pure: no Django, no clock, no database.

A route is a list of steps by position; steps with the same position run side by side. Each step has seats: the people who
may sign there. What a signature does depends on the step's manner:

- approve (承認) and decide (決裁): the step needs so many signatures; too many refusals end the request as rejected;
- agree (合議, veto): as approve, but asked of other units; a refusal ends the request as well;
- consult (合議, opinion): a refusal is an opinion, kept and shown; the step is done when everybody has spoken;
- inform (確認): told, and ticks it off; holds nobody up;
- after (後閲): reads it after the decision; holds nobody up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

APPROVE, AGREE, CONSULT, DECIDE, INFORM, AFTER = "approve", "agree", "consult", "decide", "inform", "after"
MANNERS = (APPROVE, AGREE, CONSULT, DECIDE, INFORM, AFTER)
BLOCKING = frozenset({APPROVE, AGREE, CONSULT, DECIDE})
VETOING = frozenset({APPROVE, AGREE, DECIDE})

OPEN, FOR, AGAINST, SKIPPED, SEEN = "open", "for", "against", "skipped", "seen"


@dataclass
class Seat:
    """One person's place in a step. `state`: open, for, against, skipped (with `why`), seen (inform and after)."""

    person: int
    state: str = OPEN
    why: str = ""


@dataclass
class Step:
    """`need`: how many signatures the step asks for; 0 means every seat."""

    position: int
    manner: str
    seats: list[Seat] = field(default_factory=list)
    need: int = 0

    @property
    def standing(self) -> list[Seat]:
        return [s for s in self.seats if s.state != SKIPPED]

    @property
    def wanted(self) -> int:
        """Signatures that complete the step; never more than there are seats."""
        present = len(self.standing)
        return present if self.need <= 0 or self.manner == CONSULT else min(self.need, present)

    @property
    def is_empty(self) -> bool:
        return not self.standing

    @property
    def is_done(self) -> bool:
        """Whether the step holds nobody up any more. An empty step is done: its seats were skipped."""
        if self.manner not in BLOCKING or self.is_empty:
            return True
        if self.manner == CONSULT:
            return all(s.state != OPEN for s in self.standing)
        return sum(s.state == FOR for s in self.standing) >= self.wanted

    @property
    def is_refused(self) -> bool:
        """Whether the signatures it needs cannot come together any more."""
        if self.manner not in VETOING or self.is_empty:
            return False
        if self.manner == AGREE:
            return any(s.state == AGAINST for s in self.standing)
        possible = sum(s.state in (FOR, OPEN) for s in self.standing)
        return possible < self.wanted


def current_position(steps: Iterable[Step]) -> int | None:
    """The lowest position that still waits for somebody; None: the route is through."""
    waiting = [s.position for s in steps if not s.is_done]
    return min(waiting) if waiting else None


def current_steps(steps: Sequence[Step]) -> list[Step]:
    """The steps whose turn it is: those that hold the request up, and the informing ones that stand beside or before."""
    now = current_position(steps)
    if now is None:
        return [s for s in steps if s.manner in (INFORM, AFTER) and any(x.state == OPEN for x in s.seats)]
    turn = [s for s in steps if s.position == now and not s.is_done]
    return turn + [
        s for s in steps if s.manner == INFORM and s.position <= now and any(x.state == OPEN for x in s.seats)
    ]


def outcome(steps: Sequence[Step]) -> str:
    """ "rejected" when a step is refused, "approved" when nothing waits, else "running"."""
    if any(s.is_refused for s in steps):
        return "rejected"
    return "approved" if current_position(steps) is None else "running"


def settle_seats(steps: Sequence[Step], drafter: int) -> None:
    """Take out who may not or need not sign: nobody signs their own request, and nobody signs twice.

    A person who stands at several blocking steps signs once, at the last of them, so that the weightier signature
    stays; their earlier seats are skipped. Steps are changed in place. Idempotent.
    """
    last: dict[int, int] = {}
    for number, step in enumerate(steps):
        for seat in step.seats:
            if seat.person == drafter and seat.state == OPEN:
                seat.state, seat.why = SKIPPED, "own"
            elif step.manner in BLOCKING and seat.state == OPEN:
                last[seat.person] = number
    for number, step in enumerate(steps):
        seen: set[int] = set()
        for seat in step.seats:
            if seat.state != OPEN:
                continue
            twice = seat.person in seen or (step.manner in BLOCKING and last[seat.person] != number)
            if twice:
                seat.state, seat.why = SKIPPED, "twice"
            seen.add(seat.person)


def after_the_decision(steps: Sequence[tuple[int, str]]) -> list[int]:
    """Numbers of the steps, given by position and manner, that would hold a request up once it is finally decided."""
    decided = [position for position, manner in steps if manner == DECIDE]
    if not decided:
        return []
    return [n for n, (position, manner) in enumerate(steps) if manner in BLOCKING and position > min(decided)]


def unfilled(steps: Sequence[Step], needs: Sequence[int]) -> list[int]:
    """Numbers of the blocking steps in which nobody was ever seated, or fewer than `needs` asks for."""
    missing = []
    for number, (step, need) in enumerate(zip(steps, needs, strict=True)):
        others = [s for s in step.seats if s.why != "own"]
        if step.manner in BLOCKING and len(others) < max(1, need):
            missing.append(number)
    return missing
