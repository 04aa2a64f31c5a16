"""Single cells: dates, amounts, percentages, ratings, and what sources write where they say nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.intake import amounts, choices, days
from pmo_portal.intake.values import Value, unknown_of
from pmo_portal.intake.wording import WORDS

DMY = days.DateStyle("dmy")
OPEN = days.DateStyle("", open=3)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/05/2010", "2010-05-31"),
        ("30.06.08", "2008-06-30"),
        ("31.12.40", "2040-12-31"),
        ("2010-05-31", "2010-05-31"),
        ("2010/5/1", "2010-05-01"),
        ("1998-06-25T00:00:00Z", "1998-06-25"),
        ("２０２７／１／３１", "2027-01-31"),
        ("令和8年3月31日", "2026-03-31"),
        ("R8.3.31", "2026-03-31"),
        ("平成元年1月8日", "1989-01-08"),
        ("昭和63.12.1", "1988-12-01"),
        ("2026年4月1日(水)", "2026-04-01"),
        ("1 April 2020", "2020-04-01"),
        ("20200401", "2020-04-01"),
        (43922, "2020-04-01"),
        (43922.75, "2020-04-01"),
        (date(2020, 4, 1), "2020-04-01"),
    ],
)
def test_dates_as_people_write_them(text, day):
    assert days.parse(text, DMY).value == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("平成38年3月31日", date(2026, 3, 31)),
        ("H40.12.1", date(2028, 12, 1)),
        ("令和元年4月1日", date(2019, 4, 1)),
        ("R元.4.1", date(2019, 4, 1)),
        ("s64.2.1", date(1989, 2, 1)),
    ],
)
def test_an_era_counts_on_after_its_end_and_says_so(text, day):
    """Contracts that outlast their era keep its years; a first year is said of all its months."""
    found = days.parse(text, days.DateStyle())
    assert (found.value, found.note, found.fault) == (day, "era_over", "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/02/2010", "no_such_day"),
        ("R8.13.1", "era_month"),
        ("1/1/1800", "date_range"),
        ("31/12/2300", "date_range"),
        ("12/31/2020", "date_order"),
        ("soon", "not_a_date"),
        (float("nan"), "not_a_date"),
        (float("inf"), "not_a_date"),
        (1e30, "not_a_date"),
        (True, "not_a_date"),
        ("99999999", "not_a_date"),
    ],
)
def test_what_is_no_date_is_refused_by_its_reason(text, code):
    found = days.parse(text, DMY)
    assert (found.value, found.fault) == (None, code)
    assert code in WORDS


def test_the_order_is_decided_once_from_the_certain_cells():
    assert days.decide(["01/02/2020", "25/12/2020"]).order == "dmy"
    assert days.decide(["01/02/2020", "12/25/2020"]).order == "mdy"
    assert days.decide(["01/02/2020"]).order == ""
    assert days.parse("01/02/2020", OPEN).fault == "date_order_open"
    assert days.parse("25/12/2020", OPEN).value == date(2020, 12, 25)
    assert days.decide(["25/12/2020"] * 5 + ["12/25/2020"] * 5).mixed
    assert days.decide(["25/12/2020"] * 500 + ["12/25/2020"]).order == "dmy"


def test_two_digit_years_follow_start_and_end():
    start, finish = days.in_order(days.parse("17.03.97", DMY), days.parse("31.03.24", DMY))
    assert (start.value, finish.value) == (date(1997, 3, 17), date(2024, 3, 31))
    start, finish = days.in_order(days.parse("01.01.45", DMY), days.parse("01.01.2020", DMY))
    assert (start.value, start.note) == (date(1945, 1, 1), "century")


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_every_day_survives_being_written_in_either_order(day):
    assert days.parse(day.strftime("%d/%m/%Y"), DMY).value == day
    assert days.parse(day.strftime("%m/%d/%Y"), days.DateStyle("mdy")).value == day
    assert days.parse(day.isoformat(), OPEN).value == day


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("450.37", "million", "450370000"),
        ("£1,234.50", "million", "1234500000"),
        ("£25.56 ", "million", "25560000"),
        ("£31,000", "million", "31000000000"),
        ("-2.7", "million", "-2700000"),
        ("£5m", "one", "5000000"),
        ("£5.5m", "million", "5500000"),
        ("▲１，２３４", "thousand", "-1234000"),
        ("△5", "one", "-5"),
        ("(1,000)", "one", "-1000"),
        ("−3", "one", "-3"),
        ("１２０百万円", "thousand", "120000000"),
        ("1.5億円", "one", "150000000"),
        ("3千万円", "one", "30000000"),
        ("12", "senman", "120000000"),
        ("2十億円", "one", "2000000000"),
        ("2.306 ($m)", "million", "2306000"),
        ("1 234 567", "one", "1234567"),
        (12.5, "thousand", "12500"),
        ("0", "million", "0"),
    ],
)
def test_amounts_as_people_write_them(text, unit, amount):
    assert amounts.parse_money(text, unit).value == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NaN", "not_finite"),
        ("Infinity", "not_finite"),
        ("-inf", "not_finite"),
        (float("nan"), "not_finite"),
        (float("-inf"), "not_finite"),
        ("1e30", "too_big"),
        (1e30, "too_big"),
        ("9" * 40, "too_big"),
        ("12,34,5", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("twelve", "not_a_number"),
        (True, "not_a_number"),
    ],
)
def test_what_is_no_amount_is_refused_by_its_reason(text, code):
    found = amounts.parse_money(text, "million")
    assert (found.value, found.fault) == (None, code)
    assert code in WORDS


def test_points_and_commas_are_decided_per_column():
    german = amounts.decide(["1.234,50", "12,5"])
    assert amounts.parse_money("1.234,50", "one", german).value == Decimal("1234.50")
    british = amounts.decide(["1,234.50", "12.5"])
    assert amounts.parse_money("1,234.50", "one", british).value == Decimal("1234.50")


@pytest.mark.parametrize(
    ("head", "unit"),
    [("Budget (£million)", "million"), ("承認額（千円）", "thousand"), ("Cost ($ M)", "million"), ("予算(単位:百万円)", "million"),
     ("総予算（千万円）", "senman"), ("総事業費（十億円）", "billion"), ("総事業費（10億円）", "billion"), ("予算（億円）", "oku"),
     ("£m budget", "million"), ("Budget", ""), ("Forecast (€ bn)", "billion"), ("M&A budget", "")],
)  # fmt: skip
def test_the_unit_that_a_head_states(head, unit):
    assert amounts.unit_of_head(head) == unit


def test_percentages_with_and_without_their_sign():
    signed = amounts.decide(["-4.21%", "3.00%", "-0.2379"])
    assert amounts.parse_percent("-4.21%", signed).value == Decimal("-0.0421")
    assert amounts.parse_percent("-0.2379", signed).value == Decimal("-0.2379")
    assert amounts.parse_percent("Budget variance less than 5%.", signed).unknown == "text"
    bare = amounts.decide(["12", "35.5"])
    assert amounts.parse_percent("12", bare).value == Decimal("0.12")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Exempt under Section 43 of the Freedom of Information Act 2000 (Commercial Interests)", "withheld"),
        ("Date exempt", "withheld"),
        ("非公表", "withheld"),
        ("TBC", "not_yet_known"),
        ("未定", "not_yet_known"),
        ("#N/A", "not_available"),
        ("Data Not Provided", "not_available"),
        ("不明", "not_available"),
        ("No DCA", "not_assessed"),
        ("Reset", "reset"),
        ("終了予定なし", "no_end"),
        ("Apollo", ""),
        ("0", ""),
    ],
)
def test_what_sources_write_where_they_say_nothing(text, kind):
    assert unknown_of(text) == kind
    if kind:
        found = amounts.parse_money(text, "million")
        assert (found.value, found.unknown, found.text) == (None, kind, text)


@pytest.mark.parametrize("text", ["Amber/ Red", "Amber/red", "AMBER / RED", "amber-red", "Red/Amber"])
def test_ratings_in_every_spelling(text):
    values = {choices.squeeze(k): v for k, v in choices.CONFIDENCE.items()}
    assert choices.parse(text, values).value == "amber_red"
    assert choices.parse("No DCA", values).unknown == "not_assessed"
    assert choices.parse("Purple", values).fault == "not_a_choice"


@given(st.one_of(st.text(max_size=80), st.floats(), st.integers(), st.booleans(), st.dates()))
def test_any_cell_is_a_value_a_reason_or_a_fault_with_words(raw):
    for found in (days.parse(raw, DMY), amounts.parse_percent(raw), choices.parse(raw, {})):
        assert isinstance(found, Value)
        assert not (found.value is not None and (found.fault or found.unknown))
        assert not found.fault or found.fault in WORDS
    if not isinstance(raw, date):
        money = amounts.parse_money(raw, "million")
        assert money.value is None or (money.value.is_finite() and abs(money.value) < amounts.MOST)
