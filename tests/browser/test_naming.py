"""Naming a colleague with @: by keyboard and by a tap on the phone; only who may see the record is offered."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from pmo_portal.approvals.routing import install_first_routes
from projects.register.approving import request_budget
from tests.factories import LONG_AGO

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [1440, 360])
def test_a_name_is_offered_and_taken(window, office, width):
    cast = office.cast
    install_first_routes(LONG_AGO)
    request = request_budget(office.apollo, by=cast.pm, amount=Decimal(500_000_000), reason="範囲が広がった。")
    page = window(cast.pm, width=width)
    page.goto(request.get_absolute_url())
    text = page.locator("[data-mention] textarea")
    text.press_sequentially(f"内訳です @{cast.manager.name_ja[:1]}")
    offered = page.get_by_role("option", name=cast.manager.name_ja)
    expect(offered).to_be_visible()
    if width == 1440:
        while offered.get_attribute("aria-selected") != "true":
            text.press("ArrowDown")
        text.press("Enter")
    else:
        offered.click()
    expect(text).to_have_value(f"内訳です @{cast.manager.name_ja} ")
    expect(page.get_by_role("listbox")).to_have_count(0)
    text.press_sequentially(f"@{cast.outsider.name_ja}")
    page.wait_for_timeout(600)
    expect(page.get_by_role("option")).to_have_count(0)
    text.press_sequentially("@")
    text.press("Escape")
    expect(text).to_be_focused()
