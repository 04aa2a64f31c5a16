"""Whose turn it is: the open seat that a person may sign, their own or of somebody they stand in for."""

from __future__ import annotations

from pmo_portal.approvals import course
from pmo_portal.approvals.models import ApprovalRequest, ApprovalSeat, ApprovalStep
from pmo_portal.asks.queries import stood_in_for


def steps_of(request: ApprovalRequest) -> list[ApprovalStep]:
    return list(
        ApprovalStep.objects.filter(request=request, round=request.round)
        .prefetch_related("seats__person", "seats__acted_by")
        .order_by("position", "pk")
    )


def as_course(steps: list[ApprovalStep]) -> list[course.Step]:
    return [
        course.Step(s.position, s.manner, [course.Seat(x.person_id, x.state, x.why) for x in s.seats.all()], s.need)
        for s in steps
    ]


def open_seats(request: ApprovalRequest, steps: list[ApprovalStep] | None = None) -> list[ApprovalSeat]:
    """The seats whose turn it is and that have not been signed."""
    steps = steps if steps is not None else steps_of(request)
    plan = as_course(steps)
    turn = course.current_steps(plan)
    return [
        seat
        for step, planned in zip(steps, plan, strict=True)
        if any(planned is t for t in turn)
        for seat in step.seats.all()
        if seat.state == ApprovalSeat.State.OPEN
    ]


def seat_of(request: ApprovalRequest, person, *, steps: list[ApprovalStep] | None = None) -> ApprovalSeat | None:
    """The open seat whose turn it is that `person` may sign: their own, else of somebody they stand in for.

    Never for a person's own request, also not in the name of another.
    """
    if request.state not in (ApprovalRequest.State.RUNNING, ApprovalRequest.State.APPROVED) or is_own(request, person):
        return None
    waiting = open_seats(request, steps)
    own = next((s for s in waiting if s.person_id == person.pk), None)
    if own is not None:
        return own
    absent = set(stood_in_for(person)) - {request.drafter_id, request.on_behalf_of_id}
    return next((s for s in waiting if s.person_id in absent), None)


def is_own(request: ApprovalRequest, person) -> bool:
    return person.pk in (request.drafter_id, request.on_behalf_of_id)
