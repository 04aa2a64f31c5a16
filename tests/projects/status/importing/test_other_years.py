"""Years of the GMPP series that are not in the shared data: other heads, other units, XLSX, turned or not, stacked."""

from __future__ import annotations

import pytest

from tests.projects.status.importing.sheets import csv_bytes, turned, xlsx_bytes

pytestmark = pytest.mark.django_db
NOTE = ["* Whole life costs include costs of other bodies; figures as at September.", "", "", "", "", "", "", "", ""]
Y2013 = [
    ["Project name", "Department", "MPA RAG Rating", "Description / Aims", "Project start date", "Project end date",
     "2012/2013 Budget (£m)", "2012/2013 Forecast (£m)", "Total budgeted whole life cost (£m)"],
    ["Apollo Works", "DfT", "Amber/Green", "To build", "01/04/2010", "31/03/2016", "£450.37m", "£451m", "£5,609.46m"],
    ["Boreas", "MoJ", "Red", "To move", "13/05/2011", "30/09/2017", "12", "TBC", "Exempt under Section 43"],
]  # fmt: skip
Y2017 = [
    ["GMPP ID Number", "Project Name", "Department", "IPA RAG rating", "Description/Aims",
     "Departmental commentary on actions planned or taken on the IPA RAG rating.",
     "Project - Start Date (Latest approved start date)", "Project - End Date (Latest approved end date)",
     "Departmental narrative on schedule, including any deviation from planned schedule (if necessary)",
     "2016/17 TOTAL Baseline £m (including Non-Government Costs)", "2016/17 TOTAL Forecast £m (including Non-Government Costs)",
     "TOTAL Baseline Whole Life Cost £m (including Non-Government Costs)",
     "Departmental Narrative on Budget/Forecast Variance for 2016/17 (if variance is more than 5%)",
     "Departmental Narrative on Budgeted Whole Life Costs"],
    ["DFT_0001_1112-Q1", "Apollo Works", "DfT", "Amber", "To build", "Going well", "01/04/2010", "31/03/2018", "On time",
     "1.5", "1.25", "5700", "Less than 5%", "Rose"],
]  # fmt: skip
Y2021 = [
    ["GMPP ID Number", "Project Name", "Department", "Annual Report Category", "Description / Aims",
     "IPA Delivery Confidence Assessment", "SRO Delivery Confidence Assessment",
     "Departmental commentary on actions planned or taken on the IPA RAG rating",
     "Project Start Date (Latest Approved Start Date)", "Project End Date (Latest Approved End Date)",
     "Departmental narrative on schedule, including any deviation from planned schedule (if necessary)",
     "Financial Year Baseline (£m) (including Non-Government Costs)", "Financial Year Forecast (£m) (including Non-Government Costs)",
     "Financial Year Variance (%)", "Departmental narrative on Financial Year Variance (if necessary)",
     "TOTAL Baseline Whole Life Costs (£m) (including Non-Government Costs)", "Departmental Narrative on Whole Life Costs",
     "TOTAL Baseline Benefits (£m)", "Departmental Narrative on Total Baseline Benefits"],
    ["DFT_0001_1112-Q1", "Apollo Works Programme", "DFT", "Transformation and Service Delivery", "To build", "Green", "Amber",
     "Going well", "2010-04-01", "2018-03-31", "On time", "£10.5", "£12.00", "14%", "Rose", "£5,800.00", "As before", "900", "Many"],
    ["DHSC_0002_2021-Q1", "Vaccines", "DHSC", "ICT", "To protect", "Exempt under Section 35", "Exempt under Section 35", "-",
     "Exempt under Section 35", "TBC", "-", "#N/A", "#N/A", "#N/A", "-", "Exempt under Section 43", "-", "N/A", "-"],
]  # fmt: skip


@pytest.fixture
def bring(run_import, tmp_path):
    def bring(content, name, **given):
        path = tmp_path / name
        path.write_bytes(content)
        return run_import(path, profile="gmpp", portfolio="G", accept=True, **given)

    return bring


def told(export, name, period):
    return next(p for pr in export["projects"] for p in pr["periods"] if p["name"] == name and p["period"] == period)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("shape", ["rows", "columns"])
def test_the_first_year_in_every_encoding_and_either_way_round(bring, run_export, encoding, shape):
    rows = Y2013 if shape == "rows" else turned(Y2013)
    outcome = bring(csv_bytes(rows, encoding), "uk_2013.csv", period="2013-03-31")
    assert (outcome["files"][0]["created"], outcome["files"][0]["refused"]) == (2, [])
    export = run_export("G")
    apollo, boreas = told(export, "Apollo Works", "2013-03-31"), told(export, "Boreas", "2013-03-31")
    assert (apollo["budget"], apollo["forecast"], apollo["whole_life_cost"]) == ("450370000", "451000000", "5609460000")
    assert (apollo["confidence"], apollo["start"], apollo["finish"]) == ("amber_green", "2010-04-01", "2016-03-31")
    assert (boreas["budget"], boreas["forecast"], boreas["whole_life_cost"]) == ("12000000", None, None)
    assert boreas["unknown"] == {"forecast": "TBC", "whole_life_cost": "Exempt under Section 43"}


def test_years_with_and_without_numbers_are_one_portfolio(bring, run_export):
    bring(csv_bytes(Y2013, "cp1252"), "uk_2013.csv", period="2013-03-31")
    bring(
        xlsx_bytes(Y2017, title="Government Major Projects Portfolio data 2017"), "gmpp 2017.xlsx", period="2017-03-31"
    )
    outcome = bring(xlsx_bytes(Y2021), "gmpp_2021.xlsx", period="2021-03-31")
    assert outcome["projects"] == 3
    assert outcome["status_reports"] == 5
    assert "unplaced" not in outcome["files"][0]
    export = run_export("G")
    apollo = next(p for p in export["projects"] if p["source_id"] == "DFT_0001_1112-Q1")
    assert [(p["period"][:4], p["name"], p["confidence"], p["whole_life_cost"]) for p in apollo["periods"]] == [
        ("2013", "Apollo Works", "amber_green", "5609460000"),
        ("2017", "Apollo Works", "amber", "5700000000"),
        ("2021", "Apollo Works Programme", "green", "5800000000"),
    ]
    assert [p["budget"] for p in apollo["periods"]] == ["450370000", "1500000", "10500000"]
    assert apollo["periods"][2]["variance_percent"] in ("14", 14)
    assert apollo["category"] == "Transformation and Service Delivery"
    vaccines = told(export, "Vaccines", "2021-03-31")
    assert (vaccines["confidence"], vaccines["budget"], vaccines["start"]) == (None, None, None)
    assert vaccines["unknown"]["confidence"] == "Exempt under Section 35"


def test_footnotes_and_titles_are_left_out(bring):
    outcome = bring(csv_bytes([["Major projects"], *Y2013, NOTE]), "uk_2013.csv", period="2013-03-31")["files"][0]
    assert (outcome["rows"], outcome["skipped"]) == (2, {"footnote": 1})


def test_a_file_that_stacks_years_has_a_report_in_each(bring, run_export):
    rows = [["project_name", "department", "colour_rating", "yearly_budget", "year"]]
    rows += [["Apollo", "DfT", "Amber", "£1.00", "2018"], ["Apollo", "DfT", "Green", "£2.00", "2020"]]
    rows += [["Boreas", "MoJ", "Red", "£3.00", "2020"], ["Castor", "MOD", "Red", "£4.00", "soon"]]
    outcome = bring(csv_bytes(rows), "stacked.csv")
    told_of = outcome["files"][0]
    assert (outcome["projects"], outcome["status_reports"]) == (2, 3)
    assert [(p["period"], p["rows"]) for p in told_of["periods"]] == [("2018-03-31", 1), ("2020-03-31", 2)]
    assert [(r["row"], r["column"], r["value"]) for r in told_of["refused"]] == [(5, "year", "soon")]
    apollo = next(p for p in run_export("G")["projects"] if p["name"] == "Apollo")
    assert [(p["period"], p["confidence"], p["budget"]) for p in apollo["periods"]] == [
        ("2018-03-31", "amber", "1000000"),
        ("2020-03-31", "green", "2000000"),
    ]
    assert bring(csv_bytes(rows), "stacked.csv")["files"][0]["unchanged"] == 3


def test_what_has_no_place_is_named(bring):
    rows = [[*Y2013[0], "Favourite colour"], *[[*row, "blue"] for row in Y2013[1:]]]
    told_of = bring(csv_bytes(rows), "uk_2013.csv", period="2013-03-31")["files"][0]
    assert told_of["unplaced"] == ["Favourite colour"]
    assert "source_id" in told_of["missing"]


def test_a_start_after_its_end_with_two_digits_is_a_century_earlier(bring, run_export):
    rows = [["project_name", "department", "start_date", "end_date"], ["Astute", "MOD", "17.03.97", "31.03.24"]]
    rows += [["Geo", "BEIS", "30.06.08", "31.12.40"]]
    bring(csv_bytes(rows), "uk.csv", period="2018-03-31")
    export = run_export("G")
    assert told(export, "Astute", "2018-03-31")["start"] == "1997-03-17"
    assert told(export, "Geo", "2018-03-31")["finish"] == "2040-12-31"


def test_numbers_decide_over_names(bring, run_export):
    rows = [["project_number", "project_name", "department"], ["A-1", "Twin", "DfT"], ["A-2", "Twin", "DfT"]]
    bring(csv_bytes(rows), "uk.csv", period="2020-03-31")
    rows = [["project_number", "project_name", "department"], ["A-2", "Twin renamed", "DfT"], ["A-3", "Twin", "DfT"]]
    outcome = bring(csv_bytes(rows), "uk.csv", period="2021-03-31")
    assert (outcome["files"][0]["updated"], outcome["files"][0]["created"]) == (1, 1)
    assert sorted(p["source_id"] for p in run_export("G")["projects"]) == ["A-1", "A-2", "A-3"]


def test_last_years_columns_beside_this_years(bring, run_export):
    """The later year's columns are taken, wherever they stand; the earlier ones are named."""
    heads = ["GMPP ID", "Project Name", "Department", "2023/24 IPA Delivery Confidence Assessment"]
    heads += ["2024/25 NISTA Delivery Confidence Assessment", "2023/24 TOTAL Baseline £m", "Baseline End Date"]
    heads += ["2024/25 TOTAL Baseline £m (including Non-Government Costs)", "Project End Date"]
    heads += ["Whole Life Cost - Forecast (£m)", "TOTAL Baseline Whole Life Costs (£m)"]
    row = ["A_1", "Apollo", "DESNZ", "Green", "Red", "9", "31/03/2028", "10", "31/03/2030", "120", "100"]
    told_of = bring(csv_bytes([heads, row], "cp1252"), "nista_2025.csv", period="2025-03-31")["files"][0]
    assert told_of["unplaced"] == [heads[3], heads[5], heads[6], heads[9]]
    apollo = told(run_export("G"), "Apollo", "2025-03-31")
    assert (apollo["confidence"], apollo["finish"]) == ("red", "2030-03-31")
    assert (apollo["budget"], apollo["whole_life_cost"]) == ("10000000", "100000000")


def test_three_levels_and_short_heads(bring, run_export):
    rows = [["Project", "Department", "RAG", "Start", "End", "Budget 2012/13 £m"]]
    rows += [["Apollo", "DECC", "AMBER/RED", "01-Apr-09", "31 December 2033", "£1.5bn"]]
    rows += [["Boreas", "DECC", "Exempt under section 35(1)(a)", "TBC", "-", "Redacted"]]
    told_of = bring(csv_bytes(rows, "cp1252"), "gmpp_2013.csv", period="2013-03-31")["files"][0]
    assert (told_of["refused"], told_of.get("unplaced", [])) == ([], [])
    export = run_export("G")
    apollo, boreas = told(export, "Apollo", "2013-03-31"), told(export, "Boreas", "2013-03-31")
    assert (apollo["confidence"], apollo["start"], apollo["finish"]) == ("amber_red", "2009-04-01", "2033-12-31")
    assert apollo["budget"] == "1500000000"
    assert (boreas["budget"], boreas["start"], boreas["confidence"]) == (None, None, None)
    assert boreas["unknown"]["budget"] == "Redacted"


def test_what_cannot_be_read_is_named_by_row_column_and_value(bring):
    heads = ["Project Name", "Department", "IPA DCA", "Start Date", "End Date", "2020/21 TOTAL Baseline £m"]
    rows = [["Apollo", "DfT", "Purple", "31/02/2020", "Apr-21", "12..5"], ["Total", "", "", "", "", "12"]]
    told_of = bring(csv_bytes([heads, *rows], "cp1252"), "gmpp_2021.csv", period="2021-03-31")["files"][0]
    assert (told_of["created"], told_of["skipped"]) == (0, {"total_row": 1})
    named = [(r["row"], r["column"], r["value"]) for r in told_of["refused"]]
    assert named == [(2, heads[c], rows[0][c]) for c in (2, 3, 4, 5)]
    assert all(r["reason"] for r in told_of["refused"])


# ---- heads as the real files of 2017, 2019 and 2023 have them, read at their collector's; the rows are ours

C2017 = [
    "", "project_name", "Department",
    "IPA Delivery Confidence Assessment\n(A Delivery Confidence Assessment of the project at a fixed point in time, using a "
    "five-point scale, Red  Amber/Red  Amber  Amber/Green  Green; definitions in the MPA Annual Report)",
    "Description / Aims", "Departmental commentary on actions planned or taken on the IPA RAG rating.",
    "Project - Start Date\n(Latest approved start date)", "Project - End Date\n(Latest approved end date)",
    "Departmental narrative on schedule, including any deviation from planned schedule (if necessary)",
    "2016/17 TOTAL Baseline £m\n(including Non-Government costs)", "2016/17 TOTAL Forecast £m\n(including Non-Government costs)",
    "2016/2017 Variance %age", "Whole Life Cost TOTAL Baseline £m\n(including Non-Government costs)",
    "Departmental narrative on  budget/forecast variance for 2016/17\n(if variance is more than 5%)",
    "Departmental Narrative on Budgeted Whole Life Costs",
]  # fmt: skip
C2019 = [
    "project_name",
    "department",
    "colour_rating",
    "description_aims",
    "rating_comment",
    "start_date",
    "end_date",
    "schedule_comment",
    "yearly_budget",
    "yearly_forecast",
    "wlc_baseline_incl_NCG",
    "variance_comment",
    "budget_comment",
    "year",
    "report_category",
]
C2023 = [
    "year",
    "project_number",
    "project_name",
    "department",
    "report_category",
    "description_aims",
    "colour_rating",
    "colour_rating",
    "rating_comment",
    "start_date",
    "end_date",
    "schedule_comment",
    "total_baseline",
    "forecast_incl_NGC",
    "variance_comment",
    "wlc_baseline_incl_NCG",
    "budget_comment",
    "TOTAL Baseline Benefits (£m)",
    "benefits_comment",
]


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "utf-8"])
def test_2017_as_it_was_turned_and_saved_again(bring, run_export, encoding):
    """Saved once more on another machine, its pound signs are Ł."""
    row = ["1", "Apollo", "BEIS", "Amber/Green", "To build", "Well", "01/05/2014", "01/07/2020", "On time", "£63.00", "£71.50",
           "13%", "£1,403.00", "Profile", "Until 2043"]  # fmt: skip
    rows = [[cell.replace("£", "Ł") for cell in r] if encoding != "cp1252" else r for r in (C2017, row)]
    told_of = bring(csv_bytes(rows, encoding), "uk_2017.csv", period="2017-03-31")["files"][0]
    assert (told_of["created"], told_of["refused"], told_of.get("unplaced", [])) == (1, [], [])
    apollo = told(run_export("G"), "Apollo", "2017-03-31")
    assert (apollo["budget"], apollo["forecast"], apollo["whole_life_cost"]) == ("63000000", "71500000", "1403000000")
    assert (apollo["confidence"], apollo["start"]) == ("amber_green", "2014-05-01")


def test_2019_takes_its_year_from_its_column(bring, run_export):
    row = ["Boreas", "BEIS", "Amber/Red", "To move", "Better", "30.06.08", "31.12.40", "Kept", "£40.27", "£37.40", "£12,343.96",
           "Small", "Risen", "2019", "Infrastructure and Construction"]  # fmt: skip
    told_of = bring(csv_bytes([C2019, row], "cp1252"), "uk_2019.csv")["files"][0]
    assert (told_of["created"], told_of["refused"], told_of.get("unplaced", [])) == (1, [], [])
    boreas = told(run_export("G"), "Boreas", "2019-03-31")
    assert (boreas["budget"], boreas["whole_life_cost"], boreas["finish"]) == ("40270000", "12343960000", "2040-12-31")


def test_2023_has_two_ratings_and_amounts_that_became_dates(bring, run_export):
    """The IPA's rating stands in one column, the owner's in the other of the same name; 7.9 was saved as "07. Sep"."""

    def row(key, name, ipa, owner, budget, forecast):
        return ["2023", key, name, "CO", "ICT", "To build", ipa, owner, "Well", "01.05.2022", "31.03.2025", "Kept", budget,
                forecast, "Small", "52", "Risen", "60", "Many"]  # fmt: skip

    rows = [C2023, row("CO_1", "Apollo", "", "Amber", "114", "112"), row("CO_2", "Boreas", "Red", "", "20", "21")]
    rows.append(row("CO_3", "Castor", "", "Green", "07. Sep", "04. Feb"))
    content = "\n".join(";".join(cells) for cells in rows).encode("utf-8")
    told_of = bring(content, "uk_2023.csv")["files"][0]
    export = run_export("G")
    assert [told(export, name, "2023-03-31")["confidence"] for name in ("Apollo", "Boreas")] == ["amber", "red"]
    assert told(export, "Apollo", "2023-03-31")["budget"] == "114000000"
    assert {(r["column"], r["value"]) for r in told_of["refused"]} == {
        ("total_baseline", "07. Sep"),
        ("forecast_incl_NGC", "04. Feb"),
    }
