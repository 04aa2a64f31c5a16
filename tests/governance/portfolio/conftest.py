"""A small office whose figures are computed by hand in the tests."""

from datetime import timedelta
from decimal import Decimal

import pytest

from pmo_portal.periods import actions as periods
from tests.factories import PeriodFactory, ProjectFactory, ReportFactory


@pytest.fixture
def before(office):
    """The month before, open."""
    month = PeriodFactory(day=office.period.starts_on - timedelta(days=1))
    return periods.open_period(month, by=office.cast.pmo)


@pytest.fixture
def told(office, before):
    """APOLLO fell from amber to red, BOREAS rose from amber to green, LUNA stayed amber, NOVA has no approved budget and is
    rated the first time, OPAL told amber and owes this month's report."""
    apollo, boreas = office.apollo, office.boreas
    made = {
        key: ProjectFactory(key=key, name_ja=f"計画{key}", name_en=f"Plan {key}", portfolio=office.core, **given)
        for key, given in {
            "LUNA": {"tier": "B", "kind": "facility"},
            "NOVA": {"tier": "C", "approved_budget": None, "forecast_cost": Decimal(5_000_000)},
            "OPAL": {"tier": "B", "stage": "planning"},
        }.items()
    }
    for project in (apollo, boreas, made["LUNA"], made["OPAL"]):
        ReportFactory(project=project, period=before, confidence="amber")
    ReportFactory(
        project=apollo,
        period=office.period,
        confidence="red",
        confidence_reason="設備の納入が遅れる。",
        forecast_cost=Decimal(558_000_000),
    )
    ReportFactory(project=boreas, period=office.period, confidence="green")
    ReportFactory(project=made["LUNA"], period=office.period, confidence="amber")
    ReportFactory(project=made["NOVA"], period=office.period, confidence="amber_green")
    for project in (apollo, boreas, *made.values()):
        project.refresh_from_db()
    office.others = made
    return office
