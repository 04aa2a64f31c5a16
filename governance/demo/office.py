"""Putting the demo office together: its people, two years of history in bulk, and the present by the real actions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.utils import timezone, translation

from governance.demo import cast, customs, notices, present
from governance.demo.course import course
from governance.demo.history import Spec, write_milestones, write_projects, write_reports
from governance.demo.paper import lay_paper
from pmo_portal import audit, measures
from pmo_portal.access import forget
from pmo_portal.access.models import Grant, Role
from pmo_portal.access.tree import office as office_scope
from pmo_portal.accounts.models import OrgUnit, OrgUnitPlacement, Person
from pmo_portal.money.models import ExchangeRate
from pmo_portal.periods.actions import ensure_period, take_picture
from pmo_portal.periods.fiscal import add_months
from pmo_portal.periods.models import CompanyDay, OfficeSettings, ReportingPeriod
from pmo_portal.periods.queries import add_working_days, forget_office_settings, office_moment
from pmo_portal.setup import guide
from pmo_portal.setup.defaults import install_defaults
from projects.register import actions as register
from projects.register.models import Milestone, Project, ProjectMember

MONTHS = 24
SEED = 20260401


class DemoOffice:
    """Builds everything once; every step reads what the ones before left on `self`."""

    def __init__(self, password: str, today: date | None = None) -> None:
        self.password = password
        self.today = today or timezone.localdate()
        self.random = Random(SEED)
        self.people: dict[str, Person] = {}
        self.by_family: dict[str, Person] = {}

    def make(self) -> None:
        with translation.override("ja"):
            with transaction.atomic():
                self.make_settings()
                self.make_units()
                self.make_people()
                self.make_periods()
                forget(self.people["admin"])
                for of in (customs.OF, customs.OF_REPORTS):
                    customs.declare(self.people["admin"], of)
                self.make_portfolios()
                self.make_projects()
                self.make_team()
            for person in {*self.people.values(), *self.by_family.values()}:
                forget(person)
            customs.add_fields(self)
            lay_paper(self)
            present.make_present(self)
            measures.rebuild([p.pk for p in self.all_periods])
            measures.roll_up_stale()
            while audit.seal():
                pass
            notices.notices_chosen(self)

    # ---- the office

    def make_settings(self) -> None:
        settings = OfficeSettings.objects.order_by("pk").first() or OfficeSettings()
        settings.name_ja, settings.name_en = "あおば製作所", "Aoba Mfg."
        settings.note_ja, settings.note_en = "全社PMO", "Corporate PMO"
        settings.freeze_after_days = 12  # late reports of the light projects are still taken
        settings.save()
        forget_office_settings()
        first = add_months(self.today.replace(day=1), -MONTHS - 1)
        install_defaults(first)
        for year in {self.today.year - 1, self.today.year}:
            for month, day, label in (
                (12, 29, "年末休業"),
                (12, 30, "年末休業"),
                (12, 31, "年末休業"),
                (8, 13, "夏季休業"),
                (8, 14, "夏季休業"),
            ):
                CompanyDay.objects.get_or_create(
                    day=date(year, month, day), defaults={"kind": "holiday", "label": label}
                )
        for step in guide.in_order():
            guide.finish(step.key, by=None)
        for months, rate in ((12, "148.20"), (6, "151.75"), (0, "153.10")):
            ExchangeRate.objects.get_or_create(
                currency="USD",
                starts_on=add_months(self.today.replace(day=1), -months),
                defaults={"rate": Decimal(rate)},
            )

    def make_units(self) -> None:
        self.units = {
            code: OrgUnit.objects.create(code=code, name_ja=ja, name_en=en) for code, ja, en, _parent in cast.UNITS
        }
        start = add_months(self.today.replace(day=1), -MONTHS - 1)
        OrgUnitPlacement.objects.bulk_create(
            [
                OrgUnitPlacement(unit=self.units[code], parent=self.units.get(parent), starts_on=start)
                for code, _ja, _en, parent in cast.UNITS
            ]
        )

    def make_people(self) -> None:
        joined = date(self.today.year - 6, 4, 1)
        for key, ja, en, kana, title, extension, unit, language, roles in cast.OFFICE_PEOPLE:
            person = Person(
                email=f"{key}@demo.example",
                name_ja=ja,
                name_en=en,
                kana=kana,
                job_title=title,
                phone_extension=extension,
                unit=self.units[unit],
                language=language,
                joined_on=joined,
            )
            person.set_password(self.password)
            person.save()
            self._grant(person, roles)
            self.people[key] = self.by_family[en.split()[-1]] = person
        for ja, en, kana, unit in cast.PM_PEOPLE:
            family = en.split()[-1]
            person = Person(
                email=f"{en.split()[0].lower()}.{family.lower()}@aoba.example",
                name_ja=ja,
                name_en=en,
                kana=kana,
                job_title="プロジェクトマネージャー",
                unit=self.units[unit],
                language="en" if unit == "OVS" else "ja",
                joined_on=joined,
                phone_extension=str(self.random.randint(2200, 4999)),
            )
            person.set_unusable_password()
            person.save()
            self.by_family[f"{family}2" if family == "Goto" else family] = person
        self.by_family["Goto"], self.by_family["Doi"] = (
            self.by_family["Goto2"],
            Person.objects.get(name_en="Shinichi Doi"),
        )
        self.members = []
        for ja, en, kana, employment in cast.MEMBERS:
            person = Person(
                name_ja=ja,
                name_en=en,
                kana=kana,
                employment_type=employment,
                unit=self.units["IT1"],
                joined_on=joined,
                employer={"dispatched": "北斗スタッフ", "contractor": "東和システムズ"}.get(employment, ""),
            )
            person.set_unusable_password()
            person.save()
            self.members.append(person)
        for code, key in (("PMO", "manager"), ("HQ", "sponsor"), ("AUD", "auditor")):
            OrgUnit.objects.filter(code=code).update(head=self.people[key])

    def _grant(self, person: Person, roles) -> None:
        start = add_months(self.today.replace(day=1), -MONTHS)
        for role in roles:
            Grant.objects.create(person=person, role=role, scope=office_scope(), starts_on=start)

    # ---- periods

    def make_periods(self) -> None:
        """Two years of frozen months and quarters. The current month is open and due in three working days; the last
        whole quarter, on which the light projects report, was due four working days ago and still takes late reports."""
        this_month = self.today.replace(day=1)
        months = [add_months(this_month, -n) for n in range(MONTHS - 1, 0, -1)]
        self.months = [self._past("monthly", m) for m in months]
        quarters = sorted({self._quarter(m) for m in months})
        self.quarters = [self._past("quarterly", q) for q in quarters]
        self.late_quarter = self._late([q for q in self.quarters if q.ends_on < self.today][-1])
        self.current = ensure_period("monthly", this_month)
        due = office_moment(add_working_days(self.today, 3), time(17, 0))
        opens = max(this_month, min(self.current.opens_on, self.today - timedelta(days=1)))
        ReportingPeriod.objects.filter(pk=self.current.pk).update(due_at=due, opens_on=opens)
        self.current.refresh_from_db()
        ensure_period("monthly", add_months(this_month, 1))
        self.all_periods = [*self.months, *self.quarters, self.current]

    def _quarter(self, month: date) -> date:
        return add_months(month, -((month.month - 4) % 3))

    def _late(self, quarter: ReportingPeriod) -> ReportingPeriod:
        due = office_moment(add_working_days(self.today, -4), time(17, 0))
        quarter.due_at, quarter.state = due, ReportingPeriod.State.CLOSED
        quarter.closed_at, quarter.frozen_at = due + timedelta(minutes=5), None
        quarter.save()
        return quarter

    def _past(self, cadence: str, day: date) -> ReportingPeriod:
        period = ensure_period(cadence, day)
        if period.ends_on < self.today:
            closed = period.due_at + timedelta(minutes=5)
            frozen = closed + timedelta(days=4)
            state = ReportingPeriod.State.FROZEN if frozen < timezone.now() else ReportingPeriod.State.CLOSED
            period.state, period.closed_at = state, closed
            period.frozen_at = frozen if state == ReportingPeriod.State.FROZEN else None
            period.save()
        return period

    # ---- portfolios and projects

    def make_portfolios(self) -> None:
        self.portfolios = {
            key: register.create_portfolio(by=None, key=key, name_ja=ja, name_en=en, owner=self.people["manager"])
            for key, ja, en in cast.PORTFOLIOS
        }
        self.programmes = {
            key: register.create_programme(
                by=None, portfolio=self.portfolios[top], key=key, name_ja=ja, name_en=en, owner=self.people["sponsor"]
            )
            for key, top, ja, en in cast.PROGRAMMES
        }

    def make_projects(self) -> None:
        self.specs = [self._spec(n, *row) for n, row in enumerate(cast.PROJECTS)]
        last_frozen = {n: self._last_told(s) for n, s in enumerate(self.specs)}
        write_projects(self.specs, {n: i for n, i in last_frozen.items() if i is not None})
        write_milestones(self.specs, self.today)
        write_reports(self.specs, self.months[-1].ends_on, with_audit=True, without={self.late_quarter.pk})
        for period in (*self.months, *self.quarters):
            if period.state == ReportingPeriod.State.FROZEN:
                picture = take_picture(period)
                type(picture).objects.filter(pk=picture.pk).update(frozen_at=period.frozen_at)
        self.projects = {s.project.name_en: s.project for s in self.specs}
        Grant.objects.bulk_create(
            [
                Grant(person=s.project.pm, role=Role.PM, scope=s.project.scope, starts_on=s.start)
                for s in self.specs
                if s.project.is_open
            ]
        )

    def _last_told(self, spec: Spec) -> int | None:
        until = self.months[-1].ends_on
        told = [i for i, p in enumerate(spec.periods) if p.ends_on <= until and p != self.late_quarter]
        return told[-1] if told else None

    def _spec(self, n: int, portfolio, ja, en, pm, tier, million, character, ago, length, programme) -> Spec:
        random = Random(SEED + n)
        start = add_months(self.today.replace(day=1), -ago) + timedelta(days=random.randint(0, 20))
        finish = add_months(start, length) + timedelta(days=random.randint(0, 8))
        kind = cast.KINDS[portfolio]
        leader = self.by_family[pm]
        currency, budget = (
            ("USD", Decimal(5_400_000)) if "North America" in en else ("JPY", Decimal(million) * 1_000_000)
        )
        closed = finish < self.today - timedelta(days=60)
        project = Project(
            key=f"P-{101 + n:04d}",
            name_ja=ja,
            name_en=en,
            kind=kind,
            tier=tier,
            portfolio=self.portfolios[portfolio],
            programme=self.programmes.get(programme),
            pm=leader,
            sponsor=self.people["sponsor"] if tier in "AB" else None,
            pmo_contact=self.people["pmo"],
            unit=leader.unit,
            planned_start_on=start,
            planned_finish_on=finish,
            actual_start_on=start,
            currency=currency,
            approved_budget=budget,
            category=str(Project.Kind(kind).label),
            description=self._purpose(ja),
            benefits="処理時間を3割減らし、年間の維持費を1割下げる。"
            if random.random() < 0.6
            else "法令と取引先の要求に期日までに応える。",
        )
        share = (self.today - start).days / max(1, (finish - start).days)
        project.stage = (
            "closed"
            if closed
            else "concept"
            if share < 0.08
            else "planning"
            if share < 0.25
            else "execution"
            if share < 0.9
            else "closing"
        )
        if closed:
            project.state, project.actual_finish_on, project.closing_note = (
                "closed",
                finish,
                "計画どおり引き渡しました。",
            )
        periods = [
            p
            for p in ((*self.quarters,) if tier == "D" else (*self.months, self.current))
            if p.ends_on >= start and p.starts_on <= (finish if closed else date.max)
        ]
        points = course(character, [p.ends_on for p in periods], start, finish, budget, random)
        return Spec(project, periods, points, leader.language == "en", random, self.people["pmo"])

    @staticmethod
    def _purpose(name: str) -> str:
        return f"{name}により、現場の手作業と二重入力をなくし、経営の数字を月初3営業日でそろえる。"

    def make_team(self) -> None:
        """Members of each running project, two to five of them; Baba works in three of Aoki's."""
        rows, grants = [], []
        for spec in self.specs:
            if not spec.project.is_open:
                continue
            chosen = self.random.sample(self.members, self.random.randint(2, 5))
            if spec.project.pm == self.people["pm"]:
                chosen[0] = self.people["member"]
            for person in chosen:
                ja, en = self.random.choice(cast.PARTS)
                rows.append(
                    ProjectMember(
                        project=spec.project,
                        person=person,
                        part_ja=ja,
                        part_en=en,
                        share_percent=self.random.choice((20, 30, 50, 60, 80, 100)),
                        starts_on=spec.start,
                    )
                )
                if person.email:
                    grants.append(
                        Grant(person=person, role=Role.MEMBER, scope=spec.project.scope, starts_on=spec.start)
                    )
        ProjectMember.objects.bulk_create(rows)
        Grant.objects.bulk_create(grants)

    def project(self, name: str) -> Project:
        return Project.objects.select_related(
            "scope", "pm", "portfolio", "sponsor", "programme", "reported_period"
        ).get(name_en=name)

    def open_milestones(self, project: Project) -> list[Milestone]:
        return list(Milestone.objects.filter(project=project, state="open").order_by("number"))


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return office_moment(day, time(hour, minute))
