"""The two doors of every record agree: the list of what one sees, and the answer about one record."""

import pytest
from django.contrib.auth.models import AnonymousUser

from pmo_portal import access
from pmo_portal.audit.models import AuditEntry
from tests.house.walk import VIEWERS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def people(world):
    return {"anonymous": AnonymousUser()} | world.office.cast.everybody()


def records_of(model):
    return list(model._default_manager.all()[:200])


def test_the_world_has_records_of_every_declared_kind(world):
    empty = {m.__name__ for m in access.declared_models() if not m._default_manager.exists()}
    assert empty == set(), "make one of each in tests/house/world.py"


@pytest.mark.parametrize("viewer", VIEWERS)
def test_what_is_listed_is_what_may_be_viewed(people, viewer):
    person, differ = people[viewer], []
    for model in access.declared_models():
        listed = set(access.visible(person, model).values_list("pk", flat=True))
        for record in records_of(model):
            if access.may(person, "view", record) != (record.pk in listed):
                differ.append((model.__name__, record.pk, record.pk in listed))
    assert differ == []


@pytest.mark.parametrize("viewer", VIEWERS)
def test_nobody_may_do_what_they_may_not_see(people, viewer):
    person, wrong = people[viewer], []
    for model in access.declared_models():
        for record in records_of(model)[:40]:
            if not access.may(person, "view", record):
                wrong += [
                    (model.__name__, act) for act in access.access_of(model).can if access.may(person, act, record)
                ]
    assert wrong == []


@pytest.mark.parametrize("viewer", ["auditor", "nobody", "revoked", "expired"])
def test_an_auditor_and_who_holds_no_role_change_nothing_of_others(people, viewer):
    """What is left to them is their own: their substitute, their sign-in, the work they started."""
    person, allowed = people[viewer], set()
    for model in access.declared_models():
        for record in records_of(model)[:40]:
            acts = access.access_of(model).can
            allowed |= {
                (model.__name__, act, record.pk == person.pk) for act in acts if access.may(person, act, record)
            }
    own = {("Person", "see_grants", True), ("Person", "name_substitute", True)}
    looking = {("Person", "see_grants", False)} if viewer == "auditor" else set()
    seated = {("ApprovalRequest", "comment", False)} if viewer == "auditor" else set()  # reads afterwards
    assert allowed <= own | looking | seated


def test_the_system_administrator_sees_no_business(people):
    """Who is there, how the office is set up, what the machine does; no project and nothing that is said of one."""
    business = {
        m.__name__: access.visible(people["admin"], m).count()
        for m in access.declared_models()
        if m._meta.app_label != "pmo_portal" or m.__name__ in ("Ask", "MeasureValue", "ImportRun", "ImportProfile")
    }
    assert {name: count for name, count in business.items() if count} == {}
    entries = access.visible(people["admin"], AuditEntry)
    assert entries.exists() and {e.content_type.app_label for e in entries.select_related("content_type")} == {
        "pmo_portal"
    }
