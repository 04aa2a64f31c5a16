"""The trail cannot be changed or dropped, not even past the application; what was tampered with otherwise is found."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from pmo_portal import audit
from pmo_portal.audit import chain, triggers
from pmo_portal.audit.models import AuditEntry, AuditLink
from tests.pmo_portal.setup.people import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(aoki):
    """Three entries, taken into the chain."""
    for number in range(3):
        with audit.change(aoki, "changed", by=aoki, reason=f"change {number}") as current:
            current.job_title = f"title {number}"
    chain.seal()
    return list(AuditEntry.objects.order_by("pk"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pmo_portal_auditentry SET reason = 'nicer'",
        "DELETE FROM pmo_portal_auditentry",
        "UPDATE pmo_portal_auditlink SET hash = 'x'",
        "DELETE FROM pmo_portal_auditlink",
    ],
)
def test_the_database_refuses_to_change_or_drop_entries(trail, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == len(trail) and AuditLink.objects.count() == len(trail)
    assert chain.verify() == []


def test_the_orm_is_refused_as_well(trail):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=trail[0].pk).update(actor=None)
    trail[0].reason = "nicer"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        trail[0].save()


def tamper(statement: str, *values) -> None:
    """As somebody would who owns the database and lifts the triggers."""
    triggers.lift(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    triggers.lay(connection)


def test_an_entry_changed_past_the_triggers_is_found_by_its_number(trail):
    tamper("UPDATE pmo_portal_auditentry SET reason = %s WHERE id = %s", "nicer", trail[1].pk)
    assert chain.verify() == [f"entry {trail[1].pk} was changed after it was written"]


def test_a_forged_digest_does_not_follow_from_the_one_before(trail):
    entry = trail[1]
    entry.reason = "nicer"
    tamper(
        "UPDATE pmo_portal_auditentry SET reason = %s, digest = %s WHERE id = %s",
        "nicer",
        entry.compute_digest(),
        entry.pk,
    )
    assert chain.verify() == ["link 2 does not follow from the one before"]


def test_a_link_that_was_taken_out_is_missed(trail):
    tamper("DELETE FROM pmo_portal_auditlink WHERE position = %s", 2)
    assert "link 2 is missing" in chain.verify()


def test_sealing_twice_lays_nothing_twice(trail):
    assert chain.seal() == 0
    assert [link.position for link in AuditLink.objects.all()] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_emptying_a_whole_database_lays_the_triggers_again():
    person = make("Aoki")
    audit.log(person, "exported", by=person)
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditEntry.objects.exists()
    person = make("Aoki")
    audit.log(person, "exported", by=person)
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.all().update(at=timezone.now())
