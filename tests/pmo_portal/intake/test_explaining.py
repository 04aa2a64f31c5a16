"""A definition in words."""

import pytest
from django.utils import translation

from pmo_portal.intake.explaining import Said, explain, is_pattern


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("order", "dmy", Said("Order of dates", "day, month, year")),
        ("unit", "million", Said("Unit of amounts", "millions")),
        ("required", True, Said("Required", "a row without it is refused")),
        ("tolerate", ["finish_before_start"], Said("Let pass", "a finish before the start")),
        ("currency", "GBP", Said("Currency", "GBP")),
        ("warning", {"ja": "教材です。", "en": "For teaching."}, Said("Warning", "For teaching.")),
        ("values", {"Active": "active"}, Said("Read as", "Active → active", code=True)),
        ("header_row", 4, Said("Row of the column names", "4", code=True)),
        ("a_part_of_tomorrow", "x", Said("a_part_of_tomorrow", "x", code=True)),
    ],
)
def test_a_part_is_told_in_words_where_there_are_some(key, value, said):
    with translation.override("en"):
        assert explain(key, value) == said


def test_it_is_told_in_the_readers_language():
    with translation.override("ja"):
        assert explain("order", "mdy") == Said("日付の並び", "月・日・年")
        assert explain("warning", {"ja": "教材です。", "en": "For teaching."}).text == "教材です。"


def test_patterns_are_told_from_names():
    assert [is_pattern(h) for h in ("/^start/", "Start / finish", "/", "開始日")] == [True, False, False, False]
