"""From a file to applied and back: received, previewed, answered, applied all or nothing, undone as if it had not been."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from pmo_portal import jobs
from pmo_portal.access.models import Scope
from pmo_portal.audit.models import AuditEntry
from pmo_portal.intake import actions, queries, running
from pmo_portal.intake.models import ImportRow, ImportRun
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.models import ReportingPeriod
from projects.register.actions import create_project, edit_project, revise_budget
from projects.register.models import BudgetRevision, Milestone, MilestoneForecast, Project, ProjectPlacement
from projects.status.models import ProjectPeriod, StatusReport
from tests.projects.status.importing.sheets import GMPP_HEADS, GMPP_ROWS

pytestmark = pytest.mark.django_db
STATE, VERDICT = ImportRun.State, ImportRow.Verdict
KEPT = (
    Project, Scope, ProjectPlacement, BudgetRevision, Milestone, MilestoneForecast, StatusReport, ProjectPeriod,
    ReportingPeriod, MeasureValue,
)  # fmt: skip
MOVING = {"version", "updated_at", "last_change_at", "changed_at", "computed_at", "id"}


def picture():
    """Everything that an import may touch, without what only counts or tells the time."""
    found = {}
    for model in KEPT:
        names = [f.attname for f in model._meta.concrete_fields if f.name not in MOVING]
        rows = [tuple(map(str, row)) for row in model._base_manager.values_list(*names)]
        found[model.__name__] = sorted(rows)
    return found


def test_a_preview_writes_nothing_and_says_everything(receive):
    before = picture()
    run = receive([GMPP_HEADS, *GMPP_ROWS])
    assert picture() == before
    assert run.state == STATE.PREVIEWED
    assert queries.counts(run)[VERDICT.NEW] == 3
    first, second, third = queries.rows(run)
    cells = {c.field: c for c in first.cells}
    assert (first.place, first.label, cells["whole_life_cost"].value) == ("2", "Apollo Works", Decimal("5609460000.00"))
    assert (cells["budget"].letter, cells["budget"].head) == ("F", "2013/2014 Budget (£million)")
    assert (cells["start"].value, cells["confidence"].value) == (date(2010, 5, 31), "amber_red")
    assert {c.field: c.value for c in second.cells}["budget"] == Decimal("1234500000.00")
    withheld = {c.field: (c.state, c.code, c.value) for c in third.cells}
    assert withheld["budget"] == ("unknown", "withheld", None)
    assert withheld["start"] == ("unknown", "not_yet_known", None)


def test_applying_makes_projects_with_reports_and_says_where_from(receive, apply, office):
    run = apply(receive([GMPP_HEADS, *GMPP_ROWS]))
    assert run.state == STATE.APPLIED
    project = Project.objects.get(name_en="Boreas (BRS)")
    report = project.status_reports.get()
    assert (report.imported_from, report.imported_row, report.origin) == (run, 3, "imported")
    assert (project.imported_from, project.imported_row) == (run, 3)
    assert report.state == "accepted" and report.is_frozen
    assert (project.forecast_cost, project.approved_budget) == (Decimal("31000000000.00"),) * 2
    castor = Project.objects.get(name_en="Castor").status_reports.get()
    assert (castor.year_budget, castor.unknown["year_budget"]) == (None, "Exempt under Section 43")
    assert castor.forecast_cost == 0
    entry = AuditEntry.objects.get(action="imported", object_id=project.pk, content_type__model="project")
    assert entry.actor == office.cast.pmo and "list.csv" in entry.reason
    row = ProjectPeriod.objects.get(project=project)
    assert (row.confidence, row.state) == ("green", "accepted")


def test_undoing_a_first_import_leaves_nothing_of_it(receive, apply, office):
    before = picture()
    run = apply(receive([GMPP_HEADS, *GMPP_ROWS]))
    assert picture() != before
    actions.undo_run(run, by=office.cast.pmo, reason="wrong file")
    jobs.drain(strict=True)
    assert picture() == before
    assert run.state == STATE.UNDONE
    again = apply(receive([GMPP_HEADS, *GMPP_ROWS]))
    assert again.state == STATE.APPLIED


LATER = [
    GMPP_HEADS,
    ["Apollo Works", "DfT", "Green", "31/05/2010", "01/09/2017", "10", "20", "100%", "7000"],
    ["Boreas", "MoJ", "Red", "01/10/2006", "21/12/2019", "5", "5", "0%", "£32,000"],
    ["Deneb", "HMRC", "Amber", "01/10/2006", "21/12/2019", "5", "5", "0%", "10"],
]


def test_undoing_a_later_import_puts_the_earlier_one_back_exactly(receive, apply, office):
    first = apply(receive([GMPP_HEADS, *GMPP_ROWS]))
    before = picture()
    run = receive(LATER, on=date(2016, 3, 31), name="later.csv")
    assert actions.accept_matches(run, by=office.cast.pmo) == 2
    run.refresh_from_db()
    apply(run)
    apollo = Project.objects.get(name_en="Apollo Works")
    assert (apollo.confidence, apollo.forecast_cost, apollo.approved_budget) == (
        "green",
        7_000_000_000,
        Decimal(5_609_460_000),
    )
    assert Project.objects.get(name_en="Boreas").status_reports.count() == 2
    milestone = Milestone.objects.get(project=apollo)
    assert (milestone.baseline_on, milestone.previous_on, milestone.forecast_on) == (
        date(2015, 9, 1),
        date(2015, 9, 1),
        date(2017, 9, 1),
    )
    with pytest.raises(ValidationError, match=r"later\.csv"):
        actions.undo_run(first, by=office.cast.pmo)
    actions.undo_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    assert picture() == before
    actions.undo_run(first, by=office.cast.pmo)
    assert not Project.objects.filter(imported_from__isnull=False).exists()


def test_a_corrected_file_supersedes_its_report_and_undoing_brings_that_back(receive, apply, office):
    apply(receive([GMPP_HEADS, *GMPP_ROWS]))
    before = picture()
    changed = [GMPP_HEADS, ["Apollo Works", "DfT", "Red", *GMPP_ROWS[0][3:]], *GMPP_ROWS[1:]]
    run = receive(changed)
    assert {v: n for v, n in queries.counts(run).items() if n and v in VERDICT.values} == {"changed": 1, "unchanged": 2}
    cell = next(c for c in queries.rows(run, verdict="changed")[0].cells if c.field == "confidence")
    assert (cell.state, cell.was, cell.value) == ("changed", "amber_red", "red")
    apply(run)
    reports = StatusReport.objects.filter(project__name_en="Apollo Works").order_by("revision")
    assert [(r.revision, r.is_current, r.confidence) for r in reports] == [(1, False, "amber_red"), (2, True, "red")]
    actions.undo_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    assert picture() == before


def test_what_people_changed_since_is_named_and_nothing_is_undone(receive, apply, office):
    run = apply(receive([GMPP_HEADS, *GMPP_ROWS]))
    project = Project.objects.get(name_en="Castor")
    edit_project(project, by=office.cast.pmo, version=project.version, description="Now with words")
    before = picture()
    assert project.key in queries.why_not_undo(run)
    with pytest.raises(ValidationError, match=project.key):
        actions.undo_run(run, by=office.cast.pmo)
    assert picture() == before


def test_rows_to_confirm_wait_for_an_answer(receive, apply, office):
    apply(receive([GMPP_HEADS, *GMPP_ROWS]))
    run = receive(LATER, on=date(2016, 3, 31))
    assert queries.counts(run)["open"] == 2
    with pytest.raises(ValidationError, match="2"):
        actions.apply_run(run, by=office.cast.pmo)
    first, second = queries.rows(run, verdict=VERDICT.AMBIGUOUS)
    assert [c.is_proposed for c in first.candidates] == [True]
    with pytest.raises(ValidationError):
        actions.answer(run, by=office.cast.pmo, number=first.number, choice="match", matched_id=office.boreas.pk)
    row = actions.answer(
        run, by=office.cast.pmo, number=first.number, choice="match", matched_id=first.candidates[0].id
    )
    assert row.verdict == VERDICT.CHANGED
    assert actions.answer(run, by=office.cast.pmo, number=second.number, choice="leave_out").verdict == VERDICT.LEFT_OUT
    assert actions.answer(run, by=office.cast.pmo, number=second.number, choice="new").verdict == VERDICT.NEW
    run.refresh_from_db()
    apply(run)
    assert Project.objects.filter(name_en__startswith="Boreas", imported_from__isnull=False).count() == 2


def test_a_cell_can_be_repaired_in_place(receive, apply, office):
    rows = [GMPP_HEADS, ["Apollo", "DfT", "Green", "31/02/2010", "01/09/2015", "1", "1", "0%", "1e30"]]
    run = receive(rows)
    refused = queries.rows(run)[0]
    wrong = {c.field: c for c in refused.cells if c.state == "refused"}
    assert set(wrong) == {"start", "whole_life_cost"}
    assert queries.next_problem(run) == 2
    heads, body = queries.refused_table(run)
    assert len(body) == 2 and len(body[0]) == len(heads)
    actions.repair(run, by=office.cast.pmo, number=2, column=wrong["start"].index, text="28/02/2010")
    row = actions.repair(run, by=office.cast.pmo, number=2, column=wrong["whole_life_cost"].index, text="12")
    assert row.verdict == VERDICT.NEW
    run.refresh_from_db()
    apply(run)
    assert Project.objects.get(name_en="Apollo").planned_start_on == date(2010, 2, 28)


def test_another_mapping_is_previewed_remembered_and_used_again(receive, apply, office):
    rows = [["Ding", "Betrag", "Wer"], ["Apollo", "12", "DfT"], ["Boreas", "13", "MoJ"]]
    run = receive(rows, profile="projects")
    assert not [c for c in queries.columns(run) if c.field]
    actions.set_mapping(run, by=office.cast.pmo, columns={0: "name", 1: "approved_budget", 2: "department"})
    jobs.drain(strict=True)
    run.refresh_from_db()
    actions.set_column(run, by=office.cast.pmo, column=1, unit="thousand")
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert queries.counts(run)["new"] == 2
    with pytest.raises(ValidationError):
        actions.save_profile(run, by=office.cast.pmo, name="gmpp")
    profile = actions.save_profile(run, by=office.cast.pmo, name="Dinge")
    apply(run)
    assert Project.objects.get(name_en="Apollo").approved_budget == 12000
    again = receive(rows, profile=profile.name)
    assert queries.counts(again)["unchanged"] == 2


def test_two_columns_for_one_field_are_refused(receive, office):
    run = receive([GMPP_HEADS, *GMPP_ROWS])
    with pytest.raises(ValidationError):
        actions.set_mapping(run, by=office.cast.pmo, columns={0: "name", 1: "name"})


def test_what_changed_between_preview_and_applying_is_shown_again_instead_of_written(receive, office):
    run = receive([GMPP_HEADS, *GMPP_ROWS])
    other = receive([GMPP_HEADS, GMPP_ROWS[0]], name="other.csv")
    actions.apply_run(other, by=office.cast.pmo)
    jobs.drain(strict=True)
    before = picture()
    actions.apply_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert run.state == STATE.PREVIEWED and run.message
    assert picture() == before
    assert queries.counts(run)["unchanged"] == 1


def test_a_failure_in_the_middle_of_applying_leaves_nothing_half_done(receive, office):
    run = receive([GMPP_HEADS, *GMPP_ROWS])
    before = picture()
    ImportRun.objects.filter(pk=run.pk).update(state=STATE.APPLYING)
    run.refresh_from_db()

    class Killed(BaseException):
        """What no handler of ours catches."""

    def die_late(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "pmo_portal_importrow"'):  # the projects and reports are written by then
            raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(die_late), pytest.raises(Killed):
        running.apply(run)
    assert picture() == before
    run.refresh_from_db()
    assert run.state == STATE.APPLYING
    running.apply(run)
    run.refresh_from_db()
    assert run.state == STATE.APPLIED


def test_discarding_deletes_the_file(receive, office, settings, django_capture_on_commit_callbacks):
    run = receive([GMPP_HEADS, *GMPP_ROWS])
    kept = settings.MEDIA_ROOT / run.file_path
    assert kept.exists()
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(run, by=office.cast.pmo)
    assert not kept.exists()
    assert run.state == STATE.DISCARDED and not run.rows.exists()
    with pytest.raises(ValidationError):
        actions.apply_run(run, by=office.cast.pmo)


@pytest.mark.parametrize("part", ["pm", "member", "expert", "sponsor", "auditor", "outsider", "nobody", "revoked"])
def test_only_the_pmo_brings_sheets_in(receive, office, part):
    with pytest.raises(PermissionDenied):
        receive([GMPP_HEADS, *GMPP_ROWS], by=getattr(office.cast, part))
    assert not ImportRun.objects.exists()


def test_a_report_that_people_wrote_is_not_overwritten(receive, apply, office):
    run = apply(receive([GMPP_HEADS, *GMPP_ROWS]))
    project = Project.objects.get(name_en="Castor")
    StatusReport.objects.filter(project=project).update(origin="typed", imported_from=None)
    again = receive([GMPP_HEADS, ["Castor", "MOD", "Red", *GMPP_ROWS[2][3:]]])
    actions.accept_matches(again, by=office.cast.pmo)
    again.refresh_from_db()
    row = queries.rows(again)[0]
    assert row.verdict == VERDICT.REFUSED
    assert project.key in " ".join(row.notes)
    assert run.pk != again.pk


def test_the_trail_of_an_import_that_was_answered_applied_and_undone_is_read_and_exported(
    receive, apply, office, client, settings
):
    apply(receive([GMPP_HEADS, *GMPP_ROWS]))
    run = receive(LATER, on=date(2016, 3, 31))
    actions.accept_matches(run, by=office.cast.pmo)
    run.refresh_from_db()
    apply(run)
    actions.undo_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    client.force_login(office.cast.auditor)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert client.get("/setup/audit/").status_code == 200
    content = b"".join(client.get("/setup/audit/", {"export": "csv"}).streaming_content).decode("utf-8-sig")
    acts = [row["Act"] for row in csv.DictReader(content.splitlines())]
    assert {"answered", "imported", "undone"} <= set(acts)


@pytest.fixture
def ours(office):
    """A project that the office made itself, with an approved budget and plan."""
    return create_project(
        by=office.cast.pmo,
        portfolio=office.core,
        key="OURS-1",
        name_ja="物流センター再編",
        name_en="Logistics centres",
        approved_budget=Decimal(340_000_000),
        planned_start_on=date(2026, 4, 1),
        planned_finish_on=date(2027, 9, 30),
    )


OUR_HEADS = ["件名", "承認額", "開始日", "計画完了日", "完了予定日", "見込額", "備考"]
OUR_ROW = ["物流センターの再編", "120000000", "2026/5/1", "2027/6/22", "2027/8/31", "350000000", "遅れなし"]


def test_what_the_office_approves_is_not_changed_by_a_sheet(receive, apply, office, ours):
    run = receive([OUR_HEADS, OUR_ROW], on=date(2026, 10, 31), profile="projects")
    row = queries.rows(run, verdict=VERDICT.AMBIGUOUS)[0]
    actions.answer(run, by=office.cast.pmo, number=row.number, choice="match", matched_id=ours.pk)
    run.refresh_from_db()
    row = queries.rows(run)[0]
    cells = {c.field: c for c in row.cells}
    assert row.label == "物流センターの再編" and row.verdict == VERDICT.CHANGED
    assert {f for f, c in cells.items() if c.state == "held"} == {"name", "approved_budget", "start", "planned_finish"}
    assert "120000000" in cells["approved_budget"].sentence
    assert cells["finish"].state == "changed"
    apply(run)
    ours.refresh_from_db()
    assert (ours.name_ja, ours.approved_budget) == ("物流センター再編", 340_000_000)
    assert (ours.planned_start_on, ours.planned_finish_on) == (date(2026, 4, 1), date(2027, 9, 30))
    assert (ours.forecast_cost, ours.forecast_finish_on) == (350_000_000, date(2027, 8, 31))
    assert ours.budget_revisions.count() == 1
    report = ours.status_reports.get()
    assert (report.approved_budget, report.planned_finish_on, report.summary) == (
        340_000_000, date(2027, 9, 30), "遅れなし",
    )  # fmt: skip
    assert report.details["承認額"] == "120000000"


def test_a_published_series_does_not_set_the_baseline_of_what_the_office_approves(receive, apply, office, ours):
    run = receive([GMPP_HEADS, ["Logistics centres", *GMPP_ROWS[0][1:]]])
    actions.accept_matches(run, by=office.cast.pmo)
    run.refresh_from_db()
    apply(run)
    ours.refresh_from_db()
    assert (ours.approved_budget, ours.planned_finish_on) == (340_000_000, date(2027, 9, 30))
    assert ours.budget_revisions.count() == 1
    assert ours.forecast_cost == 5_609_460_000


def test_once_the_office_has_decided_the_budget_of_an_imported_project_the_sheet_does_not(receive, apply, office):
    rows = [["件名", "承認額"], ["倉庫", "1000"]]
    apply(receive(rows, profile="projects", on=None))
    project = Project.objects.get(name_ja="倉庫")
    rows[1][1] = "2000"
    second = receive(rows, profile="projects", on=None, name="second.csv")
    actions.accept_matches(second, by=office.cast.pmo)
    second.refresh_from_db()
    apply(second)
    project.refresh_from_db()
    assert project.approved_budget == 2000  # kept elsewhere, so it follows
    revise_budget(project, by=office.cast.manager, amount=Decimal(2500), reason="更新")
    rows[1][1] = "3000"
    run = receive(rows, profile="projects", on=None, name="third.csv")
    actions.accept_matches(run, by=office.cast.pmo)
    run.refresh_from_db()
    assert [c.state for c in queries.rows(run)[0].cells if c.field == "approved_budget"] == ["held"]
