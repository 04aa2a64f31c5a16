"""Signing on the phone: one by one with what is unusual before the eye, and like requests together."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.approvals.routing import install_first_routes
from projects.register.approving import request_budget
from tests.factories import LONG_AGO, ProjectFactory, ProposalFactory

pytestmark = pytest.mark.e2e

WORDS = {
    "ja": {
        "two": "承認待ち 2件",
        "approve": "承認",
        "together": "選んだものを承認",
        "signed": "2件を承認しました。",
        "why": "理由",
        "decide": "内容を決めて決裁",
        "decided": "決裁済み",
    },
    "en": {
        "two": "2 requests wait for your signature",
        "approve": "Approve",
        "together": "Approve the ticked ones",
        "signed": "You approved 2 requests on",
        "why": "Reason",
        "decide": "Decide in detail",
        "decided": "Decided",
    },
}


@pytest.fixture
def asked(office):
    """The PMO is asked for two budgets, the manager for a decision on APOLLO."""
    install_first_routes(LONG_AGO)
    other = ProjectFactory(portfolio=office.core, key="CYGNUS", pm=office.cast.pm, approved_budget=Decimal(10_000_000))
    for project in (office.apollo, other):
        request_budget(project, by=project.pm, amount=project.approved_budget * 2, reason="範囲が広がった。")
    office.proposal = ProposalFactory(project=office.apollo, course="pause", reason="許認可を待つ。")
    return office


def fits(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("language", "theme"), [("ja", "light"), ("en", "dark")])
def test_like_requests_are_ticked_and_signed_together(window, asked, language, theme):
    words, page = WORDS[language], window(asked.cast.pmo, language=language, width=360, theme=theme)
    page.goto("/approvals/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words["two"]))
    fits(page)
    ticks = page.locator("input[name=request]")
    expect(ticks).to_have_count(2)
    for n in range(2):
        ticks.nth(n).check(force=True)
    page.get_by_role("button", name=re.compile(f"^{words['together']}")).click()
    expect(page.get_by_text(words["signed"])).to_be_visible()
    expect(ticks).to_have_count(0)
    fits(page)


@pytest.mark.parametrize(("language", "theme"), [("ja", "dark"), ("en", "light")])
def test_one_is_read_and_decided_with_a_thumb(window, asked, language, theme):
    words, page = WORDS[language], window(asked.cast.manager, language=language, width=360, theme=theme)
    page.goto("/approvals/")
    page.locator("a", has_text=re.compile("基幹システム刷新|Core ERP renewal")).last.click()
    page.wait_for_url(re.compile(r"/approvals/\d+/$"))
    fits(page)
    expect(page.get_by_role("link", name=re.compile(f"^{words['decide']}"))).to_be_visible()
    button = page.locator("[data-key=A]")
    assert button.bounding_box()["height"] >= 32
    button.click()
    page.wait_for_url("**/signature/")
    fits(page)
    page.get_by_label(re.compile(f"^{words['why']}")).fill("許認可が出るまで止める。")
    page.get_by_role("button", name=re.compile(f"^{words['approve']}")).click()
    page.wait_for_url(re.compile(r"/approvals/$|/approvals/\d+/$"))
    expect(page.locator(".pmo-toast")).to_be_visible()
    page.goto(asked.proposal.get_absolute_url())
    expect(page.locator(".pmo-tag").first).to_have_text(words["decided"])
    fits(page)
    assert ApprovalRequest.objects.get(object_id=asked.proposal.pk, kind="investment.continuation").state == "approved"
