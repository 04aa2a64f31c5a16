"""Units: a tree on every day, codes that are the same to people are the same, nothing is closed under people's feet."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal.accounts.models import OrgUnit
from pmo_portal.accounts.queries import units_as_tree
from pmo_portal.setup import actions, queries, units

pytestmark = pytest.mark.django_db


def day(offset: int):
    return timezone.localdate() + timedelta(days=offset)


@pytest.fixture
def three(hara):
    top = units.create_unit(by=hara, code="A", name_ja="本社", on=day(-100))
    middle = units.create_unit(by=hara, code="B", name_ja="部", parent=top, on=day(-100))
    return top, middle, units.create_unit(by=hara, code="C", name_ja="課", parent=middle, on=day(-100))


def test_a_unit_cannot_be_moved_below_what_hangs_below_it(hara, three):
    top, _middle, low = three
    with pytest.raises(ValidationError) as refused:
        units.place_unit(top, by=hara, parent=low, on=day(0))
    assert "parent" in refused.value.message_dict
    with pytest.raises(ValidationError):
        units.place_unit(top, by=hara, parent=top, on=day(0))


def test_two_planned_moves_cannot_close_a_circle_between_them(hara, three):
    top, _middle, low = three
    units.place_unit(low, by=hara, parent=None, on=day(10))
    units.place_unit(top, by=hara, parent=low, on=day(20))
    with pytest.raises(ValidationError):
        units.place_unit(low, by=hara, parent=top, on=day(25))
    assert queries.parents_on_day(day(20))[top.pk] == low.pk
    assert queries.parents_on_day(day(0))[low.pk] == three[1].pk


def test_the_tree_is_drawn_as_it_stands_on_the_day_asked_for(hara, three):
    _top, _middle, low = three
    units.place_unit(low, by=hara, parent=None, on=day(10))
    assert [(r.unit.code, r.depth) for r in queries.tree(hara, day(0))] == [("A", 0), ("B", 1), ("C", 2)]
    assert [(r.unit.code, r.depth) for r in queries.tree(hara, day(10))] == [("A", 0), ("B", 1), ("C", 0)]


def test_people_are_counted_with_those_of_the_units_below(hara, three, aoki):
    actions.place_person(aoki, by=hara, unit=three[2], on=day(0))
    rows = {r.unit.code: (r.people, r.inside) for r in queries.tree(hara, day(0))}
    assert rows == {"A": (0, 1), "B": (0, 1), "C": (1, 1)}


@pytest.mark.parametrize("same", ["a1", "Ａ1", "Ａ１", " A1 ", "ａ１"])
def test_codes_equal_but_for_width_or_case_are_one(hara, same):
    units.create_unit(by=hara, code="A1", name_ja="一")
    with pytest.raises(ValidationError) as refused:
        units.create_unit(by=hara, code=same, name_ja="二")
    assert "code" in refused.value.message_dict
    assert OrgUnit.objects.get().code == "A1"


def test_a_unit_with_people_or_units_is_not_closed(hara, three, aoki):
    top, middle, low = three
    with pytest.raises(ValidationError):
        units.close_unit(middle, by=hara, reason="merged")
    actions.place_person(aoki, by=hara, unit=low, on=day(0))
    with pytest.raises(ValidationError):
        units.close_unit(low, by=hara, reason="merged")
    actions.place_person(aoki, by=hara, unit=top, on=day(0))
    units.close_unit(low, by=hara, reason="merged")
    assert low.pk not in {r.unit.pk for r in queries.tree(hara, day(1))}
    assert low.pk in {r.unit.pk for r in queries.tree(hara, day(-1))}, "the past is read as it was"


def test_only_the_system_administrator_shapes_the_organisation(chiba, three):
    with pytest.raises(PermissionDenied):
        units.create_unit(by=chiba, code="X", name_ja="X")
    with pytest.raises(PermissionDenied):
        units.place_unit(three[2], by=chiba, parent=None, on=day(0))


def test_a_list_to_choose_from_and_a_condition_follow_the_tree(hara, three, client):
    units.create_unit(by=hara, code="AA", name_ja="支社", on=day(-100))
    labels = ["本社", "\u2003部", "\u2003\u2003課", "支社"]
    assert [label for _unit, label in units_as_tree()] == labels
    client.force_login(hara)
    for address in ("/setup/people/new/", "/projects/new/"):
        form = client.get(address).context
        if form and "form" in form:
            assert [label for pk, label in form["form"].fields["unit"].choices if pk] == labels
    page = client.get(f"/setup/people/?unit={three[1].pk}")
    chip = next(c for c in page.context["listing"].chips if c["key"] == "unit")
    assert [label for _key, label in chip["choices"]] == labels and chip["words"] == "部"
