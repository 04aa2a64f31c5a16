"""A page of records over the API is read in one pass; it says what the framework's own way says."""

from __future__ import annotations

import pytest
from rest_framework.serializers import ModelSerializer

from governance.demo.generated import generate
from pmo_portal.accounts.models import Person
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.setup.api import PeriodSerializer
from projects.register.api import PortfolioSerializer, ProjectSerializer
from projects.register.models import Portfolio, Project
from projects.status.api import StatusReportSerializer
from projects.status.models import StatusReport

SHOWN = [
    (ProjectSerializer, Project),
    (PortfolioSerializer, Portfolio),
    (StatusReportSerializer, StatusReport),
    (PeriodSerializer, ReportingPeriod),
]


def test_each_record_is_shown_as_the_framework_shows_it(db):
    generate(30, seed=3, periods=3)
    Project.objects.filter(pk=Project.objects.order_by("pk")[0].pk).update(
        pm=None, programme=None, sponsor=None, approved_budget=None, planned_finish_on=None, slip_days=None, category=""
    )
    for serializer_class, model in SHOWN:
        serializer = serializer_class()
        records = list(model.objects.order_by("pk")[:40])
        assert records
        for record in records:
            assert serializer.to_representation(record) == ModelSerializer.to_representation(serializer, record)


@pytest.mark.parametrize("sort", ["", "finish", "-cost", "pm"])
def test_pages_follow_one_another_without_gap_or_repetition(client, db, sort):
    generate(30, seed=3, periods=3)
    client.force_login(Person.objects.get(email="manager@demo.example"))
    address, found = f"/api/v1/projects/?page_size=7&sort={sort}".removesuffix("&sort="), []
    while address:
        page = client.get(address).json()
        found += [row["key"] for row in page["results"]]
        address = page["next"]
    assert len(found) == len(set(found)) == Project.objects.filter(archived_at=None).count()
