"""axe-core (WCAG 2.2 A and AA) on each kind of page: light and dark, wide and on a phone, in both languages."""

from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']}).then(
  result => result.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')}`))"""
PAGES = [
    ("pm", "/"),
    ("manager", "/projects/"),
    ("pm", "/projects/APOLLO/"),
    ("pm", "/projects/APOLLO/edit/"),
    ("pm", "/projects/APOLLO/status/{period}/edit/"),
    ("pmo", "/administration/collection/"),
    ("manager", "/governance/portfolio/"),
    ("manager", "/governance/investment/"),
    ("auditor", "/setup/audit/"),
    ("admin", "/setup/people/"),
    ("expert", "/api/v1/docs/"),
    ("pm", "/profile/"),
    ("pm", "/profile/notifications/"),
    ("pm", "/watching/"),
    ("pm", "/projects/no-such-project/"),
]
LOOKS = [("ja", "light", 1440), ("en", "dark", 360)]


def faults(page) -> list[str]:
    page.evaluate(AXE.read_text())
    return page.evaluate(LOOK, RULES)


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_no_page_has_a_barrier(window, office, language, theme, width):
    found = {}
    for who in sorted({who for who, _path in PAGES}):
        page = window(getattr(office.cast, who), language=language, theme=theme, width=width)
        for path in (path for one, path in PAGES if one == who):
            page.goto(path.format(period=office.period.key))
            if wrong := faults(page):
                found[path] = wrong
    assert not found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_neither_has_the_entrance(window, office, theme):
    page = window(theme=theme)
    for path in ("/login/", "/password/reset/", "/no/such/page/"):
        page.goto(path)
        assert not faults(page), path


def test_neither_have_the_palette_and_the_sheet_of_keys(window, office):
    page = window(office.cast.manager)
    page.goto("/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("APOLLO")
    page.get_by_role("option").first.wait_for()
    assert not faults(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert not faults(page)


def test_no_page_is_wider_than_a_phone(window, office):
    wide = {}
    for who in sorted({who for who, _path in PAGES}):
        page = window(getattr(office.cast, who), language="en", width=360)
        for path in (path for one, path in PAGES if one == who):
            page.goto(path.format(period=office.period.key))
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 361:
                wide[path] = width
    assert not wide
