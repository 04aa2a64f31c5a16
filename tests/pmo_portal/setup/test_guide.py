"""The guided set-up: an empty office, step by step, with what most offices in Japan have filled in."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from freezegun import freeze_time

from pmo_portal import access, jobs
from pmo_portal.accounts.models import Invitation, Person
from pmo_portal.asks.models import MailMessage
from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods.models import CompanyDay
from pmo_portal.periods.queries import cadences_in_force, forget_office_settings, office_settings_now
from pmo_portal.setup import guide
from projects.register.models import Portfolio
from tests.pmo_portal.setup.people import make

pytestmark = pytest.mark.django_db
FIRST = {
    "office_name": "青葉製作所",
    "name": "早川 徹",
    "email": "admin@aoba.example",
    "password": "a-long-pass-word-1",
    "again": "a-long-pass-word-1",
}


def begin() -> Client:
    """An office that was just made, and its administrator's browser."""
    forget_office_settings()
    client = Client()
    answer = client.post("/first/", {**FIRST, "runs_pmo": "on"})
    assert answer.url == "/setup/guide/"
    return client


@pytest.fixture
def begun(db):
    return begin()


def typed(client, step: str) -> dict:
    """What the page of a step is filled in with."""
    form = client.get(f"/setup/guide/{step}/").context["form"]
    shown = {f.html_name: f.value() for f in form}
    return {k: v for k, v in shown.items() if v not in (None, "", False)}


def test_as_it_is_filled_in_it_leads_from_the_first_step_to_the_end(begun):
    at = begun.get("/setup/guide/").context["next"]
    seen = []
    while at != "/setup/guide/":
        seen.append(at.split("/")[-2])
        answer = begun.post(at, typed(begun, seen[-1]))
        assert answer.status_code == 302, (at, answer.context["form"].errors)
        at = answer.url
    assert seen == [s.key for s in guide.in_order()] == [
        "office", "calendar", "cadence", "roles", "mail", "organisation", "projects",
    ]  # fmt: skip
    assert guide.first_open() is None
    assert Portfolio.objects.get().key == "PF"
    assert MailMessage.objects.filter(key__startswith="trial:", address="admin@aoba.example").exists()
    assert AuditEntry.objects.filter(action="guided").count() == 7


def test_the_year_end_rest_becomes_company_days_where_one_would_work():
    with freeze_time("2026-11-30 03:00"):
        begun = begin()
        given = typed(begun, "calendar")
        assert (given["new_year_from"], given["new_year_until"]) == (date(2026, 12, 29), date(2027, 1, 3))
        begun.post("/setup/guide/calendar/", {**given, "fiscal_start_month": "1"})
    days = set(CompanyDay.objects.values_list("day", flat=True))
    assert days == {date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)}, "1 January is known, 2 and 3 a weekend"
    assert office_settings_now().fiscal_start_month == 1


@pytest.mark.parametrize(
    "given",
    [
        {"new_year_from": "2026-12-29"},
        {"new_year_from": "2026-12-29", "new_year_until": "2026-12-28"},
        {"summer_from": "2026-01-01", "summer_until": "2026-12-31"},
    ],
)
def test_a_rest_that_cannot_be_is_said_at_its_field_and_nothing_is_kept(begun, given):
    assert begun.post("/setup/guide/calendar/", {"fiscal_start_month": "4", **given}).status_code == 422
    assert not CompanyDay.objects.exists()


def test_another_cadence_holds_from_today(begun):
    given = typed(begun, "cadence") | {"cadence_A": "weekly", "days_A": "1"}
    begun.post("/setup/guide/cadence/", given)
    assert cadences_in_force(timezone.localdate())["A"].cadence == "weekly"


def test_who_runs_the_pmo_is_made_given_the_role_and_invited_once(begun):
    given = {"name_administrator": "千葉 恵", "email_administrator": "Chiba@aoba.example"}
    for _twice in range(2):
        assert begun.post("/setup/guide/roles/", given).status_code == 302
    jobs.drain()
    chiba = Person.objects.get(email="chiba@aoba.example")
    assert access.reach(chiba).office_roles == {"administrator"} and chiba.name_ja == "千葉 恵"
    assert Invitation.objects.filter(person=chiba).exists()
    half = begun.post("/setup/guide/roles/", {"name_manager": "後藤"})
    assert half.status_code == 422 and "email_manager" in half.context["form"].errors


def test_what_is_left_for_another_day_stays_open(begun):
    begun.post("/setup/guide/office/", typed(begun, "office"))
    assert guide.first_open().key == "calendar"
    page = begun.get("/setup/guide/calendar/")
    assert page.context["later"] == "/setup/guide/cadence/"
    assert guide.first_open().key == "calendar"


def test_who_does_not_run_the_pmo_is_told_whose_the_last_step_is(db):
    client = Client()
    client.post("/first/", FIRST)
    page = client.get("/setup/guide/projects/")
    assert not page.context["is_theirs"] and page.context["ways"] == []
    assert client.post("/setup/guide/projects/", {"key": "PF"}).status_code == 302
    assert not Portfolio.objects.exists()


def test_only_the_system_administrator_is_guided(client):
    client.force_login(make("Chiba", "administrator"))
    assert client.get("/setup/guide/").status_code == 403
    assert client.post("/setup/guide/office/", {"name_ja": "X"}).status_code == 403
    client.force_login(make("Hara", "sysadmin"))
    assert client.get("/setup/guide/nonsense/").status_code == 404


def test_the_names_of_steps_are_in_the_settings_changes(begun):
    begun.post("/setup/guide/office/", typed(begun, "office") | {"note_ja": "全社PMO"})
    page = begun.get("/setup/office/changes/", headers={"Accept-Language": "ja"}).text
    assert "全社PMO" in page and str(guide.steps["office"].label) in page and ">office<" not in page
