"""A synthetic office of any size, from a seed: for measuring, and for looking at what many projects look like."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils import timezone

from governance.demo import cast
from governance.demo.course import CHARACTERS, course
from governance.demo.history import Spec, write_milestones, write_projects, write_reports
from pmo_portal import measures
from pmo_portal.access.models import Grant, Role
from pmo_portal.access.tree import office as office_scope
from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.periods.actions import ensure_period, open_period
from pmo_portal.periods.fiscal import add_months
from pmo_portal.periods.models import OfficeSettings, ReportingPeriod
from pmo_portal.periods.queries import forget_office_settings
from pmo_portal.setup.defaults import install_defaults
from projects.register import actions as register
from projects.register.models import Portfolio, Project
from projects.status.maintaining import expect_reports

CHUNK = 500
WORDS = (
    ("生産", "Production"),
    ("物流", "Logistics"),
    ("会計", "Accounting"),
    ("品質", "Quality"),
    ("設計", "Design"),
    ("購買", "Purchasing"),
    ("人事", "Personnel"),
    ("営業", "Sales"),
    ("保守", "Service"),
    ("検査", "Inspection"),
    ("倉庫", "Warehouse"),
    ("環境", "Environment"),
)
THINGS = (
    ("システム刷新", "system renewal"),
    ("設備更新", "equipment renewal"),
    ("拠点移転", "site move"),
    ("標準化", "standard"),
    ("データ基盤", "data platform"),
    ("自動化", "automation"),
    ("法令対応", "compliance"),
    ("新製品開発", "new product"),
)


def generate(projects: int, seed: int, periods: int = 12, password: str = "", say=lambda text: None) -> None:
    """`projects` projects with `periods` months of reports, one project manager for ten, a portfolio for a hundred."""
    random, today = Random(seed), timezone.localdate()
    this_month = today.replace(day=1)
    with transaction.atomic():
        settings = OfficeSettings.objects.order_by("pk").first() or OfficeSettings()
        settings.name_ja, settings.name_en = "合成オフィス", "Synthetic office"
        settings.save()
        forget_office_settings()
        install_defaults(add_months(this_month, -periods - 1))
        leaders = _people(projects, password)
        portfolios = [
            register.create_portfolio(
                by=None, key=f"PF{n + 1:03d}", name_ja=f"ポートフォリオ{n + 1}", name_en=f"Portfolio {n + 1}"
            )
            for n in range(max(1, projects // 100))
        ]
        months = [
            ensure_period("monthly", add_months(this_month, -n), state="frozen") for n in range(periods - 1, 0, -1)
        ]
        current = ensure_period("monthly", this_month)
    for start in range(0, projects, CHUNK):
        numbers = range(start, min(projects, start + CHUNK))
        with transaction.atomic():
            specs = [_spec(n, random, this_month, portfolios, leaders, months, current) for n in numbers]
            write_projects(specs, {i: len(s.periods) - 2 for i, s in enumerate(specs) if len(s.periods) > 1})
            write_milestones(specs, today)
            write_reports(specs, months[-1].ends_on, with_audit=False)
        say(f"{numbers.stop} projects")
    ReportingPeriod.objects.filter(pk=current.pk).update(opens_on=min(today, current.opens_on))
    open_period(ReportingPeriod.objects.get(pk=current.pk), by=None)
    expect_reports(current)
    measures.rebuild([p.pk for p in (*months, current)])


def _people(projects: int, password: str) -> list[Person]:
    unit = OrgUnit.objects.create(code="ALL", name_ja="全社", name_en="Whole company")
    made = []
    for key, ja, en, kana, title, extension, _unit, language, roles in cast.OFFICE_PEOPLE:
        person = Person(
            email=f"{key}@demo.example",
            name_ja=ja,
            name_en=en,
            kana=kana,
            job_title=title,
            phone_extension=extension,
            unit=unit,
            language=language,
        )
        person.set_password(password) if password else person.set_unusable_password()
        person.save()
        for role in roles:
            Grant.objects.create(person=person, role=role, scope=office_scope(), starts_on=date(2020, 4, 1))
        made.append(person)
    family = [p[0].split()[0] for p in cast.PM_PEOPLE]
    more = [
        Person(
            name_ja=f"{family[n % len(family)]} {n}",
            name_en=f"Leader {n}",
            kana=f"{n:05d}",
            unit=unit,
            password="!",  # noqa: S106  nobody can sign in with it
        )
        for n in range(max(1, projects // 10))
    ]
    return [made[0], *Person.objects.bulk_create(more, batch_size=1000)]


def _spec(
    n: int, random: Random, this_month: date, portfolios: list[Portfolio], leaders: list[Person], months, current
) -> Spec:
    ago, length = random.randint(2, 30), random.randint(10, 36)
    start = add_months(this_month, -ago) + timedelta(days=random.randint(0, 25))
    finish = max(add_months(start, length), this_month + timedelta(days=20))
    word, thing = random.choice(WORDS), random.choice(THINGS)
    budget = Decimal(random.randint(5, 900)) * 1_000_000
    project = Project(
        key=f"G-{n + 1:05d}",
        name_ja=f"{word[0]}{thing[0]} {n + 1}",
        name_en=f"{word[1]} {thing[1]} {n + 1}",
        kind=random.choice([k for k, _label in Project.Kind.choices]),
        tier=random.choice("AABBBCCC"),
        portfolio=portfolios[n % len(portfolios)],
        pm=leaders[n // 10 % len(leaders)],
        planned_start_on=start,
        planned_finish_on=finish,
        actual_start_on=start,
        approved_budget=budget,
        stage=random.choice(("planning", "execution", "execution", "closing")),
        category=thing[0],
    )
    told = [p for p in (*months, current) if p.ends_on >= start]
    points = course(random.choice(list(CHARACTERS)), [p.ends_on for p in told], start, finish, budget, random)
    return Spec(project, told, points, False, random)


def grant_one_percent(person: Person) -> None:
    """A reader of every hundredth portfolio's projects: one portfolio of a hundred projects at 10,000."""
    Grant.objects.create(
        person=person, role=Role.MEMBER, scope=Portfolio.objects.order_by("pk")[0].scope, starts_on=date(2020, 4, 1)
    )
