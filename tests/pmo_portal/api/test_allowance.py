"""So many requests a minute: told with every answer, refused beyond, each key by itself."""

import pytest

from pmo_portal.accounts.tokens import create_api_token

pytestmark = pytest.mark.django_db
AT = "/api/v1/projects/"


@pytest.fixture(autouse=True)
def _three_a_minute(settings, freezer_at):
    settings.API_PER_MINUTE = 3


@pytest.fixture
def freezer_at(monkeypatch):
    """A clock that stands still, 18 seconds into a minute; moved by hand."""
    from pmo_portal.api import allowance

    now = [1_900_000_000 // 60 * 60 + 18]
    monkeypatch.setattr(allowance.time, "time", lambda: now[0])
    return now


def test_every_answer_tells_what_is_left_and_the_fourth_is_refused(office, program_of, freezer_at):
    program = program_of(office.cast.pm)
    told = [program.get(AT) for _again in range(4)]
    assert [a.status_code for a in told] == [200, 200, 200, 429]
    assert [a.headers["RateLimit-Remaining"] for a in told] == ["2", "1", "0", "0"]
    assert {(a.headers["RateLimit-Limit"], a.headers["RateLimit-Reset"]) for a in told} == {("3", "42")}
    refused = told[-1]
    assert refused.headers["Retry-After"] == "42" and refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["type"].endswith("#too-many")
    freezer_at[0] += 42
    assert program.get(AT).status_code == 200


def test_a_refused_write_writes_nothing(office, program_of):
    program = program_of(office.cast.pm)
    for _again in range(3):
        program.get(AT)
    answer = program.patch(f"{AT}APOLLO/", {"category": "基幹"}, content_type="application/json")
    office.apollo.refresh_from_db()
    assert answer.status_code == 429 and office.apollo.category == ""


def test_each_key_has_its_own_count(office, client):
    first, second = (create_api_token(office.cast.pm) for _n in range(2))
    for _again in range(4):
        last = client.get(AT, headers={"Authorization": f"Token {first}"})
    assert last.status_code == 429
    assert client.get(AT, headers={"Authorization": f"Token {second}"}).status_code == 200


def test_an_office_may_set_no_limit(office, program_of, settings):
    settings.API_PER_MINUTE = 0
    answer = [program_of(office.cast.pm).get(AT) for _again in range(9)][-1]
    assert answer.status_code == 200 and "RateLimit-Limit" not in answer.headers
