"""The UK's yearly data as published: four years, four shapes, one portfolio; counts as in the data's own README."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal

import pytest

from pmo_portal.intake.models import ImportRow
from projects.register.models import Project
from projects.status.models import ProjectPeriod, StatusReport
from tests.shared_data import folder

pytestmark = pytest.mark.django_db
DATA = folder("gmpp")
YEARS = (2014, 2016, 2018, 2020)
CASES = {
    int(case["inputs"]["file"][3:7]): case["expected"]
    for case in json.loads((DATA / "cases.json").read_text(encoding="utf-8"))
    if "file" in case["inputs"]
}
RATINGS = {"amber/green": "amber_green", "amber/red": "amber_red", "nodca": "none"}


def load(run_import, years=YEARS, key="GMPP"):
    return {
        year: run_import(DATA / f"uk_{year}.csv", profile="gmpp", portfolio=key, period=f"{year}-03-31", accept=True)
        for year in years
    }


@pytest.fixture(scope="module")
def loaded(once):
    return load(once)


def told(export, year):
    return [p for project in export["projects"] for p in project["periods"] if p["period"] == f"{year}-03-31"]


def rating(period):
    if period["confidence"]:
        return period["confidence"]
    reason = period["unknown"]["confidence"].casefold()
    return "withheld" if "exempt" in reason else reason


def check_year(export, year):
    periods, expected = told(export, year), CASES[year]
    assert len(periods) == expected["projects"]
    assert Counter(map(rating, periods)) == {RATINGS.get(k, k): n for k, n in expected["rag"].items()}
    assert sum(p["start"] is not None for p in periods) == expected["parsed_start"]
    assert sum(p["finish"] is not None for p in periods) == expected["parsed_end"]
    for ours, theirs in (("budget", "budget"), ("forecast", "forecast"), ("whole_life_cost", "wlc")):
        assert sum(p[ours] is not None for p in periods) == expected[f"numeric_{theirs}"]
    total = sum(Decimal(p["whole_life_cost"]) for p in periods if p["whole_life_cost"] is not None)
    assert abs(total / 10**6 - Decimal(str(expected["sum_wlc_million"]))) < Decimal("0.005")
    assert not [p for p in periods if p["start"] and p["finish"] and p["start"] > p["finish"]]


def test_all_years_load_in_order_and_count_as_published(loaded, run_export):
    outcome = loaded
    for year in YEARS:
        told_of = outcome[year]["files"][0]
        assert (told_of["rows"], told_of["ambiguous"], told_of["refused"]) == (CASES[year]["projects"], 0, [])
        assert told_of["created"] + told_of["updated"] == told_of["rows"]
    assert outcome[2020]["status_reports"] == StatusReport.objects.count() == 600
    assert outcome[2020]["projects"] == Project.objects.count()
    export = run_export("GMPP")
    for year in YEARS:
        check_year(export, year)
    budgets = [sum(p["budget"] == "0" for p in told(export, year)) for year in YEARS]
    assert budgets == [20, 4, 3, 2]
    assert ProjectPeriod.objects.filter(report__isnull=False).count() == 600


def test_a_second_time_nothing_changes_even_without_accepting(loaded, run_import, run_export):
    before, versions = run_export("GMPP"), dict(Project.objects.values_list("pk", "version"))
    for year in YEARS:
        again = run_import(DATA / f"uk_{year}.csv", profile="gmpp", portfolio="GMPP", period=f"{year}-03-31")
        assert again["files"][0]["unchanged"] == CASES[year]["projects"]
        assert again["status_reports"] == 600
    assert run_export("GMPP") == before
    assert dict(Project.objects.values_list("pk", "version")) == versions


def test_a_later_year_first_ends_in_the_same_reports(run_import, run_export):
    load(run_import, (2020, 2014, 2018, 2016), "LATE")
    export = run_export("LATE")
    for year in YEARS:
        check_year(export, year)
    for project in Project.objects.filter(portfolio__key="LATE").prefetch_related("status_reports__period"):
        latest = max(project.status_reports.all(), key=lambda r: r.period.ends_on)
        assert project.reported_period == latest.period
        assert (project.forecast_cost, project.confidence) == (latest.forecast_cost, latest.confidence)
        assert project.name_en == latest.project_name
        first = min(
            (r for r in project.status_reports.all() if r.forecast_cost is not None),
            key=lambda r: r.period.ends_on,
            default=None,
        )
        assert project.approved_budget == (first.forecast_cost if first else None)


def test_renamed_projects_are_recognised_and_namesakes_are_not_mixed(loaded, run_export):
    names = [[p["name"] for p in project["periods"]] for project in run_export("GMPP")["projects"]]
    for pair in (
        ("Urenco Future Options", "Project Eagle (formerly Urenco Future Options)"),
        ("Search & Rescue Helicopters (SARH)", "Search and Rescue Helicopters"),
        ("CUSTOMS DECLARATION SERVICES (CDS) Programme", "Customs Declaration Services"),
    ):
        assert any(set(pair) <= set(map(str.strip, row)) for row in names), pair
    assert not [row for row in names if len(row) != len(set(row)) and len(row) > len(YEARS)]


def test_without_accepting_the_same_names_wait_and_nothing_is_doubled(run_import):
    load(run_import, (2014,), "NEW")
    outcome = run_import(DATA / "uk_2016.csv", profile="gmpp", portfolio="NEW", period="2016-03-31")["files"][0]
    assert outcome["ambiguous"] >= 50
    assert outcome["created"] + outcome["ambiguous"] == 143
    assert all(row["candidates"] for row in outcome["to_confirm"])
    then = run_import(DATA / "uk_2016.csv", profile="gmpp", portfolio="NEW", period="2016-03-31", accept=True)["files"][
        0
    ]
    assert (then["unchanged"], then["updated"], then["ambiguous"]) == (outcome["created"], outcome["ambiguous"], 0)


def test_what_is_withheld_is_kept_as_withheld_and_never_as_zero(loaded, run_export):
    withheld = [p for p in told(run_export("GMPP"), 2014) if "xempt" in p["unknown"].get("budget", "")]
    assert withheld
    assert all(p["budget"] is None for p in withheld)


def test_declared_and_computed_variance_stand_side_by_side(loaded):
    noted = {
        row.label: [params for code, params in row.notes if code == "declared_differs"]
        for row in ImportRow.objects.all()
        if any(code == "declared_differs" for code, _ in row.notes)
    }
    flat = {label.strip(): notes[0] for label, notes in noted.items()}
    assert flat["Child Maintenance Group Change"] == {"declared": "-35.21", "computed": "-15.19"}
    overhaul = next(params for label, params in flat.items() if "Technology Overhaul" in label)
    assert (overhaul["declared"], overhaul["computed"]) == ("52.43", "-47.57")


def test_the_one_undefined_byte_is_marked_at_its_cell(loaded):
    marked = [c for row in ImportRow.objects.all() for c in row.cells.values() if c.get("c") == "bad_byte"]
    assert len(marked) == 1
    assert "0x9D" in marked[0]["p"]["bytes"]
    assert StatusReport.objects.filter(period__key="2020-03-31").count() == 125


def test_a_file_without_a_period_takes_it_from_its_heads_or_its_column(run_import):
    for year in (2014, 2018):
        outcome = run_import(DATA / f"uk_{year}.csv", profile="gmpp", portfolio="NEW", accept=True)
        assert outcome["files"][0]["period"] == f"{year}-03-31"
