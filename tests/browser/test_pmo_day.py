"""The PMO's day: who is late, a reminder seen and sent, more time, no report, one on behalf, one back, one accepted, a call."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from administration.collection.models import ReportingArrangement
from pmo_portal.asks.models import Reminder
from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Project
from projects.status.maintaining import expect_reports
from projects.status.models import StatusReport
from tests.browser.test_accessibility import faults
from tests.cast import make_cast, make_office
from tests.factories import PersonFactory, ProjectFactory, ReportFactory

pytestmark = pytest.mark.e2e

KEYS = ("CEDAR", "DAHLIA", "ELM", "FERN")
WORDS = {
    "ja": SimpleNamespace(
        late="期限超過",
        send="{}通を送る",
        sent="{}名に催促しました。",
        extended="まで延長",
        accepted="受理",
        returned="差戻し",
        behalf="代理で入力",
        slipping="順調のまま、完了が60日遅れ",
    ),
    "en": SimpleNamespace(
        late="Late",
        send="Send {} letters",
        sent="{} people reminded",
        extended="extended until",
        accepted="Accepted",
        returned="Returned",
        behalf="Entered on behalf",
        slipping="Green, yet 60 days late",
    ),
}


@pytest.fixture
def office(transactional_db):
    """Six projects owe a report that was due yesterday; two of them are in, and ELM says green although it slips."""
    office = make_office(make_cast())
    due = timezone.now() - timedelta(days=1)
    ReportingPeriod.objects.filter(pk=office.period.pk).update(due_at=due)
    office.period.refresh_from_db()
    for key in KEYS:
        pm = PersonFactory(name_ja=f"{key} 担当", name_en=f"{key} lead", email=f"{key.lower()}@aoba.example")
        ProjectFactory(
            key=key,
            portfolio=office.core,
            pm=pm,
            name_ja=f"案件 {key}",
            name_en=f"Renewal of the logistics backbone {key}",
        )
    expect_reports(office.period)
    for key in KEYS[2:]:
        ReportFactory(project=Project.objects.get(key=key), period=office.period)
    slipped = Project.objects.get(key="ELM").planned_finish_on + timedelta(days=60)
    Project.objects.filter(key="ELM").update(forecast_finish_on=slipped, slip_days=60)
    return office


@pytest.fixture
def page_of(window, office):
    def open_page(language: str, **given):
        page = window(office.cast.pmo, language=language, **given)
        page.goto("/administration/collection/")
        return page

    return open_page


def row(page, key: str):
    return page.locator("#owing tr", has=page.get_by_role("link", name=key))


def act(page, key: str, name: str) -> None:
    """One of the acts behind a row's three dots."""
    row(page, key).locator("summary").click()
    row(page, key).locator(f".pmo-menu-box a[href*='{name}']").click()


def press(page, key: str) -> None:
    """Once the page is there whole: a key before that would be lost."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def submit(page) -> None:
    press(page, "Control+Enter")


def left(page) -> str:
    return page.locator("#owing h2 .pmo-count").inner_text()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_several_are_reminded_by_a_letter_that_was_seen(page_of, language):
    words, page = WORDS[language], page_of(language)
    expect(page.locator("#owing tbody tr")).to_have_count(4)
    expect(row(page, "CEDAR")).to_contain_text(words.late)
    row(page, "CEDAR").locator("[data-pick]").check()
    row(page, "DAHLIA").locator("[data-pick]").check()
    send = page.locator("#letters button[type=submit]")
    expect(send).to_contain_text(words.send.format(2))
    expect(page.locator("#letters .pmo-letter").first).to_be_visible()
    send.click()
    expect(page.get_by_text(words.sent.format(2))).to_be_visible()
    told = Reminder.objects.filter(step__startswith="by hand").values_list("receiver__email", flat=True)
    assert sorted(told) == ["cedar@aoba.example", "dahlia@aoba.example"]


def test_with_nothing_selected_each_action_says_what_it_needs(page_of):
    page = page_of("en")
    for name in ("Preview the reminder", "Extend the date", "Exempt"):
        page.reload()
        button = page.locator(".pmo-owing-bar").get_by_role("button", name=name)
        expect(button).to_have_attribute("aria-disabled", "true")
        button.click(force=True)
        expect(page.locator("[data-pick-hint]")).to_be_visible()
    page.get_by_role("button", name="Select the late ones").click()
    expect(page.locator("[data-pick-hint]")).to_be_hidden()
    expect(page.locator("#letters button[type=submit]")).to_be_visible()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_one_gets_more_time_one_need_not_report_one_is_entered_for_its_pm(page_of, office, language):
    words, page = WORDS[language], page_of(language)
    act(page, "CEDAR", "extension")
    later = timezone.localdate() + timedelta(days=5)
    page.locator("[name=due_on]").fill(later.isoformat())
    page.locator("[name=reason]").fill("監査対応のため")
    submit(page)
    expect(row(page, "CEDAR")).to_contain_text(words.extended)
    act(page, "DAHLIA", "exemption")
    page.locator("[name=reason]").fill("休止中のため")
    submit(page)
    expect(row(page, "DAHLIA")).to_have_count(0)
    assert left(page) == "3"
    found = ReportingArrangement.objects.values_list("project__key", "kind", "reason")
    assert set(found) == {("CEDAR", "extension", "監査対応のため"), ("DAHLIA", "exemption", "休止中のため")}
    act(page, "CEDAR", "/edit/")
    lights = page.locator("[data-light-row]")
    expect(lights).to_have_count(7)  # `all` does not wait for the page to come
    for light in lights.all():
        light.locator("label.c-green").click()
    page.locator("[name=confidence][value=green]").check(force=True)
    submit(page)
    expect(page.locator(".pmo-tag", has_text=words.behalf).first).to_be_visible()
    report = StatusReport.objects.get(project__key="CEDAR", period=office.period)
    assert (report.state, report.origin, report.submitted_by) == ("submitted", "on_behalf", office.cast.pmo)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_one_report_goes_back_with_a_comment_and_one_is_accepted(page_of, language):
    words, page = WORDS[language], page_of(language)
    page.locator("#judge").get_by_role("link", name="FERN").click()
    page.locator("a[href$='/return/']").click()
    page.locator("[name=reason]").fill("費用の根拠を足してください")
    submit(page)
    expect(page.locator(".pmo-tag", has_text=words.returned).first).to_be_visible()
    page.goto("/administration/collection/")
    expect(row(page, "FERN")).to_contain_text("費用の根拠")
    page.locator("#judge").get_by_role("link", name="ELM").click()
    page.wait_for_url("**/projects/ELM/status/**")
    press(page, "y")
    expect(page.locator(".pmo-tag", has_text=words.accepted).first).to_be_visible()
    states = StatusReport.objects.filter(project__key__in=("ELM", "FERN")).order_by("project__key")
    assert list(states.values_list("state", flat=True)) == ["accepted", "returned"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_figures_that_do_not_fit_are_worth_a_call_whose_note_stays(page_of, language):
    words, page = WORDS[language], page_of(language)
    call = page.locator(".pmo-calls li", has_text="ELM")
    expect(call).to_contain_text(words.slipping)
    call.locator("a.btn").click()
    page.locator("[name=text]").fill("来週、日程を引き直す")
    submit(page)
    expect(page.locator(".pmo-calls li", has_text="ELM")).to_contain_text("来週、日程を引き直す")
    assert AuditEntry.objects.filter(action="called", object_id=Project.objects.get(key="ELM").pk).exists()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_dashboard_fits_a_phone_and_passes_axe(page_of, language):
    page = page_of(language, width=360)
    page.locator("[data-pick-late]").click()
    expect(page.locator("#letters .pmo-letter").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not faults(page)


def test_boxes_to_tick_are_large_enough_for_a_finger(page_of):
    page = page_of("ja", width=360)
    box = page.locator("[data-pick]").first
    assert min(box.bounding_box()[side] for side in ("width", "height")) >= 24
    box.scroll_into_view_if_needed()
    middle = box.bounding_box()
    page.mouse.click(middle["x"] + middle["width"] / 2 + 20, middle["y"] + middle["height"] / 2 + 20)
    expect(box).to_be_checked()
    assert page.locator("label:has([data-pick-all])").bounding_box()["height"] >= 44


def test_a_name_without_blanks_stays_on_a_phone(window, office):
    ProjectFactory(portfolio=office.core, name_ja="長" + "VeryLongNameWithoutSpaces" * 8, key="LONG")
    expect_reports(office.period)
    page = window(office.cast.pmo, width=360)
    page.goto("/administration/collection/")
    expect(page.locator(".pmo-owing td.what", has_text="VeryLongName")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
