"""A list goes out to Excel, is changed there by hand, and comes back: previewed against the present, written, taken back."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.accounts.models import Person
from pmo_portal.audit.models import AuditEntry
from pmo_portal.intake import actions as intake
from pmo_portal.intake.models import ImportRun
from projects.register import actions as register
from projects.register.models import Project
from tests.pmo_portal.intake.sheets import upload

pytestmark = pytest.mark.django_db
ALL = "key,name,overall,pm,stage,tier,portfolio,finish,kind,department,category,sponsor,contact,planned_start,planned,forecast,spent"
State = ImportRun.State


class Book:
    """The workbook as somebody has it open: cells by the head of their column and the key of their row."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.sheet = self.book.worksheets[0]

    @property
    def heads(self) -> list[str]:
        return [cell.value for cell in self.sheet[1]]

    def row_of(self, key: str) -> int:
        column = self.heads.index("番号") + 1
        return next(r for r in range(2, self.sheet.max_row + 1) if self.sheet.cell(r, column).value == key)

    def cell(self, key: str, head: str):
        return self.sheet.cell(self.row_of(key), self.heads.index(head) + 1)

    def saved(self) -> bytes:
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()


@pytest.fixture
def client(office, signed_in):
    return signed_in(office.cast.pmo)


@pytest.fixture
def book(client) -> Book:
    return taken_out(client)


def taken_out(client, query: str = f"cols={ALL}") -> Book:
    answer = client.get(f"/projects/?{query}&export=edit")
    assert answer.status_code == 200
    return Book(answer.getvalue())


def sent_in(client, book: Book, name: str = "案件.xlsx") -> ImportRun:
    answer = client.post("/lists/projects/workbook/", {"file": upload(book.saved(), name)})
    assert answer.status_code == 302, answer.text
    jobs.drain(strict=True)
    run = ImportRun.objects.order_by("pk").last()
    assert answer["Location"] == f"/imports/{run.pk}/"
    return run


def verdicts(run: ImportRun) -> dict[str, int]:
    return {k: v for k, v in run.counts.items() if v}


def codes(run: ImportRun) -> list[str]:
    rows = run.rows.order_by("number")
    return [c["c"] for row in rows for c in row.cells.values() if c.get("c")] + [
        n[0] for row in rows for n in row.notes
    ]


# ---- out


def test_the_view_goes_out_with_types_choices_locked_keys_and_stamps(book, office):
    assert book.heads[:4] == ["ID", "番号", "名前（日本語）", "名前（英語）"]
    assert book.sheet.column_dimensions["A"].hidden and book.sheet.protection.sheet
    assert not book.cell("APOLLO", "段階").protection.locked and book.cell("APOLLO", "番号").protection.locked
    assert book.cell("APOLLO", "完了見込").is_date and book.cell("APOLLO", "完成時の総コスト").data_type == "n"
    rules = [rule.type for rule in book.sheet.data_validations.dataValidation]
    assert {"list", "date", "decimal"} <= set(rules)
    assert book.book["choices"].sheet_state == "hidden"


def test_only_what_the_viewer_may_see_goes_out(office, signed_in):
    outside = taken_out(signed_in(office.cast.outsider))
    column = outside.heads.index("番号") + 1
    keys = {outside.sheet.cell(r, column).value for r in range(2, outside.sheet.max_row + 1)}
    assert keys == {"BOREAS"}


def test_it_is_written_down_that_it_went_out(book, office):
    entry = AuditEntry.objects.get(action="exported")
    assert entry.actor == office.cast.pmo and "XLSX" in entry.reason


def test_a_reader_is_not_offered_it(office, signed_in):
    reader = signed_in(office.cast.auditor)
    assert reader.get("/projects/?export=edit").status_code == 404
    assert "export=edit" not in reader.get("/projects/").text
    assert reader.get("/lists/projects/workbook/").status_code == 403


# ---- and back


def test_unchanged_it_changes_nothing(client, book):
    run = sent_in(client, book)
    assert run.state == State.PREVIEWED, run.message
    assert verdicts(run) == {"unchanged": 2}
    assert not codes(run)


def test_changes_are_previewed_written_by_the_action_and_taken_back(client, book, office):
    book.cell("APOLLO", "段階").value = "終結"
    book.cell("APOLLO", "完成時の総コスト").value = 123_456_789
    book.cell("APOLLO", "完了見込").value = date(2031, 3, 31)
    book.cell("APOLLO", "スポンサー").value = None
    run = sent_in(client, book)
    assert verdicts(run) == {"changed": 1, "unchanged": 1}, codes(run)
    page = client.get(f"/imports/{run.pk}/").text
    assert "終結" in page and '<span class="was">実行</span>' in page

    was = Project.objects.get(key="APOLLO")
    client.post(f"/imports/{run.pk}/application/", {"version": run.version})
    jobs.drain(strict=True)
    now = Project.objects.get(key="APOLLO")
    assert (now.stage, now.forecast_cost, now.forecast_finish_on) == ("closing", Decimal(123456789), date(2031, 3, 31))
    assert now.slip_days != was.slip_days  # the room's own action did it
    entry = AuditEntry.objects.filter(action="changed", object_id=now.pk).latest("pk")
    assert entry.actor == office.cast.pmo and entry.changes["stage"] == [was.stage, "closing"]
    assert now.sponsor is None

    run.refresh_from_db()
    intake.undo_run(run, by=office.cast.pmo)
    back = Project.objects.get(key="APOLLO")
    assert (back.stage, back.forecast_cost, back.forecast_finish_on) == (
        was.stage,
        was.forecast_cost,
        was.forecast_finish_on,
    )


def test_what_was_changed_since_keeps_it_from_being_taken_back(client, book, office):
    book.cell("APOLLO", "分類").value = "基幹"
    run = sent_in(client, book)
    client.post(f"/imports/{run.pk}/application/", {"version": run.version})
    jobs.drain(strict=True)
    register.edit_project(Project.objects.get(key="APOLLO"), by=office.cast.pmo, version=None, category="別")
    answer = client.post(f"/imports/{run.pk}/undoing/", {"version": ImportRun.objects.get(pk=run.pk).version})
    assert answer.status_code == 422 and "その後" in answer.text
    assert Project.objects.get(key="APOLLO").category == "別"


# ---- others meanwhile


def test_what_another_changed_meanwhile_is_shown_and_not_overwritten(client, book, office):
    book.cell("APOLLO", "分類").value = "基幹"
    register.edit_project(Project.objects.get(key="APOLLO"), by=office.cast.pm, version=None, category="物流")
    run = sent_in(client, book)
    assert verdicts(run) == {"ambiguous": 1, "unchanged": 1}
    row = run.rows.get(verdict="ambiguous")
    page = client.get(f"/imports/{run.pk}/?row={row.number}").text
    assert str(office.cast.pm) in page and "物流" in page
    intake.answer(run, by=office.cast.pmo, number=row.number, choice="match", matched_id=row.matched_id)
    run.refresh_from_db()
    assert verdicts(run) == {"changed": 1, "unchanged": 1}


def test_what_another_changed_elsewhere_in_the_row_stays(client, book, office):
    book.cell("APOLLO", "分類").value = "基幹"
    register.edit_project(Project.objects.get(key="APOLLO"), by=office.cast.pm, version=None, name_en="Renamed")
    run = sent_in(client, book)
    assert verdicts(run) == {"changed": 1, "unchanged": 1}
    client.post(f"/imports/{run.pk}/application/", {"version": run.version})
    jobs.drain(strict=True)
    project = Project.objects.get(key="APOLLO")
    assert (project.category, project.name_en) == ("基幹", "Renamed")


# ---- what people do to sheets


def test_columns_may_be_moved_and_left_out(client, book):
    sheet = book.sheet
    moved = [[cell.value for cell in row] for row in sheet.iter_rows()]
    sheet.delete_cols(1, sheet.max_column)
    keep = [0, *range(len(moved[0]) - 1, 1, -2), 1]
    for r, row in enumerate(moved, 1):
        for c, source in enumerate(keep, 1):
            sheet.cell(r, c).value = row[source]
    assert verdicts(sent_in(client, book)) == {"unchanged": 2}


def test_an_edited_key_is_refused(client, book):
    book.cell("APOLLO", "番号").value = "APOLL0"
    run = sent_in(client, book)
    assert verdicts(run) == {"refused": 1, "unchanged": 1} and "key_edited" in codes(run)


def test_an_edited_stamp_and_a_row_that_stands_twice_are_refused(client, book):
    book.cell("BOREAS", "ID").value = book.cell("BOREAS", "ID").value.replace(".", ".9", 1)
    new = book.sheet.max_row + 1
    for column in range(1, book.sheet.max_column + 1):
        book.sheet.cell(new, column).value = book.sheet.cell(book.row_of("APOLLO"), column).value
    book.sheet.cell(new, book.heads.index("分類") + 1).value = "写し"
    run = sent_in(client, book)
    assert verdicts(run) == {"refused": 3} and {"stamp_broken", "stamp_twice"} <= set(codes(run))


def test_cells_of_the_wrong_kind_are_named(client, book):
    book.cell("APOLLO", "完了見込").value = "そのうち"
    book.cell("BOREAS", "段階").value = "たぶん実行"
    run = sent_in(client, book)
    assert verdicts(run) == {"refused": 2} and {"not_a_date", "not_a_choice"} <= set(codes(run))


def test_a_grey_cell_that_was_written_over_is_left_out_and_said_so(client, book):
    book.cell("APOLLO", "PM").value = "だれか"
    book.cell("APOLLO", "分類").value = "基幹"
    run = sent_in(client, book)
    assert verdicts(run) == {"changed": 1, "unchanged": 1} and "read_only_cell" in codes(run)


def test_a_date_that_changes_by_approval_only_is_left_out(client, office):
    project = Project.objects.get(key="APOLLO")
    Project.objects.filter(pk=project.pk).update(
        stage="execution", planned_start_on=date(2026, 1, 5), planned_finish_on=date(2027, 3, 31)
    )
    book = taken_out(client)
    book.cell("APOLLO", "計画完了").value = date(2029, 1, 1)
    book.cell("APOLLO", "分類").value = "基幹"
    run = sent_in(client, book)
    assert verdicts(run) == {"changed": 1, "unchanged": 1} and "date_by_approval" in codes(run)


def test_what_the_register_would_refuse_is_refused_in_the_preview(client, book):
    book.cell("APOLLO", "名前（日本語）").value = None
    book.cell("APOLLO", "名前（英語）").value = None
    run = sent_in(client, book)
    assert verdicts(run) == {"refused": 1, "unchanged": 1}


def test_a_row_below_the_list_is_a_new_project(client, book, office):
    new = book.sheet.max_row + 1
    for head, value in {
        "番号": "CYGNUS",
        "名前（日本語）": "白鳥",
        "ポートフォリオ": office.core.name,
        "重要度": "B",
    }.items():
        book.sheet.cell(new, book.heads.index(head) + 1).value = value
    run = sent_in(client, book)
    assert verdicts(run) == {"new": 1, "unchanged": 2}, codes(run)
    client.post(f"/imports/{run.pk}/application/", {"version": run.version})
    jobs.drain(strict=True)
    made = Project.objects.get(key="CYGNUS")
    assert (made.portfolio, made.name_ja, made.tier) == (office.core, "白鳥", "B")
    run.refresh_from_db()
    intake.undo_run(run, by=office.cast.pmo)
    made.refresh_from_db()
    assert made.archived_at is not None


def test_a_project_manager_changes_their_own_and_no_others(office, signed_in):
    pm = signed_in(office.cast.pm)
    book = taken_out(pm)
    book.cell("APOLLO", "分類").value = "基幹"
    run = sent_in(pm, book)
    assert pm.get(f"/imports/{run.pk}/").status_code == 200
    assert pm.post(f"/imports/{run.pk}/application/", {"version": run.version}).status_code == 302
    jobs.drain(strict=True)
    assert Project.objects.get(key="APOLLO").category == "基幹"
    assert signed_in(office.cast.outsider).get(f"/imports/{run.pk}/").status_code == 404


def test_a_workbook_of_something_else_is_refused_with_a_sentence(client):
    other = openpyxl.Workbook()
    other.active.append(["番号", "分類"])
    other.active.append(["APOLLO", "基幹"])
    file = io.BytesIO()
    other.save(file)
    answer = client.post("/lists/projects/workbook/", {"file": upload(file.getvalue(), "別.xlsx")})
    jobs.drain(strict=True)
    run = ImportRun.objects.get()
    assert run.state == State.REFUSED and "編集用" in client.get(answer["Location"]).text


# ---- many at once


def test_the_same_change_in_many_rows_is_previewed_and_written(client, office):
    picks = [str(pk) for pk in Project.objects.order_by("pk").values_list("pk", flat=True)]
    form = client.get("/lists/projects/many/", {"pick": picks})
    assert form.status_code == 200 and form.text.count('name="pick"') == 2
    answer = client.post("/lists/projects/many/", {"pick": picks, "tier": "D", "empty": ["sponsor"]})
    jobs.drain(strict=True)
    run = ImportRun.objects.get()
    assert answer["Location"] == f"/imports/{run.pk}/" and verdicts(run) == {"changed": 2}, codes(run)
    client.post(f"/imports/{run.pk}/application/", {"version": run.version})
    jobs.drain(strict=True)
    assert set(Project.objects.values_list("tier", "sponsor")) == {("D", None)}


def test_nothing_selected_or_nothing_said_is_told(client):
    assert client.post("/lists/projects/many/", {"tier": "D"}).status_code == 422
    pick = Project.objects.values_list("pk", flat=True)[0]
    assert client.post("/lists/projects/many/", {"pick": pick}).status_code == 422
    assert not ImportRun.objects.exists()


# ---- people


def test_people_go_out_and_come_back_too(office, signed_in):
    admin = signed_in(office.cast.admin)
    answer = admin.get("/setup/people/?export=edit")
    book = Book(answer.getvalue())
    names = [book.sheet.cell(r, book.heads.index("名前（日本語）") + 1).value for r in range(2, book.sheet.max_row + 1)]
    row = names.index(office.cast.pm.name_ja) + 2
    book.sheet.cell(row, book.heads.index("役職") + 1).value = "上級PM"
    twin = names.index(office.cast.member.name_ja) + 2
    book.sheet.cell(twin, book.heads.index("メール") + 1).value = office.cast.pm.email
    new = book.sheet.max_row + 1
    book.sheet.cell(new, book.heads.index("名前（日本語）") + 1).value = "新井 望"
    sent = admin.post("/lists/people/workbook/", {"file": upload(book.saved(), "人.xlsx")})
    jobs.drain(strict=True)
    run = ImportRun.objects.get()
    assert sent["Location"] == f"/imports/{run.pk}/"
    assert {k: run.counts[k] for k in ("new", "changed", "refused")} == {"new": 1, "changed": 1, "refused": 1}, codes(
        run
    )
    admin.post(f"/imports/{run.pk}/application/", {"version": run.version})
    jobs.drain(strict=True)
    assert Person.objects.get(pk=office.cast.pm.pk).job_title == "上級PM"
    made = Person.objects.get(name_ja="新井 望")
    assert made.email is None and not made.has_usable_password()


def test_only_who_keeps_the_people_may_change_them(office, signed_in):
    assert signed_in(office.cast.pmo).get("/lists/people/workbook/").status_code == 403


def test_a_project_is_not_closed_by_a_cell_and_one_that_is_closed_stays_so(client, office):
    book = taken_out(client)
    book.cell("APOLLO", "段階").value = "完了"
    assert "not_a_choice" in codes(sent_in(client, book))
    register.close_project(
        Project.objects.get(key="BOREAS"), by=office.cast.manager, note="終わった", finished_on=timezone.localdate()
    )
    run = sent_in(client, taken_out(client, f"state=closed&cols={ALL}"), "閉じた.xlsx")
    assert verdicts(run) == {"unchanged": 1}, codes(run)


def test_the_selected_rows_are_named(client, office):
    page = client.get("/lists/projects/many/", {"pick": [office.apollo.pk]})
    assert office.apollo.name in page.text
