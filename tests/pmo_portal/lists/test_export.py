"""Lists as files: what a spreadsheet opens is what the list shows, for those who may see it, however long it is."""

import csv
import io
import shutil
import subprocess
import tracemalloc
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.utils import timezone, translation
from openpyxl.utils.escape import unescape

from administration.collection.lists import CampaignList, ExpectedList, ReplyList
from governance.investment.lists import ProposalList
from governance.portfolio.lists import StandingList
from pmo_portal.accounts.models import Person
from pmo_portal.approvals.lists import RequestList, RouteList
from pmo_portal.files.lists import FileList
from pmo_portal.intake.lists import ImportProfileList, ImportRunList
from pmo_portal.lists import Column, List, export
from pmo_portal.lists.export import LONGEST_TEXT, disarm, plain, shortened, workbook
from pmo_portal.lists.reading import reader
from pmo_portal.making.lists import MadeList
from pmo_portal.setup.extract import ExtractList
from pmo_portal.setup.lists import AuditList, JobList, LetterList, PeopleList, PeriodList, SettingsList
from projects.register.lists import PortfolioList, ProgrammeList, ProjectList
from projects.register.models import Project
from projects.status.lists import StatusReportList
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db
FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    '＝HYPERLINK("http://evil.example","x")',
    "  =1+1",
)


def csv_of(answer) -> list[list[str]]:
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf"), "without the mark Excel reads it as Shift_JIS"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_of(answer) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_csv_holds_what_the_list_shows_with_its_heads_in_the_readers_language(office, signed_in):
    client = signed_in(office.cast.pmo)
    heads, *rows = csv_of(client.get("/projects/", {"export": "csv", "q": "APOLLO"}))
    assert heads[:3] == ["番号", "名前", "総合"] and [r[0] for r in rows] == ["APOLLO"]
    assert rows[0][heads.index("承認額")] == "465000000.00" and rows[0][heads.index("通貨")] == "JPY"
    assert "未報告" in rows[0]
    english = signed_in(office.cast.pmo)
    english.cookies["django_language"] = "en"
    heads, *rows = csv_of(english.get("/projects/", {"export": "csv", "q": "APOLLO"}))
    assert heads[:2] == ["Key", "Name"] and "Not reported" in rows[0] and "Core ERP renewal" in rows[0]


def test_the_csv_speaks_the_readers_language_and_zone_also_after_the_request_put_them_away(office, signed_in):
    Person.objects.filter(pk=office.cast.pmo.pk).update(timezone="America/New_York", language="en")
    answer = signed_in(office.cast.pmo).get("/setup/people/", {"export": "csv", "cols": "name,seen", "q": "pmo@"})
    Person.objects.filter(pk=office.cast.pmo.pk).update(
        last_login=datetime(2026, 11, 23, 3, 30, tzinfo=timezone.get_fixed_timezone(0))
    )
    with translation.override("ja"), timezone.override("Asia/Tokyo"):
        heads, row = csv_of(answer)
    assert heads == ["Name", "Last signed in"] and row[1] == "2026-11-22 22:30"


def test_the_xlsx_has_numbers_days_and_moments_as_such(office, signed_in):
    sheet = xlsx_of(signed_in(office.cast.pmo).get("/projects/", {"export": "xlsx", "q": "APOLLO"})).active
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, sheet[2], strict=True))
    assert row["承認額"].value == 465_000_000 and isinstance(row["完了見込"].value, datetime)
    assert row["承認額に対するコスト (%)"].value == pytest.approx(3.23)
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref
    people = xlsx_of(signed_in(office.cast.pmo).get("/setup/people/", {"export": "xlsx", "q": "pmo@"})).active
    seen = people[2][[c.value for c in people[1]].index("最終ログイン")]
    assert seen.number_format == "yyyy/mm/dd hh:mm" and (seen.value.hour, seen.value.minute) != (0, 0)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_a_spreadsheet_would_compute_is_disarmed(office, signed_in, text):
    Project.objects.filter(pk=office.apollo.pk).update(name_ja=text, category=text)
    asked = {"q": "APOLLO", "cols": "key,name,category"}
    row = csv_of(signed_in(office.cast.pmo).get("/projects/", asked | {"export": "csv"}))[1]
    assert row[1] == f"'{text}" == row[2]
    cell = xlsx_of(signed_in(office.cast.pmo).get("/projects/", asked | {"export": "xlsx"})).active["C2"]
    assert cell.data_type == "s" and unescape(cell.value) == text
    assert cell.quotePrefix or text[0] == " ", "it stays a text when somebody edits the cell"


@pytest.mark.parametrize("text", ["P-0112", "−5%", "-", "－", "3 + 4", "a=b", "", "   "])
def test_other_texts_are_left_as_they_are(text):
    assert disarm(text) == text


def test_a_value_that_no_sheet_can_hold_becomes_its_words_and_is_not_lost(tmp_path):
    assert plain(Decimal("NaN")) == "NaN" and plain("a\0b") == "ab" and plain(None) is None
    assert shortened("あ" * 40_000) == "あ" * (LONGEST_TEXT - 1) + "…"
    emoji = shortened("😀" * 20_000)
    assert len(emoji.encode("utf-16-le")) // 2 <= LONGEST_TEXT and emoji.endswith("😀…")
    rows = [Row(1, date(1868, 1, 25)), Row(2, Decimal(10) ** 18 + 1), Row(3, datetime(1899, 12, 31, 8)), Row(4, True)]
    sheet = openpyxl.load_workbook(workbook(Fixed(rows))).active
    assert [sheet.cell(n, 2).value for n in range(2, 6)] == [
        "1868-01-25",
        str(10**18 + 1),
        "1899-12-31 08:00:00",
        "あり",
    ]


class Row:
    def __init__(self, pk: int, value) -> None:
        self.pk, self.value = pk, value


class Fixed(List):
    """Rows that are made while the file is written, any number."""

    model = Project
    columns = [Column("key", "Key", "pk"), Column("value", "Value", "value")]

    def __init__(self, rows) -> None:
        super().__init__(AnonymousUser(), QueryDict())
        self.rows = iter(rows)

    def blocks(self):
        while block := list(islice(self.rows, 500)):
            yield block


def test_memory_does_not_grow_with_the_rows():
    def peak(count: int, kind: str) -> int:
        rows = (Row(n, f"行 {n} " + "x" * 200) for n in range(count))
        tracemalloc.start()
        try:
            for _piece in export(Fixed(rows), kind).streaming_content:
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    for kind in ("csv", "xlsx"):
        assert peak(20_000, kind) < 1.3 * peak(2_000, kind) + 500_000, kind


def test_queries_do_not_grow_with_the_rows_of_a_block(office, signed_in, django_assert_num_queries):
    client = signed_in(office.cast.pmo)

    def queries() -> int:
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            csv_of(client.get("/projects/", {"export": "csv"}))
        return len(caught)

    queries()
    before = queries()
    for _ in range(12):
        ProjectFactory(portfolio=office.core, pm=office.cast.pm)
    assert queries() == before


def test_an_export_obeys_access_like_the_page(office, signed_in):
    def keys(person, **asked) -> set[str]:
        rows = csv_of(signed_in(person).get("/projects/", {"export": "csv"} | asked))[1:]
        return {row[0] for row in rows}

    cast = office.cast
    assert keys(cast.pmo) == {"APOLLO", "BOREAS"} == keys(cast.auditor)
    assert keys(cast.core_reader) == {"APOLLO"} and keys(cast.site_pmo) == {"BOREAS"}
    assert keys(cast.nobody) == set() == keys(cast.revoked)
    assert keys(cast.core_reader, pick=str(office.boreas.pk)) == set(), "a picked row outside one's scope stays outside"
    assert signed_in(cast.pm).get("/setup/audit/", {"export": "csv"}).status_code == 403
    from django.test import Client

    assert Client().get("/projects/", {"export": "xlsx"}).status_code == 302


def test_only_the_picked_rows_are_written(office, signed_in):
    client = signed_in(office.cast.pmo)
    assert [r[0] for r in csv_of(client.get("/projects/", {"export": "csv", "pick": office.boreas.pk}))[1:]] == [
        "BOREAS"
    ]
    assert csv_of(client.get("/projects/", {"export": "csv", "pick": "nonsense"}))[1:] == []


def test_an_empty_list_is_a_file_with_its_heads(cast, signed_in):
    client = signed_in(cast.pmo)
    assert len(csv_of(client.get("/projects/", {"export": "csv"}))) == 1
    assert xlsx_of(client.get("/projects/", {"export": "xlsx"})).active["A1"].value == "番号"


if shutil.which("soffice"):  # nothing is installed for it; the workbook is read by openpyxl above in any case

    def test_libreoffice_opens_it_and_computes_nothing(office, signed_in, tmp_path):
        Project.objects.filter(pk=office.apollo.pk).update(category="=1+1")
        asked = {"export": "xlsx", "q": "APOLLO", "cols": "key,name,category"}
        (tmp_path / "list.xlsx").write_bytes(
            b"".join(signed_in(office.cast.pmo).get("/projects/", asked).streaming_content)
        )
        subprocess.run(
            ["soffice", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "list.xlsx"],
            cwd=tmp_path,
            check=True,
            timeout=120,
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        )
        assert list(csv.reader((tmp_path / "list.csv").open(encoding="utf-8")))[1] == [
            "APOLLO",
            "基幹システム刷新",
            "=1+1",
        ]


LISTS = [
    AuditList, CampaignList, ExpectedList, FileList, ImportProfileList, ImportRunList, JobList, LetterList, MadeList, PeopleList, PeriodList,
    PortfolioList, ProgrammeList, ProjectList, ProposalList, RequestList, RouteList, SettingsList, StatusReportList,
]  # fmt: skip


def test_every_list_is_among_them():
    def below(kind):
        return {k for sub in kind.__subclasses__() for k in (sub, *below(sub))}

    found = {kind for kind in below(List) if not kind.__module__.startswith(("tests.", "pmo_portal.api."))}
    elsewhere = {ReplyList, StandingList, ExtractList}  # they need a campaign, a sight, a head of the chain
    assert found == {*LISTS, *elsewhere}, "their rooms test the files of those that need more than a viewer"


@pytest.mark.parametrize("kind", LISTS)
def test_a_file_holds_of_each_row_what_the_page_shows(office, kind):
    """Files read their records another way than pages, for speed; what the columns say of them is the same."""
    every = [c.key for c in kind.columns]
    listing = kind(office.cast.pmo, QueryDict(f"cols={','.join(every)}"))
    assert [c.key for c in listing.shown] == every
    paged = listing.prepare(list(listing.complete(listing.queryset)))
    filed = [record for block in listing.blocks() for record in block]
    assert [r.pk for r in filed] == [r.pk for r in paged]
    for column in listing.shown:
        of = reader(column, listing.model)
        if column.kind not in ("light", "confidence"):
            assert [of(r) for r in filed] == [column.of(r) for r in paged], column.key


def test_what_rows_lead_to_is_fetched_once_for_all_of_them(office, django_assert_max_num_queries):
    for _ in range(30):
        ProjectFactory(portfolio=office.apollo.portfolio, pm=office.cast.pm)
    listing = ProjectList(office.cast.pmo, QueryDict())
    with django_assert_max_num_queries(6):
        rows = [record for block in listing.blocks() for record in block]
        assert {str(r.pm) for r in rows} and {r.portfolio.name for r in rows}
    assert len(rows) >= 30
