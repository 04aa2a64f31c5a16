"""The frame by keyboard, on a phone, in the dark and on paper."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_ctrl_k_finds_by_key_and_opens(window, office):
    page = window(office.cast.pm)
    page.goto("/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="プロジェクト・ポートフォリオ・人をさがす")
    expect(box).to_be_focused()
    box.fill("ＡＰＯＬ")  # full-width, as a Japanese keyboard may give it
    hit = page.get_by_role("option", name="基幹システム刷新").first
    expect(hit).to_have_attribute("aria-selected", "true")
    expect(hit.locator("mark").first).to_have_text("APOL")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/APOLLO/")


def test_the_palette_moves_by_arrows_and_closes_by_escape(window, office):
    page = window(office.cast.manager, language="en")
    page.goto("/")
    page.keyboard.press("Control+k")
    options = page.get_by_role("option")  # before anything is typed: what changed last
    expect(options).to_have_count(2)
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_g_then_a_letter_goes_to_a_room(window, office):
    page = window(office.cast.manager)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/projects/")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/")


def test_a_question_mark_shows_the_keys_of_this_page(window, office):
    page = window(office.cast.manager, language="en")
    page.goto("/projects/")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="All keys")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("heading", name="On this page")).to_be_visible()
    expect(sheet.get_by_text("New project")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()


def test_letters_can_be_switched_off_and_ctrl_k_stays(window, office):
    office.cast.manager.shortcuts_on = False
    office.cast.manager.save()
    page = window(office.cast.manager)
    page.goto("/")
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_timeout(300)
    assert page.url.endswith("/") and "projects" not in page.url
    expect(page.locator("#keys")).not_to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_letters_do_nothing_while_one_types(window, office):
    page = window(office.cast.manager)
    page.goto("/projects/")
    page.get_by_role("searchbox").first.click()
    page.keyboard.type("gp?")
    assert page.get_by_role("searchbox").first.input_value() == "gp?"
    expect(page.locator("#keys")).not_to_be_visible()


def test_the_navigation_reaches_the_foot_of_a_long_page(window, office):
    page = window(office.cast.manager)
    page.goto("/glossary/")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    nav = page.locator(".pmo-nav").bounding_box()
    assert nav["y"] + nav["height"] >= 899
    assert page.get_by_role("link", name="マイデスク").first.bounding_box()["y"] >= 0  # and its entries stay in sight


@pytest.mark.parametrize(("width", "columns"), [(1440, 216), (1024, 52)])
def test_below_1200_the_navigation_is_a_rail(window, office, width, columns):
    page = window(office.cast.manager, width=width)
    page.goto("/")
    assert round(page.locator(".pmo-nav").bounding_box()["width"]) == columns
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_has_a_bar_at_its_foot_with_targets_large_enough(window, office):
    page = window(office.cast.manager, width=360)
    page.goto("/")
    bar = page.get_by_role("navigation", name="すばやい移動")
    keys = bar.get_by_role("link")
    assert 4 <= keys.count() <= 5
    for box in (key.bounding_box() for key in keys.all()):
        assert box["width"] >= 40 and box["height"] >= 40
    expect(page.locator(".pmo-nav")).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    bar.get_by_role("link", name="その他").click()
    page.wait_for_url("**/menu/")


UNCOVERED = """control => {
    const box = control.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return control.contains(top);
}"""


@pytest.mark.parametrize("path", ["/projects/new/", "/projects/APOLLO/edit/", "/projects/APOLLO/closure/"])
def test_nothing_to_press_stays_beneath_the_bars_of_a_phone(window, office, path):
    page = window(office.cast.pmo, width=360, language="en")
    page.goto(path)
    save = page.locator("main [data-submit]").last
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    assert save.evaluate(UNCOVERED)
    page.evaluate("window.scrollTo(0, 0)")
    save.focus()  # as Tab does
    assert save.evaluate(UNCOVERED)


def test_language_and_theme_are_in_the_persons_menu_on_a_phone(window, office):
    page = window(office.cast.manager, width=360)
    page.goto("/glossary/")
    page.locator(".pmo-top summary").click()
    page.locator(".pmo-menu-box").get_by_role("button", name="明るさを切り替える").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.locator(".pmo-menu-box").get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Glossary")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"  # kept over the reload


def test_on_paper_only_the_record_is_left(window, office):
    page = window(office.cast.pm, theme="dark")
    page.goto("/projects/APOLLO/")
    page.emulate_media(media="print")
    for part in (".pmo-nav", ".pmo-top", ".pmo-actions"):
        expect(page.locator(part).first).not_to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"


def test_the_empty_box_begins_with_what_was_opened_last_until_one_signs_out(window, office):
    page = window(office.cast.manager, language="en")
    for key in ("APOLLO", "BOREAS"):
        page.goto(f"/projects/{key}/")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.get_by_role("option", name="Core ERP renewal").first.wait_for()
    assert page.locator("#palette h3").first.inner_text() == "Opened last"
    assert page.locator("#palette a .title").all_inner_texts()[:2] == ["Logistics integration", "Core ERP renewal"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/APOLLO/")
    page.evaluate("document.querySelector('form[data-sign-out]').requestSubmit()")
    page.wait_for_url("**/login/**")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('recent:'))") == []
