"""Reading requests and routes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone

from pmo_portal import access
from pmo_portal.access.models import Grant, Scope, ScopeAncestor
from pmo_portal.access.reach import reach
from pmo_portal.approvals import actions, course, resolving, turns
from pmo_portal.approvals.kinds import ask_kinds, kinds
from pmo_portal.approvals.models import (
    ApprovalRequest,
    ApprovalRoute,
    ApprovalRouteStep,
    ApprovalSeat,
    ApprovalStep,
    Manner,
)
from pmo_portal.approvals.waits import STEP_WAIT
from pmo_portal.asks.models import Ask
from pmo_portal.measures.models import MeasureValue

RELATED = ("drafter", "on_behalf_of", "unit", "route", "scope", "content_type")


def requests(viewer) -> QuerySet[ApprovalRequest]:
    return access.visible(viewer, ApprovalRequest).select_related(*RELATED)


def with_course(found: QuerySet[ApprovalRequest]) -> QuerySet[ApprovalRequest]:
    """Each with all its rounds: the steps in their order, who sits there, and what was said."""
    steps = ApprovalStep.objects.order_by("round", "position", "pk")
    seats = ("steps__seats__person", "steps__seats__acted_by")
    return found.prefetch_related(Prefetch("steps", steps), *seats, "comments__by")


def waiting_for(viewer) -> QuerySet[ApprovalRequest]:
    """Requests whose turn is the viewer's (or of somebody they stand in for), the oldest first.

    An open ask is what a turn is: it is laid and withdrawn with the step.
    """
    people = reach(viewer).people
    asked = Ask.objects.filter(kind__in=ask_kinds(), content_type=_type(), person__in=people, state=Ask.State.OPEN)
    return (
        requests(viewer)
        .filter(pk__in=asked.values("object_id"))
        .exclude(drafter=viewer)
        .exclude(on_behalf_of=viewer)
        .order_by("submitted_at", "number")
    )


@dataclass
class Alike:
    """Requests of one kind that wait for one person: how many, and those that are shown, the oldest first."""

    kind: str
    label: str
    count: int
    rows: list[ApprovalRequest]


def waiting_groups(viewer, each: int, *, kind: str = "") -> list[Alike]:
    """What waits, by kind, so that like ones can be decided together: `each` of every kind, or of the one asked for, with
    the drafter and nothing else of what they lead to. Two queries, however many wait."""
    waiting = waiting_for(viewer)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for pk, of in (waiting.filter(kind=kind) if kind else waiting).values_list("pk", "kind"):
        by_kind[of].append(pk)
    shown = [pk for found in by_kind.values() for pk in found[:each]]
    rows = waiting.filter(pk__in=shown).select_related(None).select_related("drafter").defer("reason", "digest")
    drawn = {alike[0].kind: (label, alike) for label, alike in like_requests(list(rows))}
    return [Alike(of, label, len(by_kind[of]), alike) for of, (label, alike) in drawn.items()]


def _type() -> ContentType:
    return ContentType.objects.get_for_model(ApprovalRequest)


def routes(viewer) -> QuerySet[ApprovalRoute]:
    return access.visible(viewer, ApprovalRoute).filter(archived_at=None).select_related("unit", "scope")


def standing_of(route: ApprovalRoute) -> str:
    today = timezone.localdate()
    if route.ends_on and route.ends_on < today:
        return "over"
    return "coming" if route.starts_on > today else "now"


def overlapping(viewer, route: ApprovalRoute) -> list[tuple[ApprovalRoute, bool]]:
    """Other routes just as near that some requests fit as well, on some day; and whether those take the other one."""
    same = {"kind": route.kind, "unit_id": route.unit_id, "scope_id": route.scope_id, "currency": route.currency}
    found = routes(viewer).filter(**same).exclude(code=route.code)
    found = found.filter(Q(ends_on=None) | Q(ends_on__gte=max(route.starts_on, timezone.localdate())))
    if route.ends_on:
        found = found.filter(starts_on__lte=route.ends_on)
    if route.amount_below is not None:
        found = found.filter(Q(amount_from=None) | Q(amount_from__lt=route.amount_below))
    if route.amount_from is not None:
        found = found.filter(Q(amount_below=None) | Q(amount_below__gt=route.amount_from))
    bounds = resolving.bounds_of(route)
    # One with a bound beside one without is the rule and its exception: that is what narrower amounts are for.
    alike = [other for other in found if (resolving.bounds_of(other) == 0) == (bounds == 0)]
    mine = resolving.precedence(route)
    return [(other, (resolving.precedence(other), other.pk) < (mine, route.pk)) for other in alike]


@dataclass
class Seated:
    """A step of a trial: who would sit in it. `fault` says why nobody can."""

    step: ApprovalRouteStep
    people: list
    escalated: bool = False
    fault: str = ""


@dataclass
class Trial:
    """Where a request would go. No route: none fits."""

    route: ApprovalRoute | None
    steps: list[Seated]


def tried(*, kind: str, drafter, amount, currency: str, scope, day) -> Trial:
    """The route that a request would take on a day, and who would sign it, as the people stand today."""
    facts = resolving.Facts(kind, drafter, scope.pk if scope else None, drafter.unit, amount, currency)
    route = resolving.find_route(facts, day)
    if route is None:
        return Trial(None, [])
    steps = route.steps.prefetch_related("people").order_by("position", "pk")
    return Trial(route, [_seated(step, route, facts, day) for step in steps])


def _seated(step: ApprovalRouteStep, route: ApprovalRoute, facts: resolving.Facts, day) -> Seated:
    if step.who == ApprovalRouteStep.Who.RECORD:
        return Seated(step, [])  # it names somebody only once there is one
    try:
        drawn = resolving.draw_step(step, facts, day)
    except ValidationError as fault:
        return Seated(step, [], fault=" ".join(fault.messages))
    return Seated(step, drawn.people, drawn.escalated)


@dataclass
class Lack:
    """A step that asks for more signatures than there are people today who could give them."""

    step: ApprovalRouteStep
    wanted: int
    count: int


def lacking(route: ApprovalRoute, steps: Iterable[ApprovalRouteStep]) -> list[Lack]:
    """Those of a route's steps for which today too few hold the role, or are still there, at its place, above or below."""
    found, held = [], _holders(route.scope_id)
    for step in steps:
        if step.who == ApprovalRouteStep.Who.ROLE:
            count = held.get(step.role, 0)
        elif step.who == ApprovalRouteStep.Who.PEOPLE:
            count = sum(p.is_active and p.archived_at is None for p in step.people.all())
        else:
            continue
        wanted = max(1, step.need) if step.manner in course.VETOING else 1
        if count < wanted:
            found.append(Lack(step, wanted, count))
    return found


def _holders(scope_id: int | None) -> dict[str, int]:
    """How many people hold each role today."""
    today = timezone.localdate()
    grants = Grant.objects.filter(starts_on__lte=today, archived_at=None, person__is_active=True)
    grants = grants.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    if scope_id is not None:
        above = ScopeAncestor.objects.filter(descendant_id=scope_id).values("ancestor_id")
        below = ScopeAncestor.objects.filter(ancestor_id=scope_id).values("descendant_id")
        grants = grants.filter(Q(scope__in=above) | Q(scope__in=below))
    return dict(grants.order_by().values_list("role").annotate(Count("person", distinct=True)))


# ---- the route as it is drawn


@dataclass
class Box:
    """One box of the drawn route: a step with its seats."""

    step: ApprovalStep
    seats: list[ApprovalSeat]
    state: str
    yours: int = 0  # the seat that is the viewer's, or of somebody they stand in for
    due_at: Any = None
    hours: float | None = None
    may_go: bool = False  # the viewer added it, and nobody has signed in it


@dataclass
class Column:
    """Boxes that run together."""

    position: int
    boxes: list[Box] = field(default_factory=list)

    @property
    def is_parallel(self) -> bool:
        return len(self.boxes) > 1


def drawn(viewer, request: ApprovalRequest, steps: list[ApprovalStep]) -> list[Column]:
    """The steps of one of the request's rounds as boxes."""
    plan = turns.as_course(steps)
    is_now = any(step.round == request.round for step in steps)
    turn = course.current_steps(plan) if is_now and request.state == ApprovalRequest.State.RUNNING else []
    mine = turns.seat_of(request, viewer, steps=steps) if is_now else None
    columns: dict[int, Column] = {}
    for step, planned in zip(steps, plan, strict=True):
        seats = [s for s in step.seats.all() if s.state != ApprovalSeat.State.SKIPPED or s.why in ("twice", "gone")]
        state = (
            "refused"
            if planned.is_refused
            else "current"
            if any(planned is t for t in turn)
            else "skipped"
            if planned.is_empty
            else "done"
            if step.ended_at or (planned.is_done and planned.manner in course.BLOCKING)
            else "coming"
        )
        box = Box(step, seats, state, yours=mine.pk if mine is not None and mine.step_id == step.pk else 0)
        added = is_now and step.added_by_id is not None and request.state == ApprovalRequest.State.RUNNING
        box.may_go = (
            added and access.acts_for(viewer, step.added_by_id) and all(s.state == "open" for s in step.seats.all())
        )
        columns.setdefault(step.position, Column(step.position)).boxes.append(box)
    return list(columns.values())


def earlier_positions(request: ApprovalRequest, seat: ApprovalSeat | None) -> list[ApprovalStep]:
    """Steps before the signer's own to which the request can be sent back."""
    if seat is None:
        return []
    return [
        s
        for s in ApprovalStep.objects.filter(
            request=request, round=request.round, position__lt=seat.step.position
        ).order_by("position", "pk")
        if s.manner in course.BLOCKING and s.opened_at
    ]


def lines_of(request: ApprovalRequest) -> list:
    """What is asked, as its kind tells it from the frozen content."""
    kind = kinds.get(request.kind)
    return list(kind.lines(request)) if kind else []


def record_of(viewer, request: ApprovalRequest):
    """The record the request is about, where the viewer may see it."""
    model = request.content_type.model_class()
    if model is None or model not in access.declared_models():
        return None
    return access.visible(viewer, model).filter(pk=request.object_id).first()


def decide_url(viewer, request: ApprovalRequest, seat: ApprovalSeat | None, about, steps=None) -> str:
    """Where whoever decides may say more than a yes or no, if they see the record it is about."""
    kind = kinds.get(request.kind)
    if kind is None or kind.decide_url is None or seat is None or about is None:
        return ""
    last = turns.deciding_seat_of(request, viewer, steps=steps)
    return kind.decide_url(request) if last is not None and last.pk == seat.pk else ""


def needs_detail(request: ApprovalRequest) -> bool:
    """Whether a yes does not say enough to decide it."""
    kind = kinds.get(request.kind)
    return kind is not None and kind.needs_detail(request)


def is_untouched(request: ApprovalRequest) -> bool:
    """Whether the frozen content still has the digest that was signed."""
    return request.digest == actions.digest_of(request.content, request.reason)


def like_requests(found: list[ApprovalRequest]) -> list[tuple[str, list[ApprovalRequest]]]:
    """Requests by kind, so that like ones can be decided together. Each with `moved`: the lines that say was → is, or
    else the `first` one, and `short`: its label below the heading that names the kind. No query."""
    groups: dict[str, list[ApprovalRequest]] = defaultdict(list)
    for request in found:
        kind = kinds.get(request.kind)
        told = list((kind.listed or kind.lines)(request)) if kind else []
        request.moved = [line for line in told if line.was not in (None, "", line.value)]
        request.first = told[0] if told else None
        request.is_unusual = any(line.unusual for line in told)
        request.short = request.label.partition(": ")[2] or request.label
        groups[request.kind].append(request)
    return [(str(kinds[k].label) if k in kinds else k, rows) for k, rows in groups.items()]


def about(viewer, record) -> list[ApprovalRequest]:
    """Requests about a record, the running ones first."""
    kind = ContentType.objects.get_for_model(type(record))
    found = list(access.visible(viewer, ApprovalRequest).filter(content_type=kind, object_id=record.pk)[:20])
    for request in found:
        request.kind_label = str(kinds[request.kind].label) if request.kind in kinds else request.kind
    return sorted(found, key=lambda r: (r.state != ApprovalRequest.State.RUNNING, -r.number))


def others_about(viewer, request: ApprovalRequest, record) -> list[ApprovalRequest]:
    """What else is under way about the same record: who signs the one should know of the other."""
    if record is None or request.state not in actions.UNDER_WAY:
        return []
    return [r for r in about(viewer, record) if r.pk != request.pk and r.state in actions.UNDER_WAY]


# ---- how long steps wait


@dataclass
class Waiting:
    """How long one step of a route kept requests waiting."""

    kind: str
    name: str
    manner: str
    count: int
    median_hours: float
    slowest_hours: float
    open_now: int


def waiting_times(viewer, days: int = 180, scope_id: int | None = None) -> list[Waiting]:
    """Per kind and step, over the requests the viewer may see: the median and the longest wait, and what waits now."""
    since = timezone.now() - timedelta(days=days)
    seen = access.visible(viewer, ApprovalRequest)
    steps = ApprovalStep.objects.filter(
        request__in=seen.filter(scope_id=scope_id) if scope_id else seen, opened_at__gte=since
    ).exclude(manner__in=(Manner.INFORM, Manner.AFTER))
    found: dict[tuple, list[float]] = defaultdict(list)
    still: dict[tuple, int] = defaultdict(int)
    rows = steps.annotate(kind=F("request__kind"), running=F("request__state"))
    for step in rows.order_by("opened_at")[:20_000]:
        key = (step.kind, step.name, step.get_manner_display())
        if step.ended_at:
            found[key].append((step.ended_at - step.opened_at).total_seconds() / 3600)
        elif step.running == ApprovalRequest.State.RUNNING:
            still[key] += 1
    told = []
    for key in sorted({*found, *still}):
        hours = found.get(key, [])
        label = str(kinds[key[0]].label) if key[0] in kinds else key[0]
        told.append(
            Waiting(
                label,
                key[1],
                key[2],
                len(hours),
                median(hours) if hours else 0,
                max(hours, default=0),
                still.get(key, 0),
            )
        )
    return told


def waited(viewer, scope_id: int) -> list[ApprovalRequest]:
    """The requests at one place, the newest first."""
    return list(requests(viewer).filter(scope_id=scope_id).order_by("-number")[:50])


def office_wait(viewer) -> MeasureValue | None:
    """The newest figure of the whole office that the viewer may see, from which its formula and records are reached."""
    found = access.visible(viewer, MeasureValue).filter(measure=STEP_WAIT, scope__kind=Scope.Kind.OFFICE)
    return found.select_related("period").exclude(value=None).order_by("-period__starts_on").first()


def by_drafter(viewer):
    from django.db.models import Q

    return Q(drafter=viewer) | Q(on_behalf_of=viewer)
