"""A register that was damaged on purpose: every kind of damage is shown in the preview, at its cell or row."""

from __future__ import annotations

from collections import Counter

import pytest

from pmo_portal.intake import queries
from pmo_portal.intake.models import ImportRow, ImportRun
from projects.register.models import Project
from tests.shared_data import folder

pytestmark = pytest.mark.django_db
DATA = folder("it-dashboard")


@pytest.fixture(scope="module")
def loaded(once):
    return once(DATA / "projects_messed_up.csv", profile="it-dashboard", portfolio="IT", period="2012-08-31")


def notes():
    return Counter(code for row in ImportRow.objects.all() for code, _ in row.notes)


def cells():
    return [c for row in ImportRow.objects.all() for c in row.cells.values() if c.get("c")]


def test_disclaimer_totals_and_repeats_are_no_records(loaded):
    told = loaded["files"][0]
    assert told["rows"] == 2197 + 275 - 4
    assert told["skipped"] == {"total_row": 26, "repeated_row": 4}
    run = ImportRun.objects.get()
    assert run.facts["header_row"] == 6
    assert queries.counts(run)["skipped"] == 30


def test_pushed_rows_are_put_back_and_cut_names_put_together(loaded):
    assert notes()["shifted"] == 275
    assert notes()["split_cell"] == 7
    project = Project.objects.get(source_id="2045")
    assert (project.name_en, project.planned_start_on.isoformat()) == ("Encounter Data Development", "2009-01-01")
    assert Project.objects.get(source_id="1231").department == "Department of Commerce"


def test_the_spelling_of_an_agency_follows_its_code(loaded):
    assert len({p.department for p in Project.objects.all()}) == 26
    spelled = {(c["p"]["text"], c["p"]["right"]) for c in cells() if c["c"] == "spelling"}
    assert ("DoC", "Department of Commerce") in spelled
    assert any("Agraculture" in text for text, _right in spelled)


def test_numbers_with_signs_units_and_separators(loaded):
    said = Counter(c["c"] for c in cells())
    assert said["code_digits"] >= 43
    assert said["unit_in_cell"] + said["implausible_amount"] >= 50
    assert any(c["t"] == "119098.812" for c in cells() if c["c"] == "implausible_amount")
    run = ImportRun.objects.get()
    units = {c.field: c.unit for c in queries.columns(run) if c.kind == "money"}
    assert set(units.values()) == {"million"}


def test_the_order_of_dates_is_decided_per_column_from_the_certain_cells(loaded):
    styles = {c["field"]: c for c in ImportRun.objects.get().facts["columns"] if c["kind"] == "date"}
    assert {s["order"] for s in styles.values()} == {"dmy"}
    assert styles["start"]["mdy"] == 0 < styles["start"]["open"]
    assert Project.objects.get(source_id="657").planned_start_on.isoformat() == "2011-10-01"


def test_what_cannot_be_read_is_refused_with_its_cell(loaded):
    refused = loaded["files"][0]["refused"]
    reasons = {(r["column"], r["value"]): r["reason"] for r in refused}
    assert "does not exist" in reasons["Completion Date (B1)", "2012-30-09"]
    assert "day, month, year" in reasons["Updated Date", "04/26/2012"]
    assert "source itself" in reasons["Project Name", "Entered in error"]
    assert len(refused) == 3


def test_numbers_used_twice_were_the_same_row_twice(loaded):
    """README: 4 exactly repeated rows, 4 project numbers used twice. They are the same four."""
    repeated = [s for s in ImportRun.objects.get().facts["skipped"] if s["code"] == "repeated_row"]
    assert len(repeated) == 4
    assert all(s["params"]["row"] < s["number"] for s in repeated)
    assert Project.objects.filter(source_id__in=["2672", "103", "328", "2268"]).count() == 4


def test_the_cleaned_copy_loads_and_its_swapped_days_are_its_own(run_import, loaded, run_export):
    run_import(
        DATA / "projects_cleaned_by_one_student.csv", profile="it-dashboard", portfolio="IT2", period="2012-08-31"
    )
    damaged = {p["source_id"]: p["periods"][0]["start"] for p in run_export("IT")["projects"]}
    cleaned = {p["source_id"]: p["periods"][0]["start"] for p in run_export("IT2")["projects"]}
    both = [(damaged[k], cleaned[k]) for k in damaged.keys() & cleaned.keys() if damaged[k] and cleaned[k]]
    swapped = [(a, b) for a, b in both if a != b and (a[:4], a[5:7], a[8:]) == (b[:4], b[8:], b[5:7])]
    assert len(swapped) > 1400
