"""The PMO staff's day through the browser's door."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from administration.collection import actions
from administration.collection.models import Campaign, CampaignReply, ReportingArrangement
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods import actions as periods
from projects.status.maintaining import expect_reports
from projects.status.models import ProjectPeriod
from tests.factories import CampaignFactory, PeriodFactory, ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(name, *args):
    return reverse(f"administration:collection:{name}", args=args)


@pytest.fixture
def english(signed_in):
    def sign_in(person):
        client = signed_in(person)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _asked(office):
    expect_reports(office.period)


def row_id(project):
    return ProjectPeriod.objects.get(project=project).pk


# ---- the dashboard


def test_the_title_is_the_answer(office, english):
    page = english(office.cast.pmo).get(url("dashboard"))
    assert "2 reports to go" in page.context["title"]
    for project in (office.apollo, office.boreas):
        ReportFactory(project=project, period=office.period)
    assert "every report is in" in english(office.cast.pmo).get(url("dashboard")).context["title"]


def test_who_comes_in_and_who_finds_the_keys(office, english):
    for part, answer in {"pmo": 200, "manager": 200, "auditor": 200, "pm": 403, "expert": 403, "admin": 403}.items():
        assert english(getattr(office.cast, part)).get(url("dashboard")).status_code == answer
    assert url("extension") in english(office.cast.pmo).get(url("dashboard")).text
    assert url("extension") not in english(office.cast.auditor).get(url("dashboard")).text
    for name in ("reminder", "exemption", "extension"):
        assert english(office.cast.auditor).get(url(name)).status_code == 403


def test_the_pmo_of_one_portfolio_sees_that_one(office, english):
    page = english(office.cast.site_pmo).get(url("dashboard"))
    assert office.boreas.name_en in page.text and office.apollo.name_en not in page.text
    assert page.context["total"] == 1


def test_with_nothing_being_collected_the_page_says_what_it_is_for(office, english):
    page = english(office.cast.pmo).get(url("dashboard") + "?period=2099-01")
    assert page.status_code == 404
    periods.close_period(office.period, by=office.cast.pmo)
    periods.freeze_period(office.period, by=office.cast.pmo)
    assert "Frozen" in english(office.cast.pmo).get(url("dashboard")).text


def test_several_running_periods_stand_in_one_list(office, english):
    quarter = PeriodFactory(cadence="quarterly")
    periods.open_period(quarter, by=None)
    page = english(office.cast.pmo).get(url("dashboard"))
    assert office.period.label in page.text and quarter.label in page.text
    one = english(office.cast.pmo).get(url("dashboard") + f"?period={quarter.key}")
    assert one.context["total"] == 0 and "every report is in" in one.context["title"]


def test_the_breakdown_turns_from_portfolios_to_pms_and_narrows_the_page(office, english):
    client = english(office.cast.pmo)
    page = client.get(url("dashboard") + "?by=pm")
    assert {line["pm"] for line in page.context["lines"]} == {office.cast.pm, office.cast.outsider}
    assert f"?pm={office.cast.pm.pk}" in page.text
    narrowed = client.get(url("dashboard") + f"?pm={office.cast.pm.pk}")
    assert narrowed.context["total"] == 1 and office.cast.pm.name_en in narrowed.text
    assert client.get(url("dashboard") + "?portfolio=SITE&pm=x&by=nonsense").context["total"] == 1


def test_every_figure_leads_to_its_list(office, english):
    client = english(office.cast.pmo)
    ReportFactory(project=office.apollo, period=office.period)
    for figure in client.get(url("dashboard")).context["figures"]:
        listed = client.get(figure["url"])
        assert listed.context["listing"].count == figure["count"]


def test_the_list_goes_out_as_a_sheet_with_a_line_for_each(office, english):
    answer = english(office.cast.pmo).get(url("expected_list") + "?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:4] == ["Project", "Key", "PM", "State"] and len(rows) == 3
    assert {row[1] for row in rows[1:]} == {"APOLLO", "BOREAS"} and rows[1][3] == "Not in"


# ---- reminding


def test_the_letters_are_seen_in_their_readers_language_before_they_go(office, english):
    office.cast.outsider.language = "en"
    office.cast.outsider.save()
    picks = {"pick": [row_id(office.apollo), row_id(office.boreas)], "text_ja": "金曜までに", "text_en": "By Friday"}
    page = english(office.cast.pmo).get(url("reminder"), picks)
    japanese, in_english = page.context["letters"]
    assert office.apollo.name_ja in japanese["subject"] and japanese["lines"][-1] == "金曜までに"
    assert office.boreas.name_en in in_english["subject"] and in_english["lines"][-1] == "By Friday"
    assert 'lang="ja"' in page.text and "Send 2 letters" in page.text


def test_the_preview_beside_the_list_is_a_fragment_that_can_be_sent(office, english):
    client = english(office.cast.pmo)
    part = client.get(url("reminder"), {"pick": row_id(office.apollo), "embedded": "1"}, headers=HTMX)
    assert "<html" not in part.text and "Send 1 letter" in part.text
    assert f'name="pick" value="{row_id(office.apollo)}"' in part.text
    sent = client.post(url("reminder"), {"pick": row_id(office.apollo), "text_ja": "金曜までに"}, follow=True)
    assert "1 person reminded." in sent.text
    item = InboxItem.objects.get(kind="asks.reminder")
    assert item.params["text"] == "金曜までに" and item.person == office.cast.substitute  # the PM is away today
    assert not InboxItem.objects.filter(person=office.cast.outsider).exists()


def test_a_second_reminder_within_the_hour_says_why_nothing_went_and_when_it_can(office, english):
    client, picks = english(office.cast.pmo), {"pick": [row_id(office.apollo)], "text_en": "By Friday"}
    client.post(url("reminder"), picks)
    told = client.post(url("reminder"), picks, follow=True).text
    assert "1 was reminded less than an hour ago and can be reminded again from" in told
    assert "0 people" not in told


def test_with_nothing_selected_nobody_is_picked_and_nothing_is_arranged(office, english):
    client = english(office.cast.pmo)
    page = client.get(url("reminder"))
    assert page.context["picked"] == [] and "Select whom to remind" in page.text
    for name in ("exemption", "extension"):
        answer = client.get(url(name), follow=True)
        assert answer.redirect_chain == [(url("dashboard"), 302)]
        assert "Select at least one report that is still to come" in answer.text


def test_whoever_no_letter_reaches_is_named_with_what_to_do(office, english):
    orphan = ProjectFactory(portfolio=office.core, pm=None, key="ORPHAN")
    unknown = ProjectFactory(portfolio=office.core, key="FARAWAY")
    expect_reports(office.period)
    type(unknown.pm).objects.filter(pk=unknown.pm_id).update(email=None)
    client = english(office.cast.pmo)
    page = client.get(url("reminder"))
    assert {one["project"].key for one in page.context["unreached"]} == {"ORPHAN", "FARAWAY"}
    assert f"{unknown.pm} does not sign in here" in page.text and "no PM yet" in page.text
    for key in ("ORPHAN", "FARAWAY"):
        assert f'href="{reverse("projects:register:handover", args=(key,))}"' in page.text
        assert f'href="{reverse("projects:status:status_form", args=(key, office.period.key))}"' in page.text
    picked = [row_id(orphan), row_id(office.apollo)]
    part = client.get(url("reminder"), {"pick": picked, "embedded": "1"}, headers=HTMX)
    assert "1 report cannot be asked for" in part.text and "Send 1 letter" in part.text


def test_nobody_can_be_reminded_through_a_foreign_row(office, english):
    page = english(office.cast.site_pmo).post(url("reminder"), {"pick": row_id(office.apollo)})
    assert page.status_code == 422 and not InboxItem.objects.filter(kind="asks.reminder").exists()


# ---- arrangements


def test_several_are_extended_at_once_with_one_reason(office, english):
    client = english(office.cast.pmo)
    picks = [row_id(office.apollo), row_id(office.boreas)]
    assert "More time for 2 projects" in client.get(url("extension"), {"pick": picks}).text
    day = timezone.localdate(office.period.due_at) + timedelta(days=5)
    refused = client.post(url("extension"), {"pick": picks, "due_on": day.isoformat(), "reason": ""})
    assert refused.status_code == 422 and ReportingArrangement.objects.count() == 0
    done = client.post(url("extension"), {"pick": picks, "due_on": day.isoformat(), "reason": "見積り待ち"})
    assert done.status_code == 302 and ReportingArrangement.objects.filter(kind="extension").count() == 2
    assert "extended until" in client.get(url("dashboard")).text


def test_an_exemption_of_what_came_in_meanwhile_is_refused_whole_and_says_so(office, english):
    client = english(office.cast.pmo)
    picks = [row_id(office.apollo), row_id(office.boreas)]
    ReportFactory(project=office.apollo, period=office.period)
    done = client.post(url("exemption"), {"pick": picks, "reason": "x"})
    assert done.status_code == 302  # the row that is in is no longer among those to be arranged
    assert ReportingArrangement.objects.get().project == office.boreas
    empty = client.post(url("exemption"), {"pick": [row_id(office.apollo)], "reason": "x"})
    assert empty.status_code == 422 and "Choose at least one report" in empty.text


def test_the_buttons_say_what_is_done(office, english):
    client, picks = english(office.cast.pmo), [row_id(office.apollo)]
    assert "Exempt <kbd>" in client.get(url("exemption"), {"pick": picks}).text
    assert "Extend the date <kbd>" in client.get(url("extension"), {"pick": picks}).text


def test_where_there_is_no_pm_one_is_named_instead_of_reminded(office, english):
    orphan = ProjectFactory(portfolio=office.core, pm=None, key="ORPHAN")
    expect_reports(office.period)
    page = english(office.cast.pmo).get(url("dashboard")).text
    assert "no PM yet" in page and f'href="{reverse("projects:register:handover", args=("ORPHAN",))}"' in page
    assert f"{url('reminder')}?pick={row_id(orphan)}" not in page
    assert f"{url('reminder')}?pick={row_id(office.apollo)}" in page


def test_entering_on_behalf_is_one_click_away_and_marked_on_the_dashboard(office, english):
    client = english(office.cast.pmo)
    form = reverse("projects:status:status_form", args=("APOLLO", office.period.key))
    assert form in client.get(url("dashboard")).text
    ReportFactory(project=office.apollo, period=office.period, by=office.cast.pmo)
    assert "on behalf" in client.get(url("dashboard")).text


def test_a_call_is_noted_and_seen_by_the_next_who_looks(office, english):
    type(office.apollo).objects.filter(pk=office.apollo.pk).update(overall_light="green", slip_days=45)
    client = english(office.cast.pmo)
    assert "Green, yet 45 days late" in client.get(url("dashboard")).text
    assert client.post(url("call", "APOLLO"), {"text": ""}).status_code == 422
    assert client.post(url("call", "APOLLO"), {"text": "木曜に直す"}).status_code == 302
    assert "木曜に直す" in english(office.cast.manager).get(url("dashboard")).text
    assert english(office.cast.manager).get(url("call", "APOLLO")).status_code == 403


# ---- campaigns


def campaign_form(**changes):
    return {
        "title_ja": "要員の確認",
        "due_on": (timezone.localdate() + timedelta(days=5)).isoformat(),
        "minutes": "2",
        "keys": "APOLLO、ＢＯＲＥＡＳ",
        "ja_1": "足りていますか",
        "en_1": "Is it enough?",
        "kind_1": "yesno",
        "required_1": "on",
        "ja_2": "どれが足りませんか",
        "kind_2": "choice",
        "choices_2": "設計、試験",
    } | changes


def test_a_campaign_is_drafted_corrected_and_opened(office, english):
    client = english(office.cast.pmo)
    one_choice = client.post(url("campaign_new"), campaign_form(choices_2="設計"))
    assert one_choice.status_code == 422 and "List at least two choices." in one_choice.text
    unknown = client.post(url("campaign_new"), campaign_form(keys="APOLLO, NOWHERE"))
    assert unknown.status_code == 422 and "nowhere" in unknown.text.lower()
    assert client.post(url("campaign_new"), campaign_form()).status_code == 302
    made = Campaign.objects.get()
    assert made.replies.count() == 2 and made.questions.get(number=2).choices == ["設計", "試験"]
    assert made.questions.get(number=1).is_required and not made.questions.get(number=2).is_required
    form = client.get(url("campaign_edit", made.pk)).context["form"]
    assert "It asks 2 projects." in form.fields["keys"].help_text
    same = campaign_form(keys="", title_ja="要員の再確認", version=form["version"].value())
    assert client.post(url("campaign_edit", made.pk), same).status_code == 302
    assert made.replies.count() == 2, "whom it asks stays unless somebody says otherwise"
    form = client.get(url("campaign_edit", made.pk)).context["form"]
    changed = campaign_form(keys="APOLLO", version=form["version"].value())
    assert client.post(url("campaign_edit", made.pk), changed).status_code == 302
    assert made.replies.get().project == office.apollo
    assert "Ask 1 project now" in client.get(made.get_absolute_url()).text
    client.post(url("campaign_opening", made.pk))
    made.refresh_from_db()
    assert made.state == "open"
    assert client.get(url("campaign_edit", made.pk)).url == made.get_absolute_url()


def test_an_answer_comes_from_the_desk_and_goes_into_the_table(office, english):
    campaign = CampaignFactory(by=office.cast.pmo, projects=[office.apollo, office.boreas])
    actions.ask_replies(campaign)
    reply = CampaignReply.objects.get(project=office.apollo)
    pm = english(office.cast.pm)
    assert url("campaign_reply", reply.pk) in pm.get("/").text
    assert pm.post(url("campaign_reply", reply.pk), {"version": reply.version}).status_code == 422
    done = pm.post(url("campaign_reply", reply.pk), {"q1": "yes", "version": reply.version})
    assert (done.status_code, done.url) == (302, "/")
    page = english(office.cast.pmo).get(campaign.get_absolute_url())
    assert page.context["states"]["answered"] == 1 and "Remind 1" in page.text
    sheet = english(office.cast.pmo).get(campaign.get_absolute_url() + "?export=csv")
    lines = b"".join(sheet.streaming_content).decode("utf-8-sig").splitlines()
    assert "Is it enough?" in lines[0] and any("APOLLO" in line and ",Yes," in line for line in lines)


def test_reminders_of_a_campaign_go_only_to_who_has_not_answered(office, english):
    campaign = CampaignFactory(by=office.cast.pmo, projects=[office.apollo, office.boreas])
    actions.ask_replies(campaign)
    reply = CampaignReply.objects.get(project=office.apollo)
    actions.answer_campaign(reply, by=office.cast.pm, answers={"1": "no"})
    client = english(office.cast.pmo)
    page = client.get(url("campaign_reminder", campaign.pk))
    assert [c["ask"].person for c in page.context["candidates"]] == [office.cast.outsider]
    other = CampaignReply.objects.get(project=office.boreas)
    client.post(url("campaign_reminder", campaign.pk), {"pick": other.pk, "text_ja": "あと2日です"})
    assert InboxItem.objects.get(kind="asks.reminder").person == office.cast.outsider


def test_after_closing_the_answers_are_read_only_and_say_whom_to_ask(office, english):
    campaign = CampaignFactory(by=office.cast.pmo, projects=[office.apollo])
    actions.ask_replies(campaign)
    client = english(office.cast.pmo)
    client.post(url("campaign_closure", campaign.pk))
    reply = CampaignReply.objects.get()
    page = english(office.cast.pm).get(url("campaign_reply", reply.pk))
    assert "can take answers again" in page.text and "data-submit" not in page.text
    late = english(office.cast.pm).post(url("campaign_reply", reply.pk), {"q1": "yes", "version": reply.version})
    assert late.status_code == 422
    campaign.refresh_from_db()
    sent = {
        "due_on": (timezone.localdate() + timedelta(days=3)).isoformat(),
        "reason": "回答が足りない",
        "version": campaign.version,
    }
    assert client.post(url("campaign_reopening", campaign.pk), sent).status_code == 302
    again = english(office.cast.pm).post(url("campaign_reply", reply.pk), {"q1": "yes", "version": reply.version})
    assert again.status_code == 302
    assert AuditEntry.objects.filter(action="reopened", reason="回答が足りない").exists()


def test_a_project_is_excused_with_a_reason(office, english):
    campaign = CampaignFactory(by=office.cast.pmo, projects=[office.apollo])
    actions.ask_replies(campaign)
    reply = CampaignReply.objects.get()
    assert english(office.cast.pm).get(url("reply_excuse", reply.pk)).status_code == 403
    sent = {"reason": "対象外", "version": reply.version}
    assert english(office.cast.pmo).post(url("reply_excuse", reply.pk), sent).status_code == 302
    assert not Ask.objects.filter(kind="collection.campaign", state="open").exists()


def test_the_pmo_answers_for_a_pm_and_sees_that_it_will_say_so(office, english):
    campaign = CampaignFactory(by=office.cast.pmo, projects=[office.apollo])
    actions.ask_replies(campaign)
    reply = CampaignReply.objects.get()
    page = english(office.cast.pmo).get(url("campaign_reply", reply.pk))
    assert f"You answer on behalf of {office.cast.pm.name_en}" in page.text
    english(office.cast.pmo).post(url("campaign_reply", reply.pk), {"q1": "no", "version": reply.version})
    reply.refresh_from_db()
    assert reply.answered_by == office.cast.pmo


# ---- the PMO's own desk


def test_the_pmos_desk_says_what_waits_to_be_read_and_what_is_to_come(office, signed_in):
    expect_reports(office.period)
    ReportFactory(project=office.apollo, period=office.period)
    page = signed_in(office.cast.pmo).get("/").text
    assert "/administration/collection/expected/?state=in" in page
    assert "/administration/collection/expected/?state=missing" in page and "?state=late" not in page
    for nobody in (office.cast.pm, office.cast.manager):
        assert "/administration/collection/expected/" not in signed_in(nobody).get("/").text


def test_what_was_arranged_stands_on_the_dashboard_with_its_reason_and_can_be_taken_back(office, signed_in):
    made = actions.exempt(office.boreas, office.period, by=office.cast.pmo, reason="着工前の案件")
    pmo, address = signed_in(office.cast.pmo), reverse("administration:collection:dashboard")
    taking_back = reverse("administration:collection:arrangement_end", kwargs={"pk": made.pk})
    page = pmo.get(address).text
    assert "着工前の案件" in page and taking_back in page
    assert taking_back not in signed_in(office.cast.manager).get(address).text
    assert pmo.post(taking_back).status_code == 302
    assert "着工前の案件" not in pmo.get(address).text
    said = pmo.post(taking_back, follow=True)
    assert said.status_code == 200 and "すでに取り消されています" in said.text
