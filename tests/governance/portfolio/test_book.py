"""The portfolio book: as PDF, as slides, as figures; made of what its reader may see."""

import io
import re
import subprocess
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from pptx import Presentation
from pypdf import PdfReader

from governance.portfolio import book_queries
from pmo_portal import jobs
from pmo_portal.audit.models import AuditEntry
from pmo_portal.files.drawing import office_program
from pmo_portal.making.models import MadeFile
from pmo_portal.rendering import declaring
from tests.factories import ReportFactory

pytestmark = pytest.mark.django_db
HOSTILE = '=HYPERLINK("http://x")#read("/etc/passwd")'
NAME = "髙橋①㈱連携"


@pytest.fixture
def reported(office):
    """APOLLO is late and dear, and says so in words that mean something elsewhere."""
    project = office.apollo
    project.name_ja = NAME
    project.save()
    return ReportFactory(
        project=project,
        period=office.period,
        confidence="red",
        confidence_reason=HOSTILE,
        achieved="設計を終えた。",
        forecast_finish_on=date(2037, 3, 24),
        forecast_cost=Decimal("123000000"),
        help_needed="検証環境を5日間",
        help_from=office.cast.member,
    )


def made(viewer, form: str, conditions: str = "", language: str = "ja"):
    with translation.override(language):
        content = declaring.kinds["portfolio-book"].makers[form](declaring.Wanted(viewer, QueryDict(conditions)))
    return content if isinstance(content, bytes) else content.read()


def texts(pages) -> list[str]:
    return [re.sub(r"[\s\u200b]+", "", page.extract_text()) for page in pages]


def test_the_pdf_has_a_cover_the_portfolio_and_a_page_for_each_project(reported, office):
    pages = texts(PdfReader(io.BytesIO(made(office.cast.manager, "pdf"))).pages)
    assert "ポートフォリオ報告書" in pages[0] and office.period.label in pages[0]
    assert "手を打つ順" in pages[1]
    (page,) = (p for p in pages[2:] if p.startswith(NAME) or NAME in p[:80])
    for words in ("設計を終えた。", "検証環境を5日間", "123百万円", HOSTILE, "2037/3/24"):
        assert re.sub(r"\s", "", words) in page
    assert "root:" not in "".join(pages)


def test_a_page_too_full_stays_one_page(reported, office):
    rows = len(PdfReader(io.BytesIO(made(office.cast.manager, "pdf"))).pages)
    full = "あ" * 1000
    type(reported).objects.filter(pk=reported.pk).update(
        achieved=full,
        planned=full,
        help_needed=full,
        confidence_reason=full,
        **{f"{d}_reason": "い" * 300 for d in ("schedule", "cost", "scope", "resources", "quality", "risk", "overall")},
    )
    assert len(PdfReader(io.BytesIO(made(office.cast.manager, "pdf"))).pages) == rows


def test_the_slides_are_powerpoints_own_tables_and_charts(reported, office):
    deck = Presentation(io.BytesIO(made(office.cast.manager, "pptx")))
    slides = list(deck.slides)
    assert slides[0].shapes.title.text == "ポートフォリオ報告書"
    (slide,) = (s for s in slides if s.shapes.title.text == NAME)
    cells = {c.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for c in row.cells}
    assert "123百万円" in cells and any("2037/3/24" in cell for cell in cells)
    assert any(shape.has_chart for shape in slides[1].shapes)
    chart = next(shape.chart for shape in slides[1].shapes if shape.has_chart)
    assert sum(chart.plots[0].series[0].values) >= 1
    theme = next(r.target_part for r in deck.slide_masters[0].part.rels.values() if r.reltype.endswith("/theme"))
    assert theme.blob.decode().count('typeface="BIZ UDPGothic"') >= 4


def test_an_office_program_opens_the_slides(reported, office, tmp_path):
    assert office_program(), "LibreOffice is needed: .ci/services.sh installs it"
    (tmp_path / "book.pptx").write_bytes(made(office.cast.manager, "pptx"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    line = [
        office_program(),
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "book.pptx"),
    ]
    subprocess.run(line, check=True, timeout=120, capture_output=True)
    assert NAME in "".join(texts(PdfReader(tmp_path / "book.pdf").pages))


def test_the_workbook_holds_figures_and_no_formula_of_anybodys(reported, office):
    book = openpyxl.load_workbook(io.BytesIO(made(office.cast.manager, "xlsx")))
    sheet = book["プロジェクト"]
    heads = [cell.value for cell in sheet[1]]
    row = next(r for r in sheet.iter_rows(min_row=2, values_only=True) if r[1] == NAME)
    told = dict(zip(heads, row, strict=True))
    assert told["完成時の総コスト"] == 123_000_000 and told["通貨"] == "JPY"
    assert HOSTILE in row
    for one in book.worksheets:
        assert all(cell.data_type != "f" for line in one.iter_rows() for cell in line)
    assert len(book["概要"]._charts) == 1


def test_only_what_its_reader_sees_and_what_the_conditions_leave(reported, office, cast):
    ReportFactory(project=office.boreas, period=office.period)
    names = lambda content: {  # noqa: E731
        r[0] for r in openpyxl.load_workbook(io.BytesIO(content))["プロジェクト"].iter_rows(min_row=2, values_only=True)
    }
    everything = names(made(cast.manager, "xlsx"))
    assert {office.apollo.key, office.boreas.key} <= everything
    assert office.boreas.key not in names(made(cast.manager, "xlsx", f"q={office.apollo.key}"))
    assert names(made(cast.site_pmo, "xlsx")) == {office.boreas.key}


def test_in_english(reported, office):
    first = PdfReader(io.BytesIO(made(office.cast.manager, "pdf", language="en"))).pages[0].extract_text()
    assert "Portfolio book" in first


def test_what_is_too_much_or_nothing_is_said(reported, office, signed_in, monkeypatch):
    browser, url = signed_in(office.cast.manager), reverse("documents:ask", args=("portfolio-book",))
    assert browser.post(f"{url}?q=no-such-project", {"form": "pdf"}).status_code == 422
    assert browser.post(f"{url}?period=no-such", {"form": "pdf"}).status_code == 422
    monkeypatch.setattr("governance.portfolio.book.MOST", 0)
    assert "絞り込んで" in browser.get(url).content.decode()
    assert signed_in(office.cast.pm).get(url).status_code == 403


def test_from_the_portfolio_by_a_job_to_the_file(reported, office, signed_in):
    browser = signed_in(office.cast.manager)
    screen = browser.get(reverse("governance:portfolio:screen")).content.decode()
    assert reverse("documents:ask", args=("portfolio-book",)) in screen
    page = browser.post(reverse("documents:ask", args=("portfolio-book",)), {"form": "xlsx"}).url
    jobs.drain(strict=True)
    one = MadeFile.objects.get()
    assert one.job.total == one.job.done > 0
    assert b"".join(browser.get(f"{page}content/").streaming_content).startswith(b"PK")
    assert AuditEntry.objects.filter(action="exported", actor=office.cast.manager).count() == 1


def test_the_queries_do_not_grow_with_the_projects(reported, office, django_assert_max_num_queries):
    sight = book_queries.sight_asked(QueryDict(""))
    listing = book_queries.listed(office.cast.manager, QueryDict(""), sight)
    rows = book_queries.whole_screen(office.cast.manager, sight, listing)["heat"]
    with django_assert_max_num_queries(8):
        assert len(list(book_queries.pages(office.cast.manager, sight, rows))) == len(rows)
