"""Requests on their way in the demo office: waiting, sent back, signed, refused. Everything through the rooms' actions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from administration.collection import actions as collection
from administration.collection.actions import EXEMPTION
from governance.investment import actions as investment
from governance.investment.gathering import plain
from governance.investment.models import ContinuationProposal
from governance.investment.routing import KIND, content_of, request_of
from pmo_portal import access
from pmo_portal.accounts.models import Substitute
from pmo_portal.approvals import actions as approvals
from pmo_portal.approvals import routing
from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute, ApprovalSeat, ApprovalStep
from pmo_portal.approvals.turns import open_seats
from pmo_portal.approvals.waits import keep_waits
from projects.register import approving
from projects.register.models import Project

if TYPE_CHECKING:
    from governance.demo.office import DemoOffice


def approvals_under_way(office: DemoOffice) -> None:
    people = office.people
    erp = _budget(office, "Core ERP renewal", "1.04", "EDI範囲の追加で、移行の工数と追加ライセンスが要ります。")
    approvals.approve(erp, by=people["pmo"], comment="内訳を確認しました。")
    approvals.approve(erp, by=people["expert"], comment="移行の見積りは妥当です。")
    approvals.comment(erp, by=people["sponsor"], text="稼働後の維持費はどう変わりますか。")
    _since(erp, days=3)
    plant = _budget(office, "Vietnam plant 2", "1.12", "許認可の待機費用と為替の影響を反映します。")
    approvals.approve(plant, by=people["pmo"])
    _since(plant, days=6)
    back = _budget(office, "Network renewal, all sites", "1.06", "拠点の回線工事の単価が上がりました。")
    approvals.send_back(back, by=people["pmo"], comment="見積書の版を付けて、拠点ごとの差を示してください。")
    _since(back, days=2)
    small = _budget(office, "Order EDI standard", "1.05", "取引先2社の接続試験を追加します。")
    approvals.approve(small, by=people["pmo"], comment="範囲内です。")
    approvals.approve(small, by=people["manager"])
    _since(small, days=20)
    refused = _budget(office, "Analytics platform", "1.30", "分析用の基盤を拡張します。")
    approvals.approve(refused, by=people["pmo"])
    approvals.reject(refused, by=people["manager"], comment="効果の裏付けが足りません。次の四半期に改めて。")
    _since(refused, days=31)
    for name, days, reason in (
        ("PLM integration", 45, "設計部門の組織変更に合わせ、移行を1か月半後ろに移します。"),
        ("Predictive maintenance", 30, "センサーの納入が遅れ、試行の開始を移します。"),
    ):
        project = _project(name)
        request = approving.request_baseline(
            project,
            by=project.pm,
            reason=reason,
            planned_start_on=project.planned_start_on,
            planned_finish_on=project.planned_finish_on + timedelta(days=days),
        )
        approvals.approve(request, by=people["expert"], comment="影響する依存は確認済みです。")
        _since(request, days=4)
    exemptions_under_way(office)
    proposals_under_way(office)


def route_for_exemptions(office: DemoOffice) -> None:
    """This office has its manager decide who need not report."""
    step = {"position": 1, "manner": "decide", "who": "role", "role": "manager", "need": 1, "days": 2}
    routing.save_route(
        by=office.people["manager"],
        route=None,
        kind=EXEMPTION,
        name_ja="報告の免除",
        name_en="Exemption from reporting",
        starts_on=office.today - timedelta(days=200),
        steps=[step | {"name_ja": "PMOマネージャー決裁", "name_en": "PMO manager"}],
    )


def exemptions_under_way(office: DemoOffice) -> None:
    """One waits, one came back, one was refused."""
    pmo, manager = office.people["pmo"], office.people["manager"]

    def ask(name: str, reason: str) -> ApprovalRequest:
        return collection.exempt(_project(name), office.current, by=pmo, reason=reason)

    _since(ask("Retire the old accounting servers", "撤去の業者を選び直しており、報告できる進みがありません。"), days=1)
    back = ask("Predictive maintenance", "センサーの納入待ちです。")
    approvals.send_back(back, by=manager, comment="納入の見込み日と、次に報告できる期間を書いてください。")
    _since(back, days=2)
    refused = ask("CO2 reporting", "担当者が出張のためです。")
    approvals.reject(refused, by=manager, comment="開示の期日が近いので、代わりの方が報告してください。")
    _since(refused, days=3)


def proposals_under_way(office: DemoOffice) -> None:
    """Besides those that wait: one came back to its PM, one was turned down, one was decided by a substitute."""
    people = office.people

    def propose(name: str, course: str, reason: str, conditions: str = "") -> ApprovalRequest:
        project = _project(name)
        made = investment.propose(project, by=project.pm, course=course, reason=reason, conditions_text=conditions)
        return request_of(made)

    back = propose("PLM integration", "conditional", "設計部門の体制が決まり次第、続けます。", "移行の責任者を決める")
    approvals.send_back(back, by=people["manager"], comment="責任者の候補と、決める日を書いてください。")
    _since(back, days=1)
    refused = propose("Analytics platform", "pause", "分析の要員が次の四半期まで足りません。")
    for seat in open_seats(refused):
        approvals.reject(refused, by=seat.person, comment="止めずに、範囲を2部門に絞って続けてください。")
    _since(refused, days=12)
    delegated = propose("Predictive maintenance", "continue", "試行の結果が良く、計画どおり広げます。")
    absent = next(seat.person for seat in open_seats(delegated) if seat.person != people["manager"])
    today = timezone.localdate()
    stood_in = Substitute.objects.create(
        person=absent, substitute=people["expert"], starts_on=today, ends_on=today, note="海外出張"
    )
    access.forget(people["expert"])
    approvals.approve(delegated, by=people["expert"], comment="代わりに決裁します。効果の資料を確認しました。")
    _since(delegated, days=9)
    then = today - timedelta(days=9)
    Substitute.objects.filter(pk=stood_in.pk).update(starts_on=then, ends_on=then + timedelta(days=2))
    access.forget(people["expert"])


def decided_then(proposal: ContinuationProposal) -> None:
    """The request that a decision of earlier months went along on."""
    route = ApprovalRoute.objects.prefetch_related("steps").get(kind=KIND)
    content = content_of(proposal) | {"evidence": proposal.evidence}
    project = proposal.project
    request = ApprovalRequest.objects.create(
        number=proposal.number,
        kind=KIND,
        about=proposal,
        scope=project.scope,
        label_ja=f"継続判断: {project.name_ja}",
        label_en=f"Continue or stop: {project.name_en}",
        drafter=proposal.proposed_by,
        reason=proposal.reason,
        content=plain(content),
        route=route,
        state="approved",
        submitted_at=proposal.proposed_at,
        ended_at=proposal.decided_at,
    )
    digest = approvals.digest_of(request.content, request.reason)
    ApprovalRequest.objects.filter(pk=request.pk).update(digest=digest)
    drawn = route.steps.get()
    step = ApprovalStep.objects.create(
        request=request,
        round=1,
        position=1,
        name_ja=drawn.name_ja,
        name_en=drawn.name_en,
        manner=drawn.manner,
        opened_at=proposal.proposed_at,
        ended_at=proposal.decided_at,
    )
    ApprovalSeat.objects.create(
        step=step,
        person=proposal.decided_by,
        state="for",
        acted_by=proposal.decided_by,
        acted_at=proposal.decided_at,
        comment=proposal.decision_reason,
        digest=digest,
        answer={"course": proposal.decided_course},
    )


def _project(name: str) -> Project:
    return Project.objects.select_related("scope", "pm__unit", "portfolio", "sponsor").get(name_en=name)


def _budget(office: DemoOffice, name: str, factor: str, reason: str) -> ApprovalRequest:
    project = _project(name)
    amount = (project.approved_budget * Decimal(factor)).quantize(Decimal(1_000_000))
    return approving.request_budget(project, by=project.pm, amount=amount, reason=reason)


def _since(request: ApprovalRequest, *, days: int) -> None:
    """Put what has just been done some days back, each signature some hours after the one before."""
    at = timezone.now() - timedelta(days=days)
    ApprovalRequest.objects.filter(pk=request.pk).update(submitted_at=at)
    for number, step in enumerate(request.steps.order_by("position", "pk")):
        opened, ended = at + timedelta(hours=9 * number), at + timedelta(hours=9 * number + 5 + 3 * number)
        if step.opened_at:
            ApprovalStep.objects.filter(pk=step.pk).update(opened_at=opened, ended_at=ended if step.ended_at else None)
        ApprovalSeat.objects.filter(step=step).exclude(acted_at=None).update(acted_at=ended)
        if request.ended_at:
            ApprovalRequest.objects.filter(pk=request.pk).update(ended_at=ended)
    for ended in request.steps.exclude(ended_at=None).values_list("ended_at", flat=True):
        keep_waits(request.scope_id, timezone.localdate(ended))
    keep_waits(request.scope_id)
    if request.kind == KIND:
        ContinuationProposal.objects.filter(pk=request.object_id).update(proposed_at=at)
        decided = ContinuationProposal.objects.filter(pk=request.object_id).exclude(decided_at=None)
        decided.update(decided_at=at + timedelta(hours=5))
