"""Projects that come in without what their stage needs: they go in, the preview says so, and their page shows what is missing."""

from __future__ import annotations

import pytest

from pmo_portal.custom import actions as custom
from pmo_portal.custom.actions import put
from pmo_portal.intake import queries
from projects.register.models import Project

pytestmark = pytest.mark.django_db
ROWS = [["プロジェクト名", "フェーズ"], ["倉庫の建替え", ""], ["港の補修", "計画"]]


@pytest.fixture(autouse=True)
def _needed(office):
    given = {"by": office.cast.admin, "of": "projects.project", "required_in": ["execution"]}
    custom.create_field(key="risk_class", name_ja="危険等級", name_en="Risk class", **given)
    custom.create_field(key="secret", name_ja="内示", name_en="Hint", seen_by=["manager"], **given)
    custom.create_field(key="site", name_ja="拠点", name_en="Site", default="本社", **given)


def test_what_is_missing_is_said_of_the_row_and_of_the_file(receive, office, client):
    run = receive(ROWS, on=None, profile=None)
    first, second = queries.rows(run)
    assert "危険等級" in first.notes[0] and not {"内示", "拠点"} & set(first.notes[0])
    assert "実行" in first.notes[0]
    assert second.verdict == "new" and second.notes == []
    client.force_login(office.cast.pmo)
    assert (
        "1件のプロジェクトは、その段階で必要な項目がそろわないまま取り込みます。"
        in client.get(run.get_absolute_url()).text
    )


def test_the_project_goes_in_and_shows_what_is_missing_until_it_is_there(receive, apply, office, client):
    run = apply(receive(ROWS, on=None, profile=None))
    assert run.state == "applied" and queries.incomplete_count(run) == 1
    project = Project.objects.get(name_ja="倉庫の建替え")
    assert project.stage == "execution"
    client.force_login(office.cast.pmo)
    page = client.get(project.get_absolute_url()).text
    assert "段階「実行」で必要な未入力の項目：" in page and "<b>危険等級</b>" in page and "<b>内示</b>" not in page
    put(project, {"custom_risk_class": "2"}, by=office.cast.pmo)
    project.save()
    assert "必要な未入力の項目" not in client.get(project.get_absolute_url()).text
    planned = Project.objects.get(name_ja="港の補修")
    assert "必要な未入力の項目" not in client.get(planned.get_absolute_url()).text


def test_a_row_that_brings_a_known_project_into_the_stage_says_so(receive, apply):
    apply(receive(ROWS, on=None, profile=None))
    key = Project.objects.get(name_ja="港の補修").key
    run = receive(
        [["番号", "プロジェクト名", "フェーズ"], [key, "港の補修", "実行"]], on=None, profile=None, name="2.csv"
    )
    assert "危険等級" in queries.rows(run)[0].notes[0]
