"""Bad input: a clear message or silent correctness, never an exception, nothing half written."""

from __future__ import annotations

import errno
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from pmo_portal import jobs
from pmo_portal.intake import actions, profiles, queries
from pmo_portal.intake.models import ImportRow, ImportRun
from pmo_portal.intake.wording import WORDS
from projects.register.models import Project
from tests.projects.status.importing.sheets import csv_bytes, xlsx_bytes

pytestmark = pytest.mark.django_db
VERDICT = ImportRow.Verdict
HEADS = ["Key", "Project name", "Start date", "End date", "Approved budget", "Description"]


@pytest.fixture
def receive(office):
    jobs.drain(strict=True)

    def receive(content, name="list.csv", on=date(2026, 3, 31), scope=None):
        run = actions.receive_file(
            by=office.cast.pmo,
            target="projects",
            scope=scope or office.core.scope,
            file=content,
            file_name=name,
            profile=profiles.find("projects"),
            as_of=on,
        )
        jobs.drain(strict=True)
        run.refresh_from_db()
        return run

    return receive


def row(key="K-1", name="Apollo", start="2020-01-01", finish="2021-01-01", budget="10", words=""):
    return [key, name, start, finish, budget, words]


def verdicts(run):
    return [(r.number, str(r.verdict)) for r in queries.rows(run)]


def faults(run):
    return [(r.number, c.field, c.code) for r in queries.rows(run) for c in r.cells if c.state == "refused"]


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ({"start": "1899-12-31"}, "start", "date_range"),
        ({"finish": "2201-01-01"}, "finish", "date_range"),
        ({"start": "2020-02-30"}, "start", "no_such_day"),
        ({"start": "2022-01-01"}, "finish", "finish_before_start"),
        ({"budget": "NaN"}, "approved_budget", "not_finite"),
        ({"budget": "Infinity"}, "approved_budget", "not_finite"),
        ({"budget": "1e30"}, "approved_budget", "too_big"),
        ({"budget": "ten"}, "approved_budget", "not_a_number"),
        ({"name": "x" * 601}, "name", "too_long"),
        ({"key": "A/B"}, "key", "bad_key"),
        ({"key": "k" * 41}, "key", "bad_key"),
        ({"key": "Portfolios"}, "key", "page_key"),
    ],
)
def test_a_wrong_cell_refuses_its_row_and_no_other(receive, cells, field, code):
    run = receive(csv_bytes([HEADS, row("OK-1", "Sound"), row(**cells)]))
    assert verdicts(run) == [(2, VERDICT.NEW), (3, VERDICT.REFUSED)]
    assert faults(run) == [(3, field, code)]
    assert code in WORDS


def test_long_texts_emoji_and_names_from_right_to_left_are_kept(receive, office):
    long, names = "語" * 10_000, ["🚀 Apollo ❤️", "مشروع القمر", "e\u0301tude", "a\u202eb"]
    run = receive(csv_bytes([HEADS, *[row(f"N-{n}", name, words=long) for n, name in enumerate(names)]]))
    assert queries.counts(run)[VERDICT.NEW] == len(names)
    actions.apply_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    found = Project.objects.filter(key__startswith="N-").order_by("key")
    assert [p.name_en or p.name_ja for p in found] == [name.replace("\u202e", "") for name in names]
    assert {p.description for p in found} == {long}


def test_keys_that_differ_in_width_or_case_only_are_the_same_key(receive, office):
    run = receive(csv_bytes([HEADS, row("A1", "One"), row("Ａ１", "Two"), row("a1", "Three")]))
    assert verdicts(run) == [(2, VERDICT.NEW), (3, VERDICT.REFUSED), (4, VERDICT.REFUSED)]
    assert faults(run) == [(3, "key", "key_twice"), (4, "key", "key_twice")]
    run = receive(csv_bytes([HEADS, row("ａpollo", office.apollo.name_en)]))
    assert queries.rows(run)[0].matched_id == office.apollo.pk
    run = receive(csv_bytes([HEADS, row("boreas", "Mine")]))
    assert faults(run) == [(2, "key", "key_elsewhere")]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"only words", "list.xlsx", "not_excel"),
        (b"%PDF-1.7", "list.csv", "not_sheet"),
        (b"PK\x03\x04rubbish", "list.xlsx", "broken_zip"),
        (csv_bytes([HEADS]), "list.csv", "no_records"),
        (b"1,2\n3,4\n", "list.csv", "no_head"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(receive, content, name, code):
    run = receive(content, name)
    assert run.state == ImportRun.State.REFUSED
    assert run.facts["refusal"]["code"] == code
    assert queries.message(run) and "%(" not in queries.message(run)
    assert queries.why_not_apply(run)
    assert not run.rows.exists()


def test_an_empty_or_too_large_file_is_not_kept(receive, settings):
    settings.UPLOAD_LIMIT = 1000
    for content, code in ((b"", "empty"), (b"x" * 1001, "too_large")):
        with pytest.raises(ValidationError) as refused:
            receive(content)
        assert refused.value.error_dict["file"][0].message
        assert not [p for p in (settings.MEDIA_ROOT / "intake").glob("*") if p.is_file()], code
    assert not ImportRun.objects.exists()


class FullDisk:
    """An upload during which the disk fills up."""

    name = "list.csv"

    def chunks(self, size):
        yield b"Key,Project name\n"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_said_and_leaves_nothing_behind(receive, settings):
    with pytest.raises(ValidationError) as refused:
        receive(FullDisk())
    assert "file" in refused.value.message_dict
    assert not [p for p in (settings.MEDIA_ROOT / "intake").glob("*") if p.is_file()]


def test_a_file_that_was_exchanged_on_the_disk_is_not_read(receive, office, settings):
    run = receive(csv_bytes([HEADS, row()]))
    (settings.MEDIA_ROOT / run.file_path).write_bytes(csv_bytes([HEADS, row(name="Other")]))
    actions.apply_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert (run.state, run.facts["refusal"]["code"]) == (ImportRun.State.REFUSED, "file_gone")
    assert not Project.objects.filter(name_en="Other").exists()


def test_a_formula_without_a_result_is_named(receive):
    content = xlsx_bytes([HEADS, row(budget=12.5), row("K-2", "Boreas", budget="=1+1")])
    run = receive(content, "list.xlsx")
    assert verdicts(run)[0] == (2, VERDICT.NEW)
    assert verdicts(run)[1][0] == 3


def test_a_name_with_a_path_in_it_is_only_a_name(receive):
    run = receive(csv_bytes([HEADS, row()]), "..\\..\\etc/passwd.csv")
    assert run.file_name == "passwd.csv"
    assert run.file_path.startswith("intake/")


def test_an_open_order_of_days_is_asked_for_and_not_guessed(receive, office):
    run = receive(csv_bytes([HEADS, row(start="01/02/2020", finish="03/04/2021")]))
    assert {c for _n, _f, c in faults(run)} == {"date_order_open"}
    open_columns = [c.index for c in queries.columns(run) if c.needs == "order"]
    assert len(open_columns) == 2
    for index in open_columns:
        actions.set_column(run, by=office.cast.pmo, column=index, order="mdy")
        jobs.drain(strict=True)
        run.refresh_from_db()
    assert {c.field: c.value for c in queries.rows(run)[0].cells}["start"] == date(2020, 1, 2)


def test_an_offices_own_list_in_japanese_is_understood(receive, office):
    rows = [
        ["生産本部の案件一覧", "", "", "", "", ""],
        ["管理番号", "件名", "主担当", "承認額（千円）", "完了予定", "進捗"],
        ["P-0107", "品質トレーサビリティ基盤", office.cast.pm.name_ja, "２１０，０００", "令和9年1月15日", "注意"],
        ["P-0112", "受発注EDI標準化", "いない人", "▲５", "2027/4/14", "順調"],
        ["合計", "", "", "209995", "", ""],
    ]
    run = receive(csv_bytes(rows, "cp932"))
    assert verdicts(run) == [(3, VERDICT.NEW), (4, VERDICT.NEW)]
    assert queries.counts(run)["skipped"] == 1
    assert any("いない人" in c.sentence for c in queries.rows(run)[1].cells if c.state == "held")
    actions.apply_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    project = Project.objects.get(key="P-0107")
    assert (project.approved_budget, project.forecast_finish_on) == (210_000_000, date(2027, 1, 15))
    assert (project.pm, project.overall_light, project.name_ja) == (office.cast.pm, "amber", "品質トレーサビリティ基盤")


def test_a_list_without_a_date_changes_the_register_only(receive, office):
    run = receive(csv_bytes([HEADS, row("APOLLO", office.apollo.name_en, words="New words")]), on=None)
    assert verdicts(run) == [(2, VERDICT.CHANGED)]
    reports = office.apollo.status_reports.count()
    actions.apply_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    office.apollo.refresh_from_db()
    assert office.apollo.description == "New words"
    assert office.apollo.status_reports.count() == reports
    again = receive(csv_bytes([HEADS, row("APOLLO", office.apollo.name_en, words="New words")]), on=None)
    assert verdicts(again) == [(2, VERDICT.UNCHANGED)]
