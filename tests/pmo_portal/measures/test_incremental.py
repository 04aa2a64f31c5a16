"""Whatever happens in whatever order: sums that followed each change are those made from nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from administration.collection import actions as collection
from pmo_portal import measures
from pmo_portal.access.models import Scope
from pmo_portal.measures.models import MeasureValue
from pmo_portal.measures.rolling import roll_up_stale
from pmo_portal.periods import actions as periods
from projects.register import actions as register
from projects.register.models import Project
from projects.register.placing import place_project
from projects.status import actions as status
from projects.status.maintaining import expect_reports
from projects.status.models import StatusReport
from tests.factories import PeriodFactory, PortfolioFactory, ProgrammeFactory, ProjectFactory, ReportFactory

STEPS = 40


class Changes:
    """Everything that moves a figure, one at random; each says whether it could be done."""

    def __init__(self, office, random: Random) -> None:
        self.random, self.cast = random, office.cast
        self.projects = [ProjectFactory(portfolio=office.core, pm=office.cast.pm) for _n in range(3)]
        self.projects += [office.apollo, office.boreas]
        empty = PortfolioFactory(owner=office.cast.manager)
        self.places = [(office.core, None), (empty, None)]
        self.places += [(top, ProgrammeFactory(portfolio=top)) for top in (office.core, empty)]
        month_before = PeriodFactory(day=office.period.starts_on - timedelta(days=1))
        periods.open_period(month_before, by=None)
        self.periods = [month_before, office.period]
        for period in self.periods:
            expect_reports(period)

    def one(self) -> bool:
        project = Project.objects.get(pk=self.random.choice(self.projects).pk)
        change = self.random.choice(
            [
                self.report,
                self.report,
                self.take_back,
                self.accept,
                self.move,
                self.move,
                self.excuse,
                self.edit,
                self.pause,
            ]
        )
        try:
            with transaction.atomic():
                change(project, self.random.choice(self.periods))
        except ValidationError:
            return False
        return True

    def report(self, project, period) -> None:
        light = self.random.choice(["green", "amber", "red"])
        money = Decimal(self.random.randrange(1, 90)) * 1_000_000
        ReportFactory(
            project=project,
            period=period,
            confidence=light,
            overall_light=light,
            spent=money,
            forecast_cost=money + 5_000_000,
            submitted=self.random.random() < 0.8,
        )

    def _report(self, project, period, *states: str) -> StatusReport:
        found = StatusReport.objects.filter(project=project, period=period, is_current=True, state__in=states).first()
        if found is None:
            raise ValidationError("nothing is in")
        return found

    def take_back(self, project, period) -> None:
        status.return_report(self._report(project, period, "submitted", "accepted"), by=self.cast.pmo, reason="訂正")

    def accept(self, project, period) -> None:
        status.accept_report(self._report(project, period, "submitted"), by=self.cast.pmo)

    def move(self, project, _period) -> None:
        portfolio, programme = self.random.choice(self.places)
        day = timezone.localdate() - timedelta(days=self.random.choice([0, 0, 3, 40]))
        place_project(project, by=self.cast.pmo, portfolio=portfolio, programme=programme, on=day, reason="再編")

    def excuse(self, project, period) -> None:
        collection.exempt(project, period, by=self.cast.pmo, reason="着工前")

    def edit(self, project, _period) -> None:
        stage = self.random.choice(["planning", "execution", "closing"])
        register.edit_project(project, by=self.cast.pmo, version=None, reason="見直し", stage=stage)

    def pause(self, project, _period) -> None:
        state = Project.State.PAUSED if project.state == Project.State.ACTIVE else Project.State.ACTIVE
        register.set_state(project, state, by=self.cast.manager, action="paused", reason="見直し")


def sums() -> dict:
    """(place, period, measure) → what is kept there."""
    kept = MeasureValue.objects.exclude(scope__kind=Scope.Kind.PROJECT)
    return {
        (v.scope_id, v.period_id, v.measure): (v.value, v.numerator, v.denominator, v.count, bool(v.unknown))
        for v in kept
    }


def sums_from_nothing(period_ids: list[int]) -> dict:
    with transaction.atomic():
        MeasureValue.objects.exclude(scope__kind=Scope.Kind.PROJECT).delete()
        measures.rebuild(period_ids)
        found = sums()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_sums_that_followed_random_changes_equal_a_rebuild(office, seed):
    random = Random(seed)
    changes = Changes(office, random)
    ids = [period.pk for period in changes.periods]
    done = 0
    for step in range(STEPS):
        done += changes.one()
        if random.random() < 0.4 or step == STEPS - 1:  # now and then the job comes by; marks gather meanwhile
            while roll_up_stale():
                pass
            assert sums() == sums_from_nothing(ids), f"after step {step}"
            assert [measures.verify(pk) for pk in ids] == [[], []]
    assert done > STEPS / 3 and len({key[0] for key in sums()}) >= 4
