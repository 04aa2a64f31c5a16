"""A room of its own for the tests: it puts a wish about a project to a route and writes down what came of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pmo_portal import approvals, audit
from pmo_portal.approvals import actions
from pmo_portal.approvals.models import ApprovalRoute, ApprovalRouteStep
from projects.register.models import Project

KIND = "tests.wish"


def _granted(request, by) -> None:
    with audit.change(Project.objects.get(pk=request.object_id), "changed", by=by) as project:
        project.benefits = request.content["wish"]


@pytest.fixture(autouse=True)
def wish():
    """The kind, for the length of a test."""
    approvals.kind(
        KIND,
        label="Wish",
        lines=lambda request: [approvals.Line("Wish", request.content["wish"], unusual="It is a wish")],
        approved=_granted,
    )
    yield KIND
    approvals.kinds.pop(KIND)


@pytest.fixture
def route_of():
    """`route_of((position, manner, who, …), …)`: a route for wishes, who being a role, a person or "head"."""

    def make(*steps, code="wish", starts_on=date(2020, 4, 1), **bounds) -> ApprovalRoute:
        route = ApprovalRoute.objects.create(kind=KIND, code=code, name_en=code, starts_on=starts_on, **bounds)
        for position, manner, who, *need in steps:
            given = {"position": position, "manner": manner, "need": need[0] if need else 1}
            if who == "head":
                ApprovalRouteStep.objects.create(route=route, who="unit_head", **given)
            elif isinstance(who, str):
                ApprovalRouteStep.objects.create(route=route, who="role", role=who, **given)
            else:
                people = who if isinstance(who, list) else [who]
                ApprovalRouteStep.objects.create(route=route, who="people", **given).people.set(people)
        return route

    return make


@pytest.fixture
def submit(office):
    """`submit(by, amount=…)`: a wish about APOLLO on its way."""

    def put(by=None, amount=None, **given):
        return actions.submit(
            KIND,
            about=given.pop("about", office.apollo),
            by=by or office.cast.pm,
            content={"wish": "A quieter office", "amount": amount},
            amount=Decimal(amount) if amount else None,
            reason="It is loud.",
            **given,
        )

    return put
