"""The numbers beside the menu: as many as there are, up to what a badge tells apart."""

import pytest

from pmo_portal.accounts.models import Person
from pmo_portal.pages import menu


@pytest.mark.django_db
def test_a_badge_counts_up_to_its_most_and_no_further(cast, monkeypatch):
    monkeypatch.setattr(menu, "MOST", 3)
    monkeypatch.setattr(menu, "_statements", {})
    ids = list(Person.objects.values_list("pk", flat=True))[:6]
    asked = {
        "two": lambda viewer: Person.objects.filter(pk__in=ids[:2]),
        "six": lambda viewer: Person.objects.filter(pk__in=ids),
        "none": lambda viewer: Person.objects.none(),
    }
    found = menu.counted(cast.pmo, asked)
    assert found == {"two": 2, "six": 4}
    assert (menu.told(found["two"]), menu.told(found["six"])) == ("2", "3+")
