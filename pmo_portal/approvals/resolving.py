"""Which route a request takes, and who sits where on it: the organisation as it stands on the day of submission."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal.access.models import ScopeAncestor
from pmo_portal.accounts.models import OrgUnit, OrgUnitPlacement, Person
from pmo_portal.accounts.tree import Place, parents_on
from pmo_portal.approvals import course
from pmo_portal.approvals.kinds import kinds
from pmo_portal.approvals.models import ApprovalRoute, ApprovalRouteStep
from pmo_portal.asks.ladder import holders
from pmo_portal.asks.queries import substitutes

ESCALATION = ("manager", "sponsor")


@dataclass
class Facts:
    """What a route is chosen by."""

    kind: str
    drafter: Person
    scope_id: int | None
    unit: OrgUnit | None
    amount: Decimal | None
    currency: str
    about: Model | None = None
    parties: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.parties = self.parties | {self.drafter.pk}
        absent = substitutes()
        self.barred = self.parties | {s.pk for p in self.parties for s in absent.get(p, [])}

    def may_sit(self, person: Person) -> bool:
        """Not on one's own request, nor on that of somebody one stands in for today."""
        return person.pk not in self.barred


@dataclass
class Drawn:
    """A step with the people who sit in it."""

    source: ApprovalRouteStep
    people: list[Person]
    escalated: bool = False


def parents(day: date) -> dict[int, int | None]:
    rows = OrgUnitPlacement.objects.values_list("unit_id", "parent_id", "starts_on", "ends_on")
    return parents_on([Place(*row) for row in rows], day)


def units_above(unit: OrgUnit | None, above: dict[int, int | None]) -> list[int]:
    """The unit and those it hangs below, nearest first; a circle ends it."""
    chain: list[int] = []
    at = unit.pk if unit else None
    while at is not None and at not in chain:
        chain.append(at)
        at = above.get(at)
    return chain


def choose_route(facts: Facts, day: date | None = None) -> ApprovalRoute:
    """The route that fits. Raises ValidationError when none does."""
    found = find_route(facts, day)
    if found is None:
        raise ValidationError(
            _("No approval route is set for this kind of request and amount. Ask the PMO manager to add one."),
            code="no_route",
        )
    return found


def find_route(facts: Facts, day: date | None = None) -> ApprovalRoute | None:
    """The most particular route in force: nearest scope first, then nearest unit, then the narrower amount."""
    day = day or timezone.localdate()
    found = ApprovalRoute.objects.filter(kind=facts.kind, archived_at=None, starts_on__lte=day)
    found = found.filter(Q(ends_on=None) | Q(ends_on__gte=day)).prefetch_related("steps")
    scopes = {}
    if facts.scope_id:
        scopes = dict(ScopeAncestor.objects.filter(descendant_id=facts.scope_id).values_list("ancestor_id", "depth"))
    chain = units_above(facts.unit, parents(day))
    ranked = [(_rank(r, facts, scopes, chain), r) for r in found]
    fitting = sorted((rank, r.pk, r) for rank, r in ranked if rank is not None)
    return fitting[0][2] if fitting else None


def _rank(route: ApprovalRoute, facts: Facts, scopes: dict[int, int], chain: list[int]) -> tuple | None:
    """Smaller is more particular; None: does not fit."""
    if not list(route.steps.all()):
        return None
    if route.scope_id and route.scope_id not in scopes:
        return None
    if route.unit_id and route.unit_id not in chain:
        return None
    if route.amount_from is not None or route.amount_below is not None:
        if facts.amount is None or facts.currency != route.currency:
            return None
        size = abs(facts.amount)
        if route.amount_from is not None and size < route.amount_from:
            return None
        if route.amount_below is not None and size >= route.amount_below:
            return None
    return (
        scopes[route.scope_id] if route.scope_id else 99,
        chain.index(route.unit_id) if route.unit_id else 99,
        *precedence(route),
    )


def bounds_of(route: ApprovalRoute) -> int:
    return (route.amount_from is not None) + (route.amount_below is not None)


def precedence(route: ApprovalRoute) -> tuple[int, int]:
    """Of two routes equally near the smaller goes first: the one with more bounds, then the one that began later."""
    return -bounds_of(route), -route.starts_on.toordinal()


def draw(route: ApprovalRoute, facts: Facts, day: date | None = None) -> list[Drawn]:
    """The route's steps with their people. A step that would stay empty goes up to who can decide in their place.

    Raises ValidationError naming the step that nobody can fill.
    """
    day = day or timezone.localdate()
    steps = list(route.steps.prefetch_related("people").order_by("position", "pk"))
    if not steps:
        raise ValidationError(_("The route “%(route)s” has no steps.") % {"route": route}, code="no_steps")
    above = parents(day)
    return [_fill(step, facts, above) for step in steps]


def draw_step(step: ApprovalRouteStep, facts: Facts, day: date | None = None) -> Drawn:
    """One step with its people, as `draw` would seat them."""
    return _fill(step, facts, parents(day or timezone.localdate()))


def _fill(step: ApprovalRouteStep, facts: Facts, above: dict[int, int | None]) -> Drawn:
    people = [p for p in _people(step, facts, above) if facts.may_sit(p)]
    wanted = max(1, step.need)
    if step.manner not in course.BLOCKING or len(people) >= wanted:
        return Drawn(step, people)
    return Drawn(step, people + stand_ins(step, facts, {p.pk for p in people}, enough=bool(people)), escalated=True)


def stand_ins(step: ApprovalRouteStep, facts: Facts, seated: set[int], enough: bool = False) -> list[Person]:
    """Who governs, for a step that lacks people. Raises ValidationError where there is nobody and `enough` is false."""
    for role in ESCALATION:
        more = [p for p in holders(role, facts.scope_id) if p.pk not in seated and facts.may_sit(p)]
        if more:
            return more
    if enough:
        return []
    raise ValidationError(
        _("Nobody can sign the step “%(step)s”: the role has no holder, and nobody above can stand in.")
        % {"step": step},
        code="nobody",
    )


def _people(step: ApprovalRouteStep, facts: Facts, above: dict[int, int | None]) -> list[Person]:
    if step.who == ApprovalRouteStep.Who.PEOPLE:
        return [p for p in step.people.all() if p.is_active and p.archived_at is None]
    if step.who == ApprovalRouteStep.Who.RECORD:
        return list(kinds[facts.kind].named(facts.about)) if facts.kind in kinds else []
    if step.who == ApprovalRouteStep.Who.ROLE:
        return holders(step.role, facts.scope_id)
    chain = units_above(facts.unit, above)
    heads = dict(OrgUnit.objects.filter(pk__in=chain, head__is_active=True).values_list("pk", "head_id"))
    # A unit without a head, or one that the drafter heads, is signed for by the unit above.
    for unit in chain[step.levels_up :]:
        if heads.get(unit) and heads[unit] not in facts.barred:
            return list(Person.objects.filter(pk=heads[unit]))
    return []
