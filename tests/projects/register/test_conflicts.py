"""Two people edit one project: the second sees both versions, and nothing of either is lost."""

import re

import pytest
from django.utils.translation import override

from pmo_portal.audit.models import AuditEntry
from pmo_portal.custom import actions as custom
from projects.register.models import Project

URL = "/projects/APOLLO/edit/"


@pytest.fixture
def typed(office):
    """What the edit form of APOLLO would send back untouched."""
    project = office.apollo
    return {
        "key": "APOLLO",
        "name_ja": project.name_ja,
        "name_en": project.name_en,
        "kind": project.kind,
        "tier": project.tier,
        "stage": project.stage,
        "currency": "JPY",
        "planned_start_on": project.planned_start_on.isoformat(),
        "planned_finish_on": project.planned_finish_on.isoformat(),
        "forecast_finish_on": project.forecast_finish_on.isoformat(),
        "sponsor": project.sponsor_id,
        "pmo_contact": project.pmo_contact_id,
        "forecast_cost": "480,000,000",
        "spent": "210,000,000",
        "version": project.version,
    }


@pytest.fixture
def collided(office, signed_in, typed):
    """The PMO saved a description and a cost; the PM, who had opened before, sends a description and an English name."""
    theirs = typed | {"description": "代替品を評価中。", "forecast_cost": "490百万"}
    assert signed_in(office.cast.pmo).post(URL, theirs).status_code == 302
    mine = typed | {"description": "試験の順序を入替え中。", "name_en": "Core ERP"}
    return signed_in(office.cast.pm).post(URL, mine)


def hidden(page) -> dict[str, str]:
    """The hidden fields of the conflict page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_the_second_gets_both_versions_and_nothing_is_written(collided, cast):
    assert collided.status_code == 409
    assert "後藤 美咲さんが先に保存しました。1か所を選んでください" in collided.text
    assert "<mark>試験の順序を入替え中。</mark>" in collided.text and "<mark>代替品を評価中。</mark>" in collided.text
    assert Project.objects.get(key="APOLLO").description == "代替品を評価中。"


def test_what_does_not_collide_is_taken_over_from_both(collided, signed_in, cast):
    answer = signed_in(cast.pm).post(URL, hidden(collided) | {"choose-description": "mine"})
    assert answer.status_code == 302
    project = Project.objects.get(key="APOLLO")
    assert (project.description, project.name_en) == ("試験の順序を入替え中。", "Core ERP")
    assert project.forecast_cost == 490_000_000
    assert AuditEntry.objects.latest("id").actor == cast.pm


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("theirs", "代替品を評価中。"), ("both", "試験の順序を入替え中。\n代替品を評価中。")],
)
def test_the_other_version_or_both_can_be_chosen(collided, signed_in, cast, choice, kept):
    signed_in(cast.pm).post(URL, hidden(collided) | {"choose-description": choice})
    assert Project.objects.get(key="APOLLO").description == kept


def test_what_was_taken_over_can_be_put_back(collided, signed_in, cast):
    signed_in(cast.pm).post(
        URL, hidden(collided) | {"choose-description": "mine", "undo": ["forecast_cost", "name_en"]}
    )
    project = Project.objects.get(key="APOLLO")
    assert project.forecast_cost == 480_000_000 and project.name_en == "Core ERP renewal"


def test_nothing_is_saved_before_every_place_is_chosen(collided, signed_in, cast):
    again = signed_in(cast.pm).post(URL, hidden(collided))
    assert again.status_code == 409 and 'value="both"' in again.text
    assert Project.objects.get(key="APOLLO").description == "代替品を評価中。"
    with override("ja"):
        assert signed_in(cast.pm).post(URL, hidden(again) | {"choose-description": "mine"}).status_code == 302


def test_a_third_who_saved_meanwhile_is_a_conflict_again(collided, signed_in, cast, typed, office):
    third = typed | {"description": "仕入先を変更。", "version": Project.objects.get(key="APOLLO").version}
    assert signed_in(cast.pmo).post(URL, third).status_code == 302
    again = signed_in(cast.pm).post(URL, hidden(collided) | {"choose-description": "mine"})
    assert again.status_code == 409 and "仕入先を変更。" in again.text


def test_where_nothing_collides_saving_is_one_key(office, signed_in, typed):
    signed_in(office.cast.pmo).post(URL, typed | {"spent": "220百万"})
    page = signed_in(office.cast.pm).post(URL, typed | {"benefits": "月次決算を3日短くする"})
    assert page.status_code == 409 and "両方を取り込みました" in page.text
    assert signed_in(office.cast.pm).post(URL, hidden(page)).status_code == 302
    project = Project.objects.get(key="APOLLO")
    assert project.spent == 220_000_000 and project.benefits == "月次決算を3日短くする"


@pytest.fixture
def own_fields(office):
    """Several choices and a yes or no that the office has added; APOLLO has both."""
    options = [{"key": key, "ja": ja, "en": ja} for key, ja in (("privacy", "個人情報"), ("export", "輸出管理"))]
    for key, kind, more in (("law", "choices", {"options": options}), ("audited", "yesno", {})):
        custom.create_field(
            by=office.cast.admin, of="projects.project", key=key, kind=kind, name_ja=f"項目{key}", **more
        )
    return {"custom_law": ["privacy", "export"], "custom_audited": "yes"}


def test_equal_choices_are_no_change_and_others_stand_in_words(office, signed_in, typed, own_fields):
    pm, pmo = office.cast.pm, office.cast.pmo
    assert signed_in(pmo).post(URL, typed | own_fields).status_code == 302
    opened = typed | own_fields | {"version": Project.objects.get(key="APOLLO").version}
    assert signed_in(pmo).post(URL, opened | {"spent": "220百万"}).status_code == 302
    page = signed_in(pm).post(URL, opened | {"benefits": "月次決算を3日短くする"})
    assert [side.name for side in page.context["sides"]] == ["spent", "benefits"]
    page = signed_in(pm).post(URL, opened | {"custom_law": ["export"], "custom_audited": "no"})
    told = {side.name: (side.opened, side.mine) for side in page.context["taken_over"]}
    assert told["custom_law"] == ("個人情報、輸出管理", "輸出管理") and told["custom_audited"] == ("あり", "なし")


def test_several_choices_are_taken_over_put_back_and_chosen(office, signed_in, typed, own_fields):
    pm, pmo = office.cast.pm, office.cast.pmo
    assert signed_in(pmo).post(URL, typed | own_fields).status_code == 302
    opened = typed | own_fields | {"version": Project.objects.get(key="APOLLO").version}
    assert signed_in(pmo).post(URL, opened | {"custom_law": [], "spent": "220百万"}).status_code == 302
    page = signed_in(pm).post(URL, opened | {"benefits": "月次決算を3日短くする"})
    taken = dict(page.context["kept"])
    assert "custom_law" not in taken
    back = taken | {"undo": "custom_law", "before-custom_law": ["privacy", "export"]}
    assert signed_in(pm).post(URL, back).status_code == 302
    assert Project.objects.get(key="APOLLO").custom_law == ["export", "privacy"]
    now = Project.objects.get(key="APOLLO").version
    assert signed_in(pmo).post(URL, opened | {"version": now, "custom_law": ["export"]}).status_code == 302
    page = signed_in(pm).post(URL, opened | {"version": now, "custom_law": []})
    assert [side.name for side in page.context["to_choose"]] == ["custom_law"]
    theirs = dict(page.context["kept"]) | {"theirs-custom_law": "export", "choose-custom_law": "theirs"}
    assert signed_in(pm).post(URL, theirs).status_code == 302
    assert Project.objects.get(key="APOLLO").custom_law == ["export"]
