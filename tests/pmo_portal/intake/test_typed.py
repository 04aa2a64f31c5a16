"""Days and amounts as people type them into a form."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_portal.i18n.dates import format_date, format_wareki
from pmo_portal.intake.typed import typed_amount, typed_day

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-04-14", date(2027, 4, 14)),
        ("2027/4/14(水)", date(2027, 4, 14)),
        ("２０２７／４／１４", date(2027, 4, 14)),
        ("2027年4月14日", date(2027, 4, 14)),
        ("20270414", date(2027, 4, 14)),
        ("R9.4.14", date(2027, 4, 14)),
        ("令和9年4月14日", date(2027, 4, 14)),
        ("14 Apr 2027", date(2027, 4, 14)),
        ("Wed 14 April 2027", date(2027, 4, 14)),
        ("14/4/2027", date(2027, 4, 14)),  # no month has the number 14
        ("4/14", date(2027, 4, 14)),  # the nearest one
        ("12/25", date(2026, 12, 25)),
        ("14 Apr", date(2027, 4, 14)),
        ("2/29", date(2028, 2, 29)),
    ],
)
def test_a_day_is_read_as_people_write_it(text, day):
    today = date(2027, 11, 1) if text == "2/29" else TODAY
    assert typed_day(text, today).value == day


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1/2/2027", "date_order_open"),
        ("2026-02-30", "no_such_day"),
        ("2/30", "no_such_day"),
        ("1899-12-31", "date_range"),
        ("2201-01-01", "date_range"),
        ("来週", "not_a_date"),
        ("+7", "not_a_date"),
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused(text, fault):
    read = typed_day(text, TODAY)
    assert read.value is None and read.fault == fault


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(["ja", "en"]))
def test_a_day_written_by_the_portal_is_read_back(day, language):
    assert typed_day(format_date(day, "full", language), TODAY).value == day


@given(st.dates(date(1900, 1, 1), date(2117, 12, 31)))  # era years have two digits
def test_an_era_day_is_read_back(day):
    assert typed_day(format_wareki(day), TODAY).value == day


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("480,345,000", "480345000"),
        ("４８０，３４５，０００円", "480345000"),
        ("¥497 m", "497000000"),
        ("497百万", "497000000"),
        ("480百万円", "480000000"),
        ("4.97億", "497000000"),
        ("４億８０００万", "480000000"),
        ("4億8,000万円", "480000000"),
        ("1兆2億", "1000200000000"),
        ("−500", "-500"),
        ("▲3百万", "-3000000"),
        ("△1億2000万", "-120000000"),
        ("△1,234", "-1234"),
        ("1,000.50", "1000.50"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, amount):
    assert typed_amount(text).value == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("NaN", "not_finite"),
        ("Infinity", "not_finite"),
        ("1e30", "too_big"),
        ("9999999兆", "too_big"),
        ("12,34", "not_a_number"),
        ("1.5.2億", "not_a_number"),
        ("億", "not_a_number"),
        ("四億", "not_a_number"),
        ("about 5", "not_a_number"),
    ],
)
def test_what_is_no_amount_is_refused(text, fault):
    read = typed_amount(text)
    assert read.value is None and read.fault == fault


@given(st.integers(0, 10**15))
def test_grouped_digits_mean_what_they_say(number):
    assert typed_amount(f"{number:,}").value == number


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_oku_and_man_add_up(oku, man):
    assert typed_amount(f"{oku}億{man}万").value == oku * 10**8 + man * 10**4
