"""People: who may change them, what leaving takes away at once, moves between units on their day."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from freezegun import freeze_time

from pmo_portal import access
from pmo_portal.accounts.models import Person
from pmo_portal.accounts.tokens import create_api_token, token_of
from pmo_portal.audit import Conflict
from pmo_portal.audit.models import AuditEntry
from pmo_portal.setup import actions, units
from tests.pmo_portal.setup.people import PASSWORD, make

pytestmark = pytest.mark.django_db


def today():
    return timezone.localdate()


def test_a_person_may_be_known_without_an_account(hara):
    person = actions.create_person(by=hara, name_ja="神保　由美", employment_type="contractor", employer="ジンボ社")
    assert person.email is None and not person.has_usable_password()
    assert AuditEntry.objects.get(action="created", object_id=person.pk).actor == hara


def test_nobody_else_makes_or_changes_people(chiba, aoki):
    with pytest.raises(PermissionDenied):
        actions.create_person(by=chiba, name_ja="X")
    with pytest.raises(PermissionDenied):
        actions.edit_person(aoki, by=aoki, version=aoki.version, name_ja="X", name_en="")


@pytest.mark.parametrize("email", ["aoki@demo.example", "AOKI@Demo.Example", " aoki@demo.example "])
def test_one_address_is_one_person(hara, aoki, email):
    with pytest.raises(ValidationError):
        actions.create_person(by=hara, name_ja="別人", email=email)


def test_a_person_needs_a_name_in_some_language(hara):
    with pytest.raises(ValidationError):
        actions.create_person(by=hara, name_ja=" ", name_en="")


def test_two_who_edit_at_once_collide(hara, aoki):
    opened = aoki.version
    actions.edit_person(aoki, by=hara, version=opened, name_ja="青木 健", name_en="", email=aoki.email)
    with pytest.raises(Conflict):
        actions.edit_person(
            Person.objects.get(pk=aoki.pk), by=hara, version=opened, name_ja="青木 建", name_en="", email=aoki.email
        )


def test_leaving_ends_sessions_keys_and_sight_at_once(hara, aoki):
    client, key = Client(), create_api_token(aoki, "sheet")
    client.post("/login/", {"login": aoki.email, "password": PASSWORD})
    assert client.get("/profile/").status_code == 200
    actions.deactivate(aoki, by=hara, reason="moved on")
    assert client.get("/profile/").status_code == 302
    assert token_of(key) is None
    fresh = Client()
    fresh.post("/login/", {"login": aoki.email, "password": PASSWORD})
    assert "_auth_user_id" not in fresh.session
    assert not access.holds(Person.objects.get(pk=aoki.pk), "pm")
    assert AuditEntry.objects.get(action="deactivated").reason == "moved on"


def test_who_comes_back_has_their_roles_again_but_no_old_keys(hara, aoki):
    key = create_api_token(aoki, "sheet")
    actions.deactivate(aoki, by=hara, reason="by mistake")
    actions.reactivate(Person.objects.get(pk=aoki.pk), by=hara)
    assert access.holds(Person.objects.get(pk=aoki.pk), "pm") and token_of(key) is None


def test_nobody_closes_their_own_account_nor_the_last_administrators(hara):
    with pytest.raises(ValidationError):
        actions.deactivate(hara, by=hara, reason="x")
    other = make("Second", "sysadmin")
    actions.deactivate(hara, by=other, reason="left")
    with pytest.raises((ValidationError, PermissionDenied)):
        actions.deactivate(other, by=Person.objects.get(pk=hara.pk), reason="x")
    assert Person.objects.get(pk=other.pk).is_active


def test_a_move_happens_on_its_day_and_the_past_stays(hara, aoki):
    one = units.create_unit(by=hara, code="A1", name_ja="一課")
    two = units.create_unit(by=hara, code="A2", name_ja="二課")
    actions.place_person(aoki, by=hara, unit=one, on=today() - timedelta(days=30))
    actions.place_person(aoki, by=hara, unit=two, on=today() + timedelta(days=3))
    aoki.refresh_from_db()
    assert aoki.unit == one
    with freeze_time(timezone.now() + timedelta(days=3)):
        assert actions.follow_placements() == 1
        assert actions.follow_placements() == 0, "a second run moves nobody"
    aoki.refresh_from_db()
    assert aoki.unit == two
    spans = list(aoki.placements.order_by("starts_on").values_list("unit__code", "ends_on"))
    assert spans == [("A1", today() + timedelta(days=2)), ("A2", None)]


def test_a_move_written_between_two_ends_where_the_next_begins(hara, aoki):
    made = [units.create_unit(by=hara, code=f"A{n}", name_ja=f"{n}課") for n in range(3)]
    for unit, days in zip(made, (-30, 30, 10), strict=True):
        actions.place_person(aoki, by=hara, unit=unit, on=today() + timedelta(days=days))
    spans = list(aoki.placements.order_by("starts_on").values_list("unit__code", "ends_on"))
    assert spans == [("A0", today() + timedelta(days=9)), ("A2", today() + timedelta(days=29)), ("A1", None)]


def test_the_same_day_twice_is_a_correction(hara, aoki):
    one, two = (units.create_unit(by=hara, code=c, name_ja=c) for c in ("A1", "A2"))
    actions.place_person(aoki, by=hara, unit=one, on=today())
    actions.place_person(aoki, by=hara, unit=two, on=today())
    assert aoki.placements.count() == 1
    aoki.refresh_from_db()
    assert aoki.unit == two


def test_a_person_without_an_account_is_offered_what_can_be_done(client, hara):
    person = actions.create_person(by=hara, name_ja="神保　由美", employment_type="contractor", employer="ジンボ社")
    client.force_login(hara)
    page = client.get(f"/setup/people/{person.pk}/").text
    assert "先にメールアドレスを登録" in page and "アカウントを停止する" not in page


@pytest.mark.parametrize("who", ["pm", "member", "expert", "sponsor"])
def test_how_and_when_colleagues_sign_in_is_shown_to_who_keeps_the_office_only(office, signed_in, who):
    client = signed_in(getattr(office.cast, who))
    page = client.get("/setup/people/?cols=name,account,seen")
    assert page.status_code == 200 and "最終ログイン" not in page.text and "closed" not in page.text.split("<main")[1]
    everybody = len(client.get("/setup/people/?export=csv").getvalue().splitlines())
    assert len(client.get("/setup/people/?export=csv&closed=1").getvalue().splitlines()) == everybody
    assert "最終ログイン" not in client.get("/setup/people/?export=csv&cols=seen").getvalue().decode()
    assert "最終ログイン" in signed_in(office.cast.admin).get("/setup/people/").text
