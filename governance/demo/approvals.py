"""Requests on their way in the demo office: waiting, sent back, signed, refused. Everything through the rooms' actions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from pmo_portal.approvals import actions as approvals
from pmo_portal.approvals.models import ApprovalRequest, ApprovalSeat, ApprovalStep
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
