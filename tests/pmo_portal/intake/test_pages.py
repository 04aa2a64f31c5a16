"""The pages of the import, through the client: from the file to what it changed and back, by role, without a script."""

import csv
import errno
import html
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.utils.translation import override

from pmo_portal import jobs
from pmo_portal.audit.models import AuditEntry
from pmo_portal.intake import actions, profiles, queries
from pmo_portal.intake.forms import ImportForm
from pmo_portal.intake.models import ImportProfile, ImportRow, ImportRun
from projects.register.models import Project
from tests.pmo_portal.intake.sheets import HEADS, LEDGER, csv_bytes, receive, upload, xlsx_bytes

pytestmark = pytest.mark.django_db
State = ImportRun.State


def send(client, portfolio, content: bytes, name: str = "案件一覧.csv", **given):
    return client.post(
        "/imports/new/", {"file": upload(content, name), "target": "projects", "scope": portfolio.scope.pk} | given
    )


def text_of(page) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
def run(office) -> ImportRun:
    return receive(office.cast.pmo, office.core)


# ---- the main path


def test_a_file_comes_in_is_corrected_confirmed_applied_and_taken_back(office, signed_in):
    client = signed_in(office.cast.pmo)
    answer = send(client, office.core, csv_bytes(LEDGER))
    run = ImportRun.objects.get()
    assert answer["Location"] == f"/imports/{run.pk}/" and run.by == office.cast.pmo
    assert "順番を待っています" in client.get(answer["Location"]).text
    jobs.drain(strict=True)

    page = text_of(client.get(f"/imports/{run.pk}/"))
    assert "案件一覧.csv の下見" in page and "Shift_JIS" in page and "見出しは2行目" in page
    assert "新規 1" in page and "▲ 要確認 1" in page and "■ 不可 1" in page
    assert "確認1件のあと反映できます" in page and f'action="/imports/{run.pk}/application/"' not in page

    problem = client.get(f"/imports/{run.pk}/", {"row": "next"})
    assert problem["Location"] == f"/imports/{run.pk}/?row=3#row-3"
    page = client.get(problem["Location"])
    assert "3行目は要確認です" in text_of(page) and "同じプロジェクトにする" in page.text
    given = {"choice": "match", "matched_id": office.apollo.pk}
    answer = client.post(f"/imports/{run.pk}/rows/3/answer/", given)
    assert answer["Location"] == f"/imports/{run.pk}/?row=next&after=3"

    page = client.get(answer["Location"], follow=True)
    assert "月が13です" in text_of(page) and 'value="R8.13.1"' in page.text
    run.refresh_from_db()
    column = queries.rows(run, verdict="refused")[0].cells[3].index
    client.post(f"/imports/{run.pk}/rows/5/cells/{column}/", {"text": "R9.1.31"})
    run.refresh_from_db()
    assert queries.counts(run)["refused"] == 0 == queries.counts(run)["open"]

    page = text_of(client.get(f"/imports/{run.pk}/"))
    assert "反映すると3件が変わります" in page
    client.post(f"/imports/{run.pk}/application/", {"version": run.version})
    assert Project.objects.count() == 2, "the work is done in the background"
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert run.state == State.APPLIED and Project.objects.count() == 4
    assert Project.objects.get(key="P-0302").forecast_finish_on == date(2027, 1, 31)
    office.apollo.refresh_from_db()
    assert office.apollo.forecast_finish_on == date(2027, 6, 20)
    assert office.apollo.approved_budget == Decimal(465_000_000)  # the sheet says 480; the office decides
    page = client.get(f"/imports/{run.pk}/")
    assert "反映しました。新規2件、変更1件" in text_of(page) and f"/imports/{run.pk}/undoing/" in page.text
    assert 'href="/projects/portfolios/CORE/"' in page.text

    form = client.get(f"/imports/{run.pk}/undoing/")
    assert "増えた2件をなくし、変わった1件を前の内容に戻します" in text_of(form)
    version = re.search(r'name="version" value="(\d+)"', form.text)[1]
    client.post(f"/imports/{run.pk}/undoing/", {"reason": "別のファイルだった", "version": version})
    run.refresh_from_db()
    office.apollo.refresh_from_db()
    assert run.state == State.UNDONE and Project.objects.count() == 2
    assert office.apollo.approved_budget == Decimal(465_000_000)
    assert AuditEntry.objects.filter(action="undone", reason="別のファイルだった").exists()


def test_the_preview_shows_cell_by_cell_what_was_and_what_will_be(office, signed_in):
    rows = [HEADS, ["APOLLO", "基幹システム刷新", "480,000", "2027/6/20", ""]]
    run = receive(office.cast.pmo, office.core, rows)
    page = signed_in(office.cast.pmo).get(f"/imports/{run.pk}/").text
    table = page.split("data-sheet")[1].split("</table>")[0]
    assert "A 管理番号" in table and "<b>番号</b>" in table
    changed = re.findall(r's-changed[^>]*>.*?<span class="was">([^<]+)</span> <span class="now">([^<]+)</span>', table)
    assert changed == [(changed[0][0], "2027/6/20")]
    held = re.search(r'<td class="[^"]*s-held[^"]*".*?</td>', page, re.S)[0]
    assert "承認額は承認によってのみ変わります" in held and ">480,000<" in held
    assert table.count("s-changed") == 1, "the name and the number are as they were"


def test_a_person_who_is_not_known_here_is_marked_and_the_row_goes_in(office, signed_in):
    rows = [
        ["管理番号", "件名", "責任者"],
        ["P-0701", "新しい塔", "架空 太郎"],
        ["P-0702", "新しい門", office.cast.pm.name_ja],
        ["APOLLO", "基幹システム刷新", "架空 太郎"],
    ]
    run = receive(office.cast.pmo, office.core, rows)
    client = signed_in(office.cast.pmo)
    page = client.get(f"/imports/{run.pk}/").text
    held = re.findall(r'<td class="[^"]*s-held[^"]*".*?</td>', page, re.S)
    assert len(held) == 2 and all("▲" in cell and ">架空 太郎<" in cell for cell in held)
    assert "「架空 太郎」という人は登録されていません。プロジェクトマネージャーは空欄になります。" in held[0]
    assert "プロジェクトマネージャーは変えません" in held[1]
    assert queries.counts(run)["new"] == 2 and queries.counts(run)["refused"] == 0
    with override("en"):
        said = queries.rows(run)[0].cells[2].sentence
    assert said == "Nobody here is called “架空 太郎”; the project will have no project manager."

    client.post(f"/imports/{run.pk}/application/", {"version": run.version})
    jobs.drain(strict=True)
    assert Project.objects.get(key="P-0701").pm is None
    assert Project.objects.get(key="P-0702").pm == office.cast.pm
    office.apollo.refresh_from_db()
    assert office.apollo.pm is not None


def test_heads_merged_over_two_rows_fill_the_fields_of_their_lower_names(office):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in [
        ["案件一覧"],
        [],
        ["名称", "責任者", "期間", "", "予算", ""],
        ["", "", "開始", "終了", "承認額", "実績"],
        ["新しい塔", "", "2027/1/15", "2027/9/30", "120", "5"],
    ]:
        book.active.append(row)
    for area in ("A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:F3"):
        book.active.merge_cells(area)
    book.save(file)
    run = actions.receive_file(
        by=office.cast.pmo, target="projects", scope=office.core.scope, file=file.getvalue(), file_name="一覧.xlsx"
    )
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert (run.facts["header_row"], run.facts["header_rows"]) == (4, 2)
    found = {c["field"]: c["head"] for c in run.facts["columns"]}
    assert found == {
        "name": "名称",
        "pm": "責任者",
        "start": "期間 開始",
        "finish": "期間 終了",
        "approved_budget": "予算 承認額",
        "spent": "予算 実績",
    }
    assert queries.counts(run)["all"] == 1


# ---- who may


def test_the_pm_has_no_import_and_sees_nobody_elses(office, signed_in, run):
    client = signed_in(office.cast.pm)
    assert "/imports/" not in client.get("/menu/").text
    for path in ("/imports/", "/imports/new/", "/imports/profiles/"):
        assert client.get(path).status_code == 403
    for path in ("", "mapping/", "undoing/", "file/", "refused.csv", "refused.xlsx"):
        assert client.get(f"/imports/{run.pk}/{path}").status_code == 404
    assert client.post(f"/imports/{run.pk}/application/").status_code == 404


def test_the_auditor_reads_and_finds_no_key_to_press(office, signed_in, run):
    client = signed_in(office.cast.auditor)
    page = client.get(f"/imports/{run.pk}/?row=3")
    assert page.status_code == 200 and 'method="post" action="/imports' not in page.text
    assert client.get(f"/imports/{run.pk}/refused/csv/").status_code == 200
    assert "/imports/new/" not in client.get("/imports/").text
    for path in (
        "application/",
        "withdrawal/",
        "matches/",
        "rows/3/answer/",
        "rows/5/cells/3/",
        "profile/",
        "reading/",
    ):
        assert client.post(f"/imports/{run.pk}/{path}", {"choice": "new", "name": "x"}).status_code == 403
    assert client.get(f"/imports/{run.pk}/mapping/").status_code == 403
    assert client.get("/imports/new/").status_code == 403


def test_an_administrator_of_another_portfolio_sees_and_fills_only_that_one(office, signed_in, run):
    client = signed_in(office.cast.site_pmo)
    assert client.get(f"/imports/{run.pk}/").status_code == 404
    assert "案件一覧.csv" not in client.get("/imports/").text
    form = client.get("/imports/new/").text
    assert ">拠点整備<" in form and ">基幹刷新<" not in form
    assert send(client, office.core, csv_bytes(LEDGER)).status_code == 422
    assert send(client, office.site, csv_bytes(LEDGER)).status_code == 302


# ---- files that are none


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.csv", "空です"),
        (b"%PDF-1.7 xxx", "report.xlsx", "PDF"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old.xls", "保存し直し"),
        (b"PK\x03\x04broken", "broken.xlsx", "壊れて"),
        (b"\r\n,,\r\n\r\n", "blank.csv", "空です"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason_and_the_way_on(office, signed_in, content, name, said):
    client = signed_in(office.cast.pmo)
    answer = send(client, office.core, content, name)
    if answer.status_code == 422:
        assert said in text_of(answer) and not ImportRun.objects.exists()
        return
    jobs.drain(strict=True)
    page = client.get(answer["Location"])
    assert ImportRun.objects.get().state == State.REFUSED
    assert said in text_of(page) and "別のファイルを送る" in page.text
    assert "/mapping/" not in page.text, "it has no columns to be corrected"
    assert client.get(f"{answer['Location']}mapping/").status_code == 200


def test_a_table_without_heads_is_refused_with_the_way_to_name_them(office, signed_in):
    client = signed_in(office.cast.pmo)
    answer = send(client, office.core, csv_bytes([HEADS]), "heads.csv")
    jobs.drain(strict=True)
    assert ImportRun.objects.get().state == State.REFUSED
    assert f"{answer['Location']}mapping/" in client.get(answer["Location"]).text


def test_the_browser_asks_for_what_is_missing_before_the_file_is_sent(office, signed_in):
    page = signed_in(office.cast.pmo).get("/imports/new/").text
    form = re.search(r"<form[^>]*pmo-form[^>]*>", page)[0]
    assert "novalidate" not in form
    assert re.search(r'<input type="file"[^>]*required', page) and re.search(r'<select name="scope"[^>]*required', page)


@pytest.mark.parametrize(("language", "said"), [("ja", "世界銀行のプロジェクト一覧"), ("en", "World Bank projects")])
def test_profiles_are_offered_by_what_they_say_of_themselves(office, language, said):
    profiles.sync()
    with override(language):
        offered = [label for _value, label in ImportForm(viewer=office.cast.pmo).fields["profile"].choices]
    assert f"{said} (worldbank)" in offered


def test_the_orders_of_a_date_are_offered_in_words(office, signed_in):
    run = receive(office.cast.pmo, office.core)
    page = text_of(signed_in(office.cast.pmo).get(f"/imports/{run.pk}/mapping/"))
    assert "日・月・年" in page and "dmy" not in page


def test_a_form_without_a_file_or_with_both_dates_says_so_at_the_field(office, signed_in):
    client = signed_in(office.cast.pmo)
    page = client.post("/imports/new/", {"target": "projects", "scope": office.core.scope.pk})
    assert page.status_code == 422 and "ファイルを選ぶか" in text_of(page)
    page = send(client, office.core, csv_bytes(LEDGER), period=office.period.pk, as_of="2026-09-30")
    assert page.status_code == 422 and 'href="#field-as_of"' in page.text
    assert not ImportRun.objects.exists()


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(office, signed_in, settings):
    settings.UPLOAD_LIMIT = 100_000
    client = signed_in(office.cast.pmo)
    assert 'data-limit="100000"' in client.get("/imports/new/").text
    assert send(client, office.core, b"x" * 200_000).status_code == 413
    assert not ImportRun.objects.exists() and not list(Path(settings.MEDIA_ROOT).rglob("*"))


def test_a_file_of_exactly_the_limit_comes_in(office, signed_in, settings):
    settings.UPLOAD_LIMIT = 100_000
    head = b"key,name\n"
    row = b"K-1,A name\n"
    content = head + row * ((100_000 - len(head)) // len(row))
    content += b"\n" * (100_000 - len(content))
    assert send(signed_in(office.cast.pmo), office.core, content).status_code == 302
    assert ImportRun.objects.exists()


class FullDisk(MemoryFileUploadHandler):
    """A file whose bytes find no room when they are to be kept."""

    def file_complete(self, file_size):
        found = super().file_complete(file_size)

        def chunks(size=None):
            yield b"half of it"
            raise OSError(errno.ENOSPC, "No space left on device")

        found.chunks = chunks
        return found


def test_a_full_disk_is_said_at_the_field_and_nothing_half_is_kept(office, signed_in, settings):
    settings.FILE_UPLOAD_HANDLERS = [f"{__name__}.FullDisk"]
    page = send(signed_in(office.cast.pmo), office.core, csv_bytes(LEDGER))
    assert page.status_code == 422 and "空きがありません" in text_of(page) and 'href="#field-file"' in page.text
    assert not ImportRun.objects.exists() and not [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


def test_a_name_that_is_a_path_or_a_script_stays_a_name(office, signed_in):
    client = signed_in(office.cast.pmo)
    answer = send(client, office.core, csv_bytes(LEDGER), "..\\..\\<img src=x onerror=alert(1)>.csv")
    jobs.drain(strict=True)
    page = client.get(answer["Location"])
    assert "<img src=x" not in page.text and "&lt;img src=x" in page.text and "..\\" not in page.text
    kept = client.get(f"{answer['Location']}file/")
    assert kept["Content-Type"] == "application/octet-stream" and "attachment" in kept["Content-Disposition"]
    assert b"".join(kept.streaming_content) == csv_bytes(LEDGER)


# ---- twice, back, and at the same time


def test_the_same_press_twice_is_one_import(office, signed_in, settings):
    client = signed_in(office.cast.pmo)
    first = send(client, office.core, csv_bytes(LEDGER))
    second = send(client, office.core, csv_bytes(LEDGER))
    assert first["Location"] == second["Location"] and ImportRun.objects.count() == 1
    assert len([p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]) == 1
    assert send(client, office.site, csv_bytes(LEDGER))["Location"] != first["Location"], (
        "another portfolio, another import"
    )


def test_applying_or_undoing_twice_or_from_an_old_page_does_nothing_and_says_so(office, signed_in):
    run = receive(office.cast.pmo, office.core, [HEADS, ["P-0400", "新設", "1,000", "2027/1/31", ""]])
    client = signed_in(office.cast.pmo)
    old = {"version": run.version}
    client.post(f"/imports/{run.pk}/application/", old)
    again = client.post(f"/imports/{run.pk}/application/", old, follow=True)
    assert "is-error" in again.text
    jobs.drain(strict=True)
    assert Project.objects.filter(key="P-0400").count() == 1
    late = client.post(f"/imports/{run.pk}/application/", old, follow=True)
    assert "is-error" in late.text and client.post(f"/imports/{run.pk}/withdrawal/", {}, follow=True).status_code == 200
    run.refresh_from_db()
    assert run.state == State.APPLIED
    client.post(f"/imports/{run.pk}/undoing/", {"version": run.version})
    assert client.post(f"/imports/{run.pk}/undoing/", {"version": run.version}).status_code in (409, 422)
    assert not Project.objects.filter(key="P-0400").exists()


def test_an_answer_to_a_row_that_is_not_there_or_a_candidate_that_is_none_changes_nothing(office, signed_in, run):
    client = signed_in(office.cast.pmo)
    for number, given in ((99, {"choice": "new"}), (3, {"choice": "match", "matched_id": office.boreas.pk})):
        page = client.post(f"/imports/{run.pk}/rows/{number}/answer/", given, follow=True)
        assert page.status_code == 200 and "is-error" in page.text
    assert client.post(f"/imports/{run.pk}/rows/3/answer/", {"choice": "nonsense"}, follow=True).status_code == 200
    assert client.post(f"/imports/{run.pk}/rows/99/cells/7/", {"text": "x"}, follow=True).status_code == 200
    run.refresh_from_db()
    assert queries.counts(run)["open"] == 1


def test_an_import_that_is_dropped_leaves_no_file_and_no_row(
    office, signed_in, settings, run, django_capture_on_commit_callbacks
):
    client = signed_in(office.cast.pmo)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/imports/{run.pk}/withdrawal/", {"version": run.version})
    run.refresh_from_db()
    assert run.state == State.DISCARDED and not ImportRow.objects.exists()
    assert not [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]
    assert client.get(f"/imports/{run.pk}/").status_code == 200
    assert client.get(f"/imports/{run.pk}/file/").status_code == 404


# ---- the preview as a room


def big(count: int) -> list[list[str]]:
    return [HEADS, *([f"N-{n:05d}", f"新しい計画 {n}", "1,000", "2027/3/31", "備考" * 40] for n in range(count))]


def grown(run: ImportRun, count: int) -> ImportRun:
    """The preview as it would be for a file of so many rows: those that were read, over and over."""
    rows = list(run.rows.all())
    more = [
        ImportRow(run=run, number=n, label=f"新しい計画 {n}", verdict="new", cells=rows[n % len(rows)].cells)
        for n in range(len(rows) + 2, count + 2)
    ]
    ImportRow.objects.bulk_create(more, batch_size=1000)
    ImportRun.objects.filter(pk=run.pk).update(counts=run.counts | {"new": count})
    run.refresh_from_db()
    return run


def test_ten_thousand_rows_do_not_make_a_heavy_page(office, signed_in, django_assert_max_num_queries):
    small = receive(office.cast.pmo, office.core, big(60))
    run = grown(receive(office.cast.pmo, office.core, big(60), "大きい.csv"), 10_000)
    client = signed_in(office.cast.pmo)
    client.get(f"/imports/{small.pk}/")
    with django_assert_max_num_queries(40) as few:
        client.get(f"/imports/{small.pk}/")
    with django_assert_max_num_queries(len(few)):
        page = client.get(f"/imports/{run.pk}/")
    assert len(page.content) < 150_000 and page.text.count("data-row") == 50
    assert "1–50 / 10,000" in page.text
    last = client.get(f"/imports/{run.pk}/", {"page": "200"})
    assert 'id="row-10001"' in last.text and last.text.count("data-row") == 50
    found = client.get(f"/imports/{run.pk}/", {"q": "計画 4321"})
    assert found.text.count("data-row") == 1 and 'id="row-4321"' in found.text


def test_the_counts_are_filters_and_the_next_problem_is_found_on_its_page(office, signed_in):
    rows = big(120)
    rows[115][3] = "いつか"
    run = receive(office.cast.pmo, office.core, rows)
    client = signed_in(office.cast.pmo)
    page = client.get(f"/imports/{run.pk}/")
    chips = re.findall(r'href="(\?[^"]*)" class="pmo-verdict-chip', page.text)
    assert "?show=refused" in chips
    only = client.get(f"/imports/{run.pk}/?show=refused")
    assert only.text.count("data-row") == 1 and "いつか" in only.text
    assert client.get(f"/imports/{run.pk}/?row=next&after=5")["Location"].endswith("?page=3&row=116#row-116")


@pytest.mark.parametrize("value", ["", "-1", "9" * 30, "abc", "\0", "１２", "<script>", "next' OR 1=1"])
def test_nonsense_in_the_address_shows_the_preview(office, signed_in, run, value):
    client = signed_in(office.cast.pmo)
    for name in ("row", "cell", "page", "show", "q", "after", "part"):
        assert client.get(f"/imports/{run.pk}/", {name: value}).status_code == 200
    assert client.get(f"/imports/{run.pk}/", dict.fromkeys(("row", "cell", "page", "show"), value)).status_code == 200
    assert client.get(f"/imports/{run.pk}/mapping/", {"sheet": value}).status_code == 200


def test_progress_is_a_fragment_that_says_when_to_look_again(office, signed_in):
    client = signed_in(office.cast.pmo)
    where = send(client, office.core, csv_bytes(LEDGER))["Location"]
    part = client.get(where, {"part": "progress"}, headers={"HX-Request": "true"})
    assert "<html" not in part.text and 'id="progress"' in part.text
    jobs.drain(strict=True)
    done = client.get(where, {"part": "progress"}, headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"


def test_work_that_was_given_up_is_said_and_can_be_started_again(office, signed_in):
    client = signed_in(office.cast.pmo)
    where = send(client, office.core, csv_bytes(LEDGER))["Location"]
    run = ImportRun.objects.get()
    job = queries.work(run)
    type(job).objects.filter(pk=job.pk).update(state="dead", error="the worker died")
    page = client.get(where)
    assert "最後まで終わりませんでした" in page.text and "the worker died" in page.text
    client.post(f"{where}reading/")
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert run.state == State.PREVIEWED


def test_a_left_out_row_is_taken_back_in(office, signed_in, run):
    client = signed_in(office.cast.pmo)
    client.post(f"/imports/{run.pk}/rows/5/answer/", {"choice": "leave_out"})
    run.refresh_from_db()
    assert queries.counts(run)["left_out"] == 1
    assert "この行を取り込む" in client.get(f"/imports/{run.pk}/?row=5").text
    client.post(f"/imports/{run.pk}/rows/5/answer/", {"choice": ""})
    run.refresh_from_db()
    assert queries.counts(run)["left_out"] == 0


def test_every_sure_match_is_taken_at_once(office, signed_in, run):
    client = signed_in(office.cast.pmo)
    assert "確かな対応1件をまとめて決める" in client.get(f"/imports/{run.pk}/").text
    page = client.post(f"/imports/{run.pk}/matches/", follow=True)
    assert "1行を候補どおりに対応づけました" in page.text
    run.refresh_from_db()
    assert queries.counts(run)["open"] == 0


def test_the_refused_rows_go_out_with_their_reason_as_csv_and_xlsx(office, signed_in):
    rows = [*LEDGER[:-1], ["P-0303", "=cmd|' /C calc'!A0", "many", "2027/1/31", ""]]
    run = receive(office.cast.pmo, office.core, rows)
    client = signed_in(office.cast.pmo)
    answer = client.get(f"/imports/{run.pk}/refused/csv/")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert lines[0][:4] == ["行", "列", "値", "理由"]
    assert lines[1][:3] == ["5", "D 完了予定", "R8.13.1"] and "13" in lines[1][3]
    assert lines[2][5] == "'=cmd|' /C calc'!A0"
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(client.get(f"/imports/{run.pk}/refused/xlsx/").streaming_content))
    )
    cell = next(c for c in book.active[3] if "cmd" in str(c.value))
    assert cell.data_type == "s" and cell.quotePrefix


# ---- the mapping room


def unmapped(office) -> ImportRun:
    """A sheet whose money column nobody would recognise."""
    rows = [
        ["番号", "名称", "例の額", "完了予定日"],
        ["M-1", "新しい橋", "1,500", "03/04/2027"],
        ["M-2", "新しい道", "900", "05/06/2027"],
    ]
    return receive(office.cast.pmo, office.core, rows, "橋.csv")


def form_of(page) -> dict[str, str]:
    """What a browser would send back of the mapping's form."""
    form = page.text.split("pmo-mapping-form")[1].split("</form>")[0]
    given = dict(re.findall(r'<input type="hidden" name="(version)" value="(\d+)"', form))
    number = re.search(r'<input[^>]*name="header_row"[^>]*?value="(\d+)"', form)
    given["header_row"] = number[1] if number else ""
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        given[name] = chosen[1] if chosen else ""
    return given


def test_a_column_gets_its_field_and_a_date_order_by_hand(office, signed_in):
    run, client = unmapped(office), signed_in(office.cast.pmo)
    page = client.get(f"/imports/{run.pk}/mapping/")
    assert "日と月の順がわかりません" in page.text and "例の額" in page.text
    given = form_of(page)
    assert given["field-2"] == "" and given["field-3"] == "finish"
    answer = client.post(f"/imports/{run.pk}/mapping/", given | {"field-2": "approved_budget", "order-3": "dmy"})
    assert answer["Location"] == f"/imports/{run.pk}/"
    jobs.drain(strict=True)
    run.refresh_from_db()
    cells = {c.field: c.value for c in queries.rows(run)[0].cells}
    assert cells["approved_budget"] == Decimal(1500) and cells["finish"] == date(2027, 4, 3)

    given = form_of(client.get(f"/imports/{run.pk}/mapping/"))
    client.post(f"/imports/{run.pk}/mapping/", given | {"unit-2": "million"})
    jobs.drain(strict=True)
    assert {c.field: c.value for c in queries.rows(ImportRun.objects.get())[0].cells}[
        "approved_budget"
    ] == 1_500_000_000


def test_two_columns_cannot_be_the_same_field_and_what_was_chosen_stays(office, signed_in):
    run, client = unmapped(office), signed_in(office.cast.pmo)
    given = form_of(client.get(f"/imports/{run.pk}/mapping/")) | {"field-2": "finish"}
    page = client.post(f"/imports/{run.pk}/mapping/", given)
    assert page.status_code == 422 and "pmo-summary" in page.text
    assert form_of(page)["field-2"] == "finish"


def test_the_head_row_and_the_columns_are_said_by_hand_where_none_was_recognised(office, signed_in):
    rows = [["甲", "乙"], ["X-1", "新しい塔"], ["X-2", "新しい門"]]
    run, client = receive(office.cast.pmo, office.core, rows, "塔.csv"), signed_in(office.cast.pmo)
    assert queries.counts(run)["refused"] == 2
    assert "どの列も判断できず" in client.get(f"/imports/{run.pk}/").text
    page = client.get(f"/imports/{run.pk}/mapping/")
    assert "シートの先頭" in page.text and page.text.count("新しい塔") == 2, "in the sheet's top and as a sample"
    given = form_of(page) | {"layout": "rows", "header_row": "1"}
    client.post(f"/imports/{run.pk}/mapping/", given)
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert run.definition["header_row"] == 1 and run.facts["header_row"] == 1
    given = form_of(client.get(f"/imports/{run.pk}/mapping/")) | {"field-0": "key", "field-1": "name"}
    client.post(f"/imports/{run.pk}/mapping/", given)
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert queries.counts(run)["new"] == 2


def test_a_column_that_says_the_date_is_chosen_and_let_go_again(office, signed_in):
    rows = [["番号", "名称", "報告の日"], ["M-1", "新しい橋", "2026/09/30"], ["M-2", "新しい道", "2026/10/31"]]
    run, client = receive(office.cast.pmo, office.core, rows, "橋.csv"), signed_in(office.cast.pmo)
    given = form_of(client.get(f"/imports/{run.pk}/mapping/"))
    client.post(f"/imports/{run.pk}/mapping/", given | {"field-2": "period_on"})
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert [r.on for r in queries.rows(run)] == [date(2026, 9, 30), date(2026, 10, 31)]
    given = form_of(client.get(f"/imports/{run.pk}/mapping/"))
    assert given["field-2"] == "period_on"
    client.post(f"/imports/{run.pk}/mapping/", given | {"field-2": ""})
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert [r.on for r in queries.rows(run)] == [None, None]


def test_a_mapping_sent_from_an_old_page_is_a_conflict(office, signed_in):
    run, client = unmapped(office), signed_in(office.cast.pmo)
    given = form_of(client.get(f"/imports/{run.pk}/mapping/"))
    client.post(f"/imports/{run.pk}/mapping/", given | {"field-2": "approved_budget"})
    page = client.post(f"/imports/{run.pk}/mapping/", given | {"field-2": "spent"})
    assert page.status_code == 409


# ---- profiles


def test_a_mapping_is_kept_and_the_next_file_is_read_by_it(office, signed_in):
    run, client = unmapped(office), signed_in(office.cast.pmo)
    given = form_of(client.get(f"/imports/{run.pk}/mapping/"))
    client.post(f"/imports/{run.pk}/mapping/", given | {"field-2": "approved_budget", "order-3": "dmy"})
    jobs.drain(strict=True)
    page = client.post(f"/imports/{run.pk}/profile/", {"name": "橋の一覧", "note": "毎月"}, follow=True)
    assert "「橋の一覧」として保存しました" in page.text
    profile = ImportProfile.objects.get(name="橋の一覧")
    rows = [["番号", "名称", "例の額", "完了予定日"], ["M-9", "新しい港", "7", "09/10/2027"]]
    answer = send(client, office.core, csv_bytes(rows), "翌月.csv", profile=profile.pk)
    jobs.drain(strict=True)
    run = ImportRun.objects.get(file_name="翌月.csv")
    cells = {c.field: c.value for c in queries.rows(run)[0].cells}
    assert cells["approved_budget"] == Decimal(7) and cells["finish"] == date(2027, 10, 9)
    assert "橋の一覧" in client.get(answer["Location"]).text


def test_a_profile_of_the_office_is_not_replaced_from_one_portfolio(office):
    kept = actions.save_profile(unmapped(office), by=office.cast.pmo, name="橋")
    run = receive(office.cast.site_pmo, office.site, [HEADS, ["S-1", "支店", "1", "2027/6/20", ""]])
    with pytest.raises(PermissionDenied):
        actions.save_profile(run, by=office.cast.site_pmo, name="橋")
    kept.refresh_from_db()
    assert kept.version == 1


def test_a_profile_is_read_as_a_table_renamed_and_archived(office, signed_in):
    run = unmapped(office)
    profile = actions.save_profile(run, by=office.cast.pmo, name="橋")
    client = signed_in(office.cast.pmo)
    page = text_of(client.get(f"/imports/profiles/{profile.pk}/"))
    assert "番号" in page and "完了見込" in page and "完了予定日" in page
    assert "橋" in text_of(client.get("/imports/profiles/"))
    edit = {"name": "道", "note": "", "version": profile.version}
    assert client.post(f"/imports/profiles/{profile.pk}/edit/", edit).status_code == 302
    assert client.post(f"/imports/profiles/{profile.pk}/edit/", edit | {"name": "川"}).status_code == 409
    other = actions.save_profile(run, by=office.cast.pmo, name="港")
    taken = {"name": "道", "note": "", "version": other.version}
    assert client.post(f"/imports/profiles/{other.pk}/edit/", taken).status_code == 422
    profile.refresh_from_db()
    gone = {"reason": "使わない", "version": profile.version}
    assert client.post(f"/imports/profiles/{profile.pk}/archiving/", gone)["Location"] == "/imports/profiles/"
    assert ">道<" not in client.get("/imports/new/").text and ">港<" in client.get("/imports/new/").text
    assert signed_in(office.cast.expert).get(f"/imports/profiles/{other.pk}/").status_code == 200
    assert signed_in(office.cast.expert).get(f"/imports/profiles/{other.pk}/edit/").status_code == 403


def test_a_profile_that_comes_with_the_portal_keeps_its_name_and_stays(office, signed_in):
    profile = ImportProfile.objects.create(name="shipped", target="projects", is_shipped=True)
    client = signed_in(office.cast.manager)
    given = {"name": "mine", "note": "x", "version": profile.version}
    assert client.post(f"/imports/profiles/{profile.pk}/edit/", given).status_code == 422
    gone = {"reason": "x", "version": profile.version}
    assert client.post(f"/imports/profiles/{profile.pk}/archiving/", gone).status_code == 422
    profile.refresh_from_db()
    assert profile.name == "shipped" and profile.archived_at is None


# ---- both languages


def test_the_same_pages_in_english(office, signed_in, run):
    client = signed_in(office.cast.pmo)
    client.cookies["django_language"] = "en"
    page = text_of(client.get(f"/imports/{run.pk}/?row=3"))
    assert "Row 3 is to be confirmed" in page and "Can be applied once 1 row is confirmed" in page
    for path in ("/imports/", "/imports/new/", f"/imports/{run.pk}/mapping/", "/imports/profiles/"):
        page = client.get(path).text.split("<main")[1]
        page = page.replace("案件一覧.csv", "").split("data-hits")[0]
        shown = text_of(
            type("P", (), {"text": re.sub(r"<option.*?</option>|<td.*?</td>|<th.*?</th>", "", page, flags=re.DOTALL)})
        )
        assert not re.search("[ぁ-ん]", shown), path


def test_xlsx_with_title_rows_comes_in_as_well(office, signed_in):
    client = signed_in(office.cast.pmo)
    where = send(client, office.core, xlsx_bytes(LEDGER), "案件一覧.xlsx")["Location"]
    jobs.drain(strict=True)
    assert "新規 1" in text_of(client.get(where)) and "■ 不可 1" in text_of(client.get(where))


def test_an_upload_without_its_token_is_refused(office):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(office.cast.pmo)
    file = SimpleUploadedFile("a.csv", csv_bytes(LEDGER))
    answer = client.post("/imports/new/", {"file": file, "target": "projects", "scope": office.core.scope.pk})
    assert answer.status_code == 403 and not ImportRun.objects.exists()
