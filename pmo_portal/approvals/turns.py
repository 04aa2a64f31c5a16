"""Whose turn it is: the open seat that a person may sign, their own or of somebody they stand in for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.approvals import course
from pmo_portal.approvals.kinds import kinds, nobody
from pmo_portal.approvals.models import ApprovalRequest, ApprovalSeat, ApprovalStep, Manner
from pmo_portal.i18n import dates

State = ApprovalRequest.State


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


def must_say_why(request: ApprovalRequest, seat: ApprovalSeat, person) -> bool:
    """Whether the kind wants a reason with this signature: it is one that decides."""
    kind = kinds.get(request.kind)
    if kind is None or not kind.asks_why or seat.step.manner in (Manner.INFORM, Manner.AFTER):
        return False
    last = deciding_seat_of(request, person)
    return last is not None and last.pk == seat.pk


# ---- who was first


def settled(request: ApprovalRequest, person) -> access.Settled | None:
    """Why it is too late for `person` to sign: what stands in their place. None where it is not theirs, or not yet."""
    steps = steps_of(request)
    seated = [s for step in steps for s in step.seats.all() if access.acts_for(person, s.person_id)]
    if not seated or is_own(request, person):
        return None
    if request.state in (State.RETURNED, State.PULLED_BACK, State.WITHDRAWN):
        said = _("This request is not in approval any more: %(state)s.") % {"state": request.get_state_display()}
        return access.Settled(said, request.get_absolute_url(), title=_("Not in approval any more"))
    seat = _standing_for(request, steps, seated)
    return access.Settled(_who_signed(seat, person), request.get_absolute_url()) if seat else None


def _standing_for(request, steps: list[ApprovalStep], seated: list[ApprovalSeat]) -> ApprovalSeat | None:
    """The latest signature on one of the seats, else in a step of theirs that is through, else in a request that has ended."""
    through = {s.pk for s, plan in zip(steps, as_course(steps), strict=True) if plan.is_done or plan.is_refused}
    theirs = {s.step_id for s in seated if s.step_id in through and s.state == ApprovalSeat.State.OPEN}
    every = sorted(
        (s for step in steps for s in step.seats.all() if s.acted_at), key=lambda s: s.acted_at or request.submitted_at
    )
    ended = request.state != State.RUNNING
    for found in (
        [s for s in every if s in seated],
        [s for s in every if s.step_id in theirs],
        every if ended else [],
    ):
        if found:
            return found[-1]
    return None


def _who_signed(seat: ApprovalSeat, person) -> str:
    told = {
        "name": seat.acted_by.name,
        "at": dates.format_moment_in_full(seat.acted_at),
        "what": seat.get_state_display(),
    }
    if seat.acted_by_id == person.pk:
        return _("You signed this already on %(at)s: %(what)s.") % told
    return _("Already signed by %(name)s on %(at)s: %(what)s.") % told
