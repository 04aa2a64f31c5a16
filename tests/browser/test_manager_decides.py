"""The manager's way from the portfolio to a decision, and the presentation by its keys."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from governance.investment.models import ContinuationProposal, DecisionCondition
from pmo_portal.asks.models import Ask
from tests.factories import ReportFactory

pytestmark = pytest.mark.e2e

WORDS = {
    "ja": {
        "apollo": "基幹システム刷新",
        "boreas": "物流システム統合",
        "needs": "2件のうち、手を打つのは1件",
        "confidence": "達成の確度",
        "red": "低い",
        "propose": "判断を提案する",
        "pause": "休止",
        "reason": "理由",
        "decide": "決裁する",
        "condition": "条件1",
        "owner": "担当者",
        "due": "期限",
        "paused": "休止中",
        "end": "発表を終える",
    },
    "en": {
        "apollo": "Core ERP renewal",
        "boreas": "Logistics integration",
        "needs": "1 of 2 projects needs action",
        "confidence": "Delivery confidence",
        "red": "Unachievable",
        "propose": "Propose a decision",
        "pause": "Pause",
        "reason": "Reason",
        "decide": "Decide",
        "condition": "Condition 1",
        "owner": "Owner",
        "due": "Due",
        "paused": "Paused",
        "end": "End the presentation",
    },
}


@pytest.fixture
def red(office):
    """APOLLO is red, BOREAS well."""
    ReportFactory(project=office.apollo, period=office.period, confidence="red")
    ReportFactory(project=office.boreas, period=office.period)
    return office


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_manager_narrows_drills_and_decides_and_the_project_follows(window, red, language):
    words, apollo = WORDS[language], red.apollo
    propose(window(red.cast.pm, language=language), apollo, words)

    page = window(red.cast.manager, language=language)
    page.goto("/governance/portfolio/")
    expect(page.get_by_role("heading", level=1)).to_have_text(words["needs"])
    page.locator("summary", has_text=re.compile(f"^{words['confidence']}$")).click()
    page.get_by_role("checkbox", name=words["red"], exact=True).click()
    page.wait_for_url("**/governance/portfolio/?*confidence=red*")
    heat = page.locator(".pmo-heat")
    expect(heat.get_by_role("link", name=words["apollo"])).to_be_visible()
    expect(heat.get_by_role("link", name=words["boreas"])).to_have_count(0)

    heat.get_by_role("link", name=words["pause"]).click()
    page.get_by_role("link", name=re.compile(f"^{words['decide']}")).click()
    decide(page, words, red.cast.pm)
    page.wait_for_url("**/governance/investment/1/")

    page.goto(apollo.get_absolute_url())
    expect(page.locator(".pmo-head").get_by_text(words["paused"], exact=True)).to_be_visible()
    condition = DecisionCondition.objects.get()
    assert (condition.owner, condition.proposal.decided_by) == (red.cast.pm, red.cast.manager)
    assert condition.proposal.state == ContinuationProposal.State.DECIDED and condition.proposal.evidence_digest
    desk = window(red.cast.pm, language=language)
    desk.goto("/")
    expect(desk.get_by_text("業者の見積を取り直す").first).to_be_visible()
    assert Ask.objects.filter(kind="investment.condition", person=red.cast.pm, state=Ask.State.OPEN).count() == 1


def propose(page, project, words) -> None:
    """As the PM, from the project's page."""
    page.goto(project.get_absolute_url())
    page.get_by_role("link", name=re.compile(f"^{words['propose']}")).first.click()
    page.get_by_role("radio", name=words["pause"], exact=True).check(force=True)
    page.get_by_label(re.compile(f"^{words['reason']}")).fill("納入業者の切替が済むまで止める。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/governance/investment/1/")


def decide(page, words, owner) -> None:
    page.locator("[name=course][value=pause]").check(force=True)
    page.get_by_label(re.compile(f"^{words['reason']}")).fill("止めて見積を待つ。")
    page.get_by_label(words["condition"]).fill("業者の見積を取り直す")
    page.locator("[name=owner_1]").select_option(str(owner.pk))
    page.locator("[name=due_1]").fill((timezone.localdate() + timedelta(days=14)).isoformat())
    page.keyboard.press("Control+Enter")


def test_a_presentation_goes_by_its_keys_and_escape_leaves_to_the_same_screen(window, red):
    page = window(red.cast.manager, language="en")
    page.goto("/governance/portfolio/?tier=A")
    page.keyboard.press("p")
    page.wait_for_url("**/governance/portfolio/?tier=A&present=1*")
    expect(page.get_by_role("navigation", name="Main navigation")).to_have_count(0)
    slides = page.locator(".pmo-slide")
    expect(slides.nth(0)).to_be_visible()
    expect(slides.nth(1)).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(slides.nth(0)).to_be_hidden()
    expect(slides.nth(1).locator(".pmo-heat")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(slides.nth(0)).to_be_visible()
    page.keyboard.press("End")
    expect(page.locator("[data-slide-at]")).to_have_text(re.compile(r"^(\d) / \1$"))
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"/governance/portfolio/\?tier=A$"))
