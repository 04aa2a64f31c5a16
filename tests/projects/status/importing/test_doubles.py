"""Two rows of one file that are called alike: marked, and decided by a person."""

from __future__ import annotations

import pytest

from pmo_portal.intake import actions, queries
from pmo_portal.intake.models import ImportRow
from projects.register.models import Project
from projects.status.importing.doubles import Double, Row, find
from tests.projects.status.importing.sheets import csv_bytes

VERDICT = ImportRow.Verdict
HEADS = ["プロジェクト名", "主管部署", "総予算"]
ROWS = [HEADS, ["倉庫の建替え", "物流部", "120"], ["港の補修", "土木部", "80"], ["倉庫の　建替え", "物流部", "125"]]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([Row(2, "A"), Row(3, "Ａ")], {2: Double(3, True), 3: Double(2, True)}),
        ([Row(2, "A", "x"), Row(3, "A", "X")], {2: Double(3, True), 3: Double(2, True)}),
        ([Row(2, "A", "x"), Row(3, "A", "y")], {2: Double(3, False), 3: Double(2, False)}),
        ([Row(2, "A", is_numbered=True), Row(3, "A", is_numbered=True)], {}),
        ([Row(2, "A", is_numbered=True), Row(3, "A")], {2: Double(3, False), 3: Double(2, True)}),
        ([Row(2, "A"), Row(3, "B"), Row(4, ""), Row(5, "")], {}),
    ],
)
def test_only_what_no_number_and_no_department_tells_apart_is_open(rows, found):
    assert find(rows) == found


@pytest.mark.django_db
def test_both_rows_are_marked_and_wait_for_an_answer(receive, apply, office, client):
    run = receive(ROWS, on=None, profile=None)
    assert [r.verdict for r in queries.rows(run)] == ["ambiguous", "new", "ambiguous"]
    first, last = queries.rows(run, verdict=VERDICT.AMBIGUOUS)
    assert "4" in first.notes[0] and "2" in last.notes[0]
    client.force_login(office.cast.pmo)
    page = client.get(f"{run.get_absolute_url()}?row=2").text
    assert first.notes[0] in page and "新規にする" in page and "この行を飛ばす" in page
    actions.answer(run, by=office.cast.pmo, number=4, choice="leave_out")
    assert [r.verdict for r in queries.rows(run)] == ["new", "new", "left_out"]
    run.refresh_from_db()
    apply(run)
    assert Project.objects.filter(name_ja="倉庫の建替え").count() == 1


@pytest.mark.django_db
def test_two_projects_of_one_name_come_in_when_one_says_so(receive, apply, office):
    run = receive(ROWS, on=None, profile=None)
    for number in (2, 4):
        actions.answer(run, by=office.cast.pmo, number=number, choice="new")
    rows = queries.rows(run)
    assert [r.verdict for r in rows] == ["new"] * 3 and rows[0].notes and not rows[1].notes
    run.refresh_from_db()
    apply(run)
    assert Project.objects.filter(name_ja__in=["倉庫の建替え", "倉庫の　建替え"]).count() == 2


def test_a_command_takes_both_as_nobody_is_there_to_ask(run_import, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(csv_bytes(ROWS))
    assert run_import(path, profile="projects")["projects"] == 3
