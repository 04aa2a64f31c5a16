"""Whose turn it is: the open seat that a person may sign, their own or of somebody they stand in for."""

from __future__ import annotations

from pmo_portal import access
from pmo_portal.approvals import course
from pmo_portal.approvals.kinds import kinds, nobody
from pmo_portal.approvals.models import ApprovalRequest, ApprovalSeat, ApprovalStep


def steps_of(request: ApprovalRequest, round_number: int | None = None) -> list[ApprovalStep]:
    """The steps of the request's round, or of an earlier one, with who sits there."""
    return list(
        ApprovalStep.objects.filter(request=request, round=round_number or request.round)
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
    if request.state not in (ApprovalRequest.State.RUNNING, ApprovalRequest.State.APPROVED):
        return None
    return None if is_own(request, person) else _seat_for(open_seats(request, steps), person)


def _seat_for(seats: list[ApprovalSeat], person) -> ApprovalSeat | None:
    """Their own seat before that of somebody they stand in for."""
    mine = [s for s in seats if access.acts_for(person, s.person_id)]
    return next((s for s in mine if s.person_id == person.pk), mine[0] if mine else None)


def deciding_seat_of(
    request: ApprovalRequest, person, *, steps: list[ApprovalStep] | None = None
) -> ApprovalSeat | None:
    """The seat in the route's last deciding step that is, was or will be `person`'s; None where it is their own request."""
    if is_own(request, person):
        return None
    if steps is None:  # names are not needed
        found = ApprovalStep.objects.filter(request=request, round=request.round)
        steps = list(found.prefetch_related("seats").order_by("position", "pk"))
    steps = [s for s in steps if s.manner in course.BLOCKING]
    last = [s for s in steps if s.position == steps[-1].position] if steps else []
    return _seat_for([x for step in last for x in step.seats.all() if x.state != ApprovalSeat.State.SKIPPED], person)


def parties_of(request: ApprovalRequest) -> set[int]:
    """Whose own request it is: the drafter, whoever they drafted for, and whom the kind names besides."""
    found = {request.drafter_id, request.on_behalf_of_id}
    kind = kinds.get(request.kind)
    if kind is not None and kind.parties is not nobody:
        found |= set(kind.parties(request.about))
    return {pk for pk in found if pk is not None}


def is_own(request: ApprovalRequest, person) -> bool:
    """Whether it is the person's own request, or of somebody they stand in for today."""
    return any(access.acts_for(person, party) for party in parties_of(request))
