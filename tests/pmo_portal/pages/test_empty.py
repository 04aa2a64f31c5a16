"""A page with nothing to show says what it is for and offers the first step, to those who may take it."""

from projects.register.models import Project


def test_an_empty_register_offers_the_first_project_to_who_may_add_it(cast, signed_in):
    assert not Project.objects.exists()
    page = signed_in(cast.manager).get("/projects/").text
    assert "最初のプロジェクトを追加する" in page and 'class="pmo-ghost"' in page
    assert "最初のプロジェクトを追加する" not in signed_in(cast.auditor).get("/projects/").text
    assert "<c-" not in page


def test_a_list_emptied_by_its_conditions_offers_to_clear_them(office, signed_in):
    page = signed_in(office.cast.manager).get("/projects/", {"q": "no such project"}).text
    assert "条件に合うものはありません" in page and "最初のプロジェクト" not in page


def test_an_empty_inbox_and_desk_say_what_they_are_for(cast, signed_in):
    client = signed_in(cast.auditor)
    for address in ("/inbox/", "/work/", "/"):
        page = client.get(address).text
        assert "pmo-empty" in page and "<c-" not in page
