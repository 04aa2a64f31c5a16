"""A person is chosen from a list in a small office and found by typing in a large one."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.utils.translation import override

from pmo_portal.accounts.models import Person
from pmo_portal.pages.fields import FEW, PersonField
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


class OwnerForm(forms.Form):
    owner = PersonField(label="Owner", required=False)


@pytest.fixture
def many(db):
    """More people than a list shows."""
    Person.objects.bulk_create([Person(name_ja=f"社員 {n}", name_en=f"Worker {n}", kana="ん") for n in range(FEW + 1)])


def test_few_people_are_a_list_with_the_chosen_one_marked():
    aoki = PersonFactory(name_ja="青木 <真>")
    page = str(OwnerForm(initial={"owner": aoki.pk})["owner"])
    assert f'<option value="{aoki.pk}" selected>青木 &lt;真&gt;</option>' in page
    assert "data-choose" not in page


def test_many_people_are_a_box_that_names_the_chosen_one_only(many):
    aoki = PersonFactory(name_ja="青木", email="aoki@aoba.example")
    page = str(OwnerForm(initial={"owner": aoki.pk})["owner"])
    assert 'value="青木 &lt;aoki@aoba.example&gt;"' in page
    assert "<option" not in page
    assert 'data-choose="/people/choices/?of=all"' in page


def test_a_box_keeps_what_was_typed_when_nobody_is_called_that(many):
    form = OwnerForm({"owner": "だれでもない"})
    assert not form.is_valid()
    assert "Nobody here is called that" in form.errors["owner"][0] or "該当する人" in form.errors["owner"][0]
    assert 'value="だれでもない"' in str(form["owner"])


@pytest.mark.parametrize("typed", ["{pk}", "青木 <aoki@aoba.example>", "AOKI@aoba.example", "青木", "anything #{pk}"])
def test_a_person_is_known_by_number_address_whole_name_or_as_the_box_says(typed):
    aoki = PersonFactory(name_ja="青木", name_en="Aoki", email="aoki@aoba.example")
    form = OwnerForm({"owner": typed.format(pk=aoki.pk)})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["owner"] == aoki


def test_namesakes_are_asked_about_and_told_apart_by_number(many):
    first, _second = (PersonFactory(name_ja="鈴木", email=None) for _ in range(2))
    assert not OwnerForm({"owner": "鈴木"}).is_valid()
    form = OwnerForm({"owner": first.call_name})
    assert form.is_valid()
    assert form.cleaned_data["owner"] == first


@pytest.mark.parametrize("typed", ["9" * 30, "#", "x #99999999999999999999", "<>", "a\0b", "²"])
def test_nonsense_is_refused_and_breaks_nothing(typed):
    PersonFactory()
    assert not OwnerForm({"owner": typed}).is_valid()


def test_the_archived_are_not_chosen():
    from django.utils import timezone

    gone = PersonFactory(name_ja="退職", archived_at=timezone.now())
    assert not OwnerForm({"owner": str(gone.pk)}).is_valid()
    assert not OwnerForm({"owner": "退職"}).is_valid()


def test_the_choices_answer_with_those_whose_name_kana_or_address_holds_every_word(signed_in, many):
    viewer = PersonFactory()
    PersonFactory(name_ja="青木 真", kana="あおき しん", email="shin@aoba.example")
    PersonFactory(name_ja="青木 光", kana="あおき ひかる", email="hikaru@aoba.example")
    client = signed_in(viewer)

    def found(words: str) -> list[str]:
        return client.get("/people/choices/", {"q": words}).json()["people"]

    assert found("あおき し") == ["青木 真 <shin@aoba.example>"]
    assert len(found("青木")) == 2
    assert len(found("社員")) == 20
    assert found("") == found("居ない") == []


def test_people_stand_in_the_order_in_which_the_reader_looks_for_them():
    for ja, en, kana in (("青木", "Zoe Aoki", "あおき"), ("渡辺", "Bob Watanabe", "わたなべ"), ("馬場", "", "ばば")):
        PersonFactory(name_ja=ja, name_en=en, kana=kana)
    seen = {}
    for language in ("ja", "en"):
        with override(language):
            seen[language] = [person.name for person in OwnerForm().fields["owner"].queryset]
    assert seen == {"ja": ["青木", "馬場", "渡辺"], "en": ["Bob Watanabe", "Zoe Aoki", "馬場"]}


@pytest.mark.parametrize(("language", "names"), [("ja", ["青木", "渡辺"]), ("en", ["Bob Watanabe", "Zoe Aoki"])])
def test_a_list_of_people_too(office, signed_in, language, names):
    PersonFactory(name_ja="青木", name_en="Zoe Aoki", kana="あおき", job_title="検査")
    PersonFactory(name_ja="渡辺", name_en="Bob Watanabe", kana="わたなべ", job_title="検査")
    client = signed_in(office.cast.admin)
    client.cookies["django_language"] = language
    for query, order in (("", names), ("&sort=name", names), ("&sort=-name", names[::-1])):
        page = client.get(f"/setup/people/?q=検査{query}").context["listing"]
        assert [str(row.record) for row in page.rows] == order


def test_who_is_left_out_is_neither_listed_nor_looked_up(many, office, signed_in):
    aoki = PersonFactory(name_ja="青木 真", name_en="Aoki")
    form = OwnerForm()
    form.fields["owner"].leave_out(aoki.pk, None)
    address = re.search(r'data-choose="([^"]*)"', str(form["owner"]))[1].replace("&amp;", "&")
    client = signed_in(office.cast.pm)
    assert client.get(f"{address}&q=青木 真").json()["people"] == []
    for of, found in (("all", 1), ("account", 0), ("nonsense", 1)):
        Person.objects.filter(pk=aoki.pk).update(password="!")
        assert len(client.get("/people/choices/", {"q": "青木 真", "of": of, "but": "x"}).json()["people"]) == found
