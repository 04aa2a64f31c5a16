"""Others change something between the preview and applying: those rows are named, and the others can go in."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from pmo_portal import jobs
from pmo_portal.intake import actions, queries
from projects.register.actions import edit_project
from projects.register.models import Project

pytestmark = pytest.mark.django_db
HEADS = ["管理番号", "プロジェクト名", "主管部署"]
ROWS = [HEADS, ["C-1", "倉庫の建替え", "物流部"], ["C-2", "港の補修", "土木部"], ["C-3", "橋の補修", "土木部"]]
LATER = [HEADS, *[[*row[:2], "施設部"] for row in ROWS[1:]], ["C-4", "塔の新設", "施設部"]]


@pytest.fixture
def collided(receive, apply, office):
    """A preview of four rows, of which the second was changed before it was applied."""
    apply(receive(ROWS, on=None, profile=None))
    run = receive(LATER, on=None, profile=None, name="later.csv")
    project = Project.objects.get(key="C-2")
    edit_project(project, by=office.cast.pmo, version=project.version, department="港湾部")
    return apply(run)


def departments():
    return dict(Project.objects.filter(key__startswith="C-").values_list("key", "department"))


def test_the_rows_are_named_and_nothing_is_written(collided, office, client, settings):
    assert collided.state == "previewed"
    assert [(row.number, was) for row, was in queries.rows_changed_since(collided)] == [(3, "changed")]
    assert departments() == {"C-1": "物流部", "C-2": "港湾部", "C-3": "土木部"}
    client.force_login(office.cast.pmo)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(collided.get_absolute_url()).text
    assert "what 1 row is about was changed by others" in page and "Apply the 3 other rows" in page
    assert "?row=3#row-3" in page


def test_the_others_can_be_applied_and_the_rest_comes_with_the_same_file(collided, office, receive, client):
    client.force_login(office.cast.pmo)
    client.post(f"/imports/{collided.pk}/application/", {"version": collided.version, "others": "1"})
    jobs.drain(strict=True)
    collided.refresh_from_db()
    assert collided.state == "applied"
    assert departments() == {"C-1": "施設部", "C-2": "港湾部", "C-3": "施設部", "C-4": "施設部"}
    assert {v: n for v, n in queries.counts(collided).items() if n and v != "all"} == {
        "changed": 2, "new": 1, "left_out": 1,
    }  # fmt: skip
    again = receive(LATER, on=None, profile=None, name="later.csv")
    assert {v: n for v, n in queries.counts(again).items() if n and v != "all"} == {"unchanged": 3, "changed": 1}


def test_all_can_be_applied_once_one_has_looked(collided, apply):
    assert apply(collided).state == "applied"
    assert set(departments().values()) == {"施設部"}


def test_another_change_before_the_others_are_applied_stops_again(collided, office):
    project = Project.objects.get(key="C-3")
    edit_project(project, by=office.cast.pmo, version=project.version, department="橋梁部")
    actions.apply_run(collided, by=office.cast.pmo, others=True)
    jobs.drain(strict=True)
    collided.refresh_from_db()
    assert collided.state == "previewed" and departments()["C-1"] == "物流部"
    assert [row.number for row, _was in queries.rows_changed_since(collided)] == [4]


def test_the_others_of_a_preview_that_was_made_anew_are_not_known(collided, office):
    actions.preview(collided, by=office.cast.pmo)
    jobs.drain(strict=True)
    collided.refresh_from_db()
    with pytest.raises(ValidationError, match=r"下見|anew"):
        actions.apply_run(collided, by=office.cast.pmo, others=True)


def test_answering_a_row_keeps_the_others_named(collided, office):
    actions.answer(collided, by=office.cast.pmo, number=3, choice="leave_out")
    collided.refresh_from_db()
    assert queries.changed_since(collided) == [{"number": 3, "was": "changed"}]
    assert queries.count_others(collided) == 3


def test_the_api_names_them_and_applies_the_others(collided, office, client):
    client.force_login(office.cast.pmo)
    address = f"/api/v1/imports/{collided.pk}/"
    assert client.get(address).json()["changed_rows"] == [3]
    answer = client.post(f"{address}application/", {"others": True}, content_type="application/json")
    assert answer.status_code == 202
    jobs.drain(strict=True)
    assert departments()["C-2"] == "港湾部" and departments()["C-4"] == "施設部"
