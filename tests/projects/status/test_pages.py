"""The status form and the report page, as the PM, the PMO and readers meet them."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.html import escape

from pmo_portal import jobs
from pmo_portal.asks.models import Ask
from pmo_portal.periods import actions as periods
from projects.register.models import Milestone
from projects.status import actions
from projects.status.actions import faults_of
from projects.status.models import DIMENSIONS, ProjectPeriod, StatusReport
from tests.factories import GREEN, PeriodFactory, ReportFactory


@pytest.fixture
def url(office) -> str:
    return f"/projects/APOLLO/status/{office.period.key}/"


@pytest.fixture
def pm(office, signed_in):
    return signed_in(office.cast.pm)


@pytest.fixture
def pmo(office, signed_in):
    return signed_in(office.cast.pmo)


@pytest.fixture
def earlier(office, cast) -> StatusReport:
    month = PeriodFactory(day=office.period.starts_on - timedelta(days=10))
    periods.open_period(month, by=cast.pmo)
    report = ReportFactory(
        project=office.apollo, period=month, planned="移行リハーサルを行う。", cost_reason="費用は1週間遅れ。"
    )
    return actions.accept_report(report, by=cast.pmo)


def report_of(office) -> StatusReport:
    return StatusReport.objects.get(project=office.apollo, period=office.period, is_current=True)


def filled(office, **changes) -> dict:
    """What the form sends when everything is green and nothing else is typed."""
    report = report_of(office)
    return {
        **GREEN,
        "forecast_finish_on": report.forecast_finish_on.isoformat(),
        "forecast_cost": str(report.forecast_cost),
        "spent": str(report.spent),
        "version": report.version,
        "seconds": 40,
        **changes,
    }


# ---- the form


def test_the_form_is_filled_in_and_says_what_changed(office, pm, url, earlier):
    Milestone.objects.filter(project=office.apollo).update(forecast_on=timezone.localdate() + timedelta(days=44))
    page = pm.get(url + "edit/")
    assert page.status_code == 200
    assert "移行リハーサルを行う。" in page.text
    assert "本番稼働" in page.text and "+14日" in page.text
    assert 'name="taken" value="milestone_moved:1" checked' in page.text


def test_it_speaks_english_to_an_english_reader(office, signed_in, url, earlier):
    client = signed_in(office.cast.pm)
    client.cookies["django_language"] = "en"
    office.cast.pm.language = "en"
    office.cast.pm.save()
    page = client.get(url + "edit/")
    assert "Core ERP renewal" in page.text and "What is ticked" not in page.text
    assert "Submit: no change" in page.text and "On track" in page.text


def test_dates_are_written_in_the_language_of_the_page(office, pm, url):
    finish = office.apollo.forecast_finish_on
    assert f'value="{finish.year}/{finish.month}/{finish.day}(' in pm.get(url + "edit/").text


def test_the_reason_is_asked_for_only_where_it_is_needed(office, pm, url, earlier):
    page = pm.get(url + "edit/").text
    rows = dict(re.findall(r'data-light-row="(\w+)"[^>]*class="([^"]*)"', page))
    assert "asks-nothing" in rows["quality"] and "asks-nothing" not in rows["cost"]  # cost: computed amber, green said


def test_autosave_keeps_everything_and_says_when(office, pm, url):
    pm.get(url + "edit/")
    answer = pm.post(url + "draft/", filled(office, quality_light="red", quality_reason="障害", achieved="設計"))
    assert answer.json()["state"] == "saved" and "保存" in answer.json()["message"]
    report = report_of(office)
    assert (report.quality_light, report.quality_reason, report.achieved) == ("red", "障害", "設計")
    assert report.version == answer.json()["version"] and report.edited_by == office.cast.pm


def test_autosave_keeps_the_rest_where_one_field_cannot_be_read(office, pm, url):
    pm.get(url + "edit/")
    answer = pm.post(url + "draft/", filled(office, forecast_cost="たくさん", achieved="設計")).json()
    assert answer["state"] == "saved" and "金額として読めません" in answer["faults"]["forecast_cost"]
    assert report_of(office).achieved == "設計" and report_of(office).forecast_cost == office.apollo.forecast_cost


def test_the_answer_to_autosaving_names_what_could_not_be_kept(office, pm, url):
    pm.get(url + "edit/")
    typed = filled(office, forecast_cost="1e30", forecast_finish_on="0001-01-01", achieved="設計")
    answer = pm.post(url + "draft/", typed).json()
    assert answer["message"].endswith("（保存できていない項目：完了見込、完成時の総コスト）")
    assert report_of(office).achieved == "設計"
    assert (
        "保存できていない" not in pm.post(url + "draft/", filled(office, version=answer["version"])).json()["message"]
    )


def test_autosave_answers_with_what_the_figures_now_say(office, pm, url, earlier):
    pm.get(url + "edit/")
    later = report_of(office).forecast_finish_on + timedelta(days=40)
    answer = pm.post(url + "draft/", filled(office, forecast_finish_on=later.isoformat())).json()
    assert answer["rows"]["schedule"]["computed"] == "red" and "40日遅く" in answer["rows"]["schedule"]["rule"]
    assert "finish_moved" in answer["facts"] and "+40日" in answer["facts"]


def test_autosave_into_a_report_that_is_in_leads_to_it(office, pm, url):
    pm.get(url + "edit/")
    old = filled(office)
    pm.post(url + "edit/", old)
    answer = pm.post(url + "draft/", old)
    assert answer.status_code == 422 and answer.json() == {
        "state": "in",
        "message": answer.json()["message"],
        "url": url,
    }


def test_numbers_are_typed_as_people_write_them(office, pm, url):
    pm.get(url + "edit/")
    pm.post(url + "edit/", filled(office, forecast_cost="４億７，０００万", spent="210百万円"))
    report = report_of(office)
    assert (report.state, report.forecast_cost, report.spent) == ("submitted", 470_000_000, 210_000_000)


def test_what_is_missing_is_summed_up_with_links_and_what_was_typed_stays(office, pm, url):
    pm.get(url + "edit/")
    page = pm.post(url + "edit/", filled(office, quality_light="amber", forecast_finish_on="来週", achieved="書いた文"))
    assert page.status_code == 422
    assert 'href="#field-quality_reason"' in page.text and 'id="field-quality_reason"' in page.text
    assert 'href="#field-forecast_finish_on"' in page.text and 'value="来週"' in page.text
    assert "書いた文" in page.text
    assert report_of(office).state == "draft"


def test_every_fault_links_to_a_field_that_is_there(office, pm, url):
    pm.get(url + "edit/")
    page = pm.post(url + "edit/", {"version": report_of(office).version, "help_needed": "人手"}).text
    targets = re.findall(r'href="#(field-[\w]+)"', page)
    assert len(targets) == len(DIMENSIONS) + 2
    assert all(f'id="{target}"' in page for target in targets)


def test_submitting_leads_to_the_frozen_page(office, pm, url):
    pm.get(url + "edit/")
    answer = pm.post(url + "edit/", filled(office), follow=True)
    assert answer.redirect_chain == [(url, 302)]
    assert "提出しました" in answer.text or "届きました" in answer.text
    assert report_of(office).digest[:12] in answer.text


def test_a_second_click_and_going_back_submit_nothing_twice(office, pm, url):
    pm.get(url + "edit/")
    typed = filled(office)
    pm.post(url + "edit/", typed)
    version = report_of(office).version
    again = pm.post(url + "edit/", typed, follow=True)
    assert again.status_code == 200 and "二重には送られていません" in again.text
    assert pm.get(url + "edit/").url == url
    assert report_of(office).version == version


def test_an_unticked_fact_stays_out_of_the_report(office, pm, url, earlier):
    pm.get(url + "edit/")
    cost = str(report_of(office).forecast_cost + Decimal(15_000_000))
    finish = (report_of(office).forecast_finish_on + timedelta(days=10)).isoformat()
    given = {"forecast_cost": cost, "forecast_finish_on": finish, "seen": ["cost_moved", "finish_moved"]}
    pm.post(url + "edit/", filled(office, **given, taken=["cost_moved"]))
    page = pm.get(url).text
    assert "+15百万円" in page
    assert [f["kind"] for f in report_of(office).facts_taken] == ["cost_moved"]


def test_the_report_tells_its_facts_in_the_readers_language(office, pm, url, signed_in):
    Milestone.objects.filter(project=office.apollo).update(forecast_on=timezone.localdate() + timedelta(days=44))
    pm.get(url + "edit/")
    pm.post(url + "edit/", filled(office))
    sponsor = office.cast.sponsor
    sponsor.language = "en"
    sponsor.save()
    page = signed_in(sponsor).get(url).text
    assert "Go-live" in page and "+14 d" in page and "本番稼働" not in page


def test_last_times_plan_does_not_go_out_as_done_unasked(office, pm, url, earlier):
    page = pm.get(url + "edit/").text
    assert f"{earlier.period.label}の予定からの引継ぎです" in page
    asked = pm.post(url + "edit/", filled(office, achieved=earlier.planned, cost_reason="1週間遅れ"))
    assert asked.status_code == 422 and 'href="#field-achieved"' in asked.text
    assert report_of(office).state == "draft"
    again = filled(office, achieved=earlier.planned, cost_reason="1週間遅れ", is_done_as_planned="on")
    assert pm.post(url + "edit/", again).status_code == 302
    assert (report_of(office).state, report_of(office).achieved) == ("submitted", earlier.planned)


def test_words_of_ones_own_are_not_asked_about(office, pm, url, earlier):
    pm.get(url + "edit/")
    done = filled(office, achieved=earlier.planned + "完了。", cost_reason="1週間遅れ")
    assert pm.post(url + "edit/", done).status_code == 302


# ---- two tabs, two people


def test_another_tab_saved_first_and_the_autosave_says_so(office, pm, url):
    pm.get(url + "edit/")
    old = filled(office)
    pm.post(url + "draft/", old | {"achieved": "一つ目の画面"})
    answer = pm.post(url + "draft/", old | {"achieved": "二つ目の画面"})
    assert answer.status_code == 409 and answer.json()["state"] == "conflict"
    assert "別の画面か別の人" in answer.json()["message"], "it may be one's own other window"
    assert report_of(office).achieved == "一つ目の画面"


@pytest.fixture
def collided(office, pm, pmo, url, earlier):
    """The PM and the PMO opened the report; the PMO saved first."""
    page = pm.get(url + "edit/")
    opened = page.text.split('name="opened" value="')[1].split('"')[0].replace("&quot;", '"')
    old = filled(office, opened=opened)
    pmo.post(
        url + "draft/", old | {"cost_reason": "費用は3週間遅れ。", "quality_light": "amber", "quality_reason": "試験"}
    )
    return pm.post(url + "merge/", old | {"cost_reason": "費用は2週間遅れ。", "planned": "リハーサル"})


def hidden(page) -> dict:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    return {name: value.replace("&quot;", '"') for name, value in found if name != "csrfmiddlewaretoken"}


def test_two_people_see_both_versions_with_the_differences_marked(collided, cast):
    assert collided.status_code == 409
    assert f"{cast.pmo.name}さんが先に保存しました。1か所を選んでください" in collided.text
    assert "<mark>2</mark>" in collided.text and "<mark>3</mark>" in collided.text


def test_what_was_chosen_goes_on_in_the_form(collided, office, pm, url):
    answer = pm.post(url + "merge/", hidden(collided) | {"choose-cost_reason": "both"})
    assert answer.status_code == 302 and answer.url == url + "edit/"
    report = report_of(office)
    assert report.cost_reason == "費用は2週間遅れ。 費用は3週間遅れ。" and report.state == "draft"
    assert (report.planned, report.quality_light, report.quality_reason) == ("リハーサル", "amber", "試験")


def test_two_who_move_the_same_milestone_see_both_dates(office, pm, pmo, url):
    pm.get(url + "edit/")
    old = filled(office)
    pmo.post(url + "draft/", old | {"m1": "2037-03-10"})
    page = pm.post(url + "merge/", old | {"m1": "2037-03-24"})
    assert page.status_code == 409 and "2037/3/10" in page.text and "2037/3/24" in page.text


def test_submitting_an_older_version_shows_both_instead_of_overwriting(office, pm, pmo, url):
    pm.get(url + "edit/")
    old = filled(office)
    pmo.post(url + "draft/", old | {"achieved": "PMOが書いた"})
    page = pm.post(url + "edit/", old | {"achieved": "PMが書いた"})
    assert page.status_code == 409 and "PMOが書いた" in page.text and "PMが書いた" in page.text
    assert report_of(office).state == "draft"


# ---- no change


def test_no_change_is_one_key_on_the_desk_and_the_report_says_so(office, pm, url, earlier):
    answer = pm.post(url + "no-change/", follow=True)
    assert "変更がない" in answer.text
    assert report_of(office).origin == "unchanged"


def test_where_the_figures_have_moved_no_change_is_neither_offered_nor_taken(office, pm, url, earlier):
    jobs.drain(strict=True)
    assert f'action="{url}no-change/"' in pm.get("/").text
    Milestone.objects.filter(project=office.apollo).update(forecast_on=office.period.ends_on + timedelta(days=400))
    assert f'action="{url}no-change/"' not in pm.get("/").text
    assert "data-no-change" not in pm.get(url + "edit/").text
    answer = pm.post(url + "no-change/", follow=True)
    assert answer.redirect_chain[0][0] == url + "edit/" and "「変更なし」にはできません" in answer.text
    assert report_of(office).state == "draft"


def test_no_change_that_lacks_something_leads_to_the_form_and_says_what(office, pm, url, earlier):
    StatusReport.objects.filter(pk=earlier.pk).update(cost_reason="")
    answer = pm.post(url + "no-change/", follow=True)
    assert answer.redirect_chain[0][0] == url + "edit/"
    assert "理由を一言" in answer.text
    assert report_of(office).state == "draft"


# ---- a period that closes while the report is written


def test_a_period_that_froze_meanwhile_is_said_and_nothing_is_lost(office, pm, url):
    pm.get(url + "edit/")
    typed = filled(office, achieved="長い文を書いていた")
    periods.close_period(office.period, by=office.cast.pmo)
    periods.freeze_period(office.period, by=office.cast.manager)
    page = pm.post(url + "edit/", typed)
    assert page.status_code == 422 and "長い文を書いていた" in page.text and "受け付け" in page.text
    assert pm.post(url + "draft/", typed).json()["state"] == "saved"
    closed = pm.get(url + "edit/")
    assert closed.status_code == 409 and f'href="{url}"' in closed.text
    assert "長い文を書いていた" in pm.get(url).text


def test_once_reopened_the_draft_goes_on_where_it_was(office, pm, url):
    pm.get(url + "edit/")
    pm.post(url + "draft/", filled(office, achieved="長い文"))
    periods.close_period(office.period, by=office.cast.pmo)
    periods.freeze_period(office.period, by=office.cast.manager)
    periods.reopen_period(office.period, by=office.cast.manager, reason="追加の報告")
    assert "長い文" in pm.get(url + "edit/").text


# ---- the report page and the PMO's judgement


def test_the_report_shows_what_changed_since_the_one_before_piece_by_piece(office, pm, url, earlier):
    pm.get(url + "edit/")
    pm.post(
        url + "edit/",
        filled(office, achieved="設計を終え、試験を始めた。", quality_light="amber", quality_reason="試験"),
    )
    page = pm.get(url).text
    assert "<ins>" in page and "<del>" in page
    assert "設計" in page and earlier.period.label in page


def test_the_pmo_accepts_or_returns_from_the_page(office, pm, pmo, url):
    pm.get(url + "edit/")
    pm.post(url + "edit/", filled(office))
    version = report_of(office).version
    assert pmo.post(url + "return/", {"reason": "費用の内訳を", "version": version}).status_code == 302
    page = pm.get(url + "edit/").text
    assert "PMOからの差戻し" in page and "費用の内訳を" in page
    pm.post(url + "edit/", filled(office, cost_reason="内訳：保守 3百万円"))
    assert (
        pmo.post(url + "acceptance/", {"comment": "助かりました", "version": report_of(office).version}).status_code
        == 302
    )
    assert report_of(office).state == "accepted"


def test_a_comment_of_the_pmo_is_before_the_pm_next_time(office, pm, pmo, url):
    pm.get(url + "edit/")
    pm.post(url + "edit/", filled(office))
    pmo.post(url + "acceptance/", {"comment": "理由が具体的で助かりました", "version": report_of(office).version})
    following = PeriodFactory(day=office.period.ends_on + timedelta(days=5))
    periods.open_period(following, by=office.cast.pmo)
    assert "理由が具体的で助かりました" in pm.get(f"/projects/APOLLO/status/{following.key}/edit/").text


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [
        ("pm", 200, 302),
        ("substitute", 200, 302),
        ("pmo", 200, 302),
        ("sponsor", 200, 403),
        ("member", 200, 403),
        ("auditor", 200, 403),
        ("outsider", 404, 404),
        ("nobody", 404, 404),
    ],
)
def test_who_reads_and_who_writes(office, signed_in, url, who, read, write):
    ReportFactory(project=office.apollo, period=office.period)
    client = signed_in(getattr(office.cast, who))
    assert client.get(url).status_code == read
    assert client.get(url + "edit/").status_code == write  # whoever may write is led to what is in


def test_an_earlier_revision_stays_readable_and_says_that_it_is_one(office, pm, pmo, url):
    report = ReportFactory(project=office.apollo, period=office.period, achieved="一つ目の版")
    actions.accept_report(report, by=office.cast.pmo)
    pm.post(url + "correction/")
    pm.post(url + "edit/", filled(office, achieved="二つ目の版"))
    old = pm.get(url + "?revision=1")
    assert old.status_code == 200 and "一つ目の版" in old.text and "置き換えられました" in old.text
    assert pm.get(url + "?revision=9").status_code == 404
    assert "二つ目の版" in pm.get(url + "?revision=abc").text


def test_what_is_typed_is_shown_as_text_never_as_markup(office, pm, url):
    pm.get(url + "edit/")
    pm.post(url + "edit/", filled(office, achieved="<script>alert(1)</script>", planned="مرحبا 🚀"))
    page = pm.get(url).text
    assert "<script>alert(1)</script>" not in page and escape("<script>alert(1)</script>") in page
    assert "مرحبا 🚀" in page


def test_a_text_of_ten_thousand_characters_is_kept_and_one_more_is_refused(office, pm, url):
    pm.get(url + "edit/")
    page = pm.post(url + "edit/", filled(office, achieved="あ" * 10_001))
    assert page.status_code == 422
    pm.post(url + "edit/", filled(office, achieved="あ" * 10_000))
    assert len(report_of(office).achieved) == 10_000


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e30", "-Infinity", "９" * 25])
def test_amounts_that_are_none_are_refused_at_their_field(office, pm, url, amount):
    pm.get(url + "edit/")
    page = pm.post(url + "edit/", filled(office, forecast_cost=amount))
    assert page.status_code == 422 and 'href="#field-forecast_cost"' in page.text


@pytest.mark.parametrize("name", ["forecast_cost", "spent"])
def test_amounts_below_zero_are_refused_at_their_field(office, pm, url, name):
    pm.get(url + "edit/")
    page = pm.post(url + "edit/", filled(office, **{name: "-5"}))
    assert page.status_code == 422 and f'href="#field-{name}"' in page.text
    assert "金額に負の数は使えません。" in page.text


@pytest.mark.parametrize("day", ["1899-12-31", "2201-01-01", "2026-02-30", "0001-01-01", "99999-01-01"])
def test_days_that_are_none_are_refused_at_their_field(office, pm, url, day):
    pm.get(url + "edit/")
    page = pm.post(url + "edit/", filled(office, forecast_finish_on=day))
    assert page.status_code == 422 and 'href="#field-forecast_finish_on"' in page.text


def test_ids_of_others_in_the_form_change_nothing_of_theirs(office, pm, url):
    pm.get(url + "edit/")
    pm.post(url + "edit/", filled(office, project=office.boreas.pk, author=office.cast.outsider.pk, state="accepted"))
    report = report_of(office)
    assert (report.project, report.author, report.state) == (office.apollo, office.cast.pm, "submitted")


def test_the_hidden_copy_of_what_was_opened_may_be_anything(office, pm, url):
    """It is only shown in a conflict; what is not JSON, or not of this form, is ignored."""
    pm.get(url + "edit/")
    old = filled(office)
    pm.post(url + "draft/", old | {"achieved": "先"})
    for opened in ("", "[]", json.dumps({"state": "accepted", "forecast_finish_on": "x"})):
        assert pm.post(url + "merge/", old | {"achieved": "後", "opened": opened}).status_code == 409


def test_the_script_that_keeps_forms_is_served_from_the_root(client):
    answer = client.get("/keep.js")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/javascript")


def test_the_pmo_reads_that_going_on_is_on_behalf_and_returns_by_a_button_that_says_so(office, pm, pmo, url):
    report = ReportFactory(project=office.apollo, period=office.period)
    assert "差戻す <kbd>" in pmo.get(url + "return/").text
    actions.return_report(report, by=office.cast.pmo, reason="費用の内訳を")
    assert "代理で入力" in pmo.get(url).text
    assert "代理で入力" not in pm.get(url).text


def test_the_history_of_a_report_tells_every_field_and_whose_reason_it_is(office, pm, url):
    ReportFactory(
        project=office.apollo, period=office.period, cost_reason="単価", scope_light="amber", scope_reason="仕様追加"
    )
    history = pm.get(url).text.split('<ol class="pmo-history">')[1].split("</ol>")[0]
    assert "コストの理由" in history and "範囲の理由" in history and "仕様追加" in history


def test_whoever_is_asked_for_help_finds_the_report(office, signed_in, url):
    ReportFactory(
        project=office.apollo, period=office.period, help_needed="移行担当を1名", help_from=office.cast.sponsor
    )
    ask = Ask.objects.get(kind="status.help")
    assert f'href="{url}"' in signed_in(office.cast.sponsor).get(f"/asks/{ask.pk}/").text


def test_an_accepted_report_is_corrected_by_a_button_and_not_by_looking_at_its_form(office, pm, url, signed_in):
    report = ReportFactory(project=office.apollo, period=office.period)
    actions.accept_report(report, by=office.cast.pmo)

    def current() -> StatusReport:
        return StatusReport.objects.get(project=office.apollo, period=office.period, is_current=True)

    assert pm.get(f"{url}edit/")["Location"] == url
    assert (current().pk, current().state) == (report.pk, "accepted")
    assert f'action="{url}correction/"' in pm.get(url).text
    assert f'action="{url}correction/"' not in signed_in(office.cast.member).get(url).text
    assert signed_in(office.cast.member).post(f"{url}correction/").status_code == 403

    assert pm.post(f"{url}correction/")["Location"] == f"{url}edit/"
    assert (current().revision, current().state) == (2, "draft")
    assert pm.get(f"{url}edit/").status_code == 200
    assert f'action="{url}correction/end/"' in pm.get(url).text

    assert pm.post(f"{url}correction/end/")["Location"] == url
    assert (current().pk, current().state) == (report.pk, "accepted")
    assert ProjectPeriod.objects.get(project=office.apollo, period=office.period).state == "accepted"
    pm.post(f"{url}correction/end/")
    assert current().pk == report.pk, "there is nothing more to drop"

    pm.post(f"{url}correction/")
    assert current().revision == 3
    actions.submit_report(current(), by=office.cast.pm, version=current().version, **GREEN)
    assert (current().revision, current().state) == (3, "submitted")


def test_whoever_reports_is_not_offered_as_helper_and_refused_with_words(office, signed_in, pm, url):
    page = pm.get(url + "edit/")
    offered = {str(value) for value, _label in page.context["form"].fields["help_from"].choices}
    assert str(office.cast.sponsor.pk) in offered and str(office.cast.pm.pk) not in offered
    report = ReportFactory(
        project=office.apollo, period=office.period, help_needed="人手", help_from=office.cast.sponsor
    )
    report.author, report.help_from = office.cast.pmo, office.cast.pmo
    assert faults_of(report, by=office.cast.pm)["help_from"] == [
        "助けを頼む相手には、報告する本人以外の人を選んでください。"
    ]
