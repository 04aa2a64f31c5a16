"""Which sheet, which row of heads, which way round, which rows are records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.intake.complement import complement
from pmo_portal.intake.faults import Unreadable
from pmo_portal.intake.mapping import Wanted, known
from pmo_portal.intake.reading import Mark, Sheet
from pmo_portal.intake.table import Choice, tabulate, turned

WANTED = [
    Wanted("id", "code", ("no", "番号")),
    Wanted("name", "text", ("project name", "件名")),
    Wanted("start", "date", ("start date", "日程 開始", "開始")),
    Wanted("finish", "date", ("end date", "日程 終了", "終了")),
    Wanted("budget", "money", ("budget", "予算 当初", "予算")),
]
HEAD = ["No", "Project name", "Start date", "End date", "Budget"]
ONE = ["1", "Apollo", "01/02/2020", "01/03/2021", "10"]
TWO = ["2", "Boreas", "01/02/2020", "01/03/2021", "20"]


def read(rows, **given):
    sheets = rows if isinstance(rows[0], Sheet) else [Sheet("", [list(r) for r in rows])]
    return tabulate(sheets, known(WANTED), Choice(**given) if given else None, "project name")


def numbers(table):
    return [line.number for line in table.lines]


def test_titles_and_disclaimers_stand_above_the_heads():
    table = read([["Our projects", "", "", "", ""], [], ["All data is free to use", "", "", "", ""], HEAD, ONE, TWO])
    assert (table.header_row, table.heads, numbers(table)) == (4, HEAD, [5, 6])
    assert table.above == ["Our projects", "All data is free to use"]


def test_a_turned_sheet_is_turned_and_counts_columns():
    table = read([list(column) for column in zip(HEAD, ONE, TWO, strict=True)])
    assert (table.layout, table.heads, numbers(table)) == ("columns", HEAD, [2, 3])
    assert [line.cells for line in table.lines] == [ONE, TWO]
    assert (table.letter(1), table.place(3)) == ("2", "C")


def test_a_person_can_say_which_way_round_and_which_row():
    rows = [HEAD, ONE, HEAD, TWO]
    assert numbers(read(rows)) == [2, 4]
    assert numbers(read(rows, layout="rows", header_row=3)) == [4]
    with pytest.raises(Unreadable) as refused:
        read(rows, layout="columns", header_row=40)
    assert refused.value.code == "no_head"


def test_two_rows_of_heads_become_one_name():
    upper, lower = ["番号", "件名", "日程", "", "予算"], ["", "", "開始", "終了", ""]
    table = read([["一覧"], upper, lower, ONE])
    assert table.heads == ["番号", "件名", "日程 開始", "日程 終了", "予算"]
    assert (table.header_row, table.header_rows, numbers(table)) == (3, 2, [4])


def test_merged_heads_of_a_workbook_spread_over_what_they_span():
    rows = [["番号", "件名", "日程", "", "予算"], ["", "", "開始", "終了", ""], ONE]
    merged = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4)]
    table = read([Sheet("一覧", rows, merged)])
    assert table.heads == ["番号", "件名", "日程 開始", "日程 終了", "予算"]


def test_heads_of_two_rows_are_found_by_their_lower_names_below_a_merged_title():
    title, upper = ["一覧", "", "", "", "", ""], ["件名", "責任者", "期間", "", "予算", ""]
    lower = ["", "", "開始", "終了", "承認額", "実績"]
    row = ["塔", "山田", "2027/1/5", "2027/9/30", "120", "5"]
    merged = [(0, 0, 0, 5), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5)]
    table = read([Sheet("一覧", [title, upper, lower, row], merged)])
    assert table.heads == ["件名", "責任者", "期間 開始", "期間 終了", "予算 承認額", "予算 実績"]
    assert table.lowest == ["件名", "責任者", "開始", "終了", "承認額", "実績"]
    assert (table.header_row, table.header_rows, numbers(table)) == (3, 2, [4])


def test_a_row_of_groups_over_a_whole_row_of_heads_is_no_part_of_their_names():
    rows = [["基本", "", "日付", "", ""], ["番号", "件名", "開始", "終了", "予算"], ONE]
    assert read([Sheet("一覧", rows, [(0, 0, 0, 1), (0, 2, 0, 4)])]).heads == rows[1]


def test_a_title_merged_over_the_heads_is_no_part_of_them():
    rows = [["World projects, data as of 2022", "", "", "", ""], HEAD, ONE]
    assert read([Sheet("data", rows, [(0, 0, 0, 4)])]).heads == HEAD


def test_merged_cells_among_the_records_hold_for_every_row_they_span():
    rows = [HEAD, ["1", "Apollo", "", "", "10"], ["2", "", "", "", "20"]]
    table = read([Sheet("s", rows, [(1, 1, 2, 1)])])
    assert [line.cells[1] for line in table.lines] == ["Apollo", "Apollo"]


def test_totals_notes_blank_rows_and_repeated_heads_are_no_records():
    rows = [
        HEAD,
        ONE,
        ["", " ", "", "", ""],
        ["Total", "", "", "", "10"],
        ["合計", "", "", "", "10"],
        HEAD,
        TWO,
        ["* budgets include costs of others", "", "", "", ""],
        ["※ 金額は税抜", "", "", "", ""],
    ]
    table = read(rows)
    assert numbers(table) == [2, 7]
    assert [(s.number, s.code) for s in table.skipped] == [
        (4, "total_row"),
        (5, "total_row"),
        (6, "repeated_head"),
        (8, "footnote"),
        (9, "footnote"),
    ]


def test_a_project_may_be_called_total_something():
    assert numbers(read([HEAD, ["1", "Total Asset Visibility", "", "", "10"]])) == [2]


def test_a_row_with_only_a_name_is_a_record():
    assert numbers(read([HEAD, ["", "Apollo", "", "", ""]])) == [2]


def test_pushed_rows_are_put_back():
    table = read([HEAD, ONE, ["", "", *TWO]])
    assert table.lines[1].cells == TWO
    assert table.lines[1].notes == [Mark("shifted", {"count": 2})]


def test_marks_move_with_their_cells():
    sheet = Sheet("", [HEAD, ONE, ["", *TWO]], [], {(2, 2): Mark("bad_byte", {"bytes": "0x9D"})})
    assert read([sheet]).lines[1].marks == {1: Mark("bad_byte", {"bytes": "0x9D"})}
    columns = Sheet("", [list(c) for c in zip(HEAD, ONE, TWO, strict=True)], [], {(1, 2): Mark("bad_byte")})
    assert read([columns]).lines[1].marks == {1: Mark("bad_byte")}


def test_the_sheet_with_the_heads_is_taken_or_the_one_that_is_named():
    sheets = [Sheet("Notes", [["Read me"], ["first"]]), Sheet("List", [HEAD, ONE]), Sheet("Old", [HEAD, TWO])]
    assert read(sheets).sheet == "List"
    assert read(sheets, sheet="old").lines[0].cells == TWO
    with pytest.raises(Unreadable) as refused:
        read(sheets, sheet="none")
    assert (refused.value.code, refused.value.params["names"]) == ("no_such_sheet", "Notes, List, Old")


def test_heads_that_nobody_knows_are_the_first_row_of_different_texts():
    table = read([["A list of ours"], ["Alpha", "Beta", "Gamma"], ["x", 1, 2.5]])
    assert (table.header_row, table.heads) == (2, ["Alpha", "Beta", "Gamma"])


@pytest.mark.parametrize(
    ("rows", "code"), [([HEAD], "no_records"), ([["only"], ["words"]], "no_head"), ([[1, 2], [3, 4]], "no_head")]
)
def test_what_is_no_table_is_refused(rows, code):
    with pytest.raises(Unreadable) as refused:
        read(rows)
    assert refused.value.code == code


CELL = st.one_of(st.just(""), st.text(max_size=12), st.integers(-(10**6), 10**6), st.floats(allow_nan=True))


@given(st.lists(st.lists(CELL, max_size=8), min_size=1, max_size=20))
def test_any_cells_are_read_or_refused_and_nothing_is_counted_twice(rows):
    try:
        table = read([list(r) for r in rows])
    except Unreadable as refused:
        assert refused.code in ("no_head", "no_records")
        return
    told = numbers(table) + [s.number for s in table.skipped]
    assert len(told) == len(set(told))
    assert all(number > table.header_row for number in told)


@given(st.lists(st.lists(st.integers(), min_size=3, max_size=3), min_size=1, max_size=6))
def test_turning_twice_is_turning_not_at_all(rows):
    once, _ = turned(Sheet("", rows))
    twice, _ = turned(Sheet("", once))
    assert twice == rows


def test_columns_of_one_name_that_fill_each_others_holes_are_one():
    rows = [["Project name", "Budget", "BUDGET ", "No"], ["Apollo", "10", "", "1"], ["Boreas", "", "20", "2"]]
    table = complement(read(rows))
    assert [line.cells for line in table.lines] == [["Apollo", "10", "", "1"], ["Boreas", "20", "", "2"]]
    assert table.heads == ["Project name", "Budget", "", "No"]
    assert [line.notes for line in table.lines] == [[], [Mark("same_head", {"first": "B", "second": "C"})]]


@pytest.mark.parametrize("second", [["", ""], ["15", "20"]])
def test_columns_of_one_name_stay_apart_where_one_is_empty_or_both_are_filled(second):
    rows = [["Project name", "Budget", "Budget"], ["Apollo", "10", second[0]], ["Boreas", "11", second[1]]]
    assert complement(read(rows)).heads == ["Project name", "Budget", "Budget"]
