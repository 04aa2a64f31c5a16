"""`fields`: a program fetches only what it reads."""

import pytest

pytestmark = pytest.mark.django_db
AT = "/api/v1/projects/"


@pytest.fixture
def pm(office, program_of):
    return program_of(office.cast.pm)


def test_a_list_has_only_what_was_asked_for(pm):
    rows = pm.get(f"{AT}?fields=key, name_en").json()["results"]
    assert rows and all(set(row) == {"key", "name_en"} for row in rows)


def test_a_record_too_and_it_keeps_its_version_as_etag(pm):
    answer = pm.get(f"{AT}APOLLO/?fields=key")
    assert answer.json() == {"key": "APOLLO"} and answer.headers["ETag"] == pm.get(f"{AT}APOLLO/").headers["ETag"]


@pytest.mark.parametrize("asked", ["colour", "key,colour", "", ",", "password"])
def test_a_field_that_there_is_not_is_refused_by_name(pm, asked):
    answer = pm.get(AT, {"fields": asked})
    assert answer.status_code == 400 and answer.json()["errors"]["fields"][0]["rule"] == "no_such_field"


def test_what_was_written_is_told_whole(pm):
    answer = pm.patch(f"{AT}APOLLO/?fields=key", {"category": "基幹"}, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["category"] == "基幹"
