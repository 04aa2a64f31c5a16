"""One record of every kind inside APOLLO and one inside BOREAS, made by the office's own acts; what addresses need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from administration.collection import actions as collection
from administration.collection.models import Campaign, CampaignReply, ReportingArrangement
from governance.investment import actions as investment
from governance.investment.models import ContinuationProposal, DecisionCondition
from pmo_portal import jobs
from pmo_portal.access.models import Grant, Scope
from pmo_portal.accounts.models import ApiToken, OrgUnit, Person, Substitute
from pmo_portal.accounts.tokens import create_api_token, create_invitation
from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute
from pmo_portal.asks.models import AddressBounce, Ask, InboxItem, LadderStep, MailMessage, NoticeChoice, NoticeDefault
from pmo_portal.asks.outbox import queue_letter
from pmo_portal.audit.models import AuditEntry
from pmo_portal.custom import actions as custom
from pmo_portal.custom.models import CustomField
from pmo_portal.files import previews
from pmo_portal.files.actions import attach
from pmo_portal.files.models import Attachment, FileVersion
from pmo_portal.intake.models import ImportProfile, ImportRun
from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.lists.models import SavedView
from pmo_portal.making.models import MadeFile
from pmo_portal.measures import roll_up_stale
from pmo_portal.measures.models import MeasureValue
from pmo_portal.money.models import ExchangeRate
from pmo_portal.periods import actions as periods
from pmo_portal.periods.fiscal import add_months
from pmo_portal.periods.models import CadenceRule, CompanyDay, OfficeSettings, ReportingPeriod
from pmo_portal.rendering.models import OfficePaper
from pmo_portal.rendering.queries import office_paper
from pmo_portal.setup import actions as setup
from pmo_portal.setup import units
from pmo_portal.watching.models import Watch
from pmo_portal.webhooks.models import Webhook, WebhookDelivery
from projects.register import approving
from projects.register.models import Milestone, Portfolio, Programme, Project, ProjectMember
from projects.status.models import ProjectPeriod, StatusReport
from tests.cast import Office
from tests.factories import CampaignFactory, MemberFactory, ProgrammeFactory, ReportFactory
from tests.pmo_portal.files.samples import pdf

# A row, a column and a kind of file of an import's preview.
FILES = {"key": "projects.project", "name": "APOLLO", "number": 1, "page": 1}
ONE_OF_MANY = {"list": "projects", "step": "office"}
IMPORTS = {"number": 2, "column": 0, "ending": "csv"}


@dataclass
class World:
    """`inside[model]` stands in APOLLO (or belongs to everybody), `outside[model]` in BOREAS."""

    office: Office
    inside: dict[type[models.Model], Any] = field(default_factory=dict)
    outside: dict[type[models.Model], Any] = field(default_factory=dict)
    invitation: str = ""

    def kwargs_of(self, route, viewer: Person | None, side: str) -> dict[str, Any]:
        """What the address takes, from the view's own declaration; what no declaration says stands in `_others`."""
        names = _names_in(route.pattern)
        record = self.record_of(route, side)
        given = {}
        for name in names:
            path = route.view.lookup.get(name) if record is not None and hasattr(route.view, "lookup") else None
            if route.is_api:
                path = route.view.lookup_field
            given[name] = _follow(record, path) if path else self._others(route, record, name, viewer)
        return given

    def record_of(self, route, side: str):
        """The record that the address names, or None where it names none."""
        if not _names_in(route.pattern):
            return None
        model = getattr(route.view, "model", None)
        return (self.inside if side == "inside" else self.outside).get(model)

    def body_of(self, route, method: str, side: str) -> dict[str, Any]:
        """What a writing call of the API carries, where an empty one is refused before anybody asks who sends it."""
        here = self.inside if side == "inside" else self.outside
        later = timezone.now() + timedelta(days=9)
        return {
            "POST api:projects-list": {"key": "WALK", "name_ja": "歩行", "portfolio": here[Portfolio].key},
            "POST api:portfolios-list": {"key": "WALK", "name_ja": "歩行"},
            "POST api:status-reports-list": {"project": here[Project].key, "period": "2099-01"},
            "PATCH api:periods-detail": {"due_at": later.isoformat(), "reason": "連休のため"},
            "POST api:periods-reopening": {"reason": "誤りを直す"},
            "POST api:projects-closure": {"finished_on": timezone.localdate().isoformat(), "note": "完了した"},
            "POST api:projects-archive": {"reason": "統合した"},
            "POST api:projects-handover": {"new_pm": self.office.cast.member.email},
            "POST api:projects-placement": {"portfolio": here[Portfolio].key, "reason": "体制を改める"},
            "POST api:projects-reopening": {"stage": "execution", "reason": "再開する"},
            "POST api:projects-restoration": {"reason": "再開する"},
            "POST api:projects-budget": {"amount": "900000000", "reason": "接続先が増えた"},
            "POST api:projects-planned-dates": {"planned_finish_on": "2030-03-31", "reason": "納品が遅れる"},
            "PATCH api:files-detail": {"name": "計画（改）"},
            "POST api:status-reports-giving-back": {"reason": "費用の根拠を書く"},
            **self._bodies_of_register(here),
            **self._bodies_of_office(here, later),
            **self._bodies_of_people(here),
        }.get(f"{method} {route.name}", {})

    def _bodies_of_register(self, here) -> dict[str, dict[str, Any]]:
        project, day = here[Project].key, timezone.localdate().isoformat()
        return {
            "POST api:programmes-list": {"key": "WALK", "name_ja": "歩行", "portfolio": here[Portfolio].key},
            "POST api:milestones-list": {"project": project, "name_ja": "歩行", "baseline_on": "2030-03-31"},
            "POST api:milestones-forecast": {"forecast_on": "2030-03-31"},
            "POST api:milestones-reaching": {"actual_on": day},
            "POST api:milestones-dropping": {"reason": "不要になった"},
            "POST api:milestones-reopening": {"reason": "誤り"},
            "POST api:members-list": {"project": project, "person": self.office.cast.expert.email},
            "POST api:members-ending": {"last_on": day},
            "POST api:approvals-refusal": {"comment": "根拠が足りない"},
            "POST api:approvals-sending-back": {"comment": "根拠を書く"},
            "POST api:approvals-adding": {"person": self.office.cast.expert.email},
            "POST api:approvals-comments": {"text": "確認した"},
            "POST api:proposals-list": {"project": project, "course": "continue", "reason": "順調である"},
            "POST api:proposals-decision": {"course": "continue", "reason": "順調である"},
            "POST api:conditions-closure": {"outcome": "終えた"},
            "POST api:conditions-waiving": {"outcome": "不要になった"},
            "POST api:conditions-move": {"due_on": "2030-03-31", "reason": "納品が遅れる"},
        }

    def _bodies_of_office(self, here, later) -> dict[str, dict[str, Any]]:
        extension = {"kind": "extension", "period": "2099-01", "due_at": "2099-02-20T17:00:00+09:00"}
        rung = {"kind": "", "offset_days": 41, "act": "remind"}
        return {
            "POST api:arrangements-list": extension | {"project": here[Project].key, "reason": "繁忙期のため"},
            "POST api:campaigns-reopening": {"due_at": later.isoformat(), "reason": "回答が足りない"},
            "POST api:campaign-replies-answers": {"answers": {"1": "yes"}},
            "POST api:campaign-replies-excuse": {"reason": "対象でない"},
            "POST api:asks-answer": {"text": "対応した"},
            "POST api:company-days-list": {"day": "2030-05-02", "kind": "holiday", "label": "休業"},
            "POST api:cadences-list": {"tier": "C", "cadence": "quarterly", "starts_on": "2030-04-01"},
            "POST api:reminder-ladder-list": rung,
            "POST api:saved-views-list": {"path": "/projects/", "query": "tier=A", "name": "一覧"},
        }

    def _bodies_of_people(self, here) -> dict[str, dict[str, Any]]:
        cast, day = self.office.cast, timezone.localdate() + timedelta(days=30)
        person = here[Person].email
        away = {"starts_on": day.isoformat(), "ends_on": day.isoformat()}
        return {
            "POST api:people-list": {"name_ja": "歩行 太郎", "email": "walk@aoba.example"},
            "POST api:people-placement": {"unit": None, "on": day.isoformat()},
            "POST api:people-closure": {"reason": "退職"},
            "POST api:units-list": {"code": "WALK", "name_ja": "歩行部"},
            "POST api:units-placement": {"parent": None, "on": day.isoformat()},
            "POST api:units-closure": {"reason": "統合"},
            "POST api:grants-list": {"person": person, "role": "expert", "scope": here[Scope].pk},
            "POST api:substitutes-list": {"person": person, "substitute": cast.expert.email} | away,
        }

    def _others(self, route, record, name: str, viewer: Person | None) -> Any:
        if name == "period":
            period = getattr(record, "period", None) or self.office.period
            return "2099-01" if route.name.startswith("administration:") else period.key
        if route.name == "documents:ask":
            return "portfolio-book"
        if name == "measure":
            return record.measure
        if name == "step" and record is not None:
            return record.steps.values_list("pk", flat=True).first() or 1
        if name in ONE_OF_MANY:
            return ONE_OF_MANY[name]
        if route.name.startswith("watching:"):
            return {"kind": "projects.project", "pk": self.office.apollo.pk}[name]
        if route.name == "desk:ending":
            return "no-such-letter"
        if name == "delivery":
            return record.deliveries.values_list("pk", flat=True).first() or 1
        if route.name == "feeds:calendar":
            return "no-such-key"
        if route.name.startswith("files:"):
            return FILES[name]
        if name in IMPORTS:
            return IMPORTS[name]
        if route.name == "invitation":
            return self.invitation
        if route.name == "session_end":
            return UserSession.objects.filter(user=viewer).values_list("pk", flat=True).first() or 1
        if name == "token":
            return ApiToken.objects.filter(person=record).values_list("pk", flat=True).first() or 1
        if route.name == "token_end":
            return ApiToken.objects.filter(person=viewer).values_list("pk", flat=True).first() or 1
        if route.is_foreign:
            return {"uidb36": "1", "key": "no-such-key", "pk": 1}[name]
        raise LookupError(f"{route.pattern} takes {name!r}; say in tests/house/world.py what stands for it")


def _names_in(pattern: str) -> list[str]:
    """The arguments of an address, whether written as <int:pk> or (?P<pk>…)."""
    parts = pattern.replace("(?P<", "<").split("<")[1:]
    return [part.split(">")[0].split(":")[-1] for part in parts]


def _follow(record, path: str):
    for step in path.split("__"):
        record = getattr(record, step)
    return record


def make_world(office: Office) -> World:
    world = World(office)
    _projects(world)
    _reports(world)
    _campaigns(world)
    _proposals(world)
    _approvals(world)
    _asks_and_machine(world)
    _set_up(world)
    _people(world)
    _trail(world)
    # Nobody works on what waits; however long the walk takes, the office is not found to be late with it.
    Job.objects.filter(state=Job.State.QUEUED).update(run_after=timezone.now() + timedelta(days=1))
    return world


def _sides(world: World):
    """(records, project, its PM, its portfolio, the PMO administrator who runs it)."""
    office, cast = world.office, world.office.cast
    return (
        (world.inside, office.apollo, cast.pm, office.core, cast.pmo),
        (world.outside, office.boreas, cast.outsider, office.site, cast.site_pmo),
    )


def _projects(world: World) -> None:
    site_programme = ProgrammeFactory(portfolio=world.office.site, key="HUB")
    for here, project, _pm, portfolio, _pmo in _sides(world):
        here[Project], here[Portfolio], here[Scope] = project, portfolio, project.scope
        here[Programme] = project.programme or site_programme
        here[Milestone] = Milestone.objects.get(project=project)
        here[ProjectMember] = ProjectMember.objects.filter(project=project).first() or MemberFactory(project=project)


def _reports(world: World) -> None:
    """The open month is reported; the far one, which has opened early, is owed by both and BOREAS has more time."""
    far = periods.ensure_period("monthly", timezone.localdate().replace(year=2099, month=1, day=15))
    periods.open_period(far, by=world.office.cast.pmo)
    jobs.drain()
    for here, project, _pm, _portfolio, pmo in _sides(world):
        here[StatusReport] = ReportFactory(project=project, period=world.office.period)
        here[ProjectPeriod] = ProjectPeriod.objects.get(project=project, period=world.office.period)
        here[ReportingArrangement] = collection.extend(
            project, far, by=pmo, due_at=far.due_at + timedelta(days=3), reason="繁忙期のため"
        )
    while roll_up_stale():
        pass
    for here, project, *_rest in _sides(world):
        here[MeasureValue] = MeasureValue.objects.filter(scope=project.scope, period=world.office.period).first()


def _campaigns(world: World) -> None:
    for here, project, _pm, portfolio, pmo in _sides(world):
        here[Campaign] = CampaignFactory(by=pmo, projects=[project], scope=portfolio.scope)
        here[CampaignReply] = CampaignReply.objects.get(campaign=here[Campaign])
    jobs.drain()


def _proposals(world: World) -> None:
    """Each project was decided upon once, with a condition, and has a proposal that waits."""
    cast = world.office.cast
    for here, project, pm, _portfolio, _pmo in _sides(world):
        first = investment.propose(project, by=pm, course="continue", reason="遅れを取り戻せる。")
        condition = {"text": "結合試験を終える", "owner": pm, "due_on": timezone.localdate() + timedelta(days=20)}
        investment.decide(
            first, by=cast.manager, course="conditional", reason="条件つきで続ける。", conditions=[condition]
        )
        here[DecisionCondition] = DecisionCondition.objects.get(proposal=first)
        here[ContinuationProposal] = investment.propose(project, by=pm, course="continue", reason="順調である。")


def _approvals(world: World) -> None:
    """Each project asks for a new budget, which waits for its first signature."""
    for here, project, pm, *_rest in _sides(world):
        project.refresh_from_db()
        here[ApprovalRequest] = approving.request_budget(
            project, by=pm, amount=project.approved_budget + 1_000_000, reason="接続先が増えた。"
        )
        here[Attachment] = attach(project, by=pm, file=pdf(1), name="計画.pdf")
        here[FileVersion] = here[Attachment].versions.get()
        previews.draw(here[FileVersion].pk)
    world.inside[ApprovalRoute] = world.inside[ApprovalRequest].route


def _asks_and_machine(world: World) -> None:
    for here, project, pm, _portfolio, _pmo in _sides(world):
        here[Ask] = Ask.objects.filter(person=pm, scope=project.scope, state="open").order_by("pk").first()
        jobs.submit("pmo_portal.measures.roll_up", by=pm, key=f"walk:{project.pk}")
        here[Job] = Job.objects.get(key=f"walk:{project.pk}")
        profile, _made = ImportProfile.objects.get_or_create(name="walk", defaults={"target": "projects"})
        here[ImportProfile] = profile
        here[ImportRun] = ImportRun.objects.create(
            target="projects", scope=project.portfolio.scope, profile=profile, file_name="台帳.xlsx", by=None
        )
        here[SavedView] = SavedView.objects.create(owner=pm, path="/projects/", query="tier=A", name="歩行")
        here[MadeFile] = MadeFile.objects.create(
            by=pm, kind="lists.workbook", title="案件", options={}, expires_at=timezone.now() + timedelta(days=7)
        )
        here[InboxItem] = InboxItem.objects.filter(person=pm).first() or InboxItem.objects.create(
            person=pm, key="walk", kind="register.handed_over"
        )
    world.inside[Webhook] = Webhook.objects.create(
        label="連携", url="https://hooks.example/", kinds=["projects.project"], owner=world.office.cast.manager
    )
    world.inside[WebhookDelivery] = WebhookDelivery.objects.create(
        webhook=world.inside[Webhook], event="trial", payload={"data": {}}, state="delivered"
    )
    world.inside[MailMessage] = queue_letter(
        address=world.office.cast.pm.email, subject="件名", text="本文", key="walk"
    )
    world.inside[NoticeDefault] = NoticeDefault.objects.create(kind="approvals.moved", mail="digest")
    for here, _project, pm, _portfolio, _pmo in _sides(world):
        here[AddressBounce] = AddressBounce.objects.create(
            address=pm.email, person=pm, words="550 no such mailbox", last_at=timezone.now()
        )
        here[Watch] = Watch.objects.create(
            person=pm, content_type=ContentType.objects.get_for_model(Project), object_id=here[Project].pk
        )
        here[NoticeChoice] = NoticeChoice.objects.create(person=pm, kind="approvals.moved", mail="once")
    world.inside[PeriodicRun], _made = PeriodicRun.objects.get_or_create(name=sorted(jobs.periodics)[0])


def _set_up(world: World) -> None:
    admin, today = world.office.cast.admin, timezone.localdate()
    inside = world.inside
    inside[ReportingPeriod] = periods.ensure_period("monthly", add_months(today.replace(day=1), 1))
    inside[CompanyDay] = periods.add_company_day(
        by=admin, day=today + timedelta(days=9), kind="holiday", label="創立記念日"
    )
    inside[CadenceRule] = periods.set_cadence(by=admin, tier="D", cadence="none", starts_on=today + timedelta(days=99))
    inside[LadderStep] = LadderStep.objects.first()
    inside[OrgUnit] = units.create_unit(by=admin, code="IT1", name_ja="業務システム部", name_en="Business systems")
    inside[CustomField] = custom.create_field(by=admin, of="projects.project", key="walk", name_ja="歩行の欄")
    inside[ExchangeRate] = ExchangeRate.objects.create(currency="USD", starts_on=today, rate="150.25")
    inside[OfficePaper] = office_paper()
    inside[OfficeSettings] = OfficeSettings.objects.first() or OfficeSettings.objects.create()


def _people(world: World) -> None:
    cast, today = world.office.cast, timezone.localdate()
    for here, project, pm, _portfolio, _pmo in _sides(world):
        here[Grant] = Grant.objects.get(person=pm, scope=project.scope)
        here[Person] = pm
    world.inside[Substitute] = Substitute.objects.get(substitute=cast.substitute)
    world.outside[Substitute] = setup.name_substitute(
        cast.outsider,
        by=cast.outsider,
        substitute=cast.nobody,
        starts_on=today + timedelta(days=9),
        ends_on=today + timedelta(days=12),
    )
    for here, person in ((world.inside, cast.pm), (world.outside, cast.outsider)):
        create_api_token(person, "歩行")
        here[ApiToken] = ApiToken.objects.get(person=person, label="歩行")
    world.invitation = create_invitation(cast.nobody, cast.admin)


def _trail(world: World) -> None:
    for here, project, *_rest in _sides(world):
        here[AuditEntry] = AuditEntry.objects.filter(scope=project.scope).order_by("pk").first()
