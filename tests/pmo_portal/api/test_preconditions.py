"""`ETag` and `If-Match`: nobody is overwritten unseen, and a condition that is not understood is not taken as none."""

import pytest

APOLLO = "/api/v1/projects/APOLLO/"
JSON = {"content_type": "application/json"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def pm(office, program_of):
    return program_of(office.cast.pm)


def change(program, tag: str | None):
    headers = {"If-Match": tag} if tag is not None else {}
    return program.patch(APOLLO, {"category": "基幹"}, headers=headers, **JSON)


def test_the_tag_that_was_read_is_taken_and_the_next_one_given(pm):
    tag = pm.get(APOLLO).headers["ETag"]
    answer = change(pm, tag)
    assert answer.status_code == 200 and answer.headers["ETag"] == f'"{int(tag[1:-1]) + 1}"'


def test_a_tag_that_a_compressing_proxy_weakened_is_still_the_version(pm):
    assert change(pm, f"W/{pm.get(APOLLO).headers['ETag']}").status_code == 200


def test_an_old_tag_is_412_and_says_which_version_there_is(pm):
    tag = pm.get(APOLLO).headers["ETag"]
    change(pm, tag)
    answer = pm.patch(APOLLO, {"category": "別"}, headers={"If-Match": tag, "Accept-Language": "en"}, **JSON)
    told = answer.json()
    assert answer.status_code == 412 and answer.headers["Content-Type"] == "application/problem+json"
    assert told["type"].endswith("/api/v1/docs/#changed-meanwhile")
    assert "you have version 1, it is at version 2" in told["detail"]
    assert pm.get(APOLLO).json()["category"] == "基幹"


@pytest.mark.parametrize("tag", ["1", '"one"', '"1', '""', "W/1", '"1", "2"', '"１"', '"1" OR 1=1', f'"{"9" * 40}"'])
def test_a_malformed_condition_is_refused_and_nothing_is_written(office, pm, tag):
    answer = change(pm, tag)
    assert answer.status_code == 400 and answer.json()["errors"]["If-Match"][0]["rule"] == "etag"
    office.apollo.refresh_from_db()
    assert office.apollo.category == ""


@pytest.mark.parametrize("tag", [None, "*"])
def test_without_a_version_the_newest_is_taken(pm, tag):
    assert change(pm, tag).status_code == 200
