"""The set-up pages: who sees which, what a refusal looks like, what a page says."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from pmo_portal.access.models import Grant
from pmo_portal.access.tree import office
from pmo_portal.accounts.models import Person
from pmo_portal.asks.models import LadderStep
from pmo_portal.audit.models import AuditEntry
from pmo_portal.custom.actions import create_field
from pmo_portal.jobs.models import Job
from pmo_portal.periods import actions as periods
from pmo_portal.periods.models import CadenceRule, CompanyDay, OfficeSettings
from pmo_portal.periods.queries import office_settings_now
from pmo_portal.setup import actions, units
from tests.pmo_portal.setup.people import make

pytestmark = pytest.mark.django_db
OFFICE = ("sysadmin", "administrator", "manager", "auditor")
SEEN = {
    "/setup/people/": None,
    "/setup/organisation/": None,
    "/setup/periods/": None,
    "/api/v1/docs/": None,
    "/setup/people/new/": ("sysadmin",),
    "/setup/organisation/new/": ("sysadmin",),
    "/setup/office/": OFFICE,
    "/setup/office/days/": OFFICE,
    "/setup/office/cadences/": OFFICE,
    "/setup/office/reminders/": OFFICE,
    "/setup/audit/": ("auditor", "manager", "sysadmin"),
    "/setup/office/changes/": ("auditor", "manager", "sysadmin"),
    "/setup/work/": ("sysadmin", "administrator", "auditor"),
    "/setup/work/jobs/": ("sysadmin",),
}
ROLES = ("pm", "member", "expert", "sponsor", *OFFICE)


@pytest.mark.parametrize("path", SEEN)
def test_each_page_is_seen_by_its_roles_only(client, path):
    assert client.get(path).status_code == 302
    for role in ROLES:
        person = make(role, role)
        client.force_login(person)
        allowed = SEEN[path] is None or role in SEEN[path]
        assert client.get(path).status_code == (200 if allowed else 403), role


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_shows_no_page_that_refuses(client, role):
    client.force_login(make(role, role))
    menu = client.get("/menu/").text.split("<main")[0]
    for path, seen_by in SEEN.items():
        if f'href="{path}"' in menu:
            assert seen_by is None or role in seen_by
            assert client.get(path).status_code == 200


def test_the_pm_has_no_set_up_menu(client, aoki):
    client.force_login(aoki)
    assert "/setup/" not in client.get("/menu/").text.split("<main")[0]


def test_a_role_revoked_yesterday_opens_nothing_today(client, hara):
    goto = make("Goto")
    yesterday = timezone.localdate() - timedelta(days=1)
    Grant.objects.create(
        person=goto, role="auditor", scope=office(), starts_on=yesterday - timedelta(days=90), ends_on=yesterday
    )
    client.force_login(goto)
    assert client.get("/setup/audit/").status_code == 403
    entry = AuditEntry.objects.create(
        at=timezone.now(), action="x", content_type_id=1, object_id=1, digest="0" * 64, object_label="secret"
    )
    assert client.get(f"/setup/audit/{entry.pk}/").status_code == 404


def test_the_administrator_makes_a_person_invites_them_and_gives_a_role(client, hara):
    client.force_login(hara)
    unit = units.create_unit(by=hara, code="A1", name_ja="一課", name_en="Section 1")
    given = {
        "name_ja": "伊藤 涼",
        "name_en": "Ryo Ito",
        "kana": "イトウ リョウ",
        "email": "ito@demo.example",
        "language": "ja",
        "timezone": "Asia/Tokyo",
        "employment_type": "dispatched",
        "employer": "みらい",
        "unit": unit.pk,
        "unit_from": "2026-04-01",
    }
    answer = client.post("/setup/people/new/", given)
    ito = Person.objects.get(email="ito@demo.example")
    assert answer["Location"] == f"/setup/people/{ito.pk}/" and ito.unit == unit
    assert client.post(f"/setup/people/{ito.pk}/invitation/").status_code == 302
    scope = {"role": "pm", "scope": office().pk, "starts_on": timezone.localdate()}
    assert client.post(f"/setup/people/{ito.pk}/roles/new/", scope).status_code == 302
    again = client.post(f"/setup/people/{ito.pk}/roles/new/", scope)
    assert again.status_code == 422 and "pmo-summary" in again.text
    page = client.get(f"/setup/people/{ito.pk}/", headers={"Accept-Language": "en"}).text
    assert "イトウ リョウ" in page


def test_a_form_that_is_refused_keeps_what_was_typed(client, hara, aoki):
    client.force_login(hara)
    page = client.post(
        "/setup/people/new/", {"name_ja": "別の人", "email": "AOKI@demo.example", "timezone": "Mars/Base"}
    )
    assert page.status_code == 422
    assert "別の人" in page.text and 'href="#field-email"' in page.text and 'href="#field-timezone"' in page.text


def test_nobody_slips_in_what_the_form_does_not_hold(client, hara, aoki):
    client.force_login(hara)
    given = {
        "name_ja": "青木 健",
        "email": aoki.email,
        "language": "ja",
        "timezone": "Asia/Tokyo",
        "employment_type": "employee",
        "version": aoki.version,
        "is_active": "",
        "password": "x",
        "is_superuser": "1",
        "left_on": "2020-01-01",
    }
    assert client.post(f"/setup/people/{aoki.pk}/edit/", given).status_code == 302
    before, aoki = aoki.password, Person.objects.get(pk=aoki.pk)
    assert aoki.name_ja == "青木 健" and aoki.is_active and aoki.password == before and aoki.left_on is None


def test_an_edit_on_an_old_version_shows_both(client, hara, aoki):
    client.force_login(hara)
    given = {
        "email": aoki.email,
        "language": "ja",
        "timezone": "Asia/Tokyo",
        "employment_type": "employee",
        "version": aoki.version,
    }
    client.post(f"/setup/people/{aoki.pk}/edit/", {**given, "name_ja": "青木 健"})
    page = client.post(f"/setup/people/{aoki.pk}/edit/", {**given, "name_ja": "青木 建"})
    assert page.status_code == 409 and "青木 健" in page.text and "青木 建" in page.text


def test_whoever_may_not_see_roles_does_not_see_them(client, chiba, aoki):
    baba = make("Baba", "member")
    client.force_login(baba)
    page = client.get(f"/setup/people/{aoki.pk}/")
    assert page.status_code == 200 and "pmo-history" not in page.text and "/ending/" not in page.text
    client.force_login(chiba)
    assert "pmo-history" in client.get(f"/setup/people/{aoki.pk}/").text


def test_closing_an_account_asks_for_a_reason(client, hara, aoki):
    client.force_login(hara)
    address = f"/setup/people/{aoki.pk}/closure/"
    assert client.post(address, {"version": aoki.version, "reason": ""}).status_code == 422
    assert client.post(address, {"version": aoki.version, "reason": "moved on"}).status_code == 302
    assert not Person.objects.get(pk=aoki.pk).is_active


def test_a_circle_in_the_organisation_is_said_at_its_field(client, hara):
    client.force_login(hara)
    top = units.create_unit(by=hara, code="A", name_ja="上")
    low = units.create_unit(by=hara, code="B", name_ja="下", parent=top)
    page = client.post(f"/setup/organisation/{top.pk}/move/", {"parent": low.pk, "on": timezone.localdate()})
    assert page.status_code == 422 and 'id="field-parent"' in page.text and "has-error" in page.text


@pytest.mark.parametrize("on", ["2026-13-45", "abc", "0001-01-01", "9999-12-31", "令和8年"])
def test_a_strange_day_shows_the_tree_of_today(client, hara, on):
    client.force_login(hara)
    assert client.get("/setup/organisation/", {"on": on}).status_code == 200


OFFICE_GIVEN = {
    "name_ja": "新しい名前",
    "name_en": "",
    "note_ja": "",
    "note_en": "",
    "default_language": "ja",
    "timezone": "Asia/Tokyo",
    "currency": "JPY",
    "fiscal_start_month": "4",
    "digest_at": "08:30",
    "quiet_from": "20:00",
    "quiet_until": "07:00",
    "freeze_after_days": "2",
    "version": "1",
}


def test_two_windows_that_change_one_setting_of_the_office_are_asked(client, hara):
    client.force_login(hara)
    assert client.post("/setup/office/", OFFICE_GIVEN).status_code == 302
    opened = OFFICE_GIVEN | {"version": "2"}
    assert client.post("/setup/office/", opened | {"note_en": "NoteOne"}).status_code == 302
    page = client.post("/setup/office/", opened | {"note_en": "NoteTwo", "name_en": "Ours"})
    assert page.status_code == 409 and 'value="both"' in page.text
    assert [side.name for side in page.context["to_choose"]] == ["note_en"]
    assert [side.name for side in page.context["taken_over"]] == ["name_en"]
    kept = dict(page.context["kept"]) | {"opened_version": "2", "theirs-note_en": "NoteOne"}
    assert client.post("/setup/office/", kept).status_code == 409
    assert client.post("/setup/office/", kept | {"choose-note_en": "mine"}).status_code == 302
    office = OfficeSettings.objects.get()
    assert (office.note_en, office.name_en) == ("NoteTwo", "Ours")


def test_office_settings_are_written_by_the_system_administrator_only(client, hara, chiba):
    given = OFFICE_GIVEN
    client.force_login(chiba)
    assert client.post("/setup/office/", given).status_code == 403
    client.force_login(hara)
    assert client.post("/setup/office/", {**given, "timezone": "Mars/Base", "currency": "yen"}).status_code == 422
    refused = client.post("/setup/office/", {**given, "currency": "ZZZ"})
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"currency"}
    assert client.post("/setup/office/", given).status_code == 302
    assert "新しい名前" in client.get("/setup/office/").text


def test_a_company_day_is_added_removed_and_added_again(client, hara):
    client.force_login(hara)
    day = {"day": timezone.localdate() + timedelta(days=9), "kind": "holiday", "label": "創立記念日"}
    assert client.post("/setup/office/days/", day).status_code == 302
    assert client.post("/setup/office/days/", day).status_code == 422
    record = CompanyDay.objects.get()
    assert "創立記念日" in client.get("/setup/office/days/").text
    client.post(f"/setup/office/days/{record.pk}/removal/")
    assert "創立記念日" not in client.get("/setup/office/days/").text
    assert client.post("/setup/office/days/", day).status_code == 302
    assert CompanyDay.objects.get().archived_at is None


def test_a_due_day_before_the_end_is_said_so(client, hara):
    client.force_login(hara)
    rule = {"tier": "A", "cadence": "weekly", "due_working_days": "-1", "due_time": "17:00"}
    client.post("/setup/office/cadences/", {**rule, "starts_on": timezone.localdate()})
    assert "期間終了の1営業日前 17:00" in client.get("/setup/office/cadences/").text


def test_a_cadence_holds_from_its_day_and_what_has_begun_is_not_taken_back(client, hara):
    client.force_login(hara)
    rule = {"tier": "A", "cadence": "weekly", "due_working_days": "2", "due_time": "17:00"}
    client.post("/setup/office/cadences/", {**rule, "starts_on": timezone.localdate() - timedelta(days=1)})
    client.post(
        "/setup/office/cadences/", {**rule, "cadence": "monthly", "starts_on": timezone.localdate() + timedelta(days=9)}
    )
    begun, coming = CadenceRule.objects.order_by("starts_on")
    client.post(f"/setup/office/cadences/{begun.pk}/removal/")
    client.post(f"/setup/office/cadences/{coming.pk}/removal/")
    assert list(CadenceRule.objects.filter(archived_at=None)) == [begun]


def test_a_cadence_that_a_later_one_hides_already_is_refused(client, hara):
    client.force_login(hara)
    rule = {"tier": "A", "cadence": "weekly", "due_working_days": "2", "due_time": "17:00"}
    today = timezone.localdate()
    client.post("/setup/office/cadences/", {**rule, "starts_on": today - timedelta(days=10)})
    refused = client.post("/setup/office/cadences/", {**rule, "starts_on": today - timedelta(days=40)})
    assert refused.status_code == 422 and "別の決まり" in refused.text
    assert client.post("/setup/office/cadences/", {**rule, "starts_on": today}).status_code == 302
    assert CadenceRule.objects.count() == 2


def test_holidays_have_names_in_both_languages(client, hara):
    client.force_login(hara)
    assert "元日" in client.get("/setup/office/days/").text
    client.cookies["django_language"] = "en"
    Person.objects.filter(pk=hara.pk).update(language="en")
    assert "New Year&#x27;s Day" in client.get("/setup/office/days/").text


def test_a_ladder_step_is_added_changed_and_removed_on_the_page(client, chiba):
    client.force_login(chiba)
    step = {"kind": "", "offset_days": "-3", "act": "remind", "role": "", "is_active": "on"}
    assert client.post("/setup/office/reminders/", step).status_code == 302
    record = LadderStep.objects.get()
    edit = {**step, "offset_days": "-2", "version": record.version}
    assert client.post(f"/setup/office/reminders/{record.pk}/", edit).status_code == 302
    assert client.post("/setup/office/reminders/", {**step, "act": "escalate"}).status_code == 422
    asked = client.get(f"/setup/office/reminders/{record.pk}/removal/")
    assert (
        "2営業日前" in asked.text
        and "btn-danger" in asked.text
        and LadderStep.objects.filter(archived_at=None).exists()
    )
    assert client.post(f"/setup/office/reminders/{record.pk}/removal/").status_code == 302
    assert not LadderStep.objects.filter(archived_at=None).exists()


def test_work_that_was_given_up_is_tried_again_and_what_waits_is_stopped(client, hara, aoki):
    dead = Job.objects.create(
        name="pmo_portal.asks.send_mail", state="dead", attempts=8, run_after=timezone.now(), error="refused"
    )
    waiting = Job.objects.create(name="pmo_portal.asks.send_mail", run_after=timezone.now() + timedelta(hours=1))
    client.force_login(aoki)
    assert client.post(f"/setup/work/jobs/{dead.pk}/retry/").status_code == 404
    client.force_login(hara)
    assert "refused" in client.get(f"/setup/work/jobs/{dead.pk}/").text
    client.post(f"/setup/work/jobs/{dead.pk}/retry/")
    client.post(f"/setup/work/jobs/{waiting.pk}/cancellation/")
    assert Job.objects.get(pk=dead.pk).state == "queued" and Job.objects.get(pk=waiting.pk).state == "cancelled"
    again = client.post(f"/setup/work/jobs/{waiting.pk}/cancellation/", follow=True)
    assert "is-error" in again.text
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"retried", "cancelled"}


def test_whoever_asked_for_work_may_stop_it(client, aoki):
    job = Job.objects.create(name="pmo_portal.asks.send_mail", requested_by=aoki, run_after=timezone.now())
    client.force_login(aoki)
    assert client.post(f"/setup/work/jobs/{job.pk}/cancellation/").status_code == 302
    assert Job.objects.get(pk=job.pk).state == "cancelled"


def test_the_list_of_people_filters_by_unit_with_all_below_by_role_and_by_words(client, hara, aoki):
    top = units.create_unit(by=hara, code="A", name_ja="上")
    low = units.create_unit(by=hara, code="B", name_ja="下", parent=top)
    actions.place_person(aoki, by=hara, unit=low, on=timezone.localdate())
    client.force_login(hara)
    rows = client.get("/setup/people/", {"unit": top.pk}).text.split('id="rows"')[1]
    assert "Aoki" in rows and "Hara" not in rows
    rows = client.get("/setup/people/", {"role": "pm"}).text.split('id="rows"')[1]
    assert "Aoki" in rows and "Hara" not in rows
    rows = client.get("/setup/people/", {"q": "hara@"}).text.split('id="rows"')[1]
    assert "Aoki" not in rows and "Hara" in rows
    assert "Aoki" in client.get("/setup/people/", {"unit": "nonsense", "role": "'; --"}).text
    assert "Aoki" in b"".join(client.get("/setup/people/", {"export": "csv"}).streaming_content).decode()


def test_the_api_page_names_every_resource_and_loads_nothing_foreign(client, aoki):
    client.force_login(aoki)
    page = client.get("/api/v1/docs/")
    for resource in ("projects", "portfolios", "status-reports"):
        assert f'id="{resource}"' in page.text
    assert 'id="changed-meanwhile"' in page.text, "what a problem's type leads to"
    assert "https://" not in page.text.split("<main")[1] and "<script>" not in page.text


def test_every_resource_of_the_api_page_has_a_japanese_name(client, aoki):
    client.force_login(aoki)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ja"
    shown = client.get("/api/v1/docs/").context["resources"]
    without = [r.name for r in shown if not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", r.label)]
    assert len(shown) > 40 and not without


def test_a_post_without_its_token_is_refused(hara, aoki):
    client = Client(enforce_csrf_checks=True)
    client.force_login(hara)
    assert client.post(f"/setup/people/{aoki.pk}/closure/", {"reason": "x", "version": aoki.version}).status_code == 403
    assert Person.objects.get(pk=aoki.pk).is_active


def test_the_changes_of_the_settings_say_from_what_to_what_and_by_whom(client):
    hara, goto = make("Hara", "sysadmin"), make("Goto", "auditor")
    office_now = office_settings_now()
    periods.save_office(office_now, by=hara, version=office_now.version, freeze_after_days=9)
    actions.create_person(by=hara, name_ja="神保 由美", name_en="Yumi Jinbo")
    client.force_login(goto)
    page = client.get("/setup/office/changes/").text
    assert "6 → 9" in page and hara.name in page
    assert "Yumi Jinbo" not in page and "神保" not in page
    client.force_login(hara)
    assert "6 → 9" in client.get("/setup/office/changes/").text


def test_the_administrator_reads_in_the_trail_what_fields_were_made(client):
    hara = make("Hara", "sysadmin")
    create_field(by=hara, of="projects.project", key="cloud", name_ja="クラウド", name_en="Cloud", kind="text")
    client.force_login(hara)
    assert "Cloud" in client.get("/setup/office/changes/", headers={"Accept-Language": "en"}).text
