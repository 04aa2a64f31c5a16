"""One's own sessions, keys, substitutes and second factor; somebody else's are not there."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone
from freezegun import freeze_time

from pmo_portal.access import forget
from pmo_portal.accounts.models import ApiToken, Person, Substitute
from pmo_portal.asks import actions as asks
from pmo_portal.asks.models import MailMessage
from pmo_portal.asks.queries import waiting
from pmo_portal.audit.models import AuditEntry
from tests.pmo_portal.setup.people import PASSWORD, make

pytestmark = pytest.mark.django_db
PAGES = (
    "/profile/tokens/",
    "/profile/substitutes/",
    "/sessions/",
    "/2fa/",
    "/2fa/webauthn/",
    "/password/change/",
    "/logout/",
    "/reauthenticate/",
)


def done_to(person) -> set[str]:
    return set(AuditEntry.objects.filter(object_id=person.pk, actor=person).values_list("action", flat=True))


def signed_in(person) -> Client:
    client = Client()
    client.post("/login/", {"login": person.email, "password": PASSWORD})
    client.get("/")
    return client


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_page_is_in_the_house_style_in_both_languages(aoki, path, language):
    client = signed_in(aoki)
    client.cookies["django_language"] = language
    page = client.get(path)
    assert page.status_code == 200
    assert f'lang="{language}"' in page.text and "app.css" in page.text
    assert "<style" not in page.text and "onclick" not in page.text


@pytest.mark.parametrize(
    "path", ["/login/", "/password/reset/", "/password/reset/done/", "/inactive/", "/password/reset/key/done/"]
)
def test_entrance_pages_need_nobody(client, aoki, path):
    page = client.get(path)
    assert page.status_code == 200 and "pmo-entrance" in page.text


def test_a_session_of_ones_own_is_ended_and_is_out_at_once(aoki):
    here, there = signed_in(aoki), signed_in(aoki)
    assert UserSession.objects.filter(user=aoki).count() == 2
    theirs = UserSession.objects.get(session_key=there.session.session_key)
    assert here.post(f"/sessions/{theirs.pk}/end/").status_code == 302
    assert there.get("/profile/").status_code == 302
    assert here.get("/profile/").status_code == 200


def test_somebody_elses_session_is_not_there(aoki, chiba):
    client, other = signed_in(aoki), signed_in(chiba)
    theirs = UserSession.objects.get(user=chiba)
    assert client.post(f"/sessions/{theirs.pk}/end/").status_code == 404
    assert other.get("/profile/").status_code == 200


def test_a_key_is_shown_once_works_and_is_revoked(aoki):
    client = signed_in(aoki)
    page = client.post("/profile/tokens/", {"label": "weekly sheet", "scope": "read", "days": "30"})
    key = page.text.split('class="pmo-key">')[1].split("<")[0]
    assert key.startswith("pmo_") and key not in client.get("/profile/tokens/").text
    api = Client(headers={"Authorization": f"Token {key}"})
    assert api.get("/api/v1/projects/").status_code == 200
    token = ApiToken.objects.get()
    assert client.post(f"/profile/tokens/{token.pk}/end/").status_code == 302
    assert api.get("/api/v1/projects/").status_code == 401


def test_somebody_elses_key_is_not_there(aoki, chiba):
    signed_in(aoki).post("/profile/tokens/", {"label": "mine", "scope": "write", "days": "30"})
    assert signed_in(chiba).post(f"/profile/tokens/{ApiToken.objects.get().pk}/end/").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_a_substitute_sees_the_asks_from_the_day_on_and_no_longer_after_the_end(aoki):
    baba = make("Baba")
    today = timezone.localdate()
    client = signed_in(aoki)
    day = {"starts_on": today + timedelta(days=1), "ends_on": today + timedelta(days=3)}
    assert client.post("/profile/substitutes/", {"substitute": baba.pk, **day}).status_code == 302
    asks.ask("status.help", person=aoki, key="help:1")
    assert not waiting(baba).exists()
    for days, seen in ((2, True), (5, False)):
        forget(baba)  # each day is another request
        with freeze_time(timezone.now() + timedelta(days=days)):
            assert waiting(baba).exists() is seen


def test_refusals_about_substitutes_are_said_on_the_page(aoki):
    client, today = signed_in(aoki), timezone.localdate()
    both = {"starts_on": today, "ends_on": today}
    assert client.post("/profile/substitutes/", {"substitute": aoki.pk, **both}).status_code == 422
    baba = make("Baba")
    backwards = {"substitute": baba.pk, "starts_on": today, "ends_on": today - timedelta(days=1)}
    assert client.post("/profile/substitutes/", backwards).status_code == 422
    assert client.post("/profile/substitutes/", {"substitute": baba.pk, **both}).status_code == 302
    assert client.post("/profile/substitutes/", {"substitute": baba.pk, **both}).status_code == 422
    assert Substitute.objects.count() == 1


def test_nobody_without_an_account_stands_in(aoki):
    client, today = signed_in(aoki), timezone.localdate()
    baba = make("Baba")
    Person.objects.filter(pk=baba.pk).update(password="!", last_login=None)
    assert f'value="{baba.pk}"' not in client.get("/profile/substitutes/").text
    for typed in (baba.pk, baba.email):
        page = client.post("/profile/substitutes/", {"substitute": typed, "starts_on": today, "ends_on": today})
        assert page.status_code == 422
        assert "アカウントがなくログインできない" in page.text or "has no account" in page.text
    assert not Substitute.objects.exists()
    Person.objects.filter(pk=baba.pk).update(last_login=timezone.now())  # by a passkey alone
    sent = {"substitute": baba.pk, "starts_on": today, "ends_on": today}
    assert client.post("/profile/substitutes/", sent).status_code == 302


def test_a_substitute_is_ended_by_the_absent_person_and_by_nobody_else(aoki):
    baba, doi = make("Baba"), make("Doi")
    today = timezone.localdate()
    signed_in(aoki).post("/profile/substitutes/", {"substitute": baba.pk, "starts_on": today, "ends_on": today})
    record = Substitute.objects.get()
    assert signed_in(doi).post(f"/profile/substitutes/{record.pk}/end/").status_code == 404
    assert signed_in(baba).post(f"/profile/substitutes/{record.pk}/end/").status_code == 403
    assert signed_in(aoki).post(f"/profile/substitutes/{record.pk}/end/").status_code == 302
    record.refresh_from_db()
    assert record.archived_at is not None


def test_a_forgotten_password_is_replaced_by_a_letter_that_works_once(client, aoki):
    client.post("/password/reset/", {"email": "AOKI@demo.example"})
    letter = MailMessage.objects.get()
    assert "新しいパスワード" in letter.subject and aoki.name in letter.text
    path = next(word for word in letter.text.split() if "/password/reset/key/" in word)
    assert path.startswith("http://portal.example/")
    form = client.get(path, follow=True)
    action = form.redirect_chain[-1][0]
    new = "yet another long password"
    client.post(action, {"password1": new, "password2": new})
    aoki.refresh_from_db()
    assert aoki.check_password(new)
    other = Client()
    assert "password1" not in other.get(path, follow=True).text


def test_a_stranger_s_address_gets_the_same_answer_and_no_letter(client, aoki):
    known = client.post("/password/reset/", {"email": aoki.email})
    unknown = client.post("/password/reset/", {"email": "nobody@demo.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert MailMessage.objects.count() == 1


def test_with_an_app_set_up_the_password_alone_lets_nobody_in(aoki):
    secret = generate_totp_secret()
    TOTP.activate(aoki, secret)
    client = Client()
    answer = client.post("/login/", {"login": aoki.email, "password": PASSWORD})
    assert answer["Location"].startswith("/2fa/authenticate/") and "_auth_user_id" not in client.session
    assert "pmo-entrance" in client.get("/2fa/authenticate/").text
    wrong = client.post("/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200 and "_auth_user_id" not in client.session
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post("/2fa/authenticate/", {"code": code})
    assert client.session["_auth_user_id"] == str(aoki.pk)


def test_an_app_is_set_up_and_recovery_codes_are_made(aoki, django_capture_on_commit_callbacks):
    client = signed_in(aoki)
    asked = client.get("/2fa/totp/activate/")["Location"]
    assert asked.startswith("/reauthenticate/"), "who changes how they sign in shows once more that it is them"
    assert "pmo-entrance" in client.get(asked).text
    page = client.post(asked, {"password": PASSWORD}, follow=True)
    assert "pmo-qr" in page.text
    secret = page.text.split("<code>")[1].split("<")[0]
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/2fa/totp/activate/", {"code": code})
    kinds = set(Authenticator.objects.filter(user=aoki).values_list("type", flat=True))
    assert {"totp", "recovery_codes"} <= kinds
    assert client.get("/2fa/recovery-codes/").text.count("<li>") >= 10
    assert client.get("/2fa/totp/deactivate/").status_code == 200
    client.post("/2fa/totp/deactivate/")
    assert {"totp_added", "codes_made", "totp_removed"} <= done_to(aoki)


def test_each_recovery_code_lets_in_once_in_place_of_the_app(aoki):
    TOTP.activate(aoki, generate_totp_secret())
    code, other = RecoveryCodes.activate(aoki).get_unused_codes()[:2]

    def is_let_in(with_code: str) -> bool:
        client = Client()
        client.post("/login/", {"login": aoki.email, "password": PASSWORD})
        client.post("/2fa/authenticate/", {"code": with_code})
        return "_auth_user_id" in client.session

    assert is_let_in(code)
    assert not is_let_in(code), "it was used"
    assert is_let_in(other)
    assert "code_used" in done_to(aoki)


def test_a_changed_password_is_in_the_trail_and_nothing_of_it(aoki):
    client = signed_in(aoki)
    given = {"oldpassword": PASSWORD, "password1": "another quiet river", "password2": "another quiet river"}
    assert client.post("/password/change/", given).status_code == 302
    entry = AuditEntry.objects.get(action="password_changed")
    assert (entry.object_id, entry.actor, entry.changes, entry.reason) == (aoki.pk, aoki, {}, "")


def test_nobody_asks_for_the_first_administrator_where_somebody_is(client, aoki):
    assert client.get("/first/").status_code == 404
    assert client.post("/first/", {"email": "thief@demo.example"}).status_code == 404
