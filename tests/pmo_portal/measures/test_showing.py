"""A figure reads the same everywhere: number and unit in one place, why it is unknown in the reader's words."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from pmo_portal.i18n.text import has_japanese
from pmo_portal.measures import Measure, measures, showing, text, why

D = Decimal


@pytest.mark.parametrize(
    ("unit", "places", "value", "ja", "en"),
    [
        ("d", 1, D("15.4"), "15.4日", "15.4 d"),
        ("d", 1, D("14"), "14日", "14 d"),
        ("d", 1, D("-3.25"), "−3.3日", "−3.3 d"),
        ("min", 1, D("1.4"), "1.4分", "1.4 min"),
        ("%", 1, D("78.5714"), "78.6%", "78.6%"),
        ("%", 1, D("100"), "100%", "100%"),
        ("money", 0, D("480000000"), "480百万円", "¥480 m"),
        ("", 0, D("1234"), "1,234", "1,234"),
        ("d", 1, None, "–", "–"),
        ("money", 0, None, "–", "–"),
    ],
)
def test_a_value_is_written_with_its_unit(unit, places, value, ja, en):
    measure = Measure("m", "M", unit, "", "", places=places)
    for language, expected in (("ja", ja), ("en", en)):
        with override(language):
            assert text(measure, value) == expected


def test_money_stands_in_the_readers_unit_on_pages_and_charts():
    measure = Measure("m", "M", "money", "", "")
    with override("ja"):
        assert text(measure, D(480_000_000), money_unit="oku") == "4.8億円"
        assert showing.around(measure, money_unit="oku") == ("", "億円")
    with override("en"):
        assert showing.around(measure) == ("¥", " m")
    assert showing.scaled(measure, D(480_000_000), "oku") == 4.8
    assert showing.scaled(Measure("m", "M", "d", "", ""), D("15.4"), "oku") == 15.4


def test_the_parts_of_a_ratio_have_a_unit_of_their_own():
    measure = Measure("m", "M", "%", "", "", parts_unit="money")
    with override("ja"):
        assert showing.part(measure, D(216_000_000)) == "216百万円"


def test_why_a_figure_is_unknown_is_told_in_both_languages():
    with override("ja"):
        assert why(showing.NOT_REPORTED) == "未報告"
        assert why(f"{showing.OTHER_CURRENCY}USD") == "USD建てのため合計に含めず"
    with override("en"):
        assert why(showing.NOTHING_BELOW) == "no figure below"
        assert why("as written in the source") == "as written in the source"


def test_every_registered_measure_can_be_traced():
    for key, measure in measures.items():
        assert measure.key == key
        assert measure.unit in ("money", "%", "d", "min"), key
        assert measure.better in ("higher", "lower", "none"), key
        with override("en"):
            english = [str(words) for words in (measure.name, measure.formula, measure.source)]
        with override("ja"):
            japanese = [str(words) for words in (measure.name, measure.formula, measure.source)]
        assert all(en and has_japanese(ja) for en, ja in zip(english, japanese, strict=True)), key
