"""Periods over the API: the same acts under the same access as on the page."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pmo_portal.accounts.tokens import create_api_token
from pmo_portal.periods import actions

pytestmark = pytest.mark.django_db


def program_of(person) -> Client:
    return Client(headers={"Authorization": f"Token {create_api_token(person)}"})


@pytest.fixture
def period(db):
    return actions.ensure_period("monthly", date(2026, 5, 15))


def test_everybody_reads_periods(period, aoki):
    program = program_of(aoki)
    (row,) = program.get("/api/v1/periods/", {"state": "planned"}).json()["results"]
    assert (row["key"], row["state"]) == ("2026-05", "planned")
    answer = program.get("/api/v1/periods/2026-05/")
    assert answer.headers["ETag"] == '"1"'
    assert program.get("/api/v1/periods/2026-99/").status_code == 404
    assert Client().get("/api/v1/periods/").status_code == 401


def test_a_period_goes_through_its_states_and_back(period, endo):
    program = program_of(endo)
    for act, state in (("opening", "open"), ("closing", "closed"), ("freezing", "frozen")):
        assert program.post(f"/api/v1/periods/2026-05/{act}/").json()["state"] == state
    address = "/api/v1/periods/2026-05/reopening/"
    assert program.post(address, {}, content_type="application/json").status_code == 400
    assert (
        program.post(address, {"reason": "a wrong figure"}, content_type="application/json").json()["state"] == "open"
    )


def test_who_does_not_run_periods_is_refused(period, aoki):
    assert program_of(aoki).post("/api/v1/periods/2026-05/opening/").status_code == 403


def test_a_wrong_order_is_told_and_an_old_version_is_412(period, endo):
    program = program_of(endo)
    assert program.post("/api/v1/periods/2026-05/freezing/").status_code == 400
    assert program.post("/api/v1/periods/2026-05/opening/", headers={"If-Match": '"1"'}).status_code == 200
    assert program.post("/api/v1/periods/2026-05/closing/", headers={"If-Match": '"1"'}).status_code == 412


def test_the_due_moment_moves_and_nothing_else_is_written(period, endo):
    program, later = program_of(endo), timezone.now() + timedelta(days=9)
    body = {"due_at": later.isoformat(), "reason": "holidays"}
    address = "/api/v1/periods/2026-05/"
    refused = program.patch(address, {**body, "state": "frozen"}, content_type="application/json")
    assert refused.status_code == 400 and "state" in refused.json()["errors"]
    assert program.patch(address, body, content_type="application/json").status_code == 200
    period.refresh_from_db()
    assert period.due_at == later and period.state == "planned"
