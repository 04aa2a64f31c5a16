"""Signing without the mouse: a key alone signs nothing, a held one neither, and a second window reads who was first."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from pmo_portal.approvals.models import ApprovalSeat
from pmo_portal.approvals.routing import install_first_routes
from projects.register.approving import request_budget
from tests.factories import LONG_AGO, ProposalFactory

pytestmark = pytest.mark.e2e

WORDS = {
    "ja": {"receipt": "承認しました", "twice": "すでに押印済みです", "way": "結果を見る"},
    "en": {"receipt": "You approved A-1", "twice": "This was signed already", "way": "See what came of it"},
}


def signatures() -> int:
    return ApprovalSeat.objects.filter(state="for").count()


def hold(page, key: str, times: int = 6) -> None:
    for _time in range(times):
        page.keyboard.down(key)
        page.wait_for_timeout(60)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_key_opens_the_form_and_a_second_key_signs_once(window, office, language):
    words, page = WORDS[language], window(office.cast.pmo, language=language)
    install_first_routes(LONG_AGO)
    request = request_budget(office.apollo, by=office.cast.pm, amount=Decimal(1_000_000_000), reason="範囲が広がった。")
    second = page.context.new_page()
    for one in (page, second):
        one.goto(request.get_absolute_url())
    hold(page, "a")
    page.wait_for_url("**/signature/")
    hold(page, "a")
    page.keyboard.up("a")
    box = page.locator("[name=comment]")
    expect(box).to_be_focused()
    expect(box).to_have_value("")  # the key that is still held types nothing here
    assert signatures() == 0
    second.keyboard.press("a")
    second.wait_for_url("**/signature/")

    page.keyboard.down("Control")
    hold(page, "Enter")
    page.keyboard.up("Enter")
    page.keyboard.up("Control")
    expect(page.locator(".pmo-toast").first).to_contain_text(words["receipt"])
    assert signatures() == 1

    second.locator("[name=comment]").fill("また")
    second.keyboard.press("Control+Enter")
    expect(second.get_by_role("heading", level=1)).to_have_text(words["twice"])
    second.get_by_role("link", name=words["way"]).click()
    second.wait_for_url(f"**{request.get_absolute_url()}")
    assert signatures() == 1


def test_a_decision_is_not_taken_by_keys_alone(window, office):
    proposal = ProposalFactory(project=office.apollo, course="stop", reason="効果が費用に見合わない。")
    page = window(office.cast.manager)
    page.goto("/approvals/")
    page.locator("tr[data-row] a").first.click()
    page.wait_for_url(re.compile(r"/approvals/\d+/$"))
    page.keyboard.press("a")
    page.wait_for_url("**/signature/")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#field-comment.has-error")).to_be_visible()
    assert signatures() == 0
    page.locator("[name=comment]").fill("標準機能に切り替える。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/approvals/\d+/$"))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decision_reason) == ("decided", "標準機能に切り替える。")
