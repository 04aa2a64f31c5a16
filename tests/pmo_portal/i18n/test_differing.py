"""What differs between two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.i18n.differing import LONGEST, Piece, marked, pieces

TEXTS = st.text(alphabet="abc 12,試験の順序を入替え中。アイ\n", max_size=60)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("", "", []),
        ("同じ", "同じ", [("same", "同じ")]),
        ("", "新しい文", [("new", "新しい文")]),
        ("消す文", "", [("gone", "消す文")]),
        (
            "出荷が2週間遅れ。",
            "出荷が3週間遅れ。",
            [("same", "出荷が"), ("gone", "2"), ("new", "3"), ("same", "週間遅れ。")],
        ),
        ("two weeks late", "two days late", [("same", "two "), ("gone", "weeks"), ("new", "days"), ("same", " late")]),
    ],
)
def test_the_pieces_are_those_a_reader_would_name(was, now, said):
    assert [(p.kind, p.text) for p in pieces(was, now)] == said


@given(TEXTS, TEXTS)
def test_without_what_is_gone_the_pieces_are_the_new_text_and_without_what_is_new_the_old(was, now):
    found = pieces(was, now)
    assert "".join(p.text for p in found if p.kind != "gone") == now
    assert "".join(p.text for p in found if p.kind != "new") == was


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert all(p.kind == "same" for p in pieces(text, text))


def test_a_rewritten_sentence_stands_whole_beside_one_that_stayed_and_one_of_which_a_word_moved():
    said = pieces(
        "結合試験中。開発の遅れを回復する。出荷は5月。", "結合試験中。オフラインの操作を現場で試す。出荷は6月。"
    )
    assert [(p.kind, p.text, p.replaces) for p in said] == [
        ("same", "結合試験中。", False),
        ("gone", "開発の遅れを回復する。", False),
        ("new", "オフラインの操作を現場で試す。", True),
        ("same", "出荷は", False),
        ("gone", "5", False),
        ("new", "6", False),
        ("same", "月。", False),
    ]


def test_very_long_texts_are_shown_one_after_the_other():
    was, now = "a b " * LONGEST, "b a " * LONGEST
    assert pieces(was, now) == [Piece("gone", was), Piece("new", now)]


def test_a_side_shows_what_it_added_to_the_text_both_started_from():
    said = marked("出荷が3週間遅れ。代替品を評価中。", "出荷が2週間遅れ。")
    assert [p.text for p in said if p.kind == "new"] == ["3", "代替品を評価中。"]


def test_a_side_that_was_rewritten_is_marked_as_a_whole():
    assert marked("試験の順序を入替え中。", "現場の手作業をなくす。") == [Piece("new", "試験の順序を入替え中。")]
