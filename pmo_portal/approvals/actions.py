"""Submitting, signing, sending back, pulling back. Every act locks the request first, so that two approvers come in turn."""

from __future__ import annotations

import hashlib
import json
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pmo_portal import access, asks, audit
from pmo_portal.approvals import course
from pmo_portal.approvals.kinds import READ, kinds
from pmo_portal.approvals.models import (
    ApprovalComment,
    ApprovalRequest,
    ApprovalRouteStep,
    ApprovalSeat,
    ApprovalStep,
    Manner,
)
from pmo_portal.approvals.resolving import Drawn, Facts, choose_route, draw, find_route, stand_ins
from pmo_portal.approvals.turns import as_course, is_own, must_say_why, parties_of, seat_of, settled, steps_of
from pmo_portal.approvals.waits import keep_waits
from pmo_portal.audit.changing import scope_id_of
from pmo_portal.periods.queries import add_working_days, office_moment

State = ApprovalRequest.State
Seat = ApprovalSeat.State
UNDER_WAY = (State.RUNNING, State.RETURNED, State.PULLED_BACK)


def digest_of(content: dict, reason: str) -> str:
    """What a signature stands for: sha256 of the content and the reason, keys in order."""
    plain = json.dumps([content, reason], sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(plain.encode()).hexdigest()


def _plain(content: dict) -> dict:
    return json.loads(json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False))


# ---- submitting


@transaction.atomic
def submit(
    kind: str,
    *,
    about: models.Model,
    by,
    content: dict[str, Any],
    reason: str = "",
    amount: Decimal | None = None,
    currency: str = "JPY",
    on_behalf_of=None,
    needed_by: date | None = None,
) -> ApprovalRequest:
    """Put something to its route. `by` must already be allowed to ask for it (the room checks).

    Raises ValidationError where a request of the kind is open for the record, no route fits, or a step finds nobody.
    """
    where = {"kind": kind, "content_type": ContentType.objects.get_for_model(type(about)), "object_id": about.pk}
    if under_way().filter(**where).exists():
        raise ValidationError(
            _("A request of this kind is under way for this record already. Finish or withdraw it first."), code="open"
        )
    facts = Facts(
        kind,
        on_behalf_of or by,
        scope_id_of(about),
        (on_behalf_of or by).unit,
        amount,
        currency,
        about,
        {by.pk, *kinds[kind].parties(about)},
    )
    route = choose_route(facts)
    content = _plain(content)
    labels = {}
    for language in ("ja", "en"):
        with translation.override(language):
            labels[f"label_{language}"] = f"{kinds[kind].label}: {kinds[kind].titled(about)}"[:300]
    request = ApprovalRequest(
        **where,
        **labels,
        number=(ApprovalRequest.objects.aggregate(top=Max("number"))["top"] or 0) + 1,
        scope_id=facts.scope_id,
        drafter=by,
        on_behalf_of=on_behalf_of,
        unit=facts.unit,
        amount=amount,
        currency=currency,
        reason=reason,
        needed_by=needed_by,
        content=content,
        digest=digest_of(content, reason),
        route=route,
        submitted_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            audit.create(request, by=by, action="submitted", reason=reason)
    except IntegrityError:
        raise ValidationError(_("Someone submitted at the same moment. Look again."), code="race") from None
    _lay(request, draw(route, facts))
    _go_on(request, by)
    return request


def is_routed(kind: str, *, about: models.Model, by) -> bool:
    """Whether the office has a route in force for this. Where a room lets somebody decide alone, it asks here first."""
    return find_route(Facts(kind, by, scope_id_of(about), by.unit, None, "JPY", about)) is not None


def _facts_of(request: ApprovalRequest) -> Facts:
    drafter = request.on_behalf_of or request.drafter
    where = (request.scope_id, drafter.unit, request.amount, request.currency)
    return Facts(request.kind, drafter, *where, request.about, parties_of(request))


def _lay(request: ApprovalRequest, drawn: list[Drawn]) -> None:
    """Write the drawn steps of the request's round."""
    plan = [
        course.Step(d.source.position, d.source.manner, [course.Seat(p.pk) for p in d.people], d.source.need)
        for d in drawn
    ]
    for person in parties_of(request):
        course.settle_seats(plan, person)
    for source, step in zip(drawn, plan, strict=True):
        made = ApprovalStep.objects.create(
            request=request,
            round=request.round,
            position=step.position,
            name_ja=source.source.name_ja[:120],
            name_en=source.source.name_en[:120],
            manner=step.manner,
            need=step.need,
            days=source.source.days,
            escalated=source.escalated,
        )
        ApprovalSeat.objects.bulk_create(
            [ApprovalSeat(step=made, person_id=s.person, state=s.state, why=s.why) for s in step.seats]
        )


# ---- the machine


def _go_on(request: ApprovalRequest, by) -> None:
    """After every act: end what is done, open whose turn it is, ask them; approve or reject when the route is through."""
    steps = steps_of(request)
    plan = as_course(steps)
    result = course.outcome(plan)
    now = timezone.now()
    turn = course.current_steps(plan) if result != "rejected" else []
    for step, planned in zip(steps, plan, strict=True):
        is_turn = any(planned is t for t in turn)
        if is_turn and step.opened_at is None:
            step.opened_at = now
            step.save(update_fields=["opened_at"])
            _ask_step(request, step, by)
        if step.opened_at and step.ended_at is None and not is_turn and (planned.is_done or planned.is_refused):
            ApprovalStep.objects.filter(pk=step.pk).update(ended_at=now)
            _unask(step)
            keep_waits(request.scope_id)
    if result == "running":
        return
    state = State.APPROVED if result == "approved" else State.REJECTED
    with audit.change(request, state.value, by=by) as current:
        current.state, current.ended_at = state, now
    for step in steps:
        if state == State.REJECTED or step.manner in course.BLOCKING:
            _unask(step)
    kind = kinds[request.kind]
    (kind.approved if state == State.APPROVED else kind.rejected)(request, by)
    if kind.tells_drafter:
        _tell_drafter(request, state.value, by)


def _ask_step(request: ApprovalRequest, step: ApprovalStep, by) -> None:
    informing = step.manner in (Manner.INFORM, Manner.AFTER)
    due_on = add_working_days(timezone.localdate(), step.days) if step.days else None
    if request.needed_by and not informing:
        due_on = request.needed_by
    due_at = office_moment(due_on, time(17, 0)) if due_on else None
    kind = kinds[request.kind]
    for seat in step.seats.all():
        if seat.state == Seat.OPEN:
            asks.ask(
                READ if informing else kind.ask,
                person=seat.person,
                by=request.drafter,
                about=request,
                key=_key(seat),
                due_at=due_at,
                scope_id=request.scope_id,
                minutes=1 if informing else kind.minutes,
                details={
                    "number": request.number,
                    "label_ja": request.label_ja,
                    "label_en": request.label_en,
                    "reason": request.reason[:200],
                    **({} if informing else kind.ask_details(request)),
                },
            )


def _key(seat: ApprovalSeat) -> str:
    return f"approval-seat:{seat.pk}:{seat.turn}"


def _unask(step: ApprovalStep) -> None:
    for seat in step.seats.all():
        asks.withdraw(key=_key(seat))


def _tell_drafter(request: ApprovalRequest, what: str, by, *, once: object = "") -> None:
    """Told once for each version of the request, or for each `once`."""
    people = {request.drafter_id: request.drafter}
    if request.on_behalf_of_id:
        people[request.on_behalf_of_id] = request.on_behalf_of
    for person in people.values():
        if by is None or person.pk != by.pk:
            asks.notify(
                person,
                key=f"approval:{request.pk}:{request.version}:{what}{once}",
                kind="approvals.moved",
                by=by,
                about=request,
                url=request.get_absolute_url(),
                params={
                    "label_ja": request.label_ja,
                    "label_en": request.label_en,
                    "what": what,
                    "by_ja": by.name_ja if by else "",
                    "by_en": by.name_en if by else "",
                },
            )


# ---- signing


def _take_seat(request: ApprovalRequest, by) -> ApprovalSeat:
    if is_own(request, by):
        raise PermissionDenied(_("Nobody decides on their own request."))
    seat = seat_of(request, by)
    if seat is None:
        raise settled(request, by) or PermissionDenied(_("It is not your turn."))
    return seat


def _sign(
    request: ApprovalRequest,
    *,
    by,
    state: str,
    action: str,
    comment: str,
    version: int | None,
    digest: str,
    answer: dict[str, Any] | None = None,
):
    access.require(by, "view", request)
    with transaction.atomic():
        with (
            _in_the_name_of(request, by),
            audit.change(request, action, by=by, version=version, reason=comment) as current,
        ):
            if current.state not in (State.RUNNING, State.APPROVED):
                raise ValidationError(_("This request is not in approval any more."), code="state")
            if digest and digest != current.digest:
                raise audit.Conflict(current, version or 0)
            seat = _take_seat(current, by)
            informing = seat.step.manner in (Manner.INFORM, Manner.AFTER)
            if current.state == State.APPROVED and not informing:
                raise ValidationError(_("This request is not in approval any more."), code="state")
            if state == Seat.AGAINST and informing:
                raise ValidationError(_("This step only takes note; it cannot refuse."), code="manner")
            if state == Seat.FOR and not comment.strip() and must_say_why(current, seat, by):
                said = ValidationError(_("Say why; it stays with the record."), code="required")
                raise ValidationError({"comment": said})
            seat.state = Seat.SEEN if informing else state
            seat.acted_by, seat.acted_at, seat.comment, seat.digest = by, timezone.now(), comment, current.digest
            seat.answer = _plain(answer or {})
            seat.save()
        asks.finish(key=_key(seat), by=by)
        if request.state == State.RUNNING:
            _go_on(request, by)
        elif informing:
            _close_informed(request)
    return request


def _in_the_name_of(request: ApprovalRequest, by):
    """Trail entries written inside name the absent person whose seat `by` fills."""
    seat = seat_of(request, by)
    return audit.acting_for(seat.person if seat is not None and seat.person_id != by.pk else None)


def _close_informed(request: ApprovalRequest) -> None:
    for step in steps_of(request):
        if step.opened_at and step.ended_at is None and all(s.state != Seat.OPEN for s in step.seats.all()):
            ApprovalStep.objects.filter(pk=step.pk).update(ended_at=timezone.now())


def approve(
    request: ApprovalRequest,
    *,
    by,
    comment: str = "",
    version: int | None = None,
    digest: str = "",
    answer: dict[str, Any] | None = None,
):
    """Sign. `digest` is what the signer saw; raises Conflict when the request shows something else now, Settled when it was
    signed already, ValidationError without the reason that the kind asks for. `answer` is what they decide in detail, where
    the kind asks for more than a yes."""
    seen = {"comment": comment, "version": version, "digest": digest}
    return _sign(request, by=by, state=Seat.FOR, action="signed", answer=answer, **seen)


def reject(request: ApprovalRequest, *, by, comment: str, version: int | None = None, digest: str = ""):
    """Refuse, with a reason. In a consulting step the opinion is kept and the request goes on."""
    if not comment.strip():
        raise ValidationError(
            {"comment": ValidationError(_("Say why; the drafter reads this first."), code="required")}
        )
    return _sign(request, by=by, state=Seat.AGAINST, action="refused", comment=comment, version=version, digest=digest)


def decide_many(requests: list[ApprovalRequest], *, by, comment: str = "") -> list[tuple[ApprovalRequest, str]]:
    """Approve several like requests; gives for each "" or the sentence why it was not signed. One failing stops no other."""
    told = []
    for request in requests:
        try:
            approve(request, by=by, comment=comment, version=request.version, digest=request.digest)
            told.append((request, ""))
        except (PermissionDenied, ValidationError) as error:
            told.append((request, " ".join(getattr(error, "messages", [str(error)]))))
        except audit.Conflict as conflict:
            told.append((request, str(conflict)))
    return told


@transaction.atomic
def send_back(
    request: ApprovalRequest, *, by, comment: str, to_position: int | None = None, version: int | None = None
) -> ApprovalRequest:
    """差戻し: to the drafter (no position), or to an earlier step, whose people sign again."""
    if not comment.strip():
        raise ValidationError({"comment": ValidationError(_("Say what has to be mended."), code="required")})
    access.require(by, "view", request)
    with (
        _in_the_name_of(request, by),
        audit.change(request, "sent_back", by=by, version=version, reason=comment) as current,
    ):
        if current.state != State.RUNNING:
            raise ValidationError(_("This request is not in approval any more."), code="state")
        seat = _take_seat(current, by)
        if seat.step.manner not in course.BLOCKING:
            raise ValidationError(_("This step only takes note; it cannot refuse."), code="manner")
        if to_position is not None and to_position >= seat.step.position:
            raise ValidationError(_("It can go back to an earlier step only."), code="position")
        if to_position is None:
            current.state = State.RETURNED
    steps = steps_of(request)
    for step in steps:
        _unask(step)
    if to_position is None:
        kinds[request.kind].returned(request, by)
        _ask_drafter(request, by, comment)
        return request
    for step in steps:
        if step.position >= to_position:
            ApprovalStep.objects.filter(pk=step.pk).update(opened_at=None, ended_at=None)
            step.seats.exclude(state=Seat.SKIPPED).update(
                state=Seat.OPEN, acted_by=None, acted_at=None, comment="", digest="", turn=models.F("turn") + 1
            )
    _go_on(request, by)
    return request


def _ask_drafter(request: ApprovalRequest, by, comment: str) -> None:
    asks.ask(
        "approvals.mend",
        person=request.drafter,
        by=by,
        about=request,
        key=f"approval-mend:{request.pk}:{request.round}",
        scope_id=request.scope_id,
        details={
            "number": request.number,
            "label_ja": request.label_ja,
            "label_en": request.label_en,
            "reason": comment[:200],
        },
    )


@transaction.atomic
def pull_back(request: ApprovalRequest, *, by, version: int | None = None) -> ApprovalRequest:
    """引戻し: the drafter takes it back while it runs, to mend it or to let it be."""
    access.require(by, "pull_back", request)
    with audit.change(request, "pulled_back", by=by, version=version) as current:
        if current.state != State.RUNNING:
            raise ValidationError(_("This request is not in approval any more."), code="state")
        current.state = State.PULLED_BACK
    for step in steps_of(request):
        _unask(step)
    kinds[request.kind].returned(request, by)
    return request


@transaction.atomic
def resubmit(
    request: ApprovalRequest,
    *,
    by,
    content: dict[str, Any] | None = None,
    reason: str | None = None,
    needed_by: date | None = None,
    version: int | None = None,
    **values: Any,
) -> ApprovalRequest:
    """The next round: what is signed is frozen anew, the route is chosen and drawn anew. `values` are what its kind lets the
    drafter mend. Raises ValidationError for any other."""
    access.require(by, "resubmit", request)
    with audit.change(request, "resubmitted", by=by, version=version, reason=reason or "") as current:
        if current.state not in (State.RETURNED, State.PULLED_BACK):
            raise ValidationError(_("Only what came back can be submitted again."), code="state")
        kind = kinds[current.kind]
        if values:
            if kind.mended is None or kind.mending is None or not set(values) <= set(kind.mending.base_fields):
                raise ValidationError(_("A request of this kind is mended in its reason only."), code="values")
            content, current.amount = kind.mended(current, **values)
        if content is None and kind.refreshed is not None:
            content = kind.refreshed(current)
        current.content = _plain(content) if content is not None else current.content
        current.reason = reason if reason is not None else current.reason
        current.needed_by = needed_by or current.needed_by
        current.digest = digest_of(current.content, current.reason)
        current.round += 1
        current.state, current.submitted_at = State.RUNNING, timezone.now()
        facts = _facts_of(current)
        current.route = choose_route(facts)
    asks.finish(about=request, kind="approvals.mend", by=by)
    kinds[request.kind].resubmitted(request, by)
    _lay(request, draw(request.route, facts))
    _go_on(request, by)
    return request


@transaction.atomic
def withdraw(request: ApprovalRequest, *, by, reason: str = "", version: int | None = None) -> ApprovalRequest:
    """The drafter lets it be for good (by a person), or the record it is about has ended (by the portal)."""
    if by is not None:
        access.require(by, "pull_back", request)
    with audit.change(request, "withdrawn", by=by, version=version, reason=reason) as current:
        if current.state not in UNDER_WAY:
            raise ValidationError(_("This request has ended already."), code="state")
        current.state, current.ended_at = State.WITHDRAWN, timezone.now()
    asks.withdraw(about=request)
    kinds[request.kind].returned(request, by)
    return request


def under_way(kind: str | None = None) -> models.QuerySet[ApprovalRequest]:
    """Requests that have not ended: on their way, sent back or pulled back."""
    found = ApprovalRequest.objects.filter(state__in=UNDER_WAY)
    return found.filter(kind=kind) if kind else found


def withdraw_about(record: models.Model, *, by, reason: str) -> None:
    """Whatever is under way about a record that has ended falls away."""
    kind = ContentType.objects.get_for_model(type(record))
    for request in under_way().filter(content_type=kind, object_id=record.pk):
        withdraw(request, by=None, reason=reason)


@transaction.atomic
def add_step(
    request: ApprovalRequest,
    *,
    by,
    person,
    manner: str = Manner.CONSULT,
    after: bool = True,
    version: int | None = None,
) -> ApprovalStep:
    """Whoever's turn it is asks somebody else as well: right after their own step, or beside it."""
    access.require(by, "view", request)
    if is_own(request, person):
        raise ValidationError(_("Nobody decides on their own request."), code="own")
    if not person.is_active or not person.has_account:
        raise ValidationError(_("This person cannot sign in."), code="inactive")
    with audit.change(request, "step_added", by=by, version=version, reason=str(person)) as current:
        if current.state != State.RUNNING:
            raise ValidationError(_("This request is not in approval any more."), code="state")
        seat = _take_seat(current, by)
        if after and seat.step.manner == Manner.DECIDE and manner in course.BLOCKING:
            said = _("After the final decision a step only confirms. Ask beside your own, or for a confirmation.")
            raise ValidationError({"after": ValidationError(said, code="after_the_decision")})
        steps = steps_of(current)
        if any(s.person_id == person.pk and s.state == Seat.OPEN for step in steps for s in step.seats.all()):
            raise ValidationError(_("This person signs already."), code="twice")
        position = seat.step.position
        if after:
            later = [s.pk for s in steps if s.position > position]
            ApprovalStep.objects.filter(pk__in=later).update(position=models.F("position") + 1)
            position += 1
        made = ApprovalStep.objects.create(
            request=current, round=current.round, position=position, manner=manner, need=1, added_by=by
        )
        ApprovalSeat.objects.create(step=made, person=person)
    _go_on(request, by)
    return made


@transaction.atomic
def take_back_step(request: ApprovalRequest, step: ApprovalStep, *, by, version: int | None = None) -> ApprovalRequest:
    """Whoever asked somebody else as well needs them no more: the step goes, as long as nobody signed in it."""
    access.require(by, "view", request)
    if step.request_id != request.pk or step.added_by_id is None or not access.acts_for(by, step.added_by_id):
        raise PermissionDenied(_("Only who asked for this step takes it back."))
    seats = list(step.seats.select_related("person"))
    names = ", ".join(str(seat.person) for seat in seats)
    with audit.change(request, "step_taken_back", by=by, version=version, reason=names) as current:
        if current.state != State.RUNNING or step.round != current.round:
            raise ValidationError(_("This request is not in approval any more."), code="state")
        if ApprovalSeat.objects.filter(step=step).exclude(state=Seat.OPEN).exists():
            raise ValidationError(_("Somebody has signed in this step; it stays."), code="signed")
        _unask(step)
        step.delete()
    _go_on(request, by)
    return request


@transaction.atomic
def comment(request: ApprovalRequest, *, by, text: str) -> ApprovalComment:
    access.require(by, "comment", request)
    if not text.strip():
        raise ValidationError({"text": ValidationError(_("Write something."), code="required")})
    made = ApprovalComment.objects.create(request=request, by=by, text=text.strip()[:4000])
    audit.log(request, "commented", by=by, reason=text.strip()[:4000])
    _tell_drafter(request, "commented", by, once=made.pk)
    return made


@transaction.atomic
def fill_gone_seats(request: ApprovalRequest) -> int:
    """Where everybody whose turn it is has left, whoever governs is seated too. Gives how many were added."""
    steps = steps_of(request)
    plan = as_course(steps)
    turn = course.current_steps(plan)
    added = 0
    for step, planned in zip(steps, plan, strict=True):
        if not any(planned is t for t in turn) or step.manner not in course.BLOCKING:
            continue
        open_seats = [s for s in step.seats.all() if s.state == Seat.OPEN]
        if not open_seats or any(s.person.is_active for s in open_seats):
            continue
        source = ApprovalRouteStep(position=step.position, manner=step.manner, who="people", need=1)
        people = stand_ins(source, _facts_of(request), {s.person_id for s in step.seats.all()})
        ApprovalSeat.objects.bulk_create([ApprovalSeat(step=step, person=p) for p in people])
        step.seats.filter(pk__in=[s.pk for s in open_seats]).update(state=Seat.SKIPPED, why="gone")
        ApprovalStep.objects.filter(pk=step.pk).update(escalated=True)
        audit.log(request, "escalated", by=None)
        fresh = next(s for s in steps_of(request) if s.pk == step.pk)
        _ask_step(request, fresh, None)
        added += len(people)
    return added
