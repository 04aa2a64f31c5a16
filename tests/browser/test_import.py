"""A list from Excel, from the file to what it changed and back: with the mouse, by keyboard, on a phone, in both languages."""

from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext, pgettext
from playwright.sync_api import expect

from pmo_portal import jobs
from pmo_portal.intake.models import ImportRun
from projects.register.models import Project
from tests.browser.test_accessibility import faults
from tests.pmo_portal.intake.sheets import LEDGER, csv_bytes, receive

pytestmark = pytest.mark.e2e
SOON = 20_000  # ms: the page asks each second how far it is


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


class Words:
    """What stands on the pages in one language, from the catalogue."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, text: str, context: str = "") -> str:
        with translation.override(self.language):
            return pgettext(context, text) if context else gettext(text)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_file_is_sent_mapped_answered_mended_applied_and_taken_back(window, office, language):
    page, say = window(office.cast.pmo, language=language), Words(language)

    page.goto("/imports/")
    page.get_by_role("link", name=say("Bring in a file")).first.click()
    page.get_by_label(say("File"), exact=False).set_input_files(
        {"name": "案件一覧.csv", "mimeType": "text/csv", "buffer": csv_bytes(LEDGER)}
    )
    page.get_by_label(say("Into which portfolio")).select_option(str(office.core.scope_id))
    page.get_by_role("button", name=say("Read and preview")).click()
    page.wait_for_url("**/imports/*/")
    run = ImportRun.objects.get()
    jobs.drain(strict=True)
    sheet = page.locator("[data-sheet]")
    expect(sheet).to_be_visible(timeout=SOON)  # it shows what was read by itself

    # the mapping: the remarks are not to come in
    page.get_by_role("link", name=say("Correct the columns")).click()
    remarks = page.get_by_role("row").filter(has_text="備考").last
    remarks.get_by_role("combobox").first.select_option("")
    page.get_by_role("button", name=say("Read anew and preview")).click()
    page.wait_for_url(f"**/imports/{run.pk}/")
    jobs.drain(strict=True)
    expect(sheet).to_be_visible(timeout=SOON)
    page.reload()
    expect(sheet.get_by_role("columnheader").filter(has_text="備考")).to_have_count(0)
    assert page.get_by_role("button", name=say("Apply")).count() == 0, "something is still open"

    # by keyboard: the next that needs somebody, and the answer
    page.keyboard.press("n")
    panel = page.get_by_role("complementary").last
    expect(panel.get_by_role("button", name=say("The same project"))).to_be_visible()
    page.keyboard.press("a")
    box = page.get_by_label(say("Right value"))
    expect(box).to_be_focused()  # the refused row comes next
    expect(box).to_have_value("R8.13.1")
    box.fill("R9.1.31")
    page.get_by_role("button", name=say("Read this value")).click()
    expect(page.locator("tr.v-refused, tr.v-ambiguous")).to_have_count(0)
    assert Project.objects.count() == 2, "nothing is written yet"

    page.keyboard.press("Control+Enter")
    expect(page.locator("#progress")).to_be_visible()
    jobs.drain(strict=True)
    undo = page.get_by_role("link", name=say("Undo", "verb"))
    expect(undo).to_be_visible(timeout=SOON)
    assert Project.objects.count() == 4

    undo.click()
    page.get_by_role("textbox").last.fill("別のファイルだった")
    page.get_by_role("button", name=say("Undo the import")).click()
    page.wait_for_url(f"**/imports/{run.pk}/")
    office.apollo.refresh_from_db()
    assert Project.objects.count() == 2 and office.apollo.approved_budget == Decimal(465_000_000)
    page.goto("/imports/")
    undone = {"ja": "取消済み", "en": "Undone"}[language]
    expect(page.get_by_role("row").filter(has_text="案件一覧.csv")).to_contain_text(undone)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_preview_with_doubts_fits_a_phone_and_every_reader(window, office, theme):
    run = receive(office.cast.pmo, office.core)
    page = window(office.cast.pmo, width=360, theme=theme)
    page.goto(f"/imports/{run.pk}/?row=3")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults(page) == []
