"""The fields that a sheet of projects with their status may fill, with the names that columns usually have."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo_portal.intake.choices import CONFIDENCE, squeeze
from pmo_portal.intake.targets import Field
from pmo_portal.intake.values import Value
from projects.register.models import Project

LIGHTS = {
    "green": "green", "g": "green", "on track": "green", "順調": "green", "緑": "green", "青": "green", "○": "green", "◯": "green",
    "◎": "green", "緑色": "green", "青色": "green", "緑信号": "green", "青信号": "green", "予定通り": "green", "予定どおり": "green",
    "計画通り": "green", "計画どおり": "green", "オンスケ": "green", "問題なし": "green", "良好": "green",
    "amber": "amber", "yellow": "amber", "a": "amber", "y": "amber", "watch": "amber", "注意": "amber", "黄": "amber", "△": "amber",
    "▲": "amber", "黄色": "amber", "黄信号": "amber", "要注意": "amber",
    "red": "red", "r": "red", "at risk": "red", "危険": "red", "要対応": "red", "赤": "red", "×": "red", "✕": "red",
    "✖": "red", "■": "red", "赤色": "red", "赤信号": "red",
}  # fmt: skip
KINDS = {
    "system": "system", "it": "system", "ict": "system", "information system": "system", "情報システム": "system", "システム": "system",
    "product": "product", "product development": "product", "製品開発": "product", "開発": "product",
    "facility": "facility", "facility and construction": "facility", "construction": "facility", "設備・建設": "facility",
    "設備": "facility", "建設": "facility", "infrastructure and construction": "facility",
    "organisation": "organisation", "organization": "organisation", "organisation and operations": "organisation",
    "組織・業務": "organisation", "業務改革": "organisation", "transformation": "organisation",
    "regulation": "regulation", "regulation and compliance": "regulation", "規制対応": "regulation", "法令対応": "regulation",
    "research": "research", "研究": "research", "other": "other", "その他": "other",
}  # fmt: skip
TIERS = {
    "a": "A", "b": "B", "c": "C", "d": "D", "a: strategic": "A", "b: important": "B", "c: standard": "C", "d: light": "D",
    "strategic": "A", "important": "B", "standard": "C", "light": "D", "最重要": "A", "重要": "B", "標準": "C", "軽量": "D",
    "高": "A", "中": "B", "低": "C", "high": "A", "medium": "B", "low": "C",
}  # fmt: skip
STAGES = {
    "concept": "concept", "構想": "concept", "企画": "concept", "planning": "planning", "計画": "planning", "execution": "execution",
    "実行": "execution", "実施": "execution", "delivery": "execution", "closing": "closing", "終結": "closing", "closed": "closed",
    "完了": "closed", "終了": "closed",
}  # fmt: skip
STATES = {
    "active": "active", "running": "active", "open": "active", "進行中": "active", "実施中": "active", "paused": "paused",
    "ongoing": "active", "in progress": "active", "実行中": "active", "推進中": "active", "継続中": "active", "対応中": "active",
    "休止中": "paused", "中断中": "paused", "保留中": "paused",
    "on hold": "paused", "休止": "paused", "中断": "paused", "保留": "paused", "stopped": "stopped", "cancelled": "stopped",
    "canceled": "stopped", "中止": "stopped", "closed": "closed", "completed": "closed", "done": "closed", "完了": "closed",
    "終了": "closed",
}  # fmt: skip
# Names that say how a project stands, in lights, in states or in words: what stands in the cells decides.
STATUS_HEADS = (
    "status", "current status", "ステータス", "進捗状況", "進捗", "進捗度", "進捗度合", "進捗度合い", "進捗どあい", "進捗具合",
    "進捗ステータス", "進捗評価", "状況", "現況", "現状", "プロジェクト状況", "実施状況", "進行状況",
)  # fmt: skip


def squeezed(values: dict[str, str]) -> dict[str, str]:
    return {squeeze(text): value for text, value in values.items()}


FIELDS = (
    Field("source_id", _("Number at its source"), "code", ("source id", "reference", "external id", "元の番号", "外部番号"), limit=120),
    Field(
        "key",
        _("Key"),
        "code",
        ("key", "project key", "project id", "id", "no", "no.", "number", "project number", "project no", "code", "project code",
         "管理番号", "番号", "プロジェクト番号", "案件番号", "コード", "プロジェクトコード", "キー", "pj番号", "pjコード"),
        limit=40,
    ),
    Field(
        "name",
        _("Name"),
        "text",
        ("project name", "name", "project", "title", "project title", "name of project", "件名", "案件名", "プロジェクト名", "名称", "名前",
         "プロジェクト", "事業名", "テーマ名", "pj名"),
        limit=600,
    ),
    Field("name_ja", _("Name (Japanese)"), "text", ("name (japanese)", "japanese name", "名称(日本語)", "和名"), limit=600),
    Field("name_en", _("Name (English)"), "text", ("name (english)", "english name", "英語名", "名称(英語)", "英名"), limit=600),
    Field(
        "department",
        _("Department"),
        "text",
        ("department", "dept", "agency", "ministry", "division", "organisation", "organization", "unit", "部門", "部署", "主管部門",
         "担当部署", "担当部門", "所管", "本部", "府省庁", "事業部",
         "主管部署", "主管部", "主管課", "主管", "所管部署", "所管部門", "所管部", "所管課", "担当部", "担当課", "実施部署", "実施部門",
         "所属部署", "所属部門", "起案部署", "起案部門", "責任部署", "責任部門", "オーナー部署", "オーナー部門", "事業部門", "部署名",
         "部門名", "主管部署名", "主管部門名", "担当部署名", "担当部門名", "事業部名", "owning unit", "owning department",
         "responsible unit", "responsible department", "business unit", "lead department"),
        limit=200,
    ),
    Field("category", _("Category"), "text", ("category", "type of project", "分類", "区分", "カテゴリ", "カテゴリー"), limit=120),
    Field(
        "description",
        _("Description"),
        "text",
        ("description", "aims", "description / aims", "objective", "objectives", "purpose", "summary of project", "概要", "目的",
         "説明", "内容", "事業の目的"),
    ),
    Field("benefits", _("Benefits"), "text", ("benefits", "expected benefits", "効果", "期待効果")),
    Field("kind", _("Type"), "choice", ("type", "project type", "種別", "種類", "プロジェクト種別"), squeezed(KINDS), words=dict(Project.Kind.choices)),
    Field("tier", _("Tier"), "choice", ("tier", "priority", "importance", "重要度", "優先度", "ランク"), squeezed(TIERS)),
    Field("stage", _("Stage"), "choice", ("stage", "phase", "current phase", "段階", "フェーズ", "工程"), squeezed(STAGES), words=dict(Project.Stage.choices)),
    Field("state", _("State"), "choice", ("state", "project status", "project state", "状態", "進行状態"), squeezed(STATES), words=dict(Project.State.choices),
          told_by_cells=STATUS_HEADS),
    Field(
        "pm",
        _("Project manager"),
        "text",
        ("project manager", "pm", "manager", "leader", "project leader", "owner", "責任者", "主担当", "担当者", "リーダー",
         "プロジェクトマネージャー", "プロジェクトマネジャー", "プロジェクトリーダー", "pl",
         "pm名", "pm氏名", "プロジェクトマネージャー名", "プロジェクトマネジャー名", "責任者名", "担当者名", "主担当者", "リーダー名"),
        limit=200,
    ),
    Field(
        "start",
        _("Start"),
        "date",
        ("start", "start date", "begin", "project start date", "project - start date", "actual start", "開始", "開始日", "着手日",
         "開始年度", "着手", "計画開始", "計画開始日"),
        fiscal="start",
    ),
    Field(
        "finish",
        _("Forecast finish"),
        "date",
        ("finish", "end", "end date", "finish date", "forecast finish", "forecast completion", "completion date", "expected finish",
         "project end date", "project - end date", "estimated completion", "完了見込", "完了予定", "完了予定日", "終了予定", "終了日",
         "終了", "完了日", "終了予定年度", "納期", "期限"),
        fiscal="end",
    ),
    Field(
        "planned_finish",
        _("Planned finish"),
        "date",
        ("planned finish", "baseline finish", "planned end", "planned completion", "planned end date", "original end date",
         "計画完了", "計画完了日", "当初完了予定", "当初完了日"),
        fiscal="end",
    ),
    Field("actual_finish", _("Actual finish"), "date", ("actual finish", "actual end", "actual completion", "実績完了", "実績完了日"), fiscal="end"),
    Field(
        "whole_life_cost",
        _("Cost at completion"),
        "money",
        ("whole life cost", "whole life costs", "total cost", "forecast cost", "cost at completion", "estimate at completion", "eac",
         "budget forecast", "cost", "total project cost", "見込額", "完了時見込", "完了時コスト", "総事業費", "見込コスト", "総費用", "着地見込",
         "着地見込額", "最終見込額", "見込総額", "総見込額", "総コスト", "完成時コスト"),
    ),
    Field(
        "approved_budget",
        _("Approved budget"),
        "money",
        ("approved budget", "budget", "approved cost", "budget at completion", "bac", "approved amount", "承認額", "承認予算", "予算",
         "予算額", "決裁額", "総予算", "総予算額", "予算総額", "全体予算", "予算合計", "予算計", "承認済予算", "承認済み予算", "承認予算額",
         "承認金額", "決裁金額", "プロジェクト予算", "total budget", "project budget", "budget total", "budget amount"),
    ),
    Field("spent", _("Spent"), "money", ("spent", "spend to date", "actual cost", "cost to date", "実績額", "執行額", "支出済", "支出額", "実績コスト", "累計実績", "予算 実績", "費用 実績", "金額 実績", "実績累計", "累計実績額", "累計支出", "支出累計", "支出実績", "執行済額", "予算執行額")),
    Field("budget", _("Budget of the year"), "money", ("year budget", "budget of the year", "annual budget", "financial year baseline", "当年度予算", "年度予算", "今年度予算")),
    Field(
        "forecast",
        _("Forecast of the year"),
        "money",
        ("year forecast", "forecast of the year", "annual forecast", "financial year forecast", "年度見込", "当年度見込", "今年度見込"),
    ),
    Field(
        "variance_percent",
        _("Variance as declared, %"),
        "percent",
        ("variance %", "variance percent", "variance %age", "variance percentage", "financial year variance %", "差異率", "予算差異率"),
    ),
    Field(
        "confidence",
        _("Delivery confidence"),
        "choice",
        ("delivery confidence", "delivery confidence assessment", "dca", "rag rating", "rag", "rating", "確度", "達成確度", "見通し"),
        squeezed(CONFIDENCE),
    ),
    Field(
        "overall",
        _("Overall light"),
        "choice",
        ("overall", "overall status", "health", "traffic light", "総合", "総合評価", "総合判定", "総合状況", "信号", "信号機", "信号色", "健全性"),
        squeezed(LIGHTS),
        told_by_cells=(*STATUS_HEADS, "状態", "進行状態", "project status", "project health"),
    ),
    Field("confidence_reason", _("Why this confidence"), "text", ("rating comment", "commentary", "comment on rating", "確度の理由", "評価理由")),
    Field("schedule_note", _("On the schedule"), "text", ("schedule comment", "schedule narrative", "日程コメント", "日程の状況")),
    Field("cost_note", _("On the cost"), "text", ("variance comment", "cost comment", "cost narrative", "budget comment", "費用コメント", "費用の状況")),
    Field("achieved", _("Done this period"), "text", ("done", "achieved", "progress", "accomplishments", "今期の実績", "実施事項", "今月の実績")),
    Field("planned", _("Next period"), "text", ("next", "next steps", "planned", "plan for next period", "来期の予定", "次の予定", "来月の予定")),
    Field("summary", _("Summary"), "text", ("summary", "remarks", "comment", "comments", "notes", "備考", "コメント", "特記事項", "状況", "進捗状況",
          "現況", "現状", "進捗", "状況報告", "近況")),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a field is kept: in the report of its date, in the register as last reported, or both."""

    report: str = ""
    project: str = ""


PLACES = {
    "source_id": Place(project="source_id"),
    "department": Place("department", "department"),
    "category": Place("category", "category"),
    "description": Place(project="description"),
    "benefits": Place(project="benefits"),
    "kind": Place(project="kind"),
    "tier": Place(project="tier"),
    "stage": Place(project="stage"),
    "state": Place(project="state"),
    "start": Place("start_on", "planned_start_on"),
    "finish": Place("forecast_finish_on", "forecast_finish_on"),
    "planned_finish": Place("planned_finish_on", "planned_finish_on"),
    "actual_finish": Place(project="actual_finish_on"),
    "whole_life_cost": Place("forecast_cost", "forecast_cost"),
    "approved_budget": Place("approved_budget", "approved_budget"),
    "spent": Place("spent", "spent"),
    "budget": Place("year_budget"),
    "forecast": Place("year_forecast"),
    "variance_percent": Place("declared_variance_percent"),
    "confidence": Place("confidence", "confidence"),
    "overall": Place("overall_light", "overall_light"),
    "confidence_reason": Place("confidence_reason"),
    "schedule_note": Place("schedule_note"),
    "cost_note": Place("cost_note"),
    "achieved": Place("achieved"),
    "planned": Place("planned"),
    "summary": Place("summary"),
}
NAMES = ("name", "name_ja", "name_en")
DATED = {"start", "finish", "planned_finish", "actual_finish"}
MONEY = {"whole_life_cost", "approved_budget", "spent", "budget", "forecast"}


def stored(key: str, value: Value) -> Any:
    """A value as the models keep it; None where it is not known or blank."""
    if value.value is None:
        return None
    if key == "variance_percent":
        return (value.value * 100).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return value.value
