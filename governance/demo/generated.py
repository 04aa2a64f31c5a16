"""A synthetic office of any size, from a seed: for measuring, and for looking at what many projects look like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from administration.collection import actions as collection
from governance.demo import cast, customs
from governance.demo.course import CHARACTERS, course
from governance.demo.history import Spec, entries_of, write_milestones, write_projects, write_reports
from governance.investment import actions as investment
from pmo_portal import asks, audit, measures
from pmo_portal.access.models import Grant, Role
from pmo_portal.access.tree import office as office_scope
from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.asks.actions import ask_many
from pmo_portal.asks.models import Ask
from pmo_portal.jobs.models import Job
from pmo_portal.measures.models import StaleRollup
from pmo_portal.periods.actions import ensure_period, open_period
from pmo_portal.periods.fiscal import add_months
from pmo_portal.periods.models import OfficeSettings, ReportingPeriod
from pmo_portal.periods.queries import forget_office_settings, office_moment
from pmo_portal.setup.defaults import install_defaults
from projects.register import actions as register
from projects.register.models import BudgetRevision, Portfolio, Programme, Project, ProjectMember
from projects.status.actions import ask_details, ask_key
from projects.status.maintaining import expect_reports
from projects.status.models import ProjectPeriod, StatusReport

CHUNK = 500
COMMON_WORD, RARE_KEY = "システム", "G-00777"  # one name in eight holds the one, one key is the other
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


# How the reports of the open month stand, of a hundred; the rest has not been begun.
PRESENT = {"accepted": 38, "submitted": 14, "draft": 5, "returned": 3}
UNITS = ("情報システム部", "IT"), ("生産技術部", "Production"), ("物流部", "Logistics"), ("品質保証部", "Quality")
AIMS = (
    (
        "手作業を減らし、月次の締めを3営業日早めます。",
        "Less work by hand; the month closes three working days earlier.",
    ),
    (
        "老朽化した設備を止めずに更新し、停止時間を半分にします。",
        "Renew old equipment without a stop; half the down time.",
    ),
    ("拠点ごとに異なる手順を一つにそろえます。", "One procedure in place of a different one at each site."),
    ("法令の改正に期限までに対応します。", "Comply with the changed law by its date."),
)
PARTS = (("設計", "Design"), ("開発", "Development"), ("試験", "Testing"), ("業務", "Business"))


@dataclass
class _Ground:
    """What projects are made from."""

    random: Random
    this_month: date
    portfolios: list[Portfolio]
    programmes: dict[int, list[Programme]]
    people: dict[str, Person]
    leaders: list[Person]
    sponsors: list[Person]
    units: list[OrgUnit]
    months: list[ReportingPeriod]
    current: ReportingPeriod


def generate(projects: int, seed: int, periods: int = 12, password: str = "", say=lambda text: None) -> None:
    """`projects` projects with `periods` months of reports, the last of them open; one project manager for ten, a
    portfolio for a hundred. Into an empty database; the same seed gives the same office."""
    with transaction.atomic():
        ground = _ground(projects, seed, periods, password)
    for start in range(0, projects, CHUNK):
        numbers = range(start, min(projects, start + CHUNK))
        with transaction.atomic():
            _write([_spec(n, ground) for n in numbers], ground)
        say(f"{numbers.stop} projects")
    open_period(ReportingPeriod.objects.get(pk=ground.current.pk), by=None)
    expect_reports(ground.current)
    _finish_asks(ground.current)
    _doings(ground)
    measures.rebuild([p.pk for p in (*ground.months, ground.current)])
    StaleRollup.objects.all().delete()  # every sum has just been made
    Job.objects.all().delete()
    _gather_statistics()


def _ground(projects: int, seed: int, periods: int, password: str) -> _Ground:
    this_month = timezone.localdate().replace(day=1)
    settings = OfficeSettings.objects.order_by("pk").first() or OfficeSettings()
    settings.name_ja, settings.name_en = "合成オフィス", "Synthetic office"
    settings.save()
    forget_office_settings()
    install_defaults(add_months(this_month, -periods - 1))
    random = Random(seed)
    units = [OrgUnit.objects.create(code=f"U{n}", name_ja=ja, name_en=en) for n, (ja, en) in enumerate(UNITS, 1)]
    people = _office_people(units[0], password)
    customs.declare(people["admin"])
    portfolios, programmes = _places(projects)
    months = [ensure_period("monthly", add_months(this_month, -n), state="frozen") for n in range(periods - 1, 0, -1)]
    current = ensure_period("monthly", this_month)
    ReportingPeriod.objects.filter(pk=current.pk).update(opens_on=min(timezone.localdate(), current.opens_on))
    return _Ground(
        random=random,
        this_month=this_month,
        portfolios=portfolios,
        programmes=programmes,
        people=people,
        leaders=[people["pm"], *_more_people("PM", max(1, projects // 10), units)],
        sponsors=[people["sponsor"], *_more_people("役員", min(30, 1 + projects // 100), units)],
        units=units,
        months=months,
        current=current,
    )


def _places(projects: int) -> tuple[list[Portfolio], dict[int, list[Programme]]]:
    portfolios = [
        register.create_portfolio(by=None, key=f"PF{n:03d}", name_ja=f"ポートフォリオ{n}", name_en=f"Portfolio {n}")
        for n in range(1, max(1, projects // 100) + 1)
    ]
    programmes = {
        p.pk: [
            register.create_programme(
                by=None,
                portfolio=p,
                key=f"{p.key}-{n}",
                name_ja=f"{p.name_ja} 第{n}群",
                name_en=f"{p.name_en}, part {n}",
            )
            for n in (1, 2)
        ]
        for p in portfolios
    }
    return portfolios, programmes


def _office_people(unit: OrgUnit, password: str) -> dict[str, Person]:
    made = {}
    hashed = make_password(password or None)
    for key, ja, en, kana, title, extension, _unit, language, roles in cast.OFFICE_PEOPLE:
        person = Person(email=f"{key}@demo.example", name_ja=ja, name_en=en, kana=kana, unit=unit, language=language)
        person.job_title, person.phone_extension, person.password = title, extension, hashed
        person.save()
        for role in roles:
            Grant.objects.create(person=person, role=role, scope=office_scope(), starts_on=date(2020, 4, 1))
        made[key] = person
    return made


def _more_people(title: str, count: int, units: list[OrgUnit]) -> list[Person]:
    """People who are known and do not sign in."""
    families = [(ja.split()[0], en.split()[-1]) for ja, en, _kana, _unit in cast.PM_PEOPLE]
    made = [
        Person(
            name_ja=f"{families[n % len(families)][0]} {title}{n}",
            name_en=f"{families[n % len(families)][1]} {title}{n}",
            kana=f"{title}{n:05d}",
            job_title=title,
            unit=units[n % len(units)],
            password="!",  # noqa: S106  nobody can sign in with it
        )
        for n in range(1, count + 1)
    ]
    return Person.objects.bulk_create(made, batch_size=1000)


def _spec(n: int, ground: _Ground) -> Spec:
    random = ground.random
    ago, length = random.randint(2, 30), random.randint(10, 36)
    start = add_months(ground.this_month, -ago) + timedelta(days=random.randint(0, 25))
    finish = max(add_months(start, length), ground.this_month + timedelta(days=20))
    word, thing, aim = random.choice(WORDS), random.choice(THINGS), random.choice(AIMS)
    budget = Decimal(random.randint(5, 900)) * 1_000_000
    portfolio = ground.portfolios[n % len(ground.portfolios)]
    english = n % 7 == 3
    project = Project(
        key=f"G-{n + 1:05d}",
        name_ja=f"{word[0]}{thing[0]} {n + 1}",
        name_en=f"{word[1]} {thing[1]} {n + 1}",
        kind=random.choice([k for k, _label in Project.Kind.choices]),
        tier=random.choice("AABBBCCC"),
        portfolio=portfolio,
        programme=random.choice((None, *ground.programmes[portfolio.pk])),
        unit=random.choice(ground.units),
        pm=ground.leaders[n // 10 % len(ground.leaders)],
        sponsor=random.choice(ground.sponsors),
        pmo_contact=ground.people["pmo"] if random.random() < 0.3 else None,
        description=aim[english],
        planned_start_on=start,
        planned_finish_on=finish,
        actual_start_on=start,
        approved_budget=budget,
        stage=random.choice(("planning", "execution", "execution", "closing")),
        category=thing[0],
    )
    project.custom = customs.said(project, n + 1)
    told = [p for p in (*ground.months, ground.current) if p.ends_on >= start]
    points = course(random.choice(list(CHARACTERS)), [p.ends_on for p in told], start, finish, budget, random)
    at, present = random.randrange(100), ""
    for state, share in PRESENT.items():
        if 0 <= at < share:
            present = state
        at -= share
    return Spec(project, told, points, english, random, pmo=ground.people["pmo"], present=present)


def _write(specs: list[Spec], ground: _Ground) -> None:
    declared = ("accepted", "submitted", "returned")
    last = {i: len(s.points) - (1 if s.present in declared else 2) for i, s in enumerate(specs)}
    write_projects(specs, {i: n for i, n in last.items() if n >= 0})
    write_milestones(specs, timezone.localdate())
    write_reports(specs, ground.months[-1].ends_on, with_audit=False)
    _write_team(specs, ground)
    _write_revisions(specs, ground)
    _write_trail(specs, ground)


def _write_team(specs: list[Spec], ground: _Ground) -> None:
    made = []
    for spec in specs:
        for person in ground.random.sample(ground.leaders, min(3, len(ground.leaders))):
            ja, en = ground.random.choice(PARTS)
            share = ground.random.choice((20, 50, 100))
            member = ProjectMember(project=spec.project, person=person, part_ja=ja, part_en=en, starts_on=spec.start)
            member.share_percent = share
            made.append(member)
    ProjectMember.objects.bulk_create(made, batch_size=1000)


def _write_revisions(specs: list[Spec], ground: _Ground) -> None:
    """Every fifth budget was approved once before, for less."""
    again = [s for s in specs if ground.random.random() < 0.2]
    first = BudgetRevision.objects.filter(project__in=[s.project for s in again])
    first.update(amount=F("amount") * Decimal("0.9"))
    BudgetRevision.objects.bulk_create(
        [
            BudgetRevision(
                project=s.project,
                number=2,
                amount=s.project.approved_budget,
                approved_on=s.start + timedelta(days=60),
                reason="More scope, agreed" if s.english else "範囲の追加を承認",
                by=ground.people["manager"],
            )
            for s in again
        ],
        batch_size=1000,
    )


def _write_trail(specs: list[Spec], ground: _Ground) -> None:
    """That each project was made, and what was done about the reports of the last two months."""
    made = [
        audit.entry_for(
            s.project,
            "created",
            by=ground.people["manager"],
            changes={"key": [None, s.project.key], "name_ja": [None, s.project.name_ja]},
            scope_id=s.project.scope_id,
            at=office_moment(s.start, time(9, 0)),
        )
        for s in specs
    ]
    recent = StatusReport.objects.filter(
        project__in=[s.project for s in specs], period__in=[ground.months[-1], ground.current]
    ).select_related("project", "period", "submitted_by", "decided_by")
    audit.note_many(made + entries_of(list(recent.order_by("pk"))))


def _finish_asks(period: ReportingPeriod) -> None:
    """Whose report is in was asked for it as well, and has done it."""
    rows = ProjectPeriod.objects.filter(period=period, state__in=("accepted", "submitted"))
    kind, about = asks.kinds["status.report"], ContentType.objects.get_for_model(Project)
    ask_many(
        [
            Ask(
                kind=kind.key,
                key=ask_key(row.project, period),
                person=row.project.pm,
                scope_id=row.project.scope_id,
                content_type=about,
                object_id=row.project_id,
                due_at=period.due_at,
                minutes=kind.minutes,
                details=ask_details(row.project, period),
                state=Ask.State.DONE,
                ended_at=row.report.submitted_at,
            )
            for row in rows.select_related("project__pm", "report")
        ]
    )


def _doings(ground: _Ground) -> None:
    """What people have begun themselves, through the real actions: proposals to decide, and a campaign."""
    manager = Person.objects.get(pk=ground.people["manager"].pk)
    running = Project.objects.filter(state="active").select_related("scope", "portfolio__scope", "pm", "sponsor")
    for n, project in enumerate(running.filter(confidence="red").order_by("key")[:20]):
        investment.propose(
            project,
            by=manager,
            course=("stop", "pause", "continue")[n % 3],
            reason="費用と工程の見通しを改めて判断していただくためです。",
            decide_by=timezone.localdate() + timedelta(days=7 + n % 14),
        )
    asked = list(running.order_by("key")[:100])
    questions = [
        {"text_ja": "来期の要員は足りますか。", "text_en": "Will you have enough people next term?", "kind": "yesno"},
        {
            "text_ja": "足りない職種は何ですか。",
            "text_en": "Which skills are missing?",
            "kind": "text",
            "is_required": False,
        },
    ]
    campaign = collection.create_campaign(
        by=manager,
        scope=office_scope(),
        questions=questions,
        projects=asked,
        title_ja="来期要員の確認",
        title_en="People for next term",
        due_at=timezone.now() + timedelta(days=10),
    )
    collection.open_campaign(campaign, by=manager)
    collection.ask_replies(campaign)


def _gather_statistics() -> None:
    """What the database's planner has to know of so many new rows; a running office gathers it by itself."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def grant_one_percent(person: Person) -> None:
    """Let a person read one portfolio of a hundred projects, as a member: one percent of 10,000. Safe to run twice."""
    scope = Portfolio.objects.order_by("pk")[0].scope
    Grant.objects.get_or_create(person=person, role=Role.MEMBER, scope=scope, defaults={"starts_on": date(2020, 4, 1)})
