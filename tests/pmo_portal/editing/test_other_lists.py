"""Periods, campaigns, files, import profiles and routes go out to Excel and come back, by their own acts."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from administration.collection.models import Campaign
from pmo_portal import editing, jobs
from pmo_portal.approvals.models import ApprovalRoute
from pmo_portal.approvals.routing import install_first_routes
from pmo_portal.audit.models import AuditEntry
from pmo_portal.editing.declaring import moment
from pmo_portal.files.actions import attach
from pmo_portal.intake import actions as intake
from pmo_portal.intake.models import ImportProfile, ImportRun
from tests.factories import CampaignFactory
from tests.pmo_portal.files.samples import pdf
from tests.pmo_portal.intake.sheets import upload

pytestmark = pytest.mark.django_db


@dataclass
class Sheet:
    """A list as somebody has it open in Excel: `said` finds a row by what one of its cells says."""

    client: object
    key: str
    path: str

    def __post_init__(self) -> None:
        answer = self.client.get(f"{self.path}?export=edit")
        assert answer.status_code == 200, answer
        self.book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
        self.cells = self.book.worksheets[0]
        self.heads = [cell.value for cell in self.cells[1]]

    def cell(self, said: str, head: str):
        rows = range(2, self.cells.max_row + 1)
        row = next(r for r in rows if said in [str(c.value) for c in self.cells[r]])
        return self.cells.cell(row, self.heads.index(head) + 1)

    def send_in(self) -> ImportRun:
        file = io.BytesIO()
        self.book.save(file)
        self.client.post(f"/lists/{self.key}/workbook/", {"file": upload(file.getvalue(), "一覧.xlsx")})
        jobs.drain(strict=True)
        return ImportRun.objects.latest("pk")

    def apply(self, run: ImportRun) -> ImportRun:
        self.client.post(f"/imports/{run.pk}/application/", {"version": run.version})
        jobs.drain(strict=True)
        run.refresh_from_db()
        return run


def counted(run: ImportRun) -> dict[str, int]:
    assert run.state == ImportRun.State.PREVIEWED, run.message
    return {k: v for k, v in run.counts.items() if v and k in ("new", "changed", "unchanged", "refused")}


def held(run: ImportRun) -> set[str]:
    return {c["c"] for row in run.rows.all() for c in row.cells.values() if c.get("c")}


@pytest.fixture
def manager(office, signed_in):
    return signed_in(office.cast.manager)


def test_every_list_of_records_that_people_write_comes_back():
    assert set(editing.known()) == {
        "campaigns", "files", "people", "periods", "portfolios", "profiles", "programmes", "projects", "routes",
    }  # fmt: skip


def test_each_has_its_door(office, signed_in):
    people = (office.cast.admin, office.cast.manager, office.cast.pmo)
    for key, declared in editing.known().items():
        person = next(p for p in people if declared.offered_to(p))
        assert signed_in(person).get(f"/lists/{key}/workbook/").status_code == 200, key


# ---- periods


def naive(moment_of: datetime) -> datetime:
    return timezone.localtime(moment_of).replace(tzinfo=None)


def test_due_moments_of_periods_move_by_the_sheet_with_the_old_time_of_day(manager, office):
    period = office.period
    sheet = Sheet(manager, "periods", "/setup/periods/")
    was = naive(period.due_at)
    cell = sheet.cell(period.label, "期限")
    assert cell.is_date and cell.value.replace(second=0, microsecond=0) == was.replace(second=0, microsecond=0)
    assert counted(sheet.send_in()) == {"unchanged": sheet.cells.max_row - 1}

    cell.value = datetime.combine(was.date() + timedelta(days=7), datetime.min.time())
    run = sheet.send_in()
    assert counted(run)["changed"] == 1
    sheet.apply(run)
    period.refresh_from_db()
    assert naive(period.due_at).replace(second=0, microsecond=0) == (was + timedelta(days=7)).replace(
        second=0, microsecond=0
    )
    entry = AuditEntry.objects.filter(action="due_moved").latest("pk")
    assert entry.actor == office.cast.manager and entry.reason


def test_a_moment_that_is_over_and_a_frozen_period_are_refused_in_the_preview(manager, office):
    sheet = Sheet(manager, "periods", "/setup/periods/")
    sheet.cell(office.period.label, "期限").value = datetime(2020, 1, 1, 17)
    run = sheet.send_in()
    assert run.counts["refused"] == 1 and held(run) == {"said"}
    period = office.period
    type(period).objects.filter(pk=period.pk).update(state="frozen", closed_at=timezone.now(), frozen_at=timezone.now())
    sheet = Sheet(manager, "periods", "/setup/periods/")
    sheet.cell(period.label, "期限").value = datetime(2040, 1, 1, 17)
    run = sheet.send_in()
    assert not run.counts.get("changed") and held(run) == {"not_in_this_state"}


def test_many_periods_get_the_same_moment(manager, office):
    later = timezone.localtime() + timedelta(days=9)
    sent = manager.post(
        "/lists/periods/many/",
        {"pick": office.period.pk, "due_at_0": f"{later:%Y-%m-%d}", "due_at_1": "12:30"},
    )
    assert sent.status_code == 302, sent.text
    jobs.drain(strict=True)
    run = ImportRun.objects.get()
    manager.post(f"/imports/{run.pk}/application/", {"version": run.version})
    jobs.drain(strict=True)
    office.period.refresh_from_db()
    assert f"{timezone.localtime(office.period.due_at):%Y-%m-%d %H:%M}" == f"{later:%Y-%m-%d} 12:30"


def test_a_manager_of_periods_is_offered_it_and_a_reader_is_not(office, signed_in):
    assert signed_in(office.cast.auditor).get("/setup/periods/?export=edit").status_code == 404
    assert signed_in(office.cast.auditor).get("/lists/periods/workbook/").status_code == 403


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-12-07 17:00:00", "2026-12-07 17:00"),
        ("2026/12/7 9:05", "2026-12-07 09:05"),
        ("2026-12-07", "2026-12-07 00:00"),
        (" 2026-12-07T08:30 ", "2026-12-07 08:30"),
    ],
)
def test_moments_are_read_as_they_are_written(text, said):
    assert f"{timezone.localtime(moment(text)):%Y-%m-%d %H:%M}" == said


@pytest.mark.parametrize("text", ["morgen", "2026-13-01 10:00", "2026-12-07 25:00", "12/7", "2026-12-07 at noon"])
def test_what_is_no_moment_is_named(text):
    with pytest.raises(ValidationError) as refused:
        moment(text)
    assert refused.value.code == "not_a_moment"


# ---- campaigns


def test_a_draft_campaign_gets_other_words_an_open_one_keeps_its_own(office, signed_in):
    pmo = signed_in(office.cast.pmo)
    draft = CampaignFactory(by=office.cast.pmo, projects=[office.apollo], title_ja="冬の点検", opened=False)
    asked = CampaignFactory(by=office.cast.pmo, projects=[office.apollo], title_ja="夏の点検")
    sheet = Sheet(pmo, "campaigns", "/administration/collection/campaigns/")
    sheet.cell("冬の点検", "件名（英語）").value = "Winter check"
    sheet.cell("夏の点検", "件名（英語）").value = "Summer check"
    run = sheet.send_in()
    assert counted(run) == {"changed": 1, "unchanged": 1} and held(run) == {"not_in_this_state"}
    sheet.apply(run)
    assert Campaign.objects.get(pk=draft.pk).title_en == "Winter check"
    assert Campaign.objects.get(pk=asked.pk).title_en == asked.title_en
    assert draft.questions.count() == Campaign.objects.get(pk=draft.pk).questions.count() > 0

    run.refresh_from_db()
    intake.undo_run(run, by=office.cast.pmo)
    assert Campaign.objects.get(pk=draft.pk).title_en == draft.title_en


def test_a_campaign_without_any_title_is_refused(office, signed_in):
    draft = CampaignFactory(
        by=office.cast.pmo, projects=[office.apollo], title_ja="冬の点検", opened=False, title_en=""
    )
    sheet = Sheet(signed_in(office.cast.pmo), "campaigns", "/administration/collection/campaigns/")
    sheet.cell("冬の点検", "件名（日本語）").value = None
    run = sheet.send_in()
    assert counted(run) == {"refused": 1}
    assert Campaign.objects.get(pk=draft.pk).title_ja == "冬の点検"


# ---- files, profiles, routes


def test_files_are_renamed_and_keep_their_ending(office, signed_in):
    one = attach(office.apollo, by=office.cast.pm, file=pdf(1), name="計画.pdf")
    sheet = Sheet(signed_in(office.cast.pm), "files", "/files/")
    sheet.cell("計画.pdf", "名前").value = "計画 第二版"
    run = sheet.send_in()
    assert counted(run) == {"changed": 1}
    sheet.apply(run)
    one.refresh_from_db()
    assert one.name == "計画 第二版.pdf"


def test_a_file_of_a_project_that_one_only_reads_keeps_its_name(office, signed_in):
    attach(office.boreas, by=office.cast.manager, file=pdf(1), name="計画.pdf")
    sheet = Sheet(signed_in(office.cast.expert), "files", "/files/")
    sheet.cell("計画.pdf", "名前").value = "別名"
    run = sheet.send_in()
    assert counted(run) == {"refused": 1}


def test_profiles_are_named_anew_and_a_name_stands_once(office, manager):
    for name in ("橋", "道"):
        ImportProfile.objects.create(name=name, target="projects.status", definition={"columns": []})
    sheet = Sheet(manager, "profiles", "/imports/profiles/")
    sheet.cell("橋", "メモ").value = "国交省の様式"
    sheet.cell("道", "名前").value = "橋"
    run = sheet.send_in()
    assert counted(run)["changed"] == 1 and run.counts["refused"] == 1
    sheet.cell("国交省の様式", "名前").value = "橋梁"
    sheet.cells.delete_rows(next(c.row for c in sheet.cells["B"] if c.value == "橋"))
    sheet.apply(sheet.send_in())
    assert set(ImportProfile.objects.filter(is_shipped=False).values_list("name", "note")) == {
        ("橋梁", "国交省の様式"),
        ("道", ""),
    }


def test_routes_are_called_otherwise_and_ask_for_the_same(manager, office):
    install_first_routes(timezone.localdate())
    route = ApprovalRoute.objects.first()
    steps = list(route.steps.values_list("position", "manner"))
    sheet = Sheet(manager, "routes", "/approvals/routes/")
    sheet.cell(route.name_ja, "名前（英語）").value = "Board's route"
    run = sheet.send_in()
    assert counted(run)["changed"] == 1
    sheet.apply(run)
    route.refresh_from_db()
    assert route.name_en == "Board's route" and list(route.steps.values_list("position", "manner")) == steps


def test_a_name_is_previewed_and_taken_back_as_it_is_kept(office, signed_in):
    one = attach(office.apollo, by=office.cast.pm, file=pdf(1), name="計画.pdf")
    client = signed_in(office.cast.pm)
    sheet = Sheet(client, "files", "/files/")
    sheet.cell("計画.pdf", "名前").value = "../../etc/passwd.png"
    run = sheet.send_in()
    assert [code for row in run.rows.all() for code, _given in row.notes] == ["kept_as"]
    sheet.apply(run)
    one.refresh_from_db()
    assert one.name.endswith(".pdf") and "/" not in one.name
    got = client.get(f"/files/{one.pk}/versions/1/content/")
    assert one.name.removesuffix(".pdf") in unquote(got["Content-Disposition"])
    run.refresh_from_db()
    intake.undo_run(run, by=office.cast.pm)
    one.refresh_from_db()
    assert one.name == "計画.pdf"


def test_the_plain_export_is_told_from_the_workbook_for_editing(office, signed_in):
    client = signed_in(office.cast.pmo)
    plain = b"".join(client.get("/projects/?export=xlsx").streaming_content)
    client.post("/lists/projects/workbook/", {"file": upload(plain, "一覧.xlsx")})
    jobs.drain(strict=True)
    run = ImportRun.objects.get()
    assert run.state == ImportRun.State.REFUSED and "編集用" in run.message
