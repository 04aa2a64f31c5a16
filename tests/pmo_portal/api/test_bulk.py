"""Many at once: each item stands or falls alone."""

import pytest

from projects.register.models import Project

pytestmark = pytest.mark.django_db
AT = "/api/v1/projects/bulk/"
JSON = {"content_type": "application/json"}


@pytest.fixture
def manager(office, program_of):
    return program_of(office.cast.manager)


@pytest.fixture
def pmo(office, program_of):
    return program_of(office.cast.pmo)


def test_each_item_has_its_own_answer_in_its_place(office, pmo):
    items = [
        {"record": "APOLLO", "values": {"category": "基幹"}},
        {"record": "NOSUCH", "values": {"category": "x"}},
        {"record": "APOLLO", "version": 1, "values": {"category": "古い"}},
        {"values": {"key": "COMET", "name_ja": "決済基盤", "portfolio": "CORE"}},
        {"values": {"key": "COMET", "name_ja": "二つ目", "portfolio": "CORE"}},
        {"record": "APOLLO", "values": {"colour": "red"}},
    ]
    answer = pmo.post(AT, {"items": items}, **JSON)
    results = answer.json()["results"]
    assert answer.status_code == 207
    assert [r["status"] for r in results] == [200, 404, 412, 201, 400, 400]
    assert results[0]["record"]["category"] == "基幹" and results[3]["record"]["key"] == "COMET"
    assert results[4]["problem"]["errors"]["key"][0]["rule"] == "unique"
    assert (
        Project.objects.get(key="APOLLO").category == "基幹" and Project.objects.get(key="COMET").name_ja == "決済基盤"
    )


def test_nobody_does_more_at_once_than_one_by_one(office, program_of):
    answer = program_of(office.cast.auditor).post(
        AT,
        {"items": [{"record": "APOLLO", "values": {"category": "x"}}, {"values": {"key": "X1", "name_ja": "x"}}]},
        **JSON,
    )
    assert {r["status"] for r in answer.json()["results"]} <= {400, 403}
    outside = program_of(office.cast.outsider).post(AT, {"items": [{"record": "APOLLO", "values": {}}]}, **JSON)
    assert outside.json()["results"][0]["status"] == 404
    assert Project.objects.get(key="APOLLO").category == ""


@pytest.mark.parametrize(
    "body",
    [{}, {"items": []}, {"items": [{}]}, {"items": [{"values": {}}] * 101}, {"items": [{"version": 1, "values": {}}]}],
)
def test_what_is_no_bulk_is_refused_whole(pmo, body):
    assert pmo.post(AT, body, **JSON).status_code == 400


def test_sent_twice_under_one_key_it_is_done_once(office, pmo):
    body = {"items": [{"values": {"key": "COMET", "name_ja": "決済基盤", "portfolio": "CORE"}}]}
    first, second = (pmo.post(AT, body, headers={"Idempotency-Key": "k1"}, **JSON) for _n in range(2))
    assert first.status_code == second.status_code == 207 and first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
