"""The extract of the audit trail: what the conditions leave, the head of the chain, what checking it found."""

import io
import re
from itertools import pairwise

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from pmo_portal import audit, jobs
from pmo_portal.audit.models import AuditEntry, AuditLink
from pmo_portal.making.models import MadeFile
from pmo_portal.rendering import declaring
from pmo_portal.setup import extract

pytestmark = pytest.mark.django_db
LINKS = AuditLink._meta.db_table
HOSTILE = '=1+1 #read("/etc/passwd") 髙①㈱'


@pytest.fixture
def changed(office):
    """One field of APOLLO from what to what, for a reason that means something elsewhere."""
    with audit.change(office.apollo, "changed", by=office.cast.pmo, reason=HOSTILE) as project:
        project.name_ja = "基幹連携"
    return AuditEntry.objects.order_by("-pk").first()


def made(viewer, form: str, conditions: str = ""):
    with translation.override("ja"):
        content = declaring.kinds["audit-extract"].makers[form](declaring.Wanted(viewer, QueryDict(conditions)))
    return content if isinstance(content, bytes) else content.read()


def text(content: bytes) -> str:
    return re.sub(r"[\s\u200b]+", "", "".join(p.extract_text() for p in PdfReader(io.BytesIO(content)).pages))


def test_the_pdf_names_the_head_of_the_chain_and_tells_each_change(changed, office):
    said = text(made(office.cast.auditor, "pdf", "q=APOLLO"))
    head = AuditLink.objects.order_by("-position").first()
    assert head.hash in said and "全体を検証しました" in said and office.cast.auditor.name.replace(" ", "") in said
    for words in (HOSTILE, "基幹システム刷新→基幹連携", f"{changed.link.position}{changed.link.hash[:10]}", "APOLLO"):
        assert words.replace(" ", "") in said
    assert "root:" not in said


def test_the_workbook_holds_every_hash_and_no_formula(changed, office):
    book = openpyxl.load_workbook(io.BytesIO(made(office.cast.auditor, "xlsx")))
    facts, sheet = book.worksheets
    assert AuditLink.objects.order_by("-position").first().hash in {row[1] for row in facts.values}
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert len(rows) == AuditEntry.objects.count() == AuditLink.objects.count()
    row = rows[changed.pk]
    assert row[6] == HOSTILE and row[7] == changed.link.position and row[8:10] == (changed.link.hash, changed.digest)
    for one in book.worksheets:
        assert all(cell.data_type != "f" for line in one.iter_rows() for cell in line)


def test_whoever_has_the_workbook_can_walk_the_chain(changed, office):
    sheet = openpyxl.load_workbook(io.BytesIO(made(office.cast.auditor, "xlsx"))).worksheets[1]
    rows = sorted((row[7], row[8], row[9]) for row in sheet.iter_rows(min_row=2, values_only=True))
    for (_place, before, _digest), (place, sealed, digest) in pairwise(rows):
        assert AuditLink.chain(before, int(place), digest) == sealed


def test_a_trail_that_was_tampered_with_is_said_to_be(changed, office):
    made(office.cast.auditor, "xlsx")
    link = AuditLink.objects.order_by("position").first()
    with connection.cursor() as cursor:
        _without_guard(cursor, LINKS)
        cursor.execute(f"UPDATE {LINKS} SET hash = %s WHERE position = %s", ["0" * 64, link.position])
    said = text(made(office.cast.auditor, "pdf", "q=APOLLO"))
    assert "異常が見つかりました" in said and f"link{link.position}doesnotfollow" in said


def _without_guard(cursor, table: str) -> None:
    """What only somebody at the database itself can do; rolled back with the test."""
    if connection.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end of the transaction holds the table
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP TRIGGER {name}")


def test_only_what_its_reader_may_see(changed, office):
    with audit.change(office.boreas, "changed", by=office.cast.site_pmo, reason="BOREASだけの理由") as project:
        project.name_ja = "北の拠点"
    everything = text(made(office.cast.auditor, "pdf"))
    narrow = text(made(office.cast.auditor, "pdf", f"q={office.apollo.key}"))
    assert "BOREASだけの理由" in everything and "BOREASだけの理由" not in narrow


def test_who_may_not_read_the_trail_gets_no_extract(office, signed_in):
    url = reverse("documents:ask", args=("audit-extract",))
    for person in (office.cast.pm, office.cast.pmo, office.cast.sponsor):
        assert signed_in(person).get(url).status_code == 403


def test_from_the_list_with_its_conditions_by_a_job(changed, office, signed_in):
    browser = signed_in(office.cast.auditor)
    page = browser.get(reverse("setup:audit"), {"q": "APOLLO"}).content.decode()
    url = f"{reverse('documents:ask', args=('audit-extract',))}?q=APOLLO"
    assert url in page and "APOLLO" in browser.get(url).content.decode()
    shown = browser.post(url, {"form": "pdf"}).url
    jobs.drain(strict=True)
    one = MadeFile.objects.get()
    assert one.state == "ready" and one.name.endswith(".pdf")
    assert b"".join(browser.get(f"{shown}content/").streaming_content).startswith(b"%PDF-")
    assert AuditEntry.objects.filter(action="exported", actor=office.cast.auditor).count() == 1


def test_what_is_too_long_for_paper_is_offered_as_a_workbook(changed, office, signed_in, monkeypatch):
    browser, url = signed_in(office.cast.auditor), reverse("documents:ask", args=("audit-extract",))
    monkeypatch.setattr(extract, "MOST", {"pdf": 1, "xlsx": 100_000})
    assert 'value="pdf"' not in browser.get(url).content.decode()
    assert browser.post(url, {"form": "pdf"}).status_code == 422
    monkeypatch.setattr(extract, "MOST", {"pdf": 1, "xlsx": 1})
    assert "絞り込んでください" in browser.get(url).content.decode()
    assert not MadeFile.objects.exists()
