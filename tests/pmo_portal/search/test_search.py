"""Search and act: actions first, then records, then figures; never more than the viewer may see."""

import pytest

from pmo_portal import measures, search


def groups(viewer, words: str) -> dict[str, list[str]]:
    return {str(g["label"]): [hit.title for hit in g["hits"]] for g in search.find(viewer, words)}


@pytest.fixture(autouse=True)
def _english(settings):
    from django.utils import translation

    with translation.override("en"):
        yield


def test_what_is_typed_is_read_with_any_width_and_without_trash():
    assert search.cleaned("　ＡＰＯＬＬＯ　\0 x ") == "APOLLO x"
    assert len(search.cleaned("a " * 500).split()) == 5


def test_a_project_is_found_by_key_and_by_either_name(office):
    for words in ("apol", "基幹システム", "erp renewal", "core apollo"):
        assert "Core ERP renewal" in groups(office.cast.manager, words)["Projects"], words


def test_nothing_outside_the_viewers_scope_is_found(office):
    assert "Projects" not in groups(office.cast.pm, "BOREAS")
    assert "Projects" not in groups(office.cast.nobody, "APOLLO")
    assert groups(office.cast.manager, "BOREAS")["Projects"] == ["Logistics integration"]


def test_people_are_found_by_their_reading_in_both_kana(office):
    for words in ("あおき", "アオキ"):
        assert "Ken Aoki" in groups(office.cast.manager, words)["People"], words


def test_things_to_do_stand_first_and_only_for_those_who_may(office):
    found = groups(office.cast.manager, "new project")
    assert next(iter(found)) == "To do" and found["To do"] == ["New project"]
    assert "To do" not in groups(office.cast.member, "new project")
    assert groups(office.cast.manager, "プロジェクトを")["To do"] == ["New project"]  # called so in the other language


def test_an_open_ask_is_found_by_what_it_is_about(office):
    from pmo_portal.jobs import running

    running.drain()
    assert any("Core ERP renewal" in title for title in groups(office.cast.pm, "report core")["To do"])


def test_rooms_are_found_by_name_in_either_language(office):
    assert groups(office.cast.manager, "ポートフォリオ")["Pages"] == ["Portfolio"]
    assert "Pages" not in groups(office.cast.member, "audit trail")


def test_a_figure_is_found_with_its_period(office, signed_in):
    from projects.register.models import Project

    Project.objects.filter(pk=office.apollo.pk).update(reported_period=office.period)
    assert "Figures" not in groups(office.cast.manager, "APOLLO")  # nothing kept for it yet
    measures.record(
        office.apollo.scope_id, office.period.pk, [measures.Value("forecast_cost", office.apollo.forecast_cost)]
    )
    figures = [
        hit for g in search.find(office.cast.manager, "APOLLO") if str(g["label"]) == "Figures" for hit in g["hits"]
    ]
    assert any("¥480 m" in hit.title for hit in figures)
    assert {hit.note for hit in figures} == {office.period.label}
    assert signed_in(office.cast.manager).get(figures[0].url).status_code == 200


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Core ERP renewal", "erp", "Core <mark>ERP</mark> renewal"),
        ("基幹システム刷新", "基幹 刷新", "<mark>基幹</mark>システム<mark>刷新</mark>"),
        ("<b> & co", "co", "&lt;b&gt; &amp; <mark>co</mark>"),
        ("a+b", "+", "a<mark>+</mark>b"),
        ("Core", "", "Core"),
    ],
)
def test_what_was_looked_for_is_marked_and_nothing_else_is_markup(text, words, marked):
    assert search.marked(text, words) == marked


def test_the_page_and_its_fragment(office, signed_in):
    client = signed_in(office.cast.manager)
    page = client.get("/search/", {"q": "APOLLO"})
    assert page.status_code == 200 and "<mark>APOLLO</mark>" in page.text and "<html" in page.text
    fragment = client.get("/search/", {"q": "APOLLO"}, headers={"HX-Request": "true"})
    assert "<html" not in fragment.text and "<mark>APOLLO</mark>" in fragment.text
    assert "<script>" not in client.get("/search/", {"q": "<script>"}).text
