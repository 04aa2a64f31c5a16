"""New York's capital projects: fifteen reporting dates in one file become fifteen periods, with their trends."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date, datetime

import pytest

from pmo_portal.intake.models import ImportRow
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Milestone, MilestoneForecast, Project
from projects.status.models import ProjectPeriod
from tests.shared_data import folder

pytestmark = pytest.mark.django_db
FILE = folder("nyc-capital") / "change_records_odd_pid.csv"


def source():
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text):
    return datetime.strptime(text[:10], "%m/%d/%Y").date() if text.strip() else None


@pytest.fixture(scope="module")
def loaded(once):
    return once(FILE, profile="nyc-capital", portfolio="NYC")


def test_one_file_becomes_fifteen_periods(loaded, run_export):
    told = loaded["files"][0]
    assert (told["rows"], told["created"], told["refused"]) == (1032, 182, [])
    assert (loaded["projects"], loaded["status_reports"]) == (182, 1032)
    dates = Counter(day(row["Date Reported As Of"]).isoformat() for row in source())
    assert {p["period"]: p["rows"] for p in told["periods"]} == dates
    assert len(dates) == 15
    assert Counter(p["period"] for project in run_export("NYC")["projects"] for p in project["periods"]) == dates


def test_every_forecast_of_cost_and_completion_is_that_of_the_file(loaded, run_export):
    stored = {
        (project["source_id"], p["period"]): (p["finish"], p["whole_life_cost"])
        for project in run_export("NYC")["projects"]
        for p in project["periods"]
    }
    for row in source():
        finish, cost = stored[row["PID"], day(row["Date Reported As Of"]).isoformat()]
        assert finish == (day(row["Forecast Completion"]).isoformat() if row["Forecast Completion"] else None)
        assert (float(cost) if cost else None) == (
            round(float(row["Budget Forecast"]), 2) if row["Budget Forecast"] else None
        )


def test_the_completion_of_each_project_was_and_is(loaded):
    by_project = defaultdict(list)
    for row in source():
        if row["Forecast Completion"]:
            by_project[row["PID"]].append((day(row["Date Reported As Of"]), day(row["Forecast Completion"])))
    milestones = {m.project.source_id: m for m in Milestone.objects.select_related("project")}
    assert milestones.keys() == by_project.keys()
    for pid, course in by_project.items():
        course.sort()
        milestone = milestones[pid]
        assert (milestone.baseline_on, milestone.forecast_on) == (course[0][1], course[-1][1])
        assert list(milestone.forecasts.values_list("as_of", "forecast_on")) == course
    assert MilestoneForecast.objects.count() == sum(map(len, by_project.values()))


def test_the_register_stands_as_last_reported_against_the_first_figures(loaded):
    project = Project.objects.get(source_id="3")
    rows = sorted((r for r in source() if r["PID"] == "3"), key=lambda r: day(r["Date Reported As Of"]))
    assert float(project.forecast_cost) == round(float(rows[-1]["Budget Forecast"]), 2)
    assert float(project.approved_budget) == round(float(rows[0]["Budget Forecast"]), 2)
    assert project.slip_days == (day(rows[-1]["Forecast Completion"]) - day(rows[0]["Forecast Completion"])).days
    rows = ProjectPeriod.objects.filter(project=project).order_by("period__starts_on")
    assert next(r.slip_days for r in rows if r.slip_days is not None) == 0


def test_the_slip_of_the_pen_is_seen(loaded):
    row = next(
        r
        for r in ImportRow.objects.filter(run__target="projects")
        if any(c.get("c") == "implausible_year" for c in r.cells.values())
    )
    assert row.matched_id is None
    assert any(c.get("t") == "10/21/2108" for c in row.cells.values())
    early = [r for r in ImportRow.objects.all() if any(code == "before_report" for code, _ in r.notes)]
    assert len(early) == 2


def test_a_second_time_nothing_changes(loaded, run_import):
    again = run_import(FILE, profile="nyc-capital", portfolio="NYC")
    assert again["files"][0]["unchanged"] == 1032
    assert again["status_reports"] == 1032


def test_periods_are_frozen_and_ask_nobody(loaded):
    periods = ReportingPeriod.objects.filter(cadence="dated")
    assert {p.state for p in periods} == {"frozen"}
    assert min(p.starts_on for p in periods) == date(2013, 9, 1)
