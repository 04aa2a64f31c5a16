"""Rows for tests. Each factory makes its record the way the office makes it: through the room's own action."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from administration.collection import actions as collection
from administration.collection.models import Campaign
from governance.investment import actions as investment
from governance.investment.models import ContinuationProposal
from pmo_portal.access.models import Grant
from pmo_portal.access.tree import office
from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.approvals.routing import install_first_routes
from pmo_portal.periods import actions as periods
from pmo_portal.periods.models import ReportingPeriod
from projects.register import actions as register
from projects.register import milestones, team
from projects.register.models import Milestone, Portfolio, Programme, Project, ProjectMember
from projects.status import actions as status
from projects.status.models import DIMENSIONS, StatusReport

PASSWORD = "a right long password"
LONG_AGO = date(2020, 4, 1)
GREEN = {f"{dimension}_light": "green" for dimension in DIMENSIONS} | {
    "confidence": "green",
    "achieved": "設計を終えた。",
    # asked for only where the figures say otherwise
    "schedule_reason": "次の工程で取り戻す。",
    "cost_reason": "予備費で吸収する。",
}


class PersonFactory(factory.django.DjangoModelFactory):
    """Somebody who can sign in. `PersonFactory(email=None)`: known, but never signs in."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    name_ja = factory.Sequence(lambda n: f"試験 {n}")
    name_en = factory.Sequence(lambda n: f"Test {n}")
    email = factory.Sequence(lambda n: f"person{n}@aoba.example")
    password = factory.PostGeneration(lambda person, create, given: None)

    @classmethod
    def _create(cls, model_class, *args, **fields):
        return model_class.objects.create_user(fields.pop("email", None), fields.pop("password", PASSWORD), **fields)


class GrantFactory(factory.django.DjangoModelFactory):
    """A role that holds since long ago, for the whole office unless `scope` says where."""

    class Meta:
        model = Grant

    person = factory.SubFactory(PersonFactory)
    role = "member"
    scope = factory.LazyFunction(office)
    starts_on = LONG_AGO


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OrgUnit

    code = factory.Sequence(lambda n: f"U{n}")
    name_ja = factory.LazyAttribute(lambda unit: f"部署 {unit.code}")
    name_en = factory.LazyAttribute(lambda unit: f"Unit {unit.code}")


class _ByAction(factory.Factory):
    """Calls `make` with what was declared, nobody's rights being asked (`by` None: the system itself)."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **given):
        return cls.make(**given)


class PortfolioFactory(_ByAction):
    class Meta:
        model = Portfolio

    key = factory.Sequence(lambda n: f"PF{n}")
    name_ja = factory.LazyAttribute(lambda made: f"ポートフォリオ {made.key}")
    name_en = factory.LazyAttribute(lambda made: f"Portfolio {made.key}")

    @staticmethod
    def make(**given) -> Portfolio:
        return register.create_portfolio(by=None, **given)


class ProgrammeFactory(_ByAction):
    class Meta:
        model = Programme

    portfolio = factory.SubFactory(PortfolioFactory)
    key = factory.Sequence(lambda n: f"PG{n}")
    name_ja = factory.LazyAttribute(lambda made: f"プログラム {made.key}")
    name_en = factory.LazyAttribute(lambda made: f"Programme {made.key}")

    @staticmethod
    def make(**given) -> Programme:
        return register.create_programme(by=None, **given)


class ProjectFactory(_ByAction):
    """A running project. Its PM gets the role with it, as the office does."""

    class Meta:
        model = Project

    portfolio = factory.SubFactory(PortfolioFactory)
    key = factory.Sequence(lambda n: f"PRJ-{n:04d}")
    name_ja = factory.LazyAttribute(lambda made: f"計画 {made.key}")
    name_en = factory.LazyAttribute(lambda made: f"Project {made.key}")
    pm = factory.SubFactory(PersonFactory)
    tier = "A"
    kind = "system"
    stage = "execution"
    planned_start_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=200))
    planned_finish_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=200))
    forecast_finish_on = factory.LazyAttribute(lambda made: made.planned_finish_on)
    approved_budget = Decimal(100_000_000)
    forecast_cost = Decimal(98_000_000)
    spent = Decimal(40_000_000)

    @staticmethod
    def make(**given) -> Project:
        project = register.create_project(by=None, **given)
        if project.pm_id:
            GrantFactory(person=project.pm, role="pm", scope=project.scope)
        return project


class MemberFactory(_ByAction):
    """Somebody in a project's team, with the role of a member there."""

    class Meta:
        model = ProjectMember

    person = factory.SubFactory(PersonFactory)
    part_ja, part_en = "試験", "Testing"

    @staticmethod
    def make(project: Project, person: Person, **given) -> ProjectMember:
        GrantFactory(person=person, role="member", scope=project.scope)
        return team.add_member(project, by=None, person=person, starts_on=LONG_AGO, **given)


class MilestoneFactory(_ByAction):
    class Meta:
        model = Milestone

    name_ja, name_en = "本番稼働", "Go-live"
    baseline_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))

    @staticmethod
    def make(project: Project, **given) -> Milestone:
        return milestones.add_milestone(project, by=None, **given)


class PeriodFactory(_ByAction):
    """The month that `day` lies in, planned. Its states come from `open_period`, `close_period`, `freeze_period`."""

    class Meta:
        model = ReportingPeriod

    cadence = "monthly"
    day = factory.LazyFunction(timezone.localdate)

    @staticmethod
    def make(cadence: str, day: date) -> ReportingPeriod:
        return periods.ensure_period(cadence, day)


class ReportFactory(_ByAction):
    """A report that is in, all green unless told otherwise. `submitted=False` leaves it a draft."""

    class Meta:
        model = StatusReport

    submitted = True

    @staticmethod
    def make(project: Project, period: ReportingPeriod, by=None, submitted: bool = True, **given) -> StatusReport:
        by = by or project.pm
        report = status.open_report(project, period, by=by)
        if not submitted:
            return status.save_draft(report, by=by, version=report.version, **given)
        return status.submit_report(report, by=by, version=report.version, **(GREEN | given))


class CampaignFactory(_ByAction):
    """One question put to projects; opened unless `opened=False`."""

    class Meta:
        model = Campaign

    title_ja, title_en = "要員の確認", "Staffing check"
    opened = True

    @staticmethod
    def make(by: Person, projects: list[Project], opened: bool = True, scope=None, **given) -> Campaign:
        given.setdefault("due_at", timezone.now() + timedelta(days=20))  # whatever day it is, after a report is due
        question = {"text_ja": "足りていますか", "text_en": "Is it enough?", "kind": "yesno"}
        made = collection.create_campaign(
            by=by, scope=scope or office(), questions=[question], projects=projects, **given
        )
        return collection.open_campaign(made, by=by) if opened else made


class ProposalFactory(_ByAction):
    """A course put to those who decide."""

    class Meta:
        model = ContinuationProposal

    course, reason = "continue", "計画どおり進んでいる。"

    @staticmethod
    def make(project: Project, by=None, **given) -> ContinuationProposal:
        """Along the route that a new office starts with."""
        install_first_routes(LONG_AGO)
        return investment.propose(project, by=by or project.pm, **given)
