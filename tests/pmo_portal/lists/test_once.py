"""Several answers from one reading of a queryset."""

import pytest

from pmo_portal.accounts.models import Person
from pmo_portal.lists import once

PARTS = "SELECT 'all' AS part, COUNT(*) FROM rows UNION ALL SELECT 'wanted', COUNT(*) FROM rows WHERE email = %s"


@pytest.mark.django_db
def test_every_part_is_answered_from_the_records_found_in_one_query(cast, django_assert_num_queries):
    ids = list(Person.objects.exclude(pk=cast.pm.pk).values_list("pk", flat=True)[:2])
    found = Person.objects.filter(pk__in=[cast.pm.pk, *ids])
    with django_assert_num_queries(1):
        got = dict(once.read(found, {"pk": "pk", "email": "email"}, PARTS, (cast.pm.email,)))
    assert got == {"all": 3, "wanted": 1}


@pytest.mark.django_db
def test_what_can_find_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert once.read(Person.objects.none(), {"pk": "pk"}, "SELECT COUNT(*) FROM rows") == []
