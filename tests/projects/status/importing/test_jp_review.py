"""行政事業レビュー: two years in Japanese, UTF-8 with BOM and Shift_JIS; counts as in the data's own README."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from pmo_portal.intake.models import ImportRun
from projects.register.models import Project
from tests.shared_data import folder

pytestmark = pytest.mark.django_db
DATA = folder("jp-review")
EXPECTED = json.loads((DATA / "cases.json").read_text(encoding="utf-8"))[0]["expected"]
FILES = ("review_2024_utf8bom.csv", "review_2025_cp932.csv")


@pytest.fixture(scope="module")
def loaded(once):
    return once(*[DATA / name for name in FILES], profile="jp-review", portfolio="JP")


def test_both_years_match_by_number_and_sum_as_published(loaded, run_export):
    first, second = loaded["files"]
    assert (first["period"], second["period"]) == ("2024-03-31", "2025-03-31")
    assert (first["created"], first["refused"]) == (691, [])
    assert (second["updated"], second["created"], second["refused"]) == (EXPECTED["matched_by_id"], EXPECTED["new"], [])
    assert loaded["projects"] - second["rows"] == EXPECTED["gone"]
    export = run_export("JP")
    for period, expected in (("2024-03-31", EXPECTED["first"]), ("2025-03-31", EXPECTED["second"])):
        rows = [p for project in export["projects"] for p in project["periods"] if p["period"] == period]
        assert len(rows) == expected["rows"]
        budgets = [Decimal(p["budget"]) for p in rows if p["budget"] is not None]
        executed = [Decimal(p["forecast"]) for p in rows if p["forecast"] is not None]
        assert (len(budgets), budgets.count(0), sum(budgets)) == (
            expected["budget_known"],
            expected["budget_zero"],
            expected["sum_budget_yen"],
        )
        assert sum(executed) == expected["sum_executed_yen"]
        over = [p for p in rows if p["budget"] and p["forecast"] and Decimal(p["forecast"]) > Decimal(p["budget"])]
        assert len(over) == expected["executed_above_budget"]
        with_budget = [p for p in rows if p["budget"] not in (None, "0") and p["forecast"] is not None]
        rate = sum(Decimal(p["forecast"]) for p in with_budget) / sum(
            Decimal(p["budget"]) for p in rows if p["budget"] not in (None, "0")
        )
        assert abs(float(rate) - expected["execution_rate_of_sums"]) < 1e-6
        assert sum(p["unknown"].get("finish") == "終了予定なし" for p in rows) == expected["no_planned_end"]
        assert sum(p["unknown"].get("start") == "不明" for p in rows) == expected["start_unknown"]


def test_renamed_programmes_keep_their_number_and_both_names(loaded, run_export):
    both = [p["periods"] for p in run_export("JP")["projects"] if len(p["periods"]) == 2]
    assert len(both) == EXPECTED["matched_by_id"]
    assert sum(a["name"] != b["name"] for a, b in both) == EXPECTED["renamed"]


def test_encodings_are_found_and_a_year_without_a_budget_is_not_zero(loaded, run_export):
    assert [r.facts["encoding"] for r in ImportRun.objects.order_by("pk")] == ["utf-8-sig", "cp932"]
    assert Project.objects.get(source_id="4").name_ja == "情報システムの整備(情報通信技術調達等適正・効率化推進費)"
    rows = [p for project in run_export("JP")["projects"] for p in project["periods"] if p["period"] == "2024-03-31"]
    assert sum(p["budget"] is None for p in rows) == 206


def test_a_negative_reserve_and_further_columns_are_kept_as_they_are(loaded):
    report = Project.objects.get(source_id="4").status_reports.get(period__key="2024-03-31")
    assert report.details["予備費等"] == "-473807177580"
    assert report.year_budget == 235746822420
