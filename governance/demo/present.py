"""The demo office today: reports coming in, questions asked, proposals waiting. Everything through the rooms' actions."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from administration.collection import actions as collection
from governance.demo import sentences
from governance.demo.approvals import approvals_under_way, decided_then, route_for_exemptions
from governance.demo.attachments import files_of_decisions, files_of_projects
from governance.demo.files import files_that_came
from governance.demo.history import Spec, write_words
from governance.investment import actions as investment
from governance.investment.evidence import digest_of
from governance.investment.gathering import evidence_of, plain
from governance.investment.models import ContinuationProposal, DecisionCondition
from pmo_portal import asks, audit
from pmo_portal.access.tree import office as office_scope
from pmo_portal.accounts.models import LastSeen, Substitute
from pmo_portal.approvals import actions as approvals
from pmo_portal.asks import ladder
from pmo_portal.asks.models import Ask, Reminder
from pmo_portal.periods.actions import open_period
from pmo_portal.periods.queries import add_working_days, office_moment
from projects.register import actions as register
from projects.register.models import Project
from projects.register.standing import slip_days, variance_percent
from projects.status import actions as status
from projects.status.maintaining import expect_reports
from projects.status.models import DIMENSIONS, StatusReport

if TYPE_CHECKING:
    from governance.demo.office import DemoOffice
    from pmo_portal.periods.models import ReportingPeriod

# What the demo people find: the PM has reports to write, the PMO has late ones, the manager has decisions.
NOT_YET = (
    "Core ERP renewal",
    "PLM integration",
    "Retire the old accounting servers",
    "Vietnam plant 2",
    "Predictive maintenance",
    "CO2 reporting",
    "Network renewal, all sites",
)
RETURNED = ("Order EDI standard", "Next electric actuator")
EXEMPT = (("Supplier portal rebuild", "休止の判断待ちのため"), ("Dormitory rebuild", "着工前の調整期間のため"))


def make_present(office: DemoOffice) -> None:
    open_period(office.current, by=None)
    expect_reports(office.current)
    expect_reports(office.late_quarter)
    decisions_before(office)
    report_the_month(office)
    arrangements(office)
    proposals(office)
    campaigns(office)
    files_that_came(office)
    small_things(office)
    approvals_under_way(office)
    files_of_projects(office)
    files_of_decisions(office)
    climb_the_days(office)
    look_at_asks(office)


def report_the_month(office: DemoOffice) -> None:
    """About half is accepted, a quarter is in, a few came back, some are still to come."""
    rest = [s for s in office.specs if s.project.is_open and s.project.tier != "D"]
    excused = {name for name, _why in EXEMPT}
    for n, spec in enumerate(rest):
        name = spec.project.name_en
        if name in NOT_YET or name in excused:
            continue
        report = _report(office, spec)
        if name in RETURNED:
            why = sentences.RETURNS[RETURNED.index(name)]
            status.return_report(report, by=office.people["pmo"], reason=why[0])
        elif n % 3:
            status.accept_report(
                report, by=office.people["pmo"], comment=sentences.THANKS[n % 2][0] if n % 7 == 0 else ""
            )
    the_late_quarter(office)


def the_late_quarter(office: DemoOffice) -> None:
    """Of the light projects one has reported, the others are late; the PMO has called one of them."""
    light = [s for s in office.specs if s.project.is_open and s.project.tier == "D"]
    for spec in light:
        if spec.project.name_en == "Solar car park":
            _report(office, spec, office.late_quarter)
    pmo = office.people["pmo"]
    collection.note_call(
        office.project("Supplier human rights survey"), by=pmo, text="調査票の回収待ち。金曜に提出するとのこと。"
    )


def climb_the_days(office: DemoOffice) -> None:
    """The ladder of the last weeks, day by day. What is late was asked for in good time."""
    asked = office_moment(office.today - timedelta(days=24), time(9))
    Ask.objects.filter(key__endswith=f":{office.late_quarter.pk}", kind="status.report").update(updated_at=asked)
    for days in range(20, -1, -1):
        at = office_moment(office.today - timedelta(days=days), time(9))
        last = Reminder.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        ladder.climb(at)
        Reminder.objects.filter(pk__gt=last).update(at=min(at, timezone.now()))


def look_at_asks(office: DemoOffice) -> None:
    """Some have seen what is asked of them, and some have begun."""
    for name in ("CO2 reporting", "Vietnam plant 2"):
        project = office.project(name)
        status.open_report(project, office.current, by=project.pm)
    others = Ask.objects.filter(state="open").exclude(person__in=office.people.values()).order_by("pk")
    for n, item in enumerate(others):
        if n % 3:
            seen = timezone.now() - timedelta(hours=5 + 19 * (n % 5), minutes=11 * n % 60)
            Ask.objects.filter(pk=item.pk).update(seen_at=seen)


def _report(office: DemoOffice, spec: Spec, period: ReportingPeriod | None = None) -> StatusReport:
    project = Project.objects.select_related("scope", "pm", "portfolio", "sponsor", "reported_period").get(
        pk=spec.project.pk
    )
    period = period or office.current
    point = spec.points[spec.periods.index(period)]
    report = status.open_report(project, period, by=project.pm)
    opened = timezone.now() - timedelta(minutes=spec.random.randint(3, 40))
    StatusReport.objects.filter(pk=report.pk).update(opened_at=opened)
    report.refresh_from_db()
    write_words(report, spec, point)
    fields = {f"{d}_light": point.lights[d] for d in DIMENSIONS}
    fields |= {f"{d}_reason": getattr(report, f"{d}_reason") for d in DIMENSIONS}
    if spec.random.random() < 0.15:
        pair = spec.random.choice(sentences.HELP)
        fields |= {
            "help_needed": pair[1 if spec.english else 0],
            "help_from": office.people["expert"],
            "help_by": add_working_days(office.today, 6),
        }
    return status.submit_report(
        report,
        by=project.pm,
        version=report.version,
        seconds=spec.random.randint(38, 140),
        confidence=point.confidence,
        confidence_reason=report.confidence_reason,
        forecast_finish_on=point.finish_on,
        forecast_cost=point.cost,
        spent=(project.approved_budget * point.spent_share).quantize(Decimal(1)),
        achieved=report.achieved,
        planned=report.planned,
        **fields,
    )


def arrangements(office: DemoOffice) -> None:
    pmo = office.people["pmo"]
    route_for_exemptions(office)
    for name, why in EXEMPT:
        asked = collection.exempt(office.project(name), office.current, by=pmo, reason=why)
        approvals.approve(asked, by=office.people["manager"])
    later = add_working_days(timezone.localdate(office.current.due_at), 3)
    from governance.demo.office import moment

    collection.extend(
        office.project("Network renewal, all sites"),
        office.current,
        by=pmo,
        due_at=moment(later, 17),
        reason="業者の見積りを待つため",
    )


def decisions_before(office: DemoOffice) -> None:
    """Decisions of earlier months with their conditions, one of them overdue on the PM's desk."""
    from governance.demo.office import moment

    told = (
        (
            "Logistics system integration",
            "conditional",
            "立て直し案を条件に続ける",
            7,
            (("受入試験の合格率を90%以上にする", "met"),),
        ),
        ("Automated visual inspection", "continue", "試行の効果が確認できた", 5, ()),
        (
            "Core ERP renewal",
            "conditional",
            "EDI範囲の追加を認め、費用の上限を定める",
            3,
            (("追加ライセンスの費用を480百万円の枠で示す", "open"), ("移行担当を増員する", "met")),
        ),
        ("CO2 reporting", "continue", "期日どおり開示できる見込み", 4, ()),
    )
    for number, (name, course, reason, months, conditions) in enumerate(told, 1):
        project, day = office.project(name), office.today - timedelta(days=30 * months)
        evidence = evidence_then(project, day)
        proposal = ContinuationProposal.objects.create(
            number=number,
            project=project,
            course=course,
            reason=reason,
            proposed_by=office.people["pmo"],
            proposed_at=moment(day - timedelta(days=6), 10),
            state="decided",
            decided_course=course,
            decision_reason=reason,
            decided_by=office.people["manager"],
            decided_at=moment(day, 16),
            evidence=evidence,
            evidence_digest=digest_of(evidence),
        )
        trail_then(proposal)
        decided_then(proposal)
        for text, state in conditions:
            if state == "open":
                investment.add_condition(
                    proposal,
                    by=office.people["manager"],
                    text=text,
                    owner=office.people["pm"],
                    due_on=office.today - timedelta(days=2),
                )
                continue
            DecisionCondition.objects.create(
                proposal=proposal,
                text=text,
                owner=project.pm,
                due_on=day + timedelta(days=30),
                state="met",
                outcome="確認しました。",
                closed_at=moment(day + timedelta(days=28), 15),
                closed_by=project.pm,
            )


def evidence_then(project: Project, day: date) -> dict:
    """The evidence as it would have been frozen on that day: from the report that was the newest then."""
    found = evidence_of(project)
    reports = StatusReport.objects.filter(project=project, is_current=True, submitted_at__date__lt=day)
    report = reports.select_related("period").order_by("-period__starts_on").first()
    if report is not None:
        found["project"] |= {
            "confidence": report.confidence,
            "overall": report.overall_light,
            "forecast_cost": report.forecast_cost,
            "spent": report.spent,
            "forecast_finish_on": report.forecast_finish_on,
            "cost_variance_percent": variance_percent(report.forecast_cost, report.approved_budget),
            "slip_days": slip_days(report.forecast_finish_on, report.planned_finish_on),
        }
        found["report"] |= {
            "id": report.pk,
            "period": report.period.key,
            "digest": report.digest,
            "confidence": report.confidence,
            "overall": report.overall_light,
            "overall_reason": report.overall_reason,
            "submitted_at": report.submitted_at,
        }
    return plain(found)


def trail_then(proposal: ContinuationProposal) -> None:
    """What the two acts would have left in the trail."""
    for action, by, at, changes in (
        ("proposed", proposal.proposed_by, proposal.proposed_at, {"course": [None, proposal.course]}),
        ("decided", proposal.decided_by, proposal.decided_at, {"state": ["proposed", "decided"]}),
    ):
        entry = audit.entry_for(proposal, action, by=by, changes=changes, reason=proposal.reason, at=at)
        entry.save(force_insert=True)


def proposals(office: DemoOffice) -> None:
    """What waits for the managers now."""
    decide_by = add_working_days(office.today, 7)
    waiting = (
        (
            "Plant 3 smart factory",
            "conditional",
            "納入業者の切替と範囲の縮小で、遅れを92日から40日に戻せます。",
            "12月末までに納入業者を切り替える\n第2ラインを次期に回す",
        ),
        ("Vietnam plant 2", "pause", "許認可の見通しが立つまで3か月止め、待機費用を抑えます。", ""),
        ("Export control system", "continue", "改正法の要件14件への対応を追加し、期日どおり稼働させます。", ""),
        ("Logistics system integration", "stop", "効果が費用に見合わず、標準機能の採用に切り替えます。", ""),
    )
    for name, course, reason, conditions in waiting:
        project = office.project(name)
        investment.propose(
            project, by=project.pm, course=course, reason=reason, conditions_text=conditions, decide_by=decide_by
        )


def campaigns(office: DemoOffice) -> None:
    pmo = office.people["pmo"]
    from governance.demo.office import moment

    running = list(
        Project.objects.filter(state="active", tier__in=("A", "B")).select_related("scope", "pm").order_by("key")
    )
    security = collection.create_campaign(
        by=pmo,
        scope=office_scope(),
        projects=running,
        title_ja="情報セキュリティ対策の確認",
        title_en="Information security check",
        purpose="監査に先立ち、対策の状況をそろえます。",
        minutes=3,
        due_at=moment(add_working_days(office.today, 5), 17),
        questions=[
            {
                "text_ja": "外部委託先に個人情報を渡していますか",
                "text_en": "Do contractors receive personal data?",
                "kind": "yesno",
                "choices": [],
            },
            {
                "text_ja": "最後に権限を棚卸しした日",
                "text_en": "When were access rights last reviewed?",
                "kind": "date",
                "choices": [],
            },
            {"text_ja": "残っている指摘の件数", "text_en": "Open findings", "kind": "number", "choices": []},
            {
                "text_ja": "困っていること",
                "text_en": "What gets in the way?",
                "kind": "text",
                "choices": [],
                "is_required": False,
            },
        ],
    )
    collection.open_campaign(security, by=pmo)
    collection.ask_replies(security)
    for n, reply in enumerate(security.replies.select_related("project__pm", "campaign").order_by("pk")):
        if n % 3 and reply.project.pm != office.people["pm"]:
            day = office.today - timedelta(days=17 * (n + 1) % 200)
            collection.answer_campaign(
                reply,
                by=reply.project.pm,
                answers={
                    "1": "yes" if n % 4 else "no",
                    "2": day.isoformat(),
                    "3": str(n % 5),
                    "4": "棚卸しの手順が部門で違う" if n % 5 == 0 else "",
                },
            )
    skills = collection.create_campaign(
        by=office.people["expert"],
        scope=office_scope(),
        projects=running[:12],
        title_ja="下期の研修希望",
        title_en="Training wishes, second half",
        purpose="研修計画の案に使います。",
        minutes=2,
        due_at=moment(add_working_days(office.today, 2), 17),
        questions=[
            {
                "text_ja": "最も必要な研修",
                "text_en": "The training most needed",
                "kind": "choice",
                "choices": ["EVM", "リスク管理", "交渉", "アジャイル"],
            }
        ],
    )
    collection.open_campaign(skills, by=office.people["expert"])
    collection.ask_replies(skills)
    for n, reply in enumerate(skills.replies.select_related("project__pm", "campaign").order_by("pk")):
        collection.answer_campaign(
            reply, by=reply.project.pm, answers={"1": ("EVM", "リスク管理", "交渉", "アジャイル")[n % 4]}
        )
    collection.close_campaign(skills, by=office.people["expert"])


def small_things(office: DemoOffice) -> None:
    """A revised budget, a hand-over, an absence, a question to a member, things seen some time ago."""
    people, erp = office.people, office.project("Core ERP renewal")
    register.revise_budget(
        erp,
        by=people["manager"],
        amount=Decimal(480_000_000),
        reason="EDI範囲の追加（D-3）",
        approved_on=office.today - timedelta(days=75),
    )
    Substitute.objects.create(
        person=office.by_family["Chiba"],
        substitute=people["pm"],
        starts_on=office.today - timedelta(days=1),
        ends_on=office.today + timedelta(days=5),
        note="出張",
    )
    for key, person, by, text, days, name in (
        ("a", people["member"], people["pm"], "移行リハーサルの手順書を確認してください", 2, "Core ERP renewal"),
        ("b", people["member"], people["pm"], "試験環境の利用時間を教えてください", 4, "PLM integration"),
        ("c", people["expert"], people["pm"], "移行の経験がある方を1名、3か月", 3, "PLM integration"),
        (
            "d",
            people["sponsor"],
            people["manager"],
            "第3工場の審議の前に現地の話を聞く時間をください",
            5,
            "Plant 3 smart factory",
        ),
        ("e", people["auditor"], people["manager"], "10月の凍結した期間の確認をお願いします", 6, "Vietnam plant 2"),
        ("f", people["admin"], people["pmo"], "1月入社の3名の利用開始をお願いします", 8, "Analytics platform"),
    ):
        from governance.demo.office import moment

        about = office.project(name)
        asks.ask(
            "status.help",
            person=person,
            by=by,
            about=about,
            key=f"demo:{key}",
            due_at=moment(add_working_days(office.today, days), 17),
            details={"project_ja": about.name_ja, "project_en": about.name_en, "text": text},
            minutes=5,
        )
    seen = timezone.now() - timedelta(days=6)
    LastSeen.objects.bulk_create([LastSeen(person=p, place=f"project:{erp.pk}", at=seen) for p in people.values()])
    LastSeen.objects.bulk_create([LastSeen(person=p, place="register", at=seen) for p in people.values()])
