"""Routes as office data: versions by date, ended by date, and which of them stand in each other's way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pmo_portal import access, audit
from pmo_portal.approvals import course
from pmo_portal.approvals.kinds import kinds, nobody
from pmo_portal.approvals.models import ApprovalRoute, ApprovalRouteStep
from pmo_portal.i18n.dates import format_date


@transaction.atomic
def save_route(
    *, by, route: ApprovalRoute | None, steps: list[dict[str, Any]], starts_on: date, **fields: Any
) -> ApprovalRoute:
    """A new route, or the next version of one: the version before ends the day before. Requests under way keep theirs.

    A step's `row` is its number on the form. Raises ValidationError at `manner_<row>` and the like for a step that could
    never be signed as it is asked for, and at `starts_on` for a version that would not follow the one in force.
    """
    access.require(by, "edit" if route else "add", route or ApprovalRoute())
    if fields["kind"] not in kinds:
        raise ValidationError({"kind": ValidationError(_("This kind of request is not known."), code="kind")})
    if not steps:
        raise ValidationError(_("A route needs at least one step."), code="no_steps")
    if any(s["who"] == ApprovalRouteStep.Who.RECORD for s in steps) and kinds[fields["kind"]].named is nobody:
        raise ValidationError(_("A request of this kind names nobody; choose a role or a person."), code="who")
    if not any(s["manner"] in course.BLOCKING for s in steps):
        raise ValidationError(_("A route needs at least one step that decides."), code="no_steps")
    _check_steps(steps)
    if route is not None:
        _check_start(route, starts_on)
    if route is not None and starts_on == route.starts_on:
        with audit.change(route, "changed", by=by) as current:
            for name, value in fields.items():
                setattr(current, name, value)
        made = route
        made.steps.all().delete()
    else:
        if route is not None:
            with audit.change(route, "ended", by=by) as current:
                current.ends_on = starts_on - timedelta(days=1)
        code = route.code if route else fields.pop("code", "") or _next_code(fields["kind"])
        fields.pop("code", None)
        made = audit.create(ApprovalRoute(code=code, starts_on=starts_on, **fields), by=by)
    for given in steps:
        people = given.pop("people", [])
        given.pop("row", None)
        step = ApprovalRouteStep.objects.create(route=made, **given)
        step.people.set(people)
    return made


def rename_route(route: ApprovalRoute, *, by, version: int | None = None, **names: str) -> ApprovalRoute:
    """Other names for one version of a route; what it asks for stays."""
    access.require(by, "edit", route)
    with audit.change(route, "changed", by=by, version=version) as current:
        for name, value in names.items():
            setattr(current, name, value)
        check_route_name(current)
    return route


def check_route_name(route: ApprovalRoute) -> None:
    """Raises ValidationError where there is no name in either language."""
    if not (route.name_ja or route.name_en):
        raise ValidationError({"name_ja": ValidationError(_("Give a name in at least one language."), code="required")})


@transaction.atomic
def end_route(
    route: ApprovalRoute, *, by, ends_on: date | None, reason: str, version: int | None = None
) -> ApprovalRoute:
    """The last day on which requests take this route; None: it goes on. Requests under way keep it.

    Raises ValidationError at `ends_on` for a day that is over or before the route begins, and where another version follows.
    """
    access.require(by, "edit", route)
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("Say why."), code="required")})
    if ends_on is not None and ends_on < max(route.starts_on, timezone.localdate()):
        said = _("Choose a day from %(day)s on.")
        day = {"day": format_date(max(route.starts_on, timezone.localdate()))}
        raise ValidationError({"ends_on": ValidationError(said, code="early", params=day)})
    later = _following(route)
    if later is not None:
        said = _("A later version is there already, from %(day)s. Change that one.")
        raise ValidationError(
            {"ends_on": ValidationError(said, code="order", params={"day": format_date(later.starts_on)})}
        )
    with audit.change(route, "ended", by=by, version=version, reason=reason.strip()) as current:
        current.ends_on = ends_on
    return route


def _following(route: ApprovalRoute) -> ApprovalRoute | None:
    return ApprovalRoute.objects.filter(code=route.code, starts_on__gt=route.starts_on, archived_at=None).first()


def _check_start(route: ApprovalRoute, starts_on: date) -> None:
    """The next version starts after the one in force; one that is still to come may be mended as it stands."""
    later = _following(route)
    day = {"day": format_date(later.starts_on if later else route.starts_on)}
    if later is not None:
        said = _("A later version is there already, from %(day)s. Change that one.")
    elif starts_on < route.starts_on or (starts_on == route.starts_on and route.starts_on <= timezone.localdate()):
        said = _("The version before holds from %(day)s. Let this one start on a later day.")
    else:
        return
    raise ValidationError({"starts_on": ValidationError(said, code="order", params=day)})


def _check_steps(steps: list[dict[str, Any]]) -> None:
    faults: dict[str, ValidationError] = {}
    plan = [(step["position"], step["manner"]) for step in steps]
    late = course.after_the_decision(plan)
    for number, step in enumerate(steps):
        row = step.get("row", number + 1)
        if number in late:
            faults[f"manner_{row}"] = ValidationError(
                _("Step %(n)s comes after the final decision, where a step only confirms or reads. Put it before."),
                code="after_the_decision",
                params={"n": row},
            )
        faults |= {f"{part}_{row}": fault for part, fault in _check_seats(step).items()}
    if faults:
        raise ValidationError(faults)


def _check_seats(step: dict[str, Any]) -> dict[str, ValidationError]:
    """Who holds a role changes, so that is told on the route's page; who is named here does not."""
    Who = ApprovalRouteStep.Who
    people = [p for p in step.get("people", []) if p.has_account]
    if step["who"] == Who.PEOPLE and not people:
        return {"person": ValidationError(_("This person cannot sign in."), code="inactive")}
    seats = {Who.PEOPLE: len(people), Who.UNIT_HEAD: 1}.get(step["who"])
    if seats is None or step["manner"] not in course.VETOING or step.get("need", 1) <= seats:
        return {}
    said = ngettext(
        "Only %(count)s person signs in this step; it cannot ask for more signatures.",
        "Only %(count)s people sign in this step; it cannot ask for more signatures.",
        seats,
    )
    return {"need": ValidationError(said, code="need", params={"count": seats})}


def _next_code(kind: str) -> str:
    stem = kind.replace(".", "-")
    taken = set(ApprovalRoute.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(f"{stem}-{n}" for n in range(1, 10_000) if f"{stem}-{n}" not in taken)


@transaction.atomic
def install_first_routes(starts_on: date, by=None) -> int:
    """The routes that the kinds bring along, for kinds that have none yet. Safe to run twice."""
    made = 0
    for kind in kinds.values():
        if not kind.first_routes or ApprovalRoute.objects.filter(kind=kind.key).exists():
            continue
        for number, first in enumerate(kind.first_routes, 1):
            route = audit.create(
                ApprovalRoute(
                    code=f"{kind.key.replace('.', '-')}-{number}",
                    kind=kind.key,
                    name_ja=first.name_ja,
                    name_en=first.name_en,
                    starts_on=starts_on,
                    amount_from=first.amount_from,
                    amount_below=first.amount_below,
                ),
                by=by,
            )
            for position, manner, who, name_ja, name_en, days in first.steps:
                ApprovalRouteStep.objects.create(
                    route=route,
                    position=position,
                    manner=manner,
                    who=who if who in ("unit_head", "record") else "role",
                    role="" if who in ("unit_head", "record") else who,
                    name_ja=name_ja,
                    name_en=name_en,
                    days=days,
                )
            made += 1
    return made
