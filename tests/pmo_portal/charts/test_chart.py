"""Where the marks of a chart stand, and the table behind it."""

from datetime import date
from itertools import pairwise

import pytest
from django.template.loader import render_to_string

from pmo_portal.charts import Chart, Point, Series
from pmo_portal.charts.chart import HEIGHT, LEFT, RIGHT, WIDTH
from pmo_portal.periods.cadences import tick


def line(values, **given) -> Chart:
    labels = [f"period {n}" for n in range(len(values))]
    return Chart(kind="line", title="Rising", unit="%", labels=labels, series=[Series("In time", values)], **given)


def test_marks_lie_inside_the_axes_and_higher_is_higher():
    chart = line([10.0, 40.0, 90.0], minimum=0, maximum=100)
    marks = chart.lines()[0]["marks"]
    assert [LEFT <= x <= WIDTH - RIGHT and 0 <= y <= HEIGHT for x, y, _v in marks] == [True] * 3
    assert marks[0][1] > marks[1][1] > marks[2][1]


def test_what_is_unknown_has_no_mark_and_a_dash_in_the_table():
    chart = line([10.0, None, 90.0])
    assert len(chart.lines()[0]["marks"]) == 2
    assert chart.rows()[1] == ["period 1", "–"]


def test_long_labels_are_thinned_and_the_last_is_always_written():
    columns = line([float(n) for n in range(12)]).columns()
    assert len(columns) <= 6 and columns[-1]["label"] == "period 11"


def test_ticks_stand_at_the_axis_and_labels_in_the_table():
    chart = line([1.0, 2.0, 3.0], ticks=["9", "10", "11"])
    assert [c["label"] for c in chart.columns()] == ["9", "10", "11"]
    assert [row[0] for row in chart.rows()] == ["period 0", "period 1", "period 2"]


@pytest.mark.parametrize(
    ("cadence", "language", "said"),
    [("monthly", "ja", "11"), ("monthly", "en", "Nov"), ("weekly", "ja", "11/23"), ("weekly", "en", "23/11")],
)
def test_a_period_is_short_at_an_axis(cadence, language, said):
    assert tick(cadence, date(2026, 11, 23), language) == said


def test_labels_at_the_ends_do_not_lie_on_one_another():
    series = [Series("a", [50.0, 80.0]), Series("b", [50.0, 80.5]), Series("c", [50.0, 81.0])]
    drawn = Chart(kind="line", title="", labels=["1", "2"], series=series, minimum=0, maximum=100).lines()
    heights = sorted(one["label_y"] for one in drawn)
    assert all(b - a >= 24 for a, b in pairwise(heights))


def points() -> list[Point]:
    return [
        Point(0, 17.0, 900, "Plant 3 <smart> factory", "/projects/P-1/", "red", named=True, strong=True),
        Point(2, 1.0, 50, "Portal", "/projects/P-2/", "amber"),
        Point(2, 1.2, 50, "Archive", "/projects/P-3/", "amber"),
    ]


def test_bubbles_of_one_place_stand_apart_and_only_some_are_named():
    drawn = Chart(kind="bubble", title="", unit="%", labels=["a", "b", "c"], points=points()).bubbles()
    assert len({(one["cx"], one["cy"]) for one in drawn}) == 3
    assert [one["text"] for one in drawn if one["text"]] == ["Plant 3 <smart> factory"]


def test_the_drawing_links_to_the_records_and_escapes_their_names():
    chart = Chart(kind="bubble", title="Two above", unit="%", labels=["a", "b", "c"], points=points())
    drawn = render_to_string("charts/chart.html", {"chart": chart})
    assert 'href="/projects/P-1/"' in drawn and "<smart>" not in drawn and "&lt;smart" in drawn
    assert "<table" in drawn  # and its table is one step away


def test_an_empty_series_draws_nothing_and_breaks_nothing():
    chart = line([None, None])
    assert chart.lines() == [] and chart.grid()


def test_an_axis_never_says_one_number_twice():
    labels = [mark["label"] for mark in line([-2.1], minimum=-2.1, maximum=-0.9).grid()]
    assert len(labels) == len(set(labels)) > 2 and all(label.startswith("−") for label in labels)


def test_a_sign_stands_before_its_number_and_only_short_units_at_the_axis():
    chart = Chart(
        kind="line", title="Cost", before="¥", unit=" m", labels=["a", "b"], series=[Series("Cost", [0.0, 2500.0])]
    )
    assert chart.lines()[0]["value"] == "¥2,500 m" and chart.rows()[1] == ["b", "¥2,500.0 m"]
    assert chart.grid()[-1]["label"] == "2,000"


def test_the_largest_bubble_stays_off_the_words_below():
    chart = Chart(kind="bubble", title="Ill", unit="%", labels=["a"], points=[Point(0, -2.1, 9, "Apollo", "/")])
    mark = chart.bubbles()[0]
    assert mark["cy"] - mark["r"] >= 0 and mark["cy"] + mark["r"] <= HEIGHT - 16
