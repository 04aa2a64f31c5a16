"""The glossary's page: every term in both languages, found by any word, and the words of the code are its words."""

import html
import re

import pytest
from django.utils import translation

from pmo_portal.access.models import Role
from pmo_portal.accounts.models import Person
from pmo_portal.i18n.glossary import search, terms
from projects.register.models import Confidence, Light, Project
from projects.status.models import StatusReport

pytestmark = pytest.mark.django_db


def names(page) -> list[str]:
    return [html.unescape(name) for name in re.findall(r'<td class="name" lang="en">([^<]+)<', page.text)]


def test_every_term_stands_on_the_page_in_both_languages_with_its_meaning_in_the_readers(cast, signed_in):
    client = signed_in(cast.member)
    page, text = client.get("/glossary/"), html.unescape(client.get("/glossary/").text)
    assert names(page) == [t.english for t in terms()]
    assert all(t.japanese in text and t.meaning_ja in text for t in terms())
    assert "オフィスと人" in text and terms()[0].meaning_en not in text
    client.cookies["django_language"] = "en"
    text = html.unescape(client.get("/glossary/").text)
    assert all(t.meaning_en in text for t in terms()) and "The office and its people" in text


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("達成の確度", "Delivery confidence"),
        ("delivery CONFIDENCE", "Delivery confidence"),
        ("ＰＭＯ　アドミニストレータ", "PMO administrator"),
        ("差戻し", "Returned"),
        ("tampering", "Audit trail"),
    ],
)
def test_a_term_is_found_by_its_words_in_either_language_whatever_their_width(cast, signed_in, words, first):
    assert names(signed_in(cast.pm).get("/glossary/", {"q": words}))[0] == first


def test_the_search_answers_with_the_terms_alone_and_says_when_there_is_none(cast, signed_in):
    client = signed_in(cast.pm)
    part = client.get("/glossary/", {"q": "milestone"}, headers={"HX-Request": "true"})
    assert "<html" not in part.text and "Milestone" in names(part)
    nothing = client.get("/glossary/", {"q": "<script>x</script>"})
    assert not names(nothing) and "&lt;script&gt;" in nothing.text and "<script>x" not in nothing.text


def test_every_term_has_a_place_of_its_own_to_link_to():
    anchors = [t.anchor for t in terms()]
    assert len(set(anchors)) == len(anchors) and all(re.fullmatch(r"term-[a-z0-9-]+", a) for a in anchors)
    assert search("") == list(terms())


@pytest.mark.parametrize("choices", [Role, Light, Confidence, StatusReport.State, Person.Employment])
def test_the_words_of_the_code_are_terms_of_the_glossary(choices):
    words = {t.english: t.japanese for t in terms()}
    for label in choices.labels:
        with translation.override("en"):
            english = str(label)
        with translation.override("ja"):
            assert words[english] == str(label)


def test_the_stages_are_terms_of_the_glossary():
    words = {t.english for t in terms()}
    with translation.override("en"):
        assert {str(s.label) for s in Project.Stage} - {"Closed"} <= words
