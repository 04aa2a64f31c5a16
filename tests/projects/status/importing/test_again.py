"""The very same file once more: nothing to do, and it is said by whom it was applied."""

from __future__ import annotations

import pytest

from pmo_portal import jobs
from pmo_portal.intake import actions, queries
from pmo_portal.intake.models import ImportRow, ImportRun
from projects.register.actions import edit_project
from projects.register.models import Project
from tests.projects.status.importing.sheets import csv_bytes, xlsx_bytes

pytestmark = pytest.mark.django_db
VERDICT = ImportRow.Verdict
ROWS = [["プロジェクト名", "主管部署", "総予算"], ["倉庫の建替え", "物流部", "120"], ["港の補修", "土木部", "80"]]


def verdicts(run):
    return {v: n for v, n in queries.counts(run).items() if n and v in VERDICT.values}


def test_a_file_that_was_applied_has_nothing_to_do_and_says_so(receive, apply, office, client, settings):
    apply(receive(ROWS, on=None, profile=None))
    again = receive(ROWS, on=None, profile=None)
    assert verdicts(again) == {"unchanged": 2}
    client.force_login(office.cast.pmo)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(again.get_absolute_url()).text
    assert "A file with the same content was applied on" in page and f"by {office.cast.pmo}" in page


def test_what_was_changed_here_since_is_shown(receive, apply, office):
    apply(receive(ROWS, on=None, profile=None))
    project = Project.objects.get(name_ja="港の補修")
    edit_project(project, by=office.cast.pmo, version=project.version, name_ja="埠頭の改修", department="港湾部")
    again = receive(ROWS, on=None, profile=None)
    assert verdicts(again) == {"unchanged": 1, "changed": 1}
    cells = {c.field: c for c in queries.rows(again, verdict="changed")[0].cells}
    assert (cells["department"].was, cells["department"].text) == ("港湾部", "土木部")
    assert (cells["name"].was, cells["name"].text) == ("埠頭の改修", "港の補修")


def test_a_file_that_was_taken_back_comes_in_anew(receive, apply, office):
    run = apply(receive(ROWS, on=None, profile=None))
    actions.undo_run(run, by=office.cast.pmo)
    jobs.drain(strict=True)
    again = receive(ROWS, on=None, profile=None)
    assert verdicts(again) == {"new": 2}
    assert queries.applied_before(again) is None


def test_a_workbook_that_was_only_saved_again_is_the_same(receive, apply):
    saved = [xlsx_bytes(ROWS), xlsx_bytes(ROWS) + b"\0"]  # Excel writes the time of saving into it
    apply(receive(saved[0], on=None, profile=None, name="list.xlsx"))
    assert verdicts(receive(saved[1], on=None, profile=None, name="list (1).xlsx")) == {"unchanged": 2}


def test_another_file_is_still_to_be_confirmed(receive, apply):
    apply(receive(ROWS, on=None, profile=None))
    other = receive([*ROWS, ["橋の補修", "土木部", "80"]], on=None, profile=None)
    assert verdicts(other) == {"ambiguous": 2, "new": 1}


def test_the_same_bytes_under_another_name_go_by_that_name(office):
    given = {"by": office.cast.pmo, "target": "projects", "scope": office.core.scope, "file": csv_bytes(ROWS)}
    first = actions.receive_file(**given, file_name="April.csv")
    twice = actions.receive_file(**given, file_name="April.csv")  # the button pressed a second time
    other = actions.receive_file(**given, file_name="May.csv")
    assert (twice.pk, other.file_name) == (first.pk, "May.csv")
    assert ImportRun.objects.count() == 2
