"""Small sheets with the traps of real ones, and an import on its way."""

from __future__ import annotations

import csv
import io

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from pmo_portal import jobs
from pmo_portal.intake import actions
from pmo_portal.intake.models import ImportRun

HEADS = ["管理番号", "件名", "承認額(千円)", "完了予定", "備考"]
# A title above, a known name without its number (to be confirmed), a month 13, a total row.
LEDGER = [
    ["案件一覧 2026年度下期"],
    HEADS,
    ["", "基幹システム刷新", "４８０，０００", "令和9年6月20日", ""],
    ["P-0301", "プレス工程の自動搬送", "84,000", "2027/9/30", "新しい"],
    ["P-0302", "塗装ブースの更新", "46,000", "R8.13.1", ""],
    ["", "合計", "622,000", "", ""],
]


def csv_bytes(rows, encoding: str = "cp932") -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def upload(content: bytes, name: str = "案件一覧.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def receive(by, portfolio, rows=LEDGER, name: str = "案件一覧.csv", **given) -> ImportRun:
    """A file that was sent and read."""
    run = actions.receive_file(
        by=by, target="projects", scope=portfolio.scope, file=csv_bytes(rows), file_name=name, **given
    )
    jobs.drain(strict=True)
    return ImportRun.objects.get(pk=run.pk)
