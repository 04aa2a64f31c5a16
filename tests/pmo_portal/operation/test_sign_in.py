"""Wrong passwords: the pair of account and address waits, and nobody can keep a colleague out from elsewhere."""

from datetime import timedelta

import pytest
from django.utils import timezone
from freezegun import freeze_time

from pmo_portal.accounts.models import Person

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.99"


@pytest.fixture
def person():
    return Person.objects.create_user("pm@demo.example", "a right password", name_ja="青木 一", name_en="Hajime Aoki")


def sign_in(client, password: str, address: str = HERE, email: str = "pm@demo.example"):
    return client.post("/login/", {"login": email, "password": password}, REMOTE_ADDR=address)


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_lets_in_however_the_address_is_written(client, person):
    assert sign_in(client, "a right password", email="PM@demo.example").status_code == 302
    assert is_in(client)


def test_a_wrong_password_is_said_without_telling_who_exists(client, person):
    wrong = sign_in(client, "wrong password")
    unknown = sign_in(client, "wrong password", email="nobody@demo.example")
    assert wrong.status_code == unknown.status_code == 200
    assert not is_in(client)


def test_many_wrong_passwords_lock_this_account_for_this_address_only(client, person):
    for _ in range(8):
        answer = sign_in(client, "wrong password", ELSEWHERE)
    assert answer.status_code == 429
    sign_in(client, "a right password", ELSEWHERE)
    assert not is_in(client), "the guesser waits, even with the right password"
    sign_in(client, "a right password", HERE)
    assert is_in(client), "the owner is not kept out by somebody else's guesses"


def test_a_lock_passes_by_itself_even_while_the_guessing_goes_on(client, person):
    with freeze_time(timezone.now()) as clock:
        for _ in range(8):
            sign_in(client, "wrong password")
        for _ in range(3):
            clock.tick(timedelta(minutes=4))
            sign_in(client, "wrong password")
        clock.tick(timedelta(minutes=4))
        sign_in(client, "a right password")
        assert is_in(client)


def test_an_invented_forwarded_address_does_not_help_the_guesser(client, person):
    for number in range(8):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        client.post("/login/", {"login": person.email, "password": "wrong"}, headers=headers, REMOTE_ADDR=ELSEWHERE)
    assert sign_in(client, "a right password", ELSEWHERE).status_code == 429


def test_someone_who_left_is_not_let_in(client, person):
    Person.objects.filter(pk=person.pk).update(is_active=False)
    sign_in(client, "a right password")
    assert not is_in(client)


def test_nobody_signs_up_by_themselves(client):
    page = client.get("/signup/")
    assert page.status_code in (200, 403, 404)
    client.post("/signup/", {"email": "x@demo.example", "password1": "a long password", "password2": "a long password"})
    assert not Person.objects.exists()


def test_a_foreign_page_is_not_where_one_lands_after_signing_in(client, person):
    answer = client.post("/login/?next=https://evil.example/", {"login": person.email, "password": "a right password"})
    assert answer["Location"] == "/"
