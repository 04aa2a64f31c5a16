"""Coming in: an invitation works once, for whom it was meant, while it lasts; the letter goes out in their language."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from freezegun import freeze_time

from pmo_portal.accounts.models import Invitation, Person
from pmo_portal.accounts.tokens import hashed
from pmo_portal.asks.models import MailMessage
from pmo_portal.audit.models import AuditEntry
from pmo_portal.setup import actions
from tests.pmo_portal.setup.people import make

pytestmark = pytest.mark.django_db
NEW = "another good long password"


@pytest.fixture
def ito(hara):
    return actions.create_person(by=hara, name_ja="伊藤 涼", email="Ito@Demo.example")


def key_of(person: Person) -> str:
    letter = MailMessage.objects.filter(person=person).latest("pk")
    return re.search(r"/invitation/([\w-]+)/", letter.text)[1]


def test_the_letter_brings_them_in_with_a_password_of_their_own(client, hara, ito):
    actions.invite(ito, by=hara)
    letter = MailMessage.objects.get()
    assert letter.address == "ito@demo.example" and "ご招待" in letter.subject
    page = client.get(f"/invitation/{key_of(ito)}/")
    assert page.status_code == 200 and "伊藤 涼" in page.text
    answer = client.post(f"/invitation/{key_of(ito)}/", {"password": NEW, "again": NEW})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(ito.pk)
    assert AuditEntry.objects.filter(action="joined", object_id=ito.pk).exists()


def test_the_key_is_kept_as_a_hash_only(hara, ito):
    actions.invite(ito, by=hara)
    assert Invitation.objects.get().key_hash == hashed(key_of(ito))


def test_an_invitation_used_twice_changes_nothing_the_second_time(client, hara, ito):
    actions.invite(ito, by=hara)
    key = key_of(ito)
    client.post(f"/invitation/{key}/", {"password": NEW, "again": NEW})
    client.logout()
    again = client.post(f"/invitation/{key}/", {"password": "a thief's password", "again": "a thief's password"})
    assert again.status_code == 422 and "_auth_user_id" not in client.session
    ito.refresh_from_db()
    assert ito.check_password(NEW)
    assert "form" not in client.get(f"/invitation/{key}/").content.decode().split("<main")[1].split("</main")[0]


def test_a_newer_letter_takes_the_force_of_the_older(hara, ito):
    actions.invite(ito, by=hara)
    old = key_of(ito)
    actions.invite(ito, by=hara)
    with pytest.raises(ValidationError):
        actions.accept_invitation(old, NEW)
    assert actions.accept_invitation(key_of(ito), NEW).pk == ito.pk


def test_it_ends_after_two_weeks(hara, ito):
    actions.invite(ito, by=hara)
    with freeze_time(timezone.now() + timedelta(days=15)), pytest.raises(ValidationError):
        actions.accept_invitation(key_of(ito), NEW)


def test_someone_whose_account_was_closed_meanwhile_does_not_come_in(client, hara, ito):
    actions.invite(ito, by=hara)
    key = key_of(ito)
    actions.deactivate(ito, by=hara, reason="left before starting")
    client.post(f"/invitation/{key}/", {"password": NEW, "again": NEW})
    assert "_auth_user_id" not in client.session


def test_a_changed_address_takes_the_force_of_a_letter_sent_to_the_old_one(hara, ito):
    actions.invite(ito, by=hara)
    key = key_of(ito)
    actions.edit_person(ito, by=hara, version=ito.version, name_ja=ito.name_ja, name_en="", email="new@demo.example")
    with pytest.raises(ValidationError):
        actions.accept_invitation(key, NEW)


def test_weak_passwords_are_said_at_the_field_and_use_up_nothing(client, hara, ito):
    actions.invite(ito, by=hara)
    key = key_of(ito)
    assert client.post(f"/invitation/{key}/", {"password": "password12", "again": "password12"}).status_code == 422
    assert client.post(f"/invitation/{key}/", {"password": NEW, "again": "other"}).status_code == 422
    assert Invitation.objects.get().used_at is None


def test_only_a_system_administrator_invites_and_only_who_has_an_address(chiba, hara, ito):
    with pytest.raises(PermissionDenied):
        actions.invite(ito, by=chiba)
    nobody = actions.create_person(by=hara, name_ja="神保 由美")
    with pytest.raises(ValidationError):
        actions.invite(nobody, by=hara)


def test_a_person_who_never_was_invited_cannot_sign_in(client, hara):
    person = actions.create_person(by=hara, name_ja="土井 真一", email="doi@demo.example")
    client.post("/login/", {"login": person.email, "password": ""})
    assert "_auth_user_id" not in client.session


def test_a_wrong_key_is_a_page_that_says_so(client, hara):
    make("Baba")
    page = client.get("/invitation/not-a-key/")
    assert page.status_code == 200 and "account_login" not in page.text and "/login/" in page.text
