"""Names of columns, as sources write them year by year."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.intake import heads

CORES = [
    ("2013/2014 Budget (£million)", "budget"),
    ("2015/16 Budget (£million)", "budget"),
    ("FY2019 Budget £m", "budget"),
    ("Financial Year Baseline (£m) (including Non-Government Costs)", "financial year baseline"),
    ("Project - Start Date\n(Latest approved start date)", "project start date"),
    ("project_name", "project name"),
    ("  Project   Name ", "project name"),
    ("執行率(%)", "執行率"),
    ("承認額（千円）", "承認額"),
    ("令和5年度予算額", "予算額"),
    ("Total budgeted whole life costs (£million)\n(including non-government costs)", "total budgeted whole life costs"),
    ("2013/2014 Variance %age", "variance %age"),
    ("(Budget)", "budget"),
    ("2018", ""),
]


@pytest.mark.parametrize(("head", "core"), CORES)
def test_years_units_and_brackets_do_not_count(head, core):
    assert heads.core(head) == core


def test_the_very_name_scores_above_its_core_above_a_pattern():
    assert heads.score("Budget", ("budget",)) == 1
    assert 0.9 < heads.score("2015/16 Budget (£million)", ("budget",)) < 1
    assert heads.score("2015/16 Budget (£million)", ("/budget/",)) == 0.8
    assert heads.score("Forecast", ("budget", "/budget/")) == 0


def test_a_line_that_is_broken_within_a_japanese_name_does_not_count():
    assert heads.score("進捗\n状況", ("進捗状況",)) > 0.9
    assert heads.score("進捗 度\n（％）", ("進捗度",)) > 0.9


def test_of_equal_names_the_earlier_one_counts_more():
    assert heads.score("a", ("a", "b")) > heads.score("b", ("a", "b"))


def test_a_broken_pattern_is_said():
    with pytest.raises(ValueError, match="unterminated"):
        heads.compiled("/(/")


def test_cells_match_plain_texts_without_width_and_case_and_patterns_anywhere():
    assert heads.matches("　ＴＯＴＡＬ ", "total")
    assert not heads.matches("total assets", "total")
    assert heads.matches("Entered in Error.", "/entered in error/")


@given(st.text(max_size=60))
def test_any_text_is_its_own_name(text):
    if heads.fold(text):
        assert heads.score(text, (text,)) >= 0.8
    assert heads.fold(heads.fold(text)) == heads.fold(text)
