"""A key stands in an address: nothing that is a page, and nothing that breaks one."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import resolve, reverse

from projects.register import actions, keys
from projects.register.models import Portfolio, Programme, Project

RECORDS = {keys.PROJECTS: "project_record", keys.PORTFOLIOS: "portfolio_record", keys.PROGRAMMES: "programme_record"}
BROKEN = ["A/B", "A\\B", "A?B", "A#B", "A%20B", ".", "..", "", " ", " A", "A ", "A\nB", "A\u202eB", "\u200b", "k" * 41]


def test_the_words_of_pages_come_from_the_resolver():
    assert {"new", "portfolios", "programmes", "status"} <= keys.page_words(keys.PROJECTS)
    assert keys.page_words(keys.PORTFOLIOS) == keys.page_words(keys.PROGRAMMES) == {"new"}


@pytest.mark.parametrize("prefix", RECORDS)
def test_what_is_sound_and_no_page_leads_to_its_record_and_to_nothing_else(prefix):
    for key in ("APOLLO", "NEW", "ｎｅｗ", "A.B", "建-１", "🚀", "メロン", "a-b_c"):
        keys.check_key(key, prefix)
        found = resolve(f"{prefix}{key}/")
        assert (found.url_name, found.kwargs) == (RECORDS[prefix], {"key": key})
        assert reverse(f"projects:register:{RECORDS[prefix]}", kwargs={"key": key})


@pytest.mark.parametrize("prefix", RECORDS)
@pytest.mark.parametrize("key", BROKEN)
def test_what_breaks_addresses_is_refused(prefix, key):
    with pytest.raises(ValidationError) as refused:
        keys.check_key(key, prefix)
    assert "key" in refused.value.message_dict


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        ("new", keys.PROJECTS),
        ("portfolios", keys.PROJECTS),
        ("status", keys.PROJECTS),
        ("new", keys.PORTFOLIOS),
        ("new", keys.PROGRAMMES),
    ],
)
def test_what_is_a_page_is_refused_with_words(key, prefix):
    with pytest.raises(ValidationError, match="画面のアドレス"):
        keys.check_key(key, prefix)


@pytest.mark.parametrize("key", ["new", "A/B", "..", "A%B"])
class TestAtEveryDoor:
    def test_actions(self, office, key):
        by = office.cast.manager
        for make in (
            lambda: actions.create_project(by=by, portfolio=office.core, key=key, name_ja="新規"),
            lambda: actions.create_portfolio(by=by, key=key, name_ja="新規"),
            lambda: actions.create_programme(by=by, portfolio=office.core, key=key, name_ja="新規"),
            lambda: actions.edit_project(office.apollo, by=by_pm(office), version=None, key=key),
            lambda: actions.edit_portfolio(office.core, by=by, key=key),
            lambda: actions.edit_programme(office.erp, by=by, key=key),
        ):
            with pytest.raises(ValidationError) as refused:
                make()
            assert list(refused.value.message_dict) == ["key"]

    def test_pages(self, office, signed_in, key):
        client = signed_in(office.cast.manager)
        project = {"key": key, "portfolio": office.core.pk, "name_ja": "新規", "kind": "other", "tier": "C"}
        typed = {
            "/projects/new/": project | {"stage": "concept", "currency": "JPY"},
            "/projects/portfolios/new/": {"key": key, "name_ja": "新規"},
            "/projects/programmes/new/": {"key": key, "name_ja": "新規", "portfolio": office.core.pk},
        }
        for url, given in typed.items():
            page = client.post(url, given)
            assert page.status_code == 422 and 'id="id_key_error"' in page.text
        made = [m.objects.filter(key=key).exists() for m in (Project, Portfolio, Programme)]
        assert made == [False, False, False]

    def test_the_api(self, office, program_of, key):
        client = program_of(office.cast.manager)
        for url, given in (
            ("/api/v1/projects/", {"key": key, "name_ja": "新規", "portfolio": "CORE"}),
            ("/api/v1/portfolios/", {"key": key, "name_ja": "新規"}),
        ):
            answer = client.post(url, given, content_type="application/json")
            assert answer.status_code == 400 and "key" in answer.text


def by_pm(office):
    return office.cast.pm
