"""A unit that is said once above the table holds for its amounts, unless something nearer says another."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from pmo_portal import jobs
from pmo_portal.intake import actions, queries
from pmo_portal.intake.amounts import unit_above
from pmo_portal.intake.models import ImportRun
from tests.pmo_portal.intake.sheets import csv_bytes, receive, xlsx_bytes

HEADS = ["管理番号", "名称", "承認額", "実績額（千円）"]
ROWS = [["U-1", "新しい塔", "120", "5"], ["U-2", "新しい門", "350", "5"], ["U-3", "新しい橋", "1,200", "5"]]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("（単位：百万円）", "million"),
        ("(単位 千円)", "thousand"),
        ("金額の単位は億円", "oku"),
        ("単位：十億円", "billion"),
        ("（単位：千万円）", "senman"),
        ("千万円", "senman"),
        ("単位：百万米ドル", "million"),
        ("単位：円", "one"),
        ("プロジェクト一覧（単位：百万円、税込）", "million"),
        ("百万円", "million"),
        ("Unit: million yen", "million"),
        ("(in £m)", "million"),
        ("(£'000)", "thousand"),
        ("All amounts are in £ million", "million"),
        ("Amounts in thousands of dollars", "thousand"),
        ("", ""),
        ("単位：人", ""),
        ("担当単位：部門", ""),
        ("5百万円以上の事業", ""),
        ("百万人の会", ""),
        ("(over £5m)", ""),
        ("Projects over 1 million", ""),
        ("Budget of £5 million, approved in 2026", ""),
        ("000", ""),
    ],
)
def test_a_unit_is_told_from_an_amount_in_a_sentence(text, unit):
    assert unit_above([text]) == (unit, text if unit else "")


def test_the_text_nearest_to_the_heads_counts():
    assert unit_above(["単位：千円", "一覧", "単位：百万円", "2026年度"])[0] == "million"


def values(run, field="approved_budget"):
    return [next(c.value for c in row.cells if c.field == field) for row in queries.rows(run)]


def sent(office, content, name):
    run = actions.receive_file(
        by=office.cast.pmo, target="projects", scope=office.core.scope, file=content, file_name=name
    )
    jobs.drain(strict=True)
    return ImportRun.objects.get(pk=run.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "name"), [(xlsx_bytes, "一覧.xlsx"), (csv_bytes, "一覧.csv")])
def test_millions_above_the_heads_are_read_and_said(office, signed_in, written, name):
    run = sent(office, written([["プロジェクト一覧"], ["", "", "", "（単位：百万円）"], HEADS, *ROWS]), name)
    assert values(run) == [Decimal(n) * 10**6 for n in (120, 350, 1200)]
    assert values(run, "spent") == [Decimal(5000)] * 3, "the head's own unit stays"
    client = signed_in(office.cast.pmo)
    assert "表の上の「（単位：百万円）」により、金額は百万単位で読みました。" in client.get(f"/imports/{run.pk}/").text
    assert "百万 (表の上の記載による)" in client.get(f"/imports/{run.pk}/mapping/").text


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["Unit: million yen", "(in £m)"])
def test_an_english_sheet_says_its_unit_above_as_well(office, said):
    rows = [["Projects"], [said], ["Key", "Project name", "Approved budget"], ["U-1", "New tower", "1,200"]]
    run = sent(office, xlsx_bytes(rows), "list.xlsx")
    assert values(run) == [Decimal(1_200_000_000)]
    with override("en"):
        assert f"Amounts in millions, as the sheet says above its table: “{said}”." in queries.facts(run)
        style = next(c.style for c in queries.columns(run) if c.field == "approved_budget")
    assert style == "millions (from above the table)"


@pytest.mark.django_db
def test_a_unit_chosen_by_hand_wins_over_the_one_above(office):
    rows = [["（単位：百万円）"], HEADS, *ROWS]
    run = receive(office.cast.pmo, office.core, rows)
    actions.set_column(run, by=office.cast.pmo, column=2, unit="thousand", version=run.version)
    jobs.drain(strict=True)
    run.refresh_from_db()
    assert values(run)[0] == Decimal(120_000)
    assert not any("表の上" in fact for fact in queries.facts(run))


@pytest.mark.django_db
def test_without_a_unit_above_amounts_are_whole(office):
    run = receive(office.cast.pmo, office.core, [["プロジェクト一覧"], HEADS, *ROWS])
    assert values(run)[0] == Decimal(120)
    assert not any("表の上" in fact for fact in queries.facts(run))
