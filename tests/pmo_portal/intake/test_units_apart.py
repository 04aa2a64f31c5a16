"""Units that stand apart from the names: in a line of their own, around a turned table, record by record."""

from decimal import Decimal

import pytest

from pmo_portal.intake import engine, targets
from tests.pmo_portal.intake.sheets import csv_bytes, xlsx_bytes

RECORDS = [
    ["プロジェクト名", "総予算", "実績額", "開始日"],
    ["倉庫", "120", "12", "2026/4/1"],
    ["港", "80", "8", "2026/5/1"],
]


def turned(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def read(rows, written=csv_bytes, name="list.csv"):
    return engine.prepare(written(rows), name, targets.get("projects"), {})


def amounts(prepared):
    return [(r.text("name"), int(r.value("approved_budget")), int(r.value("spent") or 0)) for r in prepared.records]


@pytest.mark.parametrize(("written", "name"), [(csv_bytes, "list.csv"), (xlsx_bytes, "list.xlsx")])
@pytest.mark.parametrize("shape", [list, turned], ids=["rows", "columns"])
@pytest.mark.parametrize(
    "units", [["", "百万円", "千円", ""], ["単位", "（百万円）", "（千円）", "日付"], ["-", "百万円", "千円", "-"]]
)
def test_a_line_of_units_is_no_record_and_says_the_unit_of_each_column(units, shape, written, name):
    prepared = read(shape([RECORDS[0], units, *RECORDS[1:]]), written, name)
    assert amounts(prepared) == [("倉庫", 120_000_000, 12_000), ("港", 80_000_000, 8_000)]
    assert [s.code for s in prepared.skipped] == ["units_row"]
    assert {c.unit_from for c in prepared.columns if c.kind == "money"} == {"line"}


@pytest.mark.parametrize(
    ("place", "above"),
    [
        (0, ["（単位：百万円）", "", ""]),
        (1, ["（単位：百万円）", "", ""]),
        (0, ["プロジェクト一覧", "", "（単位：百万円）"]),
        (0, ["単位", "百万円", "百万円"]),
        (1, ["単位", "百万円", "百万円"]),
    ],
)
def test_what_a_turned_sheet_says_over_its_names_holds_for_its_amounts(place, above):
    rows = turned(RECORDS)
    prepared = read([*rows[:place], above, *rows[place:]])
    assert amounts(prepared) == [("倉庫", 120_000_000, 12_000_000), ("港", 80_000_000, 8_000_000)]


@pytest.mark.parametrize("shape", [list, turned], ids=["rows", "columns"])
def test_records_that_say_different_units_are_each_read_by_their_own(shape):
    rows = [[*RECORDS[0], "単位"], [*RECORDS[1], "百万円"], [*RECORDS[2], "千円"]]
    prepared = read(shape(rows))
    assert amounts(prepared) == [("倉庫", 120_000_000, 12_000_000), ("港", 80_000, 8_000)]
    assert [r.notes[0].params["text"] for r in prepared.records] == ["百万円", "千円"]


def test_the_unit_of_a_name_goes_before_that_of_the_line_and_a_unit_of_something_else_is_none():
    rows = [["プロジェクト名", "総予算（千円）", "単位"], ["", "百万円", ""], ["倉庫", "120", "台"], ["港", "80", "式"]]
    prepared = read(rows)
    assert [r.value("approved_budget") for r in prepared.records] == [Decimal(120_000), Decimal(80_000)]


@pytest.mark.parametrize("corner", ["", "項目"])
def test_names_in_the_first_row_of_a_turned_sheet_need_no_name_of_their_own(corner):
    rows = turned(RECORDS)
    rows[0][0] = corner
    rows.insert(1, ["単位", "百万円", "百万円"])
    prepared = read(rows)
    assert amounts(prepared) == [("倉庫", 120_000_000, 12_000_000), ("港", 80_000_000, 8_000_000)]


def test_numbers_in_the_first_row_are_no_names():
    prepared = read([["", "1", "2"], *turned(RECORDS)[1:]])
    assert [c.field for c in prepared.columns] == ["approved_budget", "spent", "start"]
