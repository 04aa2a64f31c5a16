"""Pieces of texts: what an index finds by them is never less than what holds the word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.search.grams import asked, grams, spelled

TEXTS = st.text(alphabet="abAB19-　 物流システムｼｽﾃﾑガー①", min_size=1, max_size=12)


def would_find(text: str, word: str) -> bool:
    """As the databases do it: all whole pieces are there, or one piece begins so."""
    there = grams(text).split()
    whole, beginning = asked(word)
    return all(piece in there for piece in whole) if whole else any(piece.startswith(beginning) for piece in there)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("物流システム", "シス ステ テム ム 流シ 物流"),
        ("Apollo", "apo llo lo o oll pol"),
        ("G-07", "07 7 _07 g_0"),
        ("Ａ１", "1 a1"),
        ("ERP刷新", "erp p刷新 rp刷 刷新 新"),
        ("", ""),
    ],
)
def test_two_characters_of_japanese_three_of_the_rest_and_what_is_left_at_the_end(text, pieces):
    assert sorted(grams(text).split()) == sorted(pieces.split())


@pytest.mark.parametrize(
    ("word", "whole", "beginning"),
    [
        ("物流", ["物流"], ""),
        ("港", [], "港"),
        ("システム", ["シス", "ステ", "テム"], ""),
        ("ap", [], "ap"),
        ("Apo", ["apo"], ""),
        ("ｼｽﾃﾑ", ["シス", "ステ", "テム"], ""),
    ],
)
def test_what_a_word_asks_for(word, whole, beginning):
    assert asked(word) == (whole, beginning)


@given(TEXTS, st.data())
def test_every_part_of_a_text_is_found(text, data):
    folded = spelled(text)
    start = data.draw(st.integers(0, len(folded)))
    word = folded[start : data.draw(st.integers(start, len(folded)))]
    if word.strip("_"):
        assert would_find(text, word)


@given(TEXTS)
def test_pieces_hold_nothing_that_a_query_language_would_read(text):
    assert all(c.isalnum() or c in "_ " for c in grams(text))
