"""Roles: dated, never twice at once, gone the moment they are ended, and somebody always runs the office."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from freezegun import freeze_time

from pmo_portal import access
from pmo_portal.access.models import Grant
from pmo_portal.access.tree import add_scope, office
from pmo_portal.accounts.models import Person
from pmo_portal.audit.models import AuditEntry
from pmo_portal.setup import grants
from tests.pmo_portal.setup.people import make

pytestmark = pytest.mark.django_db


def day(offset: int):
    return timezone.localdate() + timedelta(days=offset)


def now_holds(person, role) -> bool:
    return access.holds(Person.objects.get(pk=person.pk), role)


@pytest.fixture
def baba(db):
    return make("Baba")


@pytest.mark.parametrize(
    ("first", "second"),
    [((0, None), (10, None)), ((0, 10), (10, 20)), ((5, 6), (0, None)), ((0, 30), (10, 20)), ((0, None), (-30, 0))],
)
def test_the_same_role_there_is_not_held_twice_on_any_day(hara, baba, first, second):
    def give(span):
        return grants.grant_role(
            baba, "pm", office(), by=hara, starts_on=day(span[0]), ends_on=None if span[1] is None else day(span[1])
        )

    give(first)
    with pytest.raises(ValidationError):
        give(second)
    assert Grant.objects.filter(person=baba).count() == 1


def test_days_that_touch_but_do_not_overlap_are_two_grants(hara, baba):
    grants.grant_role(baba, "pm", office(), by=hara, starts_on=day(0), ends_on=day(9))
    grants.grant_role(baba, "pm", office(), by=hara, starts_on=day(10))
    other_place = add_scope("portfolio", office(), "P")
    grants.grant_role(baba, "pm", other_place, by=hara, starts_on=day(0))
    grants.grant_role(baba, "member", office(), by=hara, starts_on=day(0))
    assert Grant.objects.filter(person=baba).count() == 4


def test_a_coming_role_holds_from_its_day_to_its_last(hara, baba):
    grants.grant_role(baba, "manager", office(), by=hara, starts_on=day(5), ends_on=day(6))
    for offset, holds in ((4, False), (5, True), (6, True), (7, False)):
        with freeze_time(timezone.now() + timedelta(days=offset)):
            assert now_holds(baba, "manager") is holds


def test_a_role_ended_today_holds_no_more_from_this_moment(hara, aoki):
    grant = Grant.objects.get(person=aoki)
    assert now_holds(aoki, "pm")
    grants.end_grant(grant, by=hara, reason="handed over")
    assert not now_holds(aoki, "pm")
    assert AuditEntry.objects.get(action="ended").reason == "handed over"
    with pytest.raises(ValidationError):
        grants.end_grant(grant, by=hara, reason="again")


def test_a_role_given_by_mistake_today_never_was_in_force(hara, baba):
    grant = grants.grant_role(baba, "manager", office(), by=hara)
    grants.end_grant(grant, by=hara, reason="wrong person")
    grant.refresh_from_db()
    assert grant.archived_at is not None and not now_holds(baba, "manager")


def test_expired_grants_are_closed_once(hara, baba):
    grants.grant_role(baba, "pm", office(), by=hara, starts_on=day(-9), ends_on=day(-1))
    assert grants.end_expired_grants() == 1
    assert grants.end_expired_grants() == 0
    assert AuditEntry.objects.filter(action="expired").count() == 1


def test_only_the_system_administrator_grants_and_not_a_business_role_to_themselves(hara, chiba, baba):
    with pytest.raises(PermissionDenied):
        grants.grant_role(baba, "pm", office(), by=chiba)
    with pytest.raises(PermissionDenied):
        grants.grant_role(hara, "manager", office(), by=hara)


def test_somebody_always_is_system_administrator(hara):
    grant = Grant.objects.get(person=hara)
    with pytest.raises(ValidationError):
        grants.end_grant(grant, by=hara, reason="x")
    assert now_holds(hara, "sysadmin")
    grants.grant_role(make("Second"), "sysadmin", office(), by=hara)
    grants.end_grant(grant, by=hara, reason="handed over")
    assert not now_holds(hara, "sysadmin")


def test_the_last_day_before_the_first_is_refused(hara, baba):
    with pytest.raises(ValidationError):
        grants.grant_role(baba, "pm", office(), by=hara, starts_on=day(3), ends_on=day(2))
