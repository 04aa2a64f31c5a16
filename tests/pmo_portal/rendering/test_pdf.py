"""Documents as PDF: faces embedded, text that can be searched, and nothing of what people typed means anything to typst."""

import io
import re

import pytest
from django.urls import reverse
from pypdf import PdfReader

from pmo_portal.audit.models import AuditEntry
from pmo_portal.rendering import fonts, pdf
from pmo_portal.rendering.faults import Unmade
from pmo_portal.rendering.paper import Paper
from tests.factories import GREEN, ReportFactory

pytestmark = pytest.mark.django_db
HOSTILE = (
    '#read("/etc/passwd") #sys.version *太字* _斜体_ $x^2$ `raw` @label <tag> \\u{41} // 注 /* 注 */ ]) #panic("x")'
)
PAPER = Paper(office="あおば製作所", mark="社外秘", footer="経営企画部")


def page(**given):
    return {"title": "題", "crumb": "", "foot": "", "sub": "", "figures": [], "sections": []} | given


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def words(content: bytes) -> str:
    return re.sub(r"[\s\u200b]+", "", "".join(p.extract_text() for p in read(content).pages))


def text_section(text: str) -> dict:
    return {"title": "本文", "text": text}


def faces(content: bytes) -> list[dict]:
    """The descriptors of all faces of a document."""
    found = []
    for one in read(content).pages:
        for face in one["/Resources"]["/Font"].values():
            face = face.get_object()
            for part in face.get("/DescendantFonts", [face]):
                found.append(part.get_object()["/FontDescriptor"].get_object())
    return found


def test_every_face_is_embedded_and_the_text_is_found_again():
    made = pdf.render("report", page(sections=[text_section("髙橋 ①㈱ ㎡ Ⅲ 﨑 − 〜 ｶﾅ")]), paper=PAPER)
    assert all(name in words(made) for name in ("髙橋", "①", "㈱", "﨑", "社外秘", "経営企画部", "あおば製作所"))
    assert faces(made)
    for face in faces(made):
        assert any(key in face for key in ("/FontFile", "/FontFile2", "/FontFile3")), face["/FontName"]
        assert "BIZUDPGothic" in face["/FontName"]
    assert read(made).metadata.title == "題"


def test_what_is_typed_is_words_and_nothing_else():
    made = words(pdf.render("report", page(title=HOSTILE, sections=[text_section(HOSTILE)]), paper=PAPER))
    assert made.count(re.sub(r"\s", "", HOSTILE)) == 2 and "root:" not in made


def test_a_template_reads_nothing_but_what_was_laid_beside_it(monkeypatch, tmp_path):
    (tmp_path / "spy.typ").write_text('#let data = json("data.json")\n#read("/etc/passwd")\n#read("../../etc/passwd")')
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)
    with pytest.raises(Unmade) as fault:
        pdf.render("spy", {}, paper=PAPER)
    assert fault.value.code == "broken" and "passwd" in str(fault.value)


def test_a_document_that_does_not_end_is_ended(monkeypatch, tmp_path):
    (tmp_path / "endless.typ").write_text("#for a in range(99999) { for b in range(99999) { let c = a + b } }")
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)
    with pytest.raises(Unmade, match="too_long"):
        pdf.render("endless", {}, paper=PAPER, seconds=2)


def test_without_the_faces_nothing_is_made_and_it_is_said_why(monkeypatch, tmp_path, office, signed_in):
    monkeypatch.setattr(fonts, "folder", lambda: tmp_path)
    report = ReportFactory(project=office.apollo, period=office.period, **GREEN)
    url = reverse("projects:status:status_pdf", args=(office.apollo.key, office.period.key))
    answer = signed_in(office.cast.pmo).get(url, follow=True)
    assert answer.redirect_chain[0][0] == report.get_absolute_url()
    assert "書体がサーバにありません" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="exported").exists()


def test_what_no_face_holds_is_a_geta_and_no_empty_box(monkeypatch):
    monkeypatch.setattr(fonts, "DEBIAN", fonts.folder() / "none")
    assert fonts.known("髙①㈱葛󠄀🦖") == "髙①㈱葛󠄀〓"
    assert "〓" in words(pdf.render("report", page(sections=[text_section("🦖")]), paper=PAPER))


def test_what_has_no_blank_breaks_and_stays_on_the_page():
    long = "https://example.com/" + "abcdefghij" * 30
    made = pdf.render("report", page(sections=[text_section(long)]), paper=PAPER)
    assert long in words(made)
    assert len(read(made).pages[0].extract_text().splitlines()) > 4


def test_a_table_goes_on_under_the_same_head():
    rows = [[f"項目{n:03}", "値"] for n in range(120)]
    table = {"title": "一覧", "columns": ["auto", "rest"], "head": ["見出し列", "値の列"], "rows": rows}
    made = read(pdf.render("report", page(title="長い表", sections=[table]), paper=PAPER))
    assert len(made.pages) > 2
    for number, one in enumerate(made.pages, 1):
        said = re.sub(r"\s+", "", one.extract_text())
        assert "見出し列" in said and "長い表" in said and "社外秘" in said and f"{number}/{len(made.pages)}" in said


def test_who_does_not_see_the_report_gets_no_paper_of_it(office, signed_in):
    report = ReportFactory(project=office.boreas, period=office.period, **GREEN)
    url = reverse("projects:status:status_pdf", args=(office.boreas.key, office.period.key))
    assert signed_in(office.cast.pm).get(url).status_code == 404
    answer = signed_in(office.cast.pmo).get(url)
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
    entry = AuditEntry.objects.get(action="exported")
    assert entry.actor == office.cast.pmo and str(report) in entry.reason
