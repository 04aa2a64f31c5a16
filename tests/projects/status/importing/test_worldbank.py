"""World Bank lists as downloaded: XLSX with a title in merged cells, everything as text, two ways of writing dates."""

from __future__ import annotations

import pytest

from pmo_portal.intake.models import ImportRun
from projects.register.models import Project
from tests.shared_data import folder

pytestmark = pytest.mark.django_db
DATA = folder("worldbank")
FILES = ("wb_projects_1998.xlsx", "wb_projects_2013.xlsx")


@pytest.fixture(scope="module")
def loaded(once):
    return once(*[DATA / name for name in FILES], profile="worldbank", portfolio="WB")


def test_both_lists_load_with_the_date_of_their_title(loaded, run_export):
    assert [(f["rows"], f["created"], f["refused"], f["period"]) for f in loaded["files"]] == [
        (473, 473, [], "2022-09-22"),
        (499, 499, [], "2022-09-22"),
    ]
    periods = [p for project in run_export("WB")["projects"] for p in project["periods"]]
    assert sum(p["start"] is None for p in periods) == 146 + 37
    assert sum(p["finish"] is None for p in periods) == 165 + 118


def test_heads_are_found_below_the_title_and_costs_are_in_dollars(loaded):
    run = ImportRun.objects.order_by("pk").first()
    assert (run.facts["header_row"], run.facts["layout"], run.facts["sheet"]) == (2, "rows", "data")
    project = Project.objects.get(source_id="P055155")
    assert (project.forecast_cost, project.currency) == (24_500_000, "USD")
    assert (project.planned_start_on.isoformat(), project.forecast_finish_on.isoformat()) == (
        "1998-06-30",
        "2005-06-30",
    )
    assert (project.key, project.state, project.department) == ("WB-P055155", "closed", "Republic of Azerbaijan")


def test_missing_costs_are_not_zero(loaded):
    run = ImportRun.objects.order_by("pk").first()
    assert Project.objects.filter(imported_from=run, forecast_cost=None).count() == 143


def test_projects_of_one_name_stay_apart(loaded):
    assert Project.objects.values("name_folded").distinct().count() < Project.objects.count() == 972
