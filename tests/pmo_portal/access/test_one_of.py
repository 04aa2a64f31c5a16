"""Several ways to a record become one condition that finds what each of them finds, and nothing twice."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal import access
from pmo_portal.access.declarations import one_of
from projects.register.models import Milestone, Project
from projects.status.models import ProjectPeriod

pytestmark = pytest.mark.django_db


def found(model, *ways) -> set[int]:
    rows = list(model.objects.filter(one_of(model, list(ways))).values_list("pk", flat=True))
    assert len(rows) == len(set(rows))
    return set(rows)


def test_no_way_finds_nothing(office):
    assert found(Project) == set()


@pytest.mark.parametrize(
    "names",
    [
        ("pm",),
        ("pm", "sponsor"),
        ("pm", "sponsor", "pmo_contact"),
    ],
)
def test_ways_on_the_record_itself(office, names):
    pm, sponsor, pmo = (office.cast.pm.pk, office.cast.sponsor.pk, office.cast.pmo.pk)
    among = {"pm": [pm, office.cast.outsider.pk], "sponsor": [sponsor], "pmo_contact": [pmo]}
    assert found(Project, *((n, among[n]) for n in names)) == {office.apollo.pk, office.boreas.pk}


def test_ways_through_a_relation_and_on_the_record_together(office):
    of_boreas, of_apollo = (Milestone.objects.get(project=p).pk for p in (office.boreas, office.apollo))
    sponsor, owner = [office.cast.sponsor.pk], [office.boreas.pm.pk]
    assert found(Milestone, ("project__sponsor", sponsor), ("project__pm", [0])) == {of_apollo}
    assert found(Milestone, ("project__sponsor", sponsor), ("owner", owner)) == {of_apollo, of_boreas}


def test_the_condition_joins_with_others_counts_and_excludes(office):
    where = one_of(Project, [("pm", [office.cast.pm.pk]), ("sponsor", [office.cast.outsider.pk])])
    assert Project.objects.filter(where, key="APOLLO").count() == 1
    assert Project.objects.filter(where).exclude(key="APOLLO").count() == 0
    assert list(Project.objects.filter(~where)) == [office.boreas]
    assert Milestone.objects.filter(project__in=Project.objects.filter(where)).count() == 1


def test_whoever_reaches_part_of_the_office_asks_with_one_query_and_no_or(office):
    member = office.cast.everybody()["member"]
    access.reach(member).people  # noqa: B018  read once a request
    with CaptureQueriesContext(connection) as asked:
        assert list(access.visible(member, Project)) == [office.apollo]
    assert len(asked) == 1
    assert " OR " not in asked[0]["sql"]
    assert list(access.visible(member, ProjectPeriod).values_list("project__key", flat=True).distinct()) in (
        [],
        ["APOLLO"],
    )
