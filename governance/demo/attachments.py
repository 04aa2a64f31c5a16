"""Files of the demo office: plans and estimates, minutes, photographs, what decisions lean on; made here, as people make them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import typst
import xlsxwriter
from PIL import Image, ImageDraw

from governance.investment.models import UNDER_WAY, ContinuationProposal
from pmo_portal import audit, jobs
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.files import actions, kinds, storing
from pmo_portal.files.carriers import type_of
from pmo_portal.files.drawing import can_draw
from pmo_portal.files.models import Attachment, FileVersion
from pmo_portal.i18n.dates import format_date
from pmo_portal.periods.fiscal import add_months
from pmo_portal.periods.queries import office_moment
from pmo_portal.rendering import fonts
from projects.register.approving import BUDGET
from projects.register.models import Project

if TYPE_CHECKING:
    from governance.demo.office import DemoOffice

PAPER = """
#set page(paper: "a4", margin: 22mm, footer: context align(right, text(8pt, gray)[#counter(page).display("1 / 1", both: true)]))
#set text(font: ("BIZ UDPGothic", "Noto Sans CJK JP"), size: 10pt, lang: "ja")
#set heading(numbering: "1.")
#show heading: set block(above: 1.4em, below: .7em)
#align(center)[#text(16pt, weight: "bold")[{title}] \\ #v(2pt) #text(9pt, gray)[{sub}]]
#v(8pt)
{body}
"""
PLAN = """
= 目的
{purpose}

= 範囲と前提
対象は{unit}の業務とし、既存の取引先との接続は変えない。要員は四半期ごとに見直し、欠員は{unit}が補う。

= 工程
#table(columns: (1fr, 90pt), stroke: .4pt + luma(180), inset: 6pt, [*節目*], [*予定*], {rows})

= 費用
承認額は *{amount}百万円*、うち外部委託は約4割とする。超過が1割を越える見込みになった月に、継続判断を提案する。
#pagebreak()
= 体制
プロジェクトマネージャは{pm}。月次の進捗報告で実績と見込みを示し、判断が要る事項は報告の「必要な支援」に書く。

= 主なリスク
+ 受入試験の期間に要員が重なる。対策は、利用部門の応援を前月までに確保する。
+ 委託先の切替えが長引く。対策は、二社目の見積を併せて取る。
"""
CHOICES = """
= 比べた案
#table(columns: (1.4fr, 1fr, 1fr, 1.6fr), stroke: .4pt + luma(180), inset: 6pt,
[*案*], [*追加費用*], [*完了*], [*残る危険*],
[このまま進める], [なし], [+{late}日], [期日と費用の両方を超える],
[範囲を絞って進める], [{less}百万円], [+{some}日], [二期に回す機能の費用が別に要る],
[止める], [違約金 {fine}百万円], [–], [使った{spent}百万円が戻らない])

= 推す案
{reason}
"""
ESTIMATE = """
#grid(columns: (1fr, auto), [{unit} 御中 \\ #v(4pt) 下記のとおりお見積り申し上げます。], align(right)[みどりソリューションズ株式会社 \\ 登録番号 T0000000000000])
#v(10pt)
#table(columns: (1fr, 40pt, 80pt, 80pt), stroke: .4pt + luma(180), inset: 6pt, align: (left, right, right, right),
[*品目*], [*数量*], [*単価*], [*金額*],
[追加ライセンス], [120], [48,000], [5,760,000],
[移行作業（データ整備を含む）], [1], [8,400,000], [8,400,000],
[受入試験の支援], [1], [2,200,000], [2,200,000],
[*小計*], [], [], [*16,360,000*],
[消費税（10%）], [], [], [1,636,000],
[*合計*], [], [], [*17,996,000*])
"""
MINUTES = """{name} 第{number}回 ステアリング会議 議事録
日時: {day} 15:00-16:00
出席: {pm}、後藤（PMO）、{unit}

1. 進捗
   前回からの変更点を確認した。遅れている節目は次回までに挽回策を示す。
2. 決定
   受入試験の開始条件を「重大な不具合なし」とする。
3. 宿題
   {pm}: 移行の手順書を更新する（次回まで）
   {unit}: 利用部門の担当者を2名決める（2週間以内）
"""


Version = tuple[date, str, bytes]  # the day it came, what changed, the bytes


def files_of_projects(office: DemoOffice) -> None:
    """What each larger project has kept since it began, with the days on which it came."""
    found = Project.objects.filter(tier="A", planned_start_on__lt=office.today).select_related(
        "pm", "portfolio", "unit"
    )
    for n, project in enumerate(found.exclude(pm=None).order_by("key")):
        for name, versions in _kept_by(project, n, office.today):
            _keep(project, name, [v for v in versions if v[0] < office.today])


def _kept_by(project: Project, n: int, today: date) -> Iterator[tuple[str, list[Version]]]:
    began = project.planned_start_on or today
    plans = [(began, "初版", _plan(project)), (add_months(began, 7), "工程を見直し", _plan(project, "改訂第2版"))]
    yield "実行計画書.pdf", plans[: 1 + n % 2]
    yield "見積比較.xlsx", [(began + timedelta(days=12), "三社の比較", _estimates(n))]
    for number in (n % 3 + 4, n % 3 + 5):
        day = add_months(began, number)
        yield f"第{number}回ステアリング議事録.txt", [(day, "", _minutes(project, number, day))]
    month = add_months(today, -1)
    if project.kind == Project.Kind.FACILITY:
        yield f"現場_{month:%Y-%m}.png", [(month, "足場を外した後", _photograph(n))]
    if project.kind == Project.Kind.PRODUCT:
        yield "評価試験_結果.csv", [(month, "", _trial(n))]


def _keep(project: Project, name: str, versions: list[Version]) -> None:
    """As `actions.attach` does it, on the days on which it was."""
    if not versions or project.pm is None:
        return
    attachment = Attachment.objects.create(
        content_type=type_of(project), object_id=project.pk, name=name, by=project.pm
    )
    entries = []
    for number, (day, note, content) in enumerate(versions, 1):
        at = office_moment(day, time(10, 12 + number))
        kept = storing.keep(content, actions.FOLDER, len(content))
        kind = kinds.kind_of(io.BytesIO(content), name)
        waits = can_draw(kind)
        version = FileVersion.objects.create(
            attachment=attachment,
            number=number,
            name=name,
            kind=kind.key,
            note=note,
            size=kept.size,
            sha256=kept.sha256,
            path=kept.path,
            by=project.pm,
            preview=FileVersion.Preview.WAITING if waits else FileVersion.Preview.NONE,
        )
        FileVersion.objects.filter(pk=version.pk).update(at=at)
        done, said = ("attached", name) if number == 1 else ("revised_file", f"{name} ({number})")
        own = "attached" if number == 1 else "revised"
        entries.append(audit.entry_for(attachment, own, by=project.pm, changes={}, reason=note, at=at))
        entries.append(audit.entry_for(project, done, by=project.pm, changes={}, reason=said, at=at))
        Attachment.objects.filter(pk=attachment.pk).update(updated_at=at, **({"created_at": at} if number == 1 else {}))
        if waits:
            jobs.submit("pmo_portal.files.draw", version.pk)
    audit.note_many(entries)


def files_of_decisions(office: DemoOffice) -> None:
    """What the open proposals and requests lean on: attached today, through the same door as everybody's."""
    for proposal in ContinuationProposal.objects.filter(state__in=UNDER_WAY).select_related("project", "proposed_by"):
        by, project = proposal.proposed_by, proposal.project
        paper = _paper(f"{project.name_ja} 代替案の比較", by.name_ja, _choices(proposal))
        actions.attach(proposal, by=by, file=paper, name="代替案の比較.pdf", note="3案の費用・期日・残る危険")
    for request in ApprovalRequest.objects.filter(state="running", kind=BUDGET).select_related("drafter"):
        paper = _paper("御見積書", "見積番号 MS-2026-1187", ESTIMATE.replace("{unit}", "あおば製作所"))
        actions.attach(
            request, by=request.drafter, file=paper, name="見積書_みどりソリューションズ.pdf", note="追加範囲の見積"
        )


# ---- the papers


def _paper(title: str, sub: str, body: str) -> bytes:
    page = PAPER.replace("{title}", _typed(title)).replace("{sub}", _typed(sub)).replace("{body}", body)
    return typst.compile(page.encode(), font_paths=[str(fonts.folder())], ignore_system_fonts=True)


def _typed(text: str) -> str:
    """Words as typst's markup, in which no sign means anything."""
    return "".join(f"\\{c}" if c in "\\#$*_`<>@[]=-+/~" else c for c in text)


def _unit(project: Project) -> str:
    return project.unit.name_ja if project.unit else "利用部門"


def _millions(amount: Decimal | None) -> int:
    return int((amount or 0) / 1_000_000)


def _plan(project: Project, state: str = "初版") -> bytes:
    found = project.milestones.exclude(baseline_on=None).order_by("baseline_on")
    rows = " ".join(f"[{_typed(m.name_ja)}], [{format_date(m.baseline_on, 'plain')}]," for m in found)
    body = PLAN
    for name, said in {
        "purpose": _typed(project.description or f"{project.name_ja}を期日までに終え、業務に定着させる。"),
        "unit": _typed(_unit(project)),
        "rows": rows,
        "amount": str(_millions(project.approved_budget)),
        "pm": _typed(project.pm.name_ja if project.pm else "未定"),
    }.items():
        body = body.replace(f"{{{name}}}", said)
    return _paper(f"{project.name_ja} 実行計画書", f"{project.key} {state}", body)


def _choices(proposal: ContinuationProposal) -> str:
    spent, body = _millions(proposal.project.spent), CHOICES
    for name, said in {
        "late": "92",
        "some": "40",
        "less": str(max(3, spent // 12)),
        "fine": str(max(2, spent // 20)),
        "spent": str(spent),
        "reason": _typed(proposal.reason),
    }.items():
        body = body.replace(f"{{{name}}}", said)
    return body


def _minutes(project: Project, number: int, day: date) -> bytes:
    pm = project.pm.name_ja if project.pm else ""
    told = {"name": project.name_ja, "number": number, "pm": pm, "unit": _unit(project)}
    return MINUTES.format(day=format_date(day, "plain"), **told).encode()


def _estimates(n: int) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, money = book.add_worksheet("比較"), book.add_format({"num_format": "#,##0"})
    head = book.add_format({"bold": True, "bg_color": "#E8ECF4", "border": 1})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 3, 18)
    sheet.write_row(0, 0, ["品目（円・税別）", "みどりソリューションズ", "北都システム", "Kanto Digital"], head)
    for row, (item, base) in enumerate(
        (("設計・開発", 42), ("移行", 12), ("機器・ライセンス", 18), ("教育・支援", 6)), 1
    ):
        sheet.write_row(row, 0, [item])
        sheet.write_row(row, 1, [(base + n % 4 + k * (k - 1)) * 1_000_000 for k in range(3)], money)
    for column in "BCD":
        at = "BCD".index(column)
        total = sum(base + n % 4 + at * (at - 1) for base in (42, 12, 18, 6)) * 1_000_000
        sheet.write_formula(f"{column}6", f"=SUM({column}2:{column}5)", money, total)
    sheet.write(5, 0, "合計", head)
    book.close()
    return out.getvalue()


def _trial(n: int) -> bytes:
    """As the testers' instrument writes it: Shift_JIS, with a line of units."""
    out = io.StringIO()
    lines = [("時刻", "荷重", "変位", "温度"), ("", "N", "mm", "℃")]
    lines += [
        (f"10:{m:02}", str(480 + (m * 37 + n) % 60), f"{2.4 + m % 7 / 10:.1f}", str(21 + m % 5)) for m in range(60)
    ]
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode("cp932")


def _photograph(n: int) -> bytes:
    """A site as a child would draw it: sky, ground, a frame of steel, a crane."""
    picture = Image.new("RGB", (1280, 800), "#BBD3EA")
    draw = ImageDraw.Draw(picture)
    for line in range(520):
        draw.line([(0, line), (1280, line)], fill=(150 + line // 9, 186 + line // 14, 226 + line // 26))
    draw.rectangle([0, 560, 1280, 800], fill="#A08B6B")
    for column in range(6 + n % 3):
        x = 220 + column * 110
        draw.rectangle([x, 250, x + 14, 600], fill="#5A6675")
        for floor in range(4):
            draw.rectangle([x, 270 + floor * 86, x + 124, 282 + floor * 86], fill="#6F7C8C")
    draw.rectangle([1040, 120, 1058, 620], fill="#D9A21B")
    draw.polygon([(760, 132), (1180, 120), (1180, 134), (760, 140)], fill="#D9A21B")
    draw.line([(800, 136), (800, 330)], fill="#333333", width=3)
    draw.rectangle([760, 330, 840, 352], fill="#8A4B2D")
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
