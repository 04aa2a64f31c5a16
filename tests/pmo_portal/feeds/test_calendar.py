"""A person's dates at an address that only they know: nobody else's, revocable, and nothing else opens with it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from pmo_portal import asks
from pmo_portal.accounts.models import ApiToken
from pmo_portal.accounts.tokens import create_api_token
from pmo_portal.feeds.calendar import written
from pmo_portal.feeds.sources import Entry
from pmo_portal.jobs import running
from tests.factories import MilestoneFactory

TOKYO = ZoneInfo("Asia/Tokyo")


def key_of(person) -> str:
    return create_api_token(person, "Outlook", scope=ApiToken.Scope.CALENDAR)


def entries_of(client, key: str, more: str = "") -> dict[str, Calendar]:
    answer = client.get(f"/calendar/{key}/pmo.ics{more}")
    assert answer.status_code == 200 and answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(e["uid"]).split("@")[0]: e for e in Calendar.from_ical(answer.content).walk("VEVENT")}


# ---- as iCalendar


def test_a_moment_is_the_half_hour_before_it_and_a_day_the_whole_day():
    entries = [
        Entry("ask1", "報告、そして; 改行\n付き", datetime(2026, 12, 2, 17, 0, tzinfo=TOKYO), "/asks/1/", "理由"),
        Entry("milestone2", "◆ Go-live", date(2027, 3, 31), "/projects/APOLLO/"),
    ]
    content = written(entries, name="あおば製作所 PMO", site="https://pmo.example", language="ja")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    ask, milestone = Calendar.from_ical(content).walk("VEVENT")
    assert ask["summary"] == "報告、そして; 改行\n付き" and ask["url"] == "https://pmo.example/asks/1/"
    assert ask.decoded("dtend") == datetime(2026, 12, 2, 8, 0, tzinfo=ZoneInfo("UTC"))
    assert ask.decoded("dtend") - ask.decoded("dtstart") == timedelta(minutes=30)
    assert (milestone.decoded("dtstart"), milestone.decoded("dtend")) == (date(2027, 3, 31), date(2027, 4, 1))
    assert content == written(entries, name="あおば製作所 PMO", site="https://pmo.example", language="ja")


# ---- whose


@pytest.mark.django_db
def test_it_holds_what_is_asked_of_me_my_milestones_and_when_reports_are_due(office, client):
    running.drain()
    soon = timezone.localdate() + timedelta(days=20)
    mine = MilestoneFactory(project=office.apollo, forecast_on=soon)
    others = MilestoneFactory(project=office.boreas, forecast_on=soon)
    found = entries_of(client, key_of(office.cast.pm))
    assert f"milestone{mine.pk}" in found and f"milestone{others.pk}" not in found
    assert f"period{office.period.pk}" in found and any(key.startswith("ask") for key in found)
    assert found[f"milestone{mine.pk}"].decoded("dtstart") == soon
    only = entries_of(client, key_of(office.cast.pm), "?only=milestones")
    assert f"milestone{mine.pk}" in only and all(key.startswith("milestone") for key in only)
    assert entries_of(client, key_of(office.cast.nobody)) == {}


@pytest.mark.django_db
def test_what_moves_keeps_its_name(office, client):
    key, soon = key_of(office.cast.pm), timezone.localdate() + timedelta(days=20)
    one = MilestoneFactory(project=office.apollo, forecast_on=soon)
    before = entries_of(client, key, "?only=milestones")
    type(one).objects.filter(pk=one.pk).update(forecast_on=soon + timedelta(days=9))
    after = entries_of(client, key, "?only=milestones")
    assert set(before) == set(after)
    assert after[f"milestone{one.pk}"].decoded("dtstart") == soon + timedelta(days=9)


@pytest.mark.django_db
def test_an_answered_ask_leaves_it(office, client):
    key = key_of(office.cast.member)
    ask = asks.ask(
        "status.help",
        person=office.cast.member,
        key="calendar",
        due_at=timezone.now() + timedelta(days=3),
        details={"text": "手順書"},
        about=office.apollo,
    )
    assert f"ask{ask.pk}" in entries_of(client, key)
    asks.withdraw(about=office.apollo)
    assert f"ask{ask.pk}" not in entries_of(client, key)


# ---- the address


@pytest.mark.django_db
def test_the_address_is_shown_once_and_ended_by_its_owner(office, client, signed_in):
    page = signed_in(office.cast.pm).post("/profile/tokens/", {"label": "Outlook", "scope": "calendar", "days": "365"})
    address = page.text.split('<code class="pmo-key">')[1].split("</code>")[0]
    path = address[address.index("/calendar/") :]
    assert client.get(path).status_code == 200
    assert "/calendar/pmo_" not in signed_in(office.cast.pm).get("/profile/tokens/").text
    token = ApiToken.objects.get()
    assert signed_in(office.cast.member).post(f"/profile/tokens/{token.pk}/end/").status_code == 404
    signed_in(office.cast.pm).post(f"/profile/tokens/{token.pk}/end/")
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_it_opens_a_calendar_and_nothing_else(office, client):
    key = key_of(office.cast.pm)
    refused = client.get("/api/v1/projects/", headers={"Authorization": f"Token {key}"})
    assert refused.status_code == 403
    assert client.get(f"/api/v1/projects/?token={key}").status_code in (400, 401)
    program = create_api_token(office.cast.pm)
    assert client.get(f"/calendar/{program}/pmo.ics").status_code == 404  # a program's key stands in no address
    assert client.get("/calendar/nonsense/pmo.ics").status_code == 404
    assert client.get(f"/calendar/{key}/pmo.ics?only=people").status_code == 404


@pytest.mark.django_db
def test_who_has_left_has_no_calendar(office, client):
    key = key_of(office.cast.member)
    type(office.cast.member).objects.filter(pk=office.cast.member.pk).update(is_active=False)
    assert client.get(f"/calendar/{key}/pmo.ics").status_code == 404


@pytest.mark.django_db
def test_the_same_calendar_is_not_sent_twice(office, client):
    running.drain()
    key = key_of(office.cast.pm)
    tag = client.get(f"/calendar/{key}/pmo.ics")["ETag"]
    assert client.get(f"/calendar/{key}/pmo.ics", headers={"If-None-Match": tag}).status_code == 304
    assert client.head(f"/calendar/{key}/pmo.ics").status_code == 200
