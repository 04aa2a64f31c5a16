"""The cast: the people of the demo office, who stand in tests, documents and pictures as well, by the part they play.

`pm`, `member`, `pmo`, `expert`, `manager`, `sponsor`, `auditor`, `admin` are those who sign in to the demo office under
these names; the others are its project managers, cast as strangers, readers, and people whose roles have ended.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from governance.demo.cast import OFFICE_PEOPLE, PM_PEOPLE
from pmo_portal.access.models import Grant
from pmo_portal.access.tree import office
from pmo_portal.accounts.models import Person, Substitute
from pmo_portal.periods import actions as periods
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import add_working_days, office_moment
from pmo_portal.setup.defaults import install_defaults
from projects.register.models import Portfolio, Programme, Project
from tests.factories import (
    LONG_AGO,
    PASSWORD,
    MemberFactory,
    MilestoneFactory,
    PortfolioFactory,
    ProgrammeFactory,
    ProjectFactory,
)

__all__ = ["PASSWORD", "Cast", "Office", "make_cast", "make_office"]

# part → the demo office's person of this English name
OTHERS = {
    "outsider": "Ryo Ito",  # PM of BOREAS, in another portfolio
    "site_pmo": "Megumi Chiba",  # PMO administrator of that other portfolio only
    "core_reader": "Saori Fujii",  # sponsor of APOLLO's portfolio only
    "nobody": "Kazuya Endo",  # signs in, holds no role
    "revoked": "Yuki Haraguchi",  # administrator of the office until yesterday
    "expired": "Takashi Goto",  # a grant whose last day was yesterday and which nobody has archived yet
    "coming": "Ryoko Miyamoto",  # administrator from tomorrow on
    "substitute": "Daisuke Sakaguchi",  # stands in for the PM of APOLLO today
    "stood_in": "Kaori Mizuno",  # did so until yesterday
}


@dataclass
class Cast:
    """Everybody, saved and able to sign in with `PASSWORD`."""

    pm: Person
    member: Person
    pmo: Person
    expert: Person
    manager: Person
    sponsor: Person
    auditor: Person
    admin: Person
    outsider: Person
    site_pmo: Person
    core_reader: Person
    nobody: Person
    revoked: Person
    expired: Person
    coming: Person
    substitute: Person
    stood_in: Person

    def everybody(self) -> dict[str, Person]:
        """Part → person, as the database has them now (nothing remembered of earlier grants)."""
        people = Person.objects.in_bulk([getattr(self, f.name).pk for f in fields(self)])
        return {f.name: people[getattr(self, f.name).pk] for f in fields(self)}


def make_cast() -> Cast:
    """The people with their roles for the office, in four queries. Roles in projects come with `make_office`."""
    password, today = make_password(PASSWORD), timezone.localdate()
    demo = {en: (ja, kana) for ja, en, kana, _unit in PM_PEOPLE}
    people, roles = {}, {}
    for part, ja, en, kana, title, _extension, _unit, language, held in OFFICE_PEOPLE:
        people[part] = Person(
            email=f"{part}@demo.example", name_ja=ja, name_en=en, kana=kana, job_title=title, language=language
        )
        roles[part] = held
    for part, en in OTHERS.items():
        ja, kana = demo[en]
        first, family = en.lower().split()
        people[part] = Person(email=f"{first}.{family}@aoba.example", name_ja=ja, name_en=en, kana=kana)
    for person in people.values():
        person.password = password
    Person.objects.bulk_create(people.values())
    yesterday = today - timedelta(days=1)
    Grant.objects.bulk_create(
        [
            *(_grant(people[part], role) for part, held in roles.items() for role in held),
            _grant(people["expired"], "administrator", ends_on=yesterday),
            _grant(people["revoked"], "administrator", ends_on=yesterday, archived_at=timezone.now()),
            _grant(people["coming"], "administrator", starts_on=today + timedelta(days=1)),
        ]
    )
    Substitute.objects.bulk_create(
        [
            Substitute(person=people["pm"], substitute=people["substitute"], starts_on=yesterday, ends_on=today),
            Substitute(person=people["pm"], substitute=people["stood_in"], starts_on=LONG_AGO, ends_on=yesterday),
        ]
    )
    return Cast(**people)


def _grant(person: Person, role: str, scope=None, **dates) -> Grant:
    return Grant(person=person, role=role, scope=scope or office(), **({"starts_on": LONG_AGO} | dates))


@dataclass
class Office:
    """Two portfolios with a project each, and the month in which they report."""

    cast: Cast
    core: Portfolio
    site: Portfolio
    erp: Programme
    apollo: Project
    boreas: Project
    period: ReportingPeriod


def make_office(cast: Cast) -> Office:
    """APOLLO stands in CORE and is led by `cast.pm`; BOREAS stands in SITE and is led by `cast.outsider`. The current
    month is open and due in three working days; both have been asked to report."""
    today = timezone.localdate()
    install_defaults(LONG_AGO)
    core = PortfolioFactory(key="CORE", name_ja="基幹刷新", name_en="Core systems", owner=cast.manager)
    site = PortfolioFactory(key="SITE", name_ja="拠点整備", name_en="Sites")
    erp = ProgrammeFactory(portfolio=core, key="ERP", name_ja="次期ERP", name_en="Next ERP", owner=cast.sponsor)
    apollo = ProjectFactory(
        key="APOLLO",
        name_ja="基幹システム刷新",
        name_en="Core ERP renewal",
        portfolio=core,
        programme=erp,
        pm=cast.pm,
        sponsor=cast.sponsor,
        pmo_contact=cast.pmo,
        approved_budget=Decimal(465_000_000),
        forecast_cost=Decimal(480_000_000),
        spent=Decimal(210_000_000),
    )
    boreas = ProjectFactory(
        key="BOREAS", name_ja="物流システム統合", name_en="Logistics integration", portfolio=site, pm=cast.outsider
    )
    Grant.objects.bulk_create(
        [
            _grant(cast.site_pmo, "administrator", site.scope),
            _grant(cast.core_reader, "sponsor", core.scope),
        ]
    )
    MemberFactory(project=apollo, person=cast.member)
    for project in (apollo, boreas):
        MilestoneFactory(project=project, owner=project.pm)
    return Office(cast, core, site, erp, apollo, boreas, _open_month(cast, today))


def _open_month(cast: Cast, today: date) -> ReportingPeriod:
    period = periods.ensure_period("monthly", today)
    due = office_moment(add_working_days(today, 3), period.due_at.time())
    periods.move_due(period, by=cast.pmo, due_at=due, reason="試験のため")
    return periods.open_period(period, by=cast.pmo)
