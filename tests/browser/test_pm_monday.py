"""The PM's Monday: from the desk to a report that is in, with the keyboard, on a phone, without a network, in two windows."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from pmo_portal.periods import actions as periods
from projects.register.models import Milestone
from projects.status import actions
from projects.status.maintaining import expect_reports
from projects.status.models import StatusReport
from tests.browser.test_accessibility import faults
from tests.cast import make_cast, make_office
from tests.factories import PeriodFactory, ReportFactory

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(transactional_db):
    """APOLLO has reported last month, and is asked for this one."""
    office = make_office(make_cast())
    month = PeriodFactory(day=office.period.starts_on - timedelta(days=10))
    periods.open_period(month, by=office.cast.pmo)
    report = ReportFactory(project=office.apollo, period=month, planned="移行リハーサルを行う。")
    actions.accept_report(report, by=office.cast.pmo)
    periods.close_period(month, by=office.cast.pmo)
    expect_reports(office.period)
    return office


@pytest.fixture
def url(office) -> str:
    return f"/projects/APOLLO/status/{office.period.key}/"


def report_of(office) -> StatusReport:
    return StatusReport.objects.get(project=office.apollo, period=office.period, is_current=True)


def arrived(page, address: str) -> None:
    """Asked again and again: where the kept page's worker follows a redirect, no navigation may be told."""
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))


def opened(window, office, url, **given):
    page = window(office.cast.pm, **given)
    page.goto(url + "edit/")
    return page


WORDS = {
    "ja": SimpleNamespace(
        saved="保存しました",
        finish="完了見込",
        day="+{}日",
        amber="注意",
        submitted="提出済み",
        offline="圏外です。この端末に保存し、つながったら送ります。",
        waiting="つながったら提出します",
        two="別の画面で先に保存していました。1か所を選んでください",
    ),
    "en": SimpleNamespace(
        saved="Saved",
        finish="Forecast finish",
        day="+{} d",
        amber="Watch",
        submitted="Submitted",
        offline="No connection. What you type is kept on this device and goes out when there is one.",
        waiting="Will be submitted as soon as there is a connection",
        two="You saved this in another window. Choose in 1 place",
    ),
}


def saved(page, language: str = "ja") -> None:
    expect(page.locator("[data-save-state]")).to_contain_text(WORDS[language].saved)


def ready_without_a_network(page) -> None:
    """The page stands in the worker's store, so that it can be reloaded."""
    page.evaluate(
        """async () => {
          const wait = () => new Promise((done) => setTimeout(done, 50));
          while (!navigator.serviceWorker.controller) await wait();
          while (!(await (await caches.open("pmo-forms")).match(location.href))) await wait();
        }"""
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_keyboard_alone_reports_from_the_desk(window, office, url, language):
    words, page = WORDS[language], window(office.cast.pm, language=language)
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    arrived(page, url + "edit/")
    expect(page.locator("[name=achieved]")).to_have_value("移行リハーサルを行う。")  # what was planned last time
    page.locator("[data-light-row=quality] input[type=radio]:checked").focus()
    page.keyboard.press("2")
    page.keyboard.press("Tab")
    page.keyboard.type("1 of 3 tests late")  # digits in a text are text
    page.locator("[name=forecast_finish_on]").focus()
    page.keyboard.press("Shift+ArrowUp")
    page.locator("[name=m1]").focus()
    page.keyboard.press("+")
    page.keyboard.press("Shift+ArrowUp")
    saved(page, language)
    facts = page.locator("[data-facts]")
    expect(facts.locator("li", has_text=words.finish)).to_contain_text(words.day.format(7))
    expect(facts.locator("li", has_text=words.day.format(8))).to_be_visible()
    before = Milestone.objects.get(project=office.apollo).forecast_on
    page.locator("[name=is_done_as_planned]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    arrived(page, url)
    expect(page.get_by_text(words.submitted, exact=True).first).to_be_visible()
    expect(page.locator("tr", has_text="1 of 3 tests late")).to_contain_text(words.amber)
    report = report_of(office)
    assert (report.state, report.quality_light, report.quality_reason) == ("submitted", "amber", "1 of 3 tests late")
    assert Milestone.objects.get(project=office.apollo).forecast_on == before + timedelta(days=8)
    assert {f["kind"] for f in report.suggestions} == {"finish_moved", "milestone_moved"}
    assert report.seconds_spent >= 1


def test_what_the_server_could_not_keep_is_said_and_stays_through_a_reload(window, office, url):
    page = opened(window, office, url)
    page.locator("[name=forecast_cost]").fill("1e30")
    expect(page.locator("[data-save-state]")).to_contain_text("保存できていない項目")
    expect(page.locator("[data-safe]")).to_be_hidden()
    page.reload()
    expect(page.locator("[name=forecast_cost]")).to_have_value("1e30")
    page.locator("[name=forecast_cost]").fill("470000000")
    expect(page.locator("[data-safe]")).to_be_visible()


def test_n_submits_no_change_but_not_while_one_types(window, office, url):
    page = opened(window, office, url)
    page.locator("[name=help_needed]").fill("")
    page.locator("[name=achieved]").press("n")
    assert report_of(office).state == "draft"
    page.locator("[name=achieved]").press("Backspace")
    page.locator("h1").click()
    page.keyboard.press("n")
    arrived(page, url)
    assert report_of(office).origin == "unchanged"


def test_n_on_the_desk_submits_no_change_of_the_row_one_stands_on(window, office, url):
    page = window(office.cast.pm)
    page.goto("/")
    expect(page.locator(".pmo-ask.is-current [data-quick] kbd")).to_be_visible()
    page.keyboard.press("n")
    arrived(page, url)
    assert report_of(office).origin == "unchanged"


def test_a_changed_date_turns_blue_and_can_be_put_back(window, office, url):
    page = opened(window, office, url)
    box, back = page.locator("[name=m1]"), page.locator("[data-milestone] [data-put-back]")
    was = box.input_value()
    expect(back).to_be_hidden()
    box.press("ArrowUp")
    expect(box).to_have_class("is-changed")
    expect(page.locator("[data-milestone] output")).to_have_text("+1日")
    back.click()
    expect(box).to_have_value(was)
    expect(box).not_to_have_class("is-changed")


def test_the_reason_appears_when_it_is_needed(window, office, url):
    page = opened(window, office, url)
    row = page.locator("[data-light-row=quality]")
    expect(row).to_have_class(re.compile("asks-nothing"))
    row.locator("label.c-red").click()
    expect(row.locator(".reason input")).to_have_css("opacity", "1")
    row.locator("label.c-green").click()
    expect(row.locator(".reason input")).to_have_css("opacity", "0")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_dead_network_loses_nothing_and_submits_once(window, office, url, language):
    words, page = WORDS[language], opened(window, office, url, language=language, width=360)
    ready_without_a_network(page)
    page.context.set_offline(True)
    page.locator("[name=achieved]").fill("電車の中で書いた")
    expect(page.locator("[data-offline]")).to_have_text(words.offline)
    page.reload()
    expect(page.locator("[name=achieved]")).to_have_value("電車の中で書いた")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-save-state]")).to_have_text(words.waiting)
    assert report_of(office).state == "draft"
    page.context.set_offline(False)
    arrived(page, url)
    report = report_of(office)
    assert (report.state, report.achieved) == ("submitted", "電車の中で書いた")
    version = report.version
    page.goto(url + "edit/")
    arrived(page, url)
    assert report_of(office).version == version
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('draft:'))") == []


def test_what_was_submitted_in_a_tunnel_is_told_on_the_desk_and_goes_out_when_it_is_opened(window, office, url):
    page = opened(window, office, url)
    ready_without_a_network(page)
    context = page.context
    context.set_offline(True)
    page.locator("[name=achieved]").fill("電車の中で書いた")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-save-state]")).to_have_text(WORDS["ja"].waiting)
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(url)  # the draft's own page loses nothing of it
    page.goto("/")
    note = page.locator(".pmo-note:has-text('まだ提出されていません')")
    expect(note).to_be_visible()
    note.locator("a").click()
    arrived(page, url)
    assert (report_of(office).state, report_of(office).achieved) == ("submitted", "電車の中で書いた")


def left_without_a_network(window, office, url):
    """A tab that is closed in a tunnel: what was typed last stays on the device, or arrives and nobody hears of it."""
    page = opened(window, office, url)
    page.locator("[name=planned]").fill("つながっているうちに書いた")
    saved(page)
    page.context.set_offline(True)
    page.locator("[name=achieved]").fill("電車の中で書いた")
    expect(page.locator("[data-offline]")).to_be_visible()
    context = page.context
    page.close()
    return context


def opened_again(context, url):
    context.set_offline(False)
    page = context.new_page()
    page.goto(url + "edit/")
    return page


def test_what_was_typed_without_a_network_is_filled_in_again_and_no_conflict(window, office, url):
    page = opened_again(left_without_a_network(window, office, url), url)
    expect(page.locator("[name=achieved]")).to_have_value("電車の中で書いた")
    saved(page)
    expect(page.locator("[data-conflict]")).to_be_hidden()
    assert report_of(office).achieved == "電車の中で書いた"


def test_an_answer_that_never_arrived_is_no_conflict_with_oneself(window, office, url):
    page = opened(window, office, url)
    page.route("**/draft/", lambda route: (route.fetch(), route.abort()))  # it arrives; nobody hears of it
    page.locator("[name=achieved]").fill("届いたが返事がない")
    expect(page.locator("[data-offline]")).to_be_visible()
    page.unroute("**/draft/")
    page.route("**/draft/", lambda route: route.abort())
    page.locator("[name=achieved]").fill("そのあとで書いた")
    expect(page.locator("[data-save-state]")).to_contain_text("未送信")
    context = page.context
    page.close()
    page = opened_again(context, url)
    expect(page.locator("[data-restored]")).to_be_visible()
    saved(page)
    expect(page.locator("[data-conflict]")).to_be_hidden()
    assert report_of(office).achieved == "そのあとで書いた"


def test_a_report_sent_back_and_taken_up_again_is_no_conflict_with_oneself(window, office, url):
    report = ReportFactory(project=office.apollo, period=office.period)
    actions.return_report(report, by=office.cast.pmo, reason="費用の内訳を書いてください。")
    page = opened_again(left_without_a_network(window, office, url), url)
    saved(page)
    expect(page.locator("[data-conflict]")).to_be_hidden()
    assert report_of(office).achieved == "電車の中で書いた"


def test_what_somebody_else_wrote_meanwhile_is_still_asked_about(window, office, url):
    context = left_without_a_network(window, office, url)
    report = report_of(office)
    actions.save_draft(report, by=office.cast.pmo, version=report.version, achieved="PMOが書いた")
    page = opened_again(context, url)
    expect(page.locator("[data-conflict]")).to_be_visible()
    assert report_of(office).achieved == "PMOが書いた"


def test_sending_while_two_versions_stand_says_what_to_do_first(window, office, url):
    first, second = (opened(window, office, url) for _ in range(2))
    first.locator("[name=planned]").fill("一つ目の画面")
    saved(first)
    second.locator("[name=planned]").fill("二つ目の画面")
    expect(second.locator("[data-conflict]")).to_be_visible()
    second.locator("[name=help_needed]").press("Control+Enter")
    expect(second.locator("[data-merge]")).to_be_focused()
    expect(second.locator("[data-conflict]")).to_contain_text("提出していません")
    expect(second.locator("[data-conflict]")).to_be_in_viewport()
    assert report_of(office).state == "draft"


def test_the_figures_beside_the_form_follow_what_is_typed(window, office, url):
    page = opened(window, office, url)
    page.locator("[name=spent]").fill("333百万円")
    saved(page)
    expect(page.locator("[data-figures]")).to_contain_text("333百万円")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_two_windows_see_both_versions_and_go_on_with_what_was_chosen(window, office, url, language):
    first, second = (opened(window, office, url, width=width, language=language) for width in (1440, 360))
    first.locator("[name=planned]").fill("一つ目の画面")
    saved(first, language)
    second.locator("[name=planned]").fill("二つ目の画面")
    second.locator("[data-conflict] button").click()
    expect(second.locator("h1")).to_contain_text(WORDS[language].two)
    expect(second.locator("[data-submit]")).to_have_attribute("aria-disabled", "true")
    assert second.evaluate("document.documentElement.scrollWidth") <= 360
    second.locator("[name=choose-planned][value=both]").check()
    second.locator("[data-submit]").click()
    arrived(second, url + "edit/")
    expect(second.locator("[name=planned]")).to_have_value("二つ目の画面\n一つ目の画面")


def test_last_times_plan_is_marked_until_it_is_changed_and_asked_about_once(window, office, url):
    page = opened(window, office, url)
    mark = page.locator("[data-carried]")
    expect(mark).to_be_visible()
    page.locator("[name=achieved]").fill("リハーサルを2回行った。")
    expect(mark).to_be_hidden()
    page.locator("[name=achieved]").fill("移行リハーサルを行う。")
    expect(mark).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".pmo-summary")).to_be_visible()
    assert report_of(office).state == "draft"
    page.locator("[name=is_done_as_planned]").check()
    page.keyboard.press("Control+Enter")
    arrived(page, url)
    assert report_of(office).achieved == "移行リハーサルを行う。"


def test_going_back_after_submitting_leads_to_the_report(window, office, url):
    page = opened(window, office, url)
    page.locator("[name=achieved]").fill("書いた")
    page.keyboard.press("Control+Enter")
    arrived(page, url)
    page.go_back()
    arrived(page, url)
    assert StatusReport.objects.filter(project=office.apollo, period=office.period).count() == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_phone_shows_the_whole_form_without_scrolling_sideways(window, office, url, language):
    page = opened(window, office, url, width=360, language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    folded = page.locator("tr.is-folded")
    expect(folded.first.locator(".declared")).to_be_hidden()
    folded.first.locator("[data-unfold]").click()
    expect(page.locator("[data-light-row=scope] .declared, [data-light-row=schedule] .declared").first).to_be_visible()


def test_on_a_phone_the_strip_covers_no_field_that_one_is_in(window, office, url):
    page = opened(window, office, url, width=360)
    covered = page.evaluate(
        """async () => {
          const bar = document.querySelector(".pmo-submitbar"), found = [];
          for (const field of document.querySelectorAll("#report :is(input:not([type=hidden]), select)")) {
            if (!field.offsetParent) continue;
            field.focus();
            await new Promise((done) => setTimeout(done, 60));
            const top = Math.min(...[bar, bar.querySelector(".state")].map((one) => one.getBoundingClientRect().top));
            if (field.getBoundingClientRect().bottom > top + 1) found.push(field.name);
          }
          return found;
        }"""
    )
    assert covered == []


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
def test_form_report_and_conflict_pass_axe(window, office, url, theme, width):
    page = opened(window, office, url, theme=theme, width=width)
    if width < 768:
        page.locator("[data-light-row=quality] [data-unfold]").click()
    page.locator("[data-light-row=quality] label.c-red").click()
    saved(page)  # nothing is under way when the next window signs in
    assert not faults(page)
    other = opened(window, office, url)
    other.locator("[name=planned]").fill("別の画面")
    saved(other)
    page.locator("[name=planned]").fill("この画面")
    page.locator("[data-conflict] button").click()
    expect(page.locator("form[data-two]")).to_be_visible()
    assert not faults(page)
    page.goto(url)
    assert not faults(page)
