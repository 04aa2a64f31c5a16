"""What was typed into a form that did not arrive is back on its page, for the same person only, and sent by nobody else."""

import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from pmo_portal.approvals.models import ApprovalComment
from pmo_portal.approvals.routing import install_first_routes
from projects.register.approving import request_budget
from tests.cast import PASSWORD
from tests.factories import LONG_AGO

pytestmark = pytest.mark.e2e

WORDS = {
    "ja": {
        "kept": "入力した内容はこのタブに残っていて",
        "back": "送信したときにはログアウトしていました。 入力した内容を戻しました。",
        "old": "送信されませんでした。画面を開いたあとに",
        "to_form": "フォームに戻る",
        "refused": "送信されませんでした。 入力した内容を戻しました。",
        "discard": "破棄する",
    },
    "en": {
        "kept": "What you had typed is kept in this tab",
        "back": "You were signed out while sending. What you had typed is back: look it over and send it again.",
        "old": "This was not sent: the page was older than your sign-in",
        "to_form": "Back to the form",
        "refused": "This was not sent. What you had typed is back",
        "discard": "Discard it",
    },
}
EDIT = "/projects/APOLLO/edit/"
NOTICE = ".pmo-unsent"


def end_sessions() -> None:
    Session.objects.all().delete()


def sign_in(page, person) -> None:
    page.locator("#id_login").fill(person.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url(lambda url: "login" not in url)


def kept(page) -> list[str]:
    return page.evaluate(
        "Object.entries(sessionStorage).filter(([k]) => k.startsWith('unsent:')).map(e => e.join(' '))"
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_after_signing_in_again_the_form_is_filled_and_not_sent(window, office, language):
    words, page = WORDS[language], window(office.cast.pm, language=language)
    page.goto(EDIT)
    page.locator("[name=benefits]").fill("入力の手間が半分になる。")
    tick = page.locator("form[data-main] input[type=checkbox]").first
    ticked = tick.count() and not tick.is_checked()
    if ticked:
        tick.check()
    end_sessions()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/login/?next=/projects/APOLLO/edit/&unsent=1")
    expect(page.get_by_text(words["kept"])).to_be_visible()
    sign_in(page, office.cast.pm)
    assert page.url.endswith(EDIT)
    expect(page.locator(NOTICE)).to_contain_text(words["back"])
    expect(page.locator(NOTICE)).to_be_focused()
    expect(page.locator("[name=benefits]")).to_have_value("入力の手間が半分になる。")
    if ticked:
        expect(tick).to_be_checked()
    office.apollo.refresh_from_db()
    assert office.apollo.benefits != "入力の手間が半分になる。"

    page.reload()  # still there, until it has arrived
    expect(page.locator("[name=benefits]")).to_have_value("入力の手間が半分になる。")
    page.locator("[name=benefits]").press("Control+Enter")
    page.wait_for_url("**/projects/APOLLO/")
    office.apollo.refresh_from_db()
    assert office.apollo.benefits == "入力の手間が半分になる。" and kept(page) == []


def test_another_person_who_signs_in_on_the_tab_never_sees_it(window, office):
    page = window(office.cast.pm)
    page.goto(EDIT)
    page.locator("[name=benefits]").fill("まだ内緒の数字")
    end_sessions()
    page.locator("[name=benefits]").press("Control+Enter")
    page.wait_for_url("**/login/**")
    sign_in(page, office.cast.pmo)
    assert page.url.endswith(EDIT)
    expect(page.locator(NOTICE)).to_have_count(0)
    assert "まだ内緒の数字" not in page.content() and kept(page) == []


def test_it_can_be_discarded_and_signing_out_forgets_all(window, office):
    page = window(office.cast.pm, language="en")

    def lose(text: str) -> None:
        page.goto(EDIT)
        page.locator("[name=benefits]").fill(text)
        end_sessions()
        page.locator("[name=benefits]").press("Control+Enter")
        page.wait_for_url("**/login/**")
        sign_in(page, office.cast.pm)
        expect(page.locator("[name=benefits]")).to_have_value(text)

    lose("one")
    page.get_by_role("button", name=WORDS["en"]["discard"]).click()
    expect(page.locator(NOTICE)).to_have_count(0)
    expect(page.locator("[name=benefits]")).not_to_have_value("one")
    assert kept(page) == []

    lose("two")
    page.locator("details.pmo-menu summary").last.click()
    page.locator("form[data-sign-out] button").click()
    page.wait_for_url("**/login/**")
    assert kept(page) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_sign_in_in_another_window_costs_no_text(window, office, language):
    """The page's key is of the sign-in before: refused, said, and filled in again."""
    words, page = WORDS[language], window(office.cast.pm, language=language)
    install_first_routes(LONG_AGO)
    request = request_budget(office.apollo, by=office.cast.pm, amount=Decimal(1_000_000_000), reason="範囲が広がった。")
    page.goto(request.get_absolute_url())
    page.locator("[name=text]").fill("内訳を足しました。")
    other = page.context.new_page()
    end_sessions()
    other.goto("/login/")
    sign_in(other, office.cast.pm)
    page.get_by_role("button", name=re.compile("^(コメント|Comment)")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words["old"])
    page.get_by_role("link", name=words["to_form"]).click()
    page.wait_for_url(f"**{request.get_absolute_url()}")
    expect(page.locator(NOTICE)).to_contain_text(words["refused"])
    expect(page.locator("[name=text]")).to_have_value("内訳を足しました。")
    assert not ApprovalComment.objects.exists()
    page.locator("[name=text]").press("Control+Enter")
    expect(page.get_by_text("内訳を足しました。").first).to_be_visible()
    assert ApprovalComment.objects.get().text == "内訳を足しました。" and kept(page) == []


def test_a_background_request_leads_the_whole_page_to_sign_in_and_back(window, office):
    page = window(office.cast.pm, language="en")
    page.goto(EDIT)
    page.locator("[name=benefits]").fill("half the work")
    end_sessions()
    page.keyboard.press("Control+k")
    page.wait_for_url("**/login/?next=/projects/APOLLO/edit/")
    sign_in(page, office.cast.pm)
    expect(page.locator(NOTICE)).to_contain_text(WORDS["en"]["back"])
    expect(page.locator("[name=benefits]")).to_have_value("half the work")


def test_an_htmx_part_never_shows_the_sign_in_page(window, office):
    page = window(office.cast.pmo)
    page.goto("/projects/")
    end_sessions()
    page.evaluate("htmx.ajax('GET', '/projects/?q=apollo', {target: '#content'})")
    page.wait_for_url("**/login/?next=/projects/")
    expect(page.locator("#id_password")).to_have_count(1)


def test_secrets_and_files_are_never_kept(window, office):
    page = window(office.cast.pmo)
    page.goto("/password/change/")
    for box in page.locator("input[type=password]").all():
        box.fill("a secret that is long")
    end_sessions()
    page.locator("form[data-main] [type=submit]").click()
    page.wait_for_url("**/login/**")
    assert kept(page) == []
    sign_in(page, office.cast.pmo)

    page.goto("/imports/new/")
    page.locator("input[type=file]").set_input_files(
        {"name": "geheim.csv", "mimeType": "text/csv", "buffer": b"key,name\nA,B"}
    )
    end_sessions()
    page.locator("form:has(input[type=file])").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.wait_for_url("**/login/**")
    assert not any("geheim" in entry or settings.CSRF_COOKIE_NAME in entry for entry in kept(page))
    sign_in(page, office.cast.pmo)
    assert page.url.endswith("/imports/new/")
    expect(page.locator(NOTICE)).to_contain_text("ファイルは選び直してください。")
