"""A passkey from its making to signing in with it, on a virtual authenticator of the browser."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.factories import PASSWORD

pytestmark = pytest.mark.e2e
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """The authenticator of a laptop, inside the page's browser."""

    def __init__(self, page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.id = made["authenticatorId"]

    def keys(self) -> list[dict]:
        return self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def refuse(self) -> None:
        """The finger is not known."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})


def add_a_key(page) -> None:
    page.goto("/2fa/")
    page.get_by_role("link", name="追加する").click()
    if page.get_by_role("heading", name="ご本人の確認").is_visible():
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="続ける").click()
    expect(page.get_by_role("heading", name="キーを追加")).to_be_visible()
    page.get_by_label("キーの名前").fill("会社のノートPC")
    expect(page.get_by_label("パスキーとして使う")).to_be_checked()
    page.get_by_role("button", name="追加する").click()


def test_a_passkey_is_made_and_signs_in_alone_in_both_languages(window, office):
    page = window(office.cast.pm)
    device = Device(page)
    add_a_key(page)
    # With a first key come the codes for the day on which it is lost.
    expect(page.get_by_role("heading", name="リカバリーコード")).to_be_visible()
    assert len(device.keys()) == 1
    page.goto("/2fa/webauthn/")
    expect(page.get_by_role("row", name="会社のノートPC")).to_contain_text("パスキー")

    for language, button in (("ja", "パスキーでログイン"), ("en", "Sign in with a passkey")):
        page.goto("/logout/")
        page.locator("form[data-main] button").click()
        page.wait_for_url("**/login/**")
        page.goto("/login/?next=/projects/")
        if language == "en":
            page.get_by_role("button", name="English").click()
        page.get_by_role("button", name=button).click()
        page.wait_for_url("**/projects/")
        name = office.cast.pm.name_ja if language == "ja" else office.cast.pm.name_en
        expect(page.get_by_role("banner").get_by_text(name)).to_be_visible()


def test_a_passkey_that_is_refused_is_said_and_lets_nobody_in(window, office):
    page = window(office.cast.pm)
    device = Device(page)
    add_a_key(page)
    expect(page.get_by_role("heading", name="リカバリーコード")).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    device.refuse()
    page.goto("/login/")
    page.get_by_role("button", name="パスキーでログイン").click()
    expect(page.get_by_role("alert")).to_contain_text("パスキーを確認できませんでした")
    assert page.request.get("/profile/", max_redirects=0).status == 302
    assert Authenticator.objects.filter(user=office.cast.pm, type="webauthn").count() == 1


def test_the_passkeys_of_someone_who_left_let_nobody_in(window, office):
    page = window(office.cast.pm)
    Device(page)
    add_a_key(page)
    expect(page.get_by_role("heading", name="リカバリーコード")).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    office.cast.pm.is_active = False
    office.cast.pm.save()
    page.goto("/login/")
    page.get_by_role("button", name="パスキーでログイン").click()
    page.wait_for_load_state("networkidle")
    assert page.request.get("/profile/", max_redirects=0).status == 302
