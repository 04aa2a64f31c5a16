"""The lists that came into the demo office: one was the wrong file and taken back, one is in, one waits for answers."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from pmo_portal import jobs
from pmo_portal.intake import actions as intake
from pmo_portal.intake.models import ImportRun
from pmo_portal.periods.fiscal import add_months

if TYPE_CHECKING:
    from governance.demo.office import DemoOffice

HEADS = ("管理番号", "件名", "所属", "段階", "開始予定", "完了予定", "承認額(百万円)", "見込額(百万円)")
Rows = tuple[tuple[str, ...], ...]

# As the lines of a company keep them: full-width figures, era years, a month that does not exist, a total.
LAST_YEARS: Rows = (
    ("PROD-01", "試作評価ライン（旧計画）", "開発本部", "完了", "2024/4/1", "2025/3/31", "128", "131"),
    ("PROD-02", "新素材の量産評価", "開発本部", "計画", "2025/10/1", "2026/12/25", "74", "74"),
    ("PROD-03", "海外規格の再取得", "開発本部", "計画", "2026/1/15", "2026/11/30", "22", "23"),
)
WANTED: Rows = (
    ("SITE-31", "東北配送所の開設", "物流部", "計画", "R8.10.1", "令和9年9月30日", "１８６", "186"),
    ("SITE-32", "本社棟の耐震補強", "総務部", "計画", "2026/11/2", "2028/3/31", "420", "428"),
)
LEDGER: Rows = (
    ("", "基幹ｼｽﾃﾑ刷新", "情報システム部", "実行", "2024/6/3", "令和9年6月20日", "４８０", "492"),
    ("", "データ分析基盤（第二期）", "情報システム部", "構想", "2026/12/1", "2028/3/31", "96", "96"),
    ("", "社内ポータルの再構築", "情報システム部", "実行", "2026/4/1", "2027/3/31", "27", "29"),
    ("CORE-41", "工場系端末の更新", "情報システム部", "計画", "2026/10/1", "2027/9/30", "84", "84"),
    ("CORE-42", "帳票基盤の統合", "情報システム部", "計画", "2026/11/2", "R9.13.1", "46", "約50"),
    ("CORE-43", "工数管理の更改", "情報システム部", "計画", "2027/1/12", "2027/12/24", "38", "38"),
    ("", "合計", "", "", "", "", "771", "785"),
)


def files_that_came(office: DemoOffice) -> None:
    before = add_months(office.current.starts_on, -1)
    wrong = _receive(office, "PROD", "新製品_2024年度一覧.csv", ("新製品 案件一覧 2024年度",), LAST_YEARS, before)
    _apply(office, wrong)
    intake.undo_run(wrong, by=office.people["pmo"], reason="昨年度のファイルだったため")
    _apply(office, _receive(office, "SITE", "拠点整備_追加分.csv", ("拠点整備 追加案件",), WANTED, before))
    _receive(office, "CORE", "基幹刷新_案件一覧.csv", ("基幹刷新 案件一覧（下期見直し）",), LEDGER, None)


def _receive(office: DemoOffice, portfolio: str, name: str, title: tuple[str, ...], rows: Rows, as_of) -> ImportRun:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([title, HEADS, *rows])
    run = intake.receive_file(
        by=office.people["pmo"],
        target="projects",
        scope=office.portfolios[portfolio].scope,
        file=text.getvalue().encode("cp932"),
        file_name=name,
        as_of=as_of,
    )
    jobs.drain()
    run.refresh_from_db()
    return run


def _apply(office: DemoOffice, run: ImportRun) -> None:
    intake.apply_run(run, by=office.people["pmo"])
    jobs.drain()
    run.refresh_from_db()
