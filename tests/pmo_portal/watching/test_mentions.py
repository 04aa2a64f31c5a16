"""Finding @names in a text."""

import pytest

from pmo_portal.watching import mentions

PEOPLE = {"青木 健": [1], "青木": [2], "Ken Aoki": [1], "佐藤 花": [3, 4]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@青木 健さん、確認をお願いします", {"青木 健": 1}),
        ("＠青木さん", {"青木": 2}),
        ("cc @Ken Aoki, please", {"Ken Aoki": 1}),
        ("@Ken Aokiyama", {}),
        ("a@青木 健.example", {}),
        ("ken.aoki@aoba.example", {}),
        ("@佐藤 花", {}),
        ("@佐藤 花#4 よろしく", {"佐藤 花#4": 4}),
        ("@佐藤 花#9", {}),
        ("@青木 健#7", {"青木 健": 1}),
        ("@青木 健 @Ken Aoki", {"青木 健": 1, "Ken Aoki": 1}),
        ("@", {}),
        ("", {}),
    ],
)
def test_whom_a_text_names(text, found):
    assert mentions.named(text, PEOPLE) == found


def test_a_text_of_many_signs_costs_little():
    assert len(mentions.tails("@a " * 5000)) == mentions.MOST
