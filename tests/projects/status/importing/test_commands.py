"""The two commands: their JSON, their refusals, their words."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from pmo_portal import measures
from pmo_portal.intake.models import ImportProfile, ImportRun
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Portfolio, Project
from projects.status.models import StatusReport
from tests.projects.status.importing.sheets import GMPP_HEADS, GMPP_ROWS, csv_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(csv_bytes([GMPP_HEADS, *GMPP_ROWS], "cp1252"))
    return path


def test_the_json_has_the_shape_that_is_written_down(run_import, run_export, file):
    outcome = run_import(file, profile="gmpp", portfolio="G", period="2014-03-31")
    told = outcome["files"][0]
    assert set(outcome) >= {"files", "projects", "status_reports"}
    assert set(told) >= {"file", "period", "rows", "created", "updated", "unchanged", "ambiguous", "refused"}
    assert (told["file"], told["period"], told["rows"], told["created"]) == ("list.csv", "2014-03-31", 3, 3)
    (castor,) = [p for p in run_export("G")["projects"] if p["name"] == "Castor"]
    assert set(castor) == {"key", "source_id", "name", "department", "category", "periods"}
    assert castor["periods"] == [
        {
            "period": "2014-03-31",
            "name": "Castor",
            "confidence": None,
            "start": None,
            "finish": None,
            "whole_life_cost": "0",
            "budget": None,
            "forecast": None,
            "variance_percent": None,
            "unknown": {
                "confidence": "Exempt under Section 43",
                "start": "TBC",
                "finish": "#N/A",
                "budget": "Exempt under Section 43",
                "forecast": "TBC",
                "variance_percent": "less than 5%",
            },
        }
    ]


def test_a_portfolio_is_made_where_it_is_missing_and_said_so(file):
    out = io.StringIO()
    given = ["--profile", "gmpp", "--portfolio", "NEW", "--period", "2014-03-31"]
    call_command("import_portfolio", str(file), *given, stdout=out)
    assert "Portfolio NEW was made." in out.getvalue()
    assert "3 created" in out.getvalue()
    assert "Open Government Licence" in Portfolio.objects.get(key="NEW").attribution
    again = io.StringIO()
    call_command("import_portfolio", str(file), *given, stdout=again)
    assert "was made" not in again.getvalue() and "3 unchanged" in again.getvalue()


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(run_import, file, settings):
    outcome = run_import(file, profile="gmpp", portfolio="G", period="2014-03-31", dry=True)
    assert (outcome["files"][0]["created"], outcome["projects"], outcome["status_reports"]) == (3, 3, 3)
    assert not (Portfolio.objects.exists() or Project.objects.exists() or ImportRun.objects.exists())
    assert not [p for p in (settings.MEDIA_ROOT / "intake").glob("*") if p.is_file()]


def test_several_files_are_all_written_or_none(file, tmp_path):
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no workbook at all")
    out = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command(
            "import_portfolio", str(file), str(broken), "--profile", "gmpp", "--portfolio", "G",
            "--period", "2014-03-31", "--json", stdout=out,
        )  # fmt: skip
    refused = json.loads(out.getvalue())["files"][1]["refused"]
    assert len(refused) == 1 and "plain text" in refused[0]["reason"]
    assert not (Portfolio.objects.exists() or StatusReport.objects.exists())


def test_each_file_may_have_its_own_period(run_import, run_export, file, tmp_path):
    later = tmp_path / "later.csv"
    later.write_bytes(file.read_bytes())
    days = ("2014-03-31", "2016-03-31")
    outcome = run_import(file, later, profile="gmpp", portfolio="G", period=days, accept=True)
    assert [f["period"] for f in outcome["files"]] == list(days)
    assert (outcome["projects"], outcome["status_reports"]) == (3, 6)
    only = run_export("G", "2016-03-31")
    assert {p["period"] for project in only["projects"] for p in project["periods"]} == {"2016-03-31"}


def test_figures_are_rolled_up_when_the_command_ends(run_import, file):
    run_import(file, profile="gmpp", portfolio="G", period="2014-03-31")
    period = ReportingPeriod.objects.get(key="2014-03-31")
    assert MeasureValue.objects.filter(scope=Portfolio.objects.get(key="G").scope, period=period).exists()
    assert measures.verify(period.pk) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--profile", "none", "--portfolio", "G"], "no profile"),
        (["--profile", "gmpp", "--portfolio", "G", "--period", "31.3.2014"], "takes a date"),
        (["--profile", "gmpp", "--portfolio", "G", "--period", "3014-03-31"], "between 1900 and 2200"),
        (["--profile", "gmpp", "--portfolio", "G", *["--period", "2014-03-31"] * 2], "once for each file"),
        (["--profile", "gmpp", "--portfolio", "G", "--by", "nobody@example.org"], "Nobody"),
    ],
)
def test_what_is_wrong_with_a_call_is_said(file, given, words):
    with pytest.raises(CommandError, match=words):
        call_command("import_portfolio", str(file), *given, stdout=io.StringIO())
    assert not Project.objects.exists()


def test_a_file_that_is_not_there_and_a_portfolio_that_is_not_there():
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_portfolio", "/nowhere.csv", "--profile", "gmpp", "--portfolio", "G", stdout=io.StringIO())
    with pytest.raises(CommandError, match="no portfolio"):
        call_command("export_portfolio", "--portfolio", "NONE", "--json", stdout=io.StringIO())


def test_the_shipped_profiles_are_all_there_and_sound(run_import, file):
    run_import(file, profile="gmpp", portfolio="G", period="2014-03-31")
    shipped = set(ImportProfile.objects.filter(is_shipped=True).values_list("name", flat=True))
    assert shipped == {"gmpp", "jp-review", "nyc-capital", "worldbank", "it-dashboard", "projects"}
