"""More of everything: rows for every list, record and desk, made by the office's own acts."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from governance.investment import actions as investment
from pmo_portal import jobs
from pmo_portal.access.models import Grant
from pmo_portal.accounts.models import Substitute
from pmo_portal.accounts.tokens import create_api_token
from pmo_portal.asks.models import InboxItem
from pmo_portal.intake.models import ImportProfile, ImportRun
from pmo_portal.measures import roll_up_stale
from pmo_portal.periods import actions as periods
from pmo_portal.periods.fiscal import add_months
from pmo_portal.setup import actions as setup
from pmo_portal.setup import units
from projects.register.approving import request_budget
from projects.register.models import Project
from tests.cast import Office
from tests.factories import (
    LONG_AGO,
    CampaignFactory,
    GrantFactory,
    MemberFactory,
    MilestoneFactory,
    PersonFactory,
    PortfolioFactory,
    ProgrammeFactory,
    ProjectFactory,
    ProposalFactory,
    ReportFactory,
)


def add_rows(office: Office, first: int, last: int) -> None:
    """Rows number `first` to `last` of every kind, most of them about APOLLO and its PM."""
    numbers = range(first, last + 1)
    _people(office, numbers)
    _history(office, numbers)
    _projects(office, numbers)
    _machine(office, numbers)
    jobs.drain()
    while roll_up_stale():
        pass


def _people(office: Office, numbers: range) -> None:
    cast, today = office.cast, timezone.localdate()
    for n in numbers:
        unit = units.create_unit(by=cast.admin, code=f"U{n:03d}", name_ja=f"部署{n}", name_en=f"Unit {n}")
        person = PersonFactory(
            name_ja=f"社員 {n}", name_en=f"Staff {n}", kana=f"しゃいん {n:03d}", email=f"staff{n}@aoba.example"
        )
        setup.place_person(person, by=cast.admin, unit=unit, on=today)
        MemberFactory(project=office.apollo, person=person)
        MilestoneFactory(project=office.apollo, owner=person, name_ja=f"節目{n}", name_en=f"Gate {n}")
        Substitute.objects.create(
            person=cast.pm, substitute=person, starts_on=today + timedelta(days=n), ends_on=today + timedelta(days=n)
        )
        create_api_token(cast.pm, f"鍵{n}")
        InboxItem.objects.create(
            person=cast.pm,
            key=f"row:{n}",
            kind="register.handed_over",
            params={"project_ja": "基幹", "project_en": "Core"},
        )


def _history(office: Office, numbers: range) -> None:
    """APOLLO has reported month by month; each month was closed and frozen, and the office's days are many."""
    cast, today = office.cast, timezone.localdate()
    for n in numbers:
        period = periods.ensure_period("monthly", add_months(today.replace(day=1), -n))
        periods.open_period(period, by=cast.manager)
        ReportFactory(project=office.apollo, period=period)
        periods.close_period(period, by=cast.manager)
        periods.freeze_period(period, by=cast.manager)
        periods.add_company_day(by=cast.admin, day=today + timedelta(days=100 + n), kind="holiday", label=f"休業{n}")
        periods.set_cadence(by=cast.admin, tier="D", cadence="none", starts_on=today + timedelta(days=200 + n))


def _projects(office: Office, numbers: range) -> None:
    """As many projects in CORE beside APOLLO, with their own PM, report, proposal, condition and questions."""
    cast = office.cast
    made = []
    for n in numbers:
        PortfolioFactory(key=f"PF{n}")
        programme = ProgrammeFactory(key=f"PG{n}", portfolio=office.core)
        project = ProjectFactory(
            key=f"ROW-{n:03d}",
            portfolio=office.core,
            programme=programme,
            pm=cast.pm,
            sponsor=cast.sponsor,
            pmo_contact=cast.pmo,
        )
        MilestoneFactory(project=project)
        decided = ProposalFactory(project=project, by=cast.pm)
        condition = {"text": f"条件{n}", "owner": cast.pm, "due_on": timezone.localdate() + timedelta(days=n)}
        investment.decide(decided, by=cast.manager, course="conditional", reason="条件つき", conditions=[condition])
        ProposalFactory(project=project, by=cast.pm)
        GrantFactory(person=cast.member, role="member", scope=project.scope)
        request_budget(project, by=cast.pm, amount=project.approved_budget + 1_000_000, reason="資材が高くなった。")
        made.append(project)
    periods.period_opened.tell(office.period, by=cast.pmo)
    jobs.drain()
    for project in made[::2]:
        ReportFactory(project=project, period=office.period)
    for n in numbers:
        CampaignFactory(by=cast.pmo, projects=[office.apollo, *made], title_ja=f"調べ{n}", title_en=f"Survey {n}")


def _machine(office: Office, numbers: range) -> None:
    profile, _made = ImportProfile.objects.get_or_create(name="rows", defaults={"target": "projects"})
    for n in numbers:
        ImportRun.objects.create(
            target="projects", scope=office.core.scope, profile=profile, file_name=f"台帳{n}.xlsx", by=office.cast.pmo
        )
        jobs.submit("pmo_portal.measures.roll_up", by=office.cast.pm, key=f"row:{n}")


def count_rows(office: Office) -> dict[str, int]:
    """How many there are of what pages draw most."""
    return {
        "projects": Project.objects.filter(portfolio=office.core).count(),
        "grants": Grant.objects.filter(starts_on=LONG_AGO).count(),
    }
