"""`Idempotency-Key`: what arrives several times is done once."""

import sqlite3
import threading

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from pmo_portal.accounts.tokens import create_api_token
from pmo_portal.api import actions
from pmo_portal.api.models import KeptAnswer
from projects.register.models import Project
from tests.pmo_portal.intake.sheets import LEDGER, csv_bytes, upload

PROJECTS = "/api/v1/projects/"
NEW = {"key": "COMET", "name_ja": "決済基盤", "portfolio": "CORE"}


@pytest.fixture
def pmo(office, program_of):
    return program_of(office.cast.pmo)


def create(program, key: str, given=None, address: str = PROJECTS):
    return program.post(address, given or NEW, content_type="application/json", headers={"Idempotency-Key": key})


@pytest.mark.django_db
def test_the_same_request_again_gives_the_same_answer_and_makes_nothing(pmo):
    first, again = create(pmo, "k-1"), create(pmo, "k-1", dict(reversed(NEW.items())))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() and first.headers["ETag"] == again.headers["ETag"]
    assert "Idempotency-Replayed" not in first.headers and again.headers["Idempotency-Replayed"] == "true"
    assert Project.objects.filter(key="COMET").count() == 1


@pytest.mark.django_db
def test_the_same_key_for_something_else_is_refused(pmo):
    create(pmo, "k-1")
    for other in (create(pmo, "k-1", NEW | {"key": "HALLEY"}), create(pmo, "k-1", NEW, "/api/v1/portfolios/")):
        assert other.status_code == 422 and other.json()["type"].endswith("#key-used")
    assert not Project.objects.filter(key="HALLEY").exists()


@pytest.mark.django_db
def test_a_refusal_is_not_kept_so_the_mended_request_may_take_its_key(pmo):
    assert create(pmo, "k-1", NEW | {"tier": "Z"}).status_code == 400
    assert not KeptAnswer.objects.exists()
    assert create(pmo, "k-1").status_code == 201


@pytest.mark.django_db
def test_a_key_belongs_to_who_sent_it(office, program_of, pmo):
    create(pmo, "k-1")
    other = create(program_of(office.cast.manager), "k-1")
    assert other.status_code == 400 and "key" in other.json()["errors"], "done on its own, and the project is there"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 201, "キー", "a\tb"])
def test_what_is_no_key_is_refused(pmo, key):
    answer = create(pmo, key)
    assert answer.status_code == 400 and list(answer.json()["errors"]) == ["Idempotency-Key"]
    assert not Project.objects.filter(key="COMET").exists()


@pytest.mark.django_db
def test_a_change_of_state_is_done_once_too(office, program_of):
    pm, given = program_of(office.cast.pm), {"finished_on": timezone.localdate().isoformat(), "note": "完了"}
    answers = [create(pm, "close", given, f"{PROJECTS}APOLLO/closure/") for _n in range(2)]
    assert [a.status_code for a in answers] == [200, 200] and answers[0].json() == answers[1].json()


@pytest.mark.django_db
def test_a_file_is_known_by_what_is_in_it(office, pmo):
    def send(rows):
        given = {"file": upload(csv_bytes(rows)), "scope": office.core.scope.pk}
        return pmo.post("/api/v1/imports/", given, headers={"Idempotency-Key": "file"})

    assert send(LEDGER).json()["id"] == send(LEDGER).json()["id"]
    assert send(LEDGER[:-1]).status_code == 422


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_week(pmo):
    create(pmo, "old")
    create(pmo, "young", NEW | {"key": "HALLEY"})
    KeptAnswer.objects.filter(key="old").update(at=timezone.now() - timezone.timedelta(days=8))
    assert actions.forget_old_answers() == 1
    assert KeptAnswer.objects.get().key == "young"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one(office, tmp_path):
    """Two connections at the same moment. SQLite's test database lives in memory, where there is no waiting: the office is
    put into a file first, as it is in real life."""
    key, start, answers = create_api_token(office.cast.pmo), threading.Barrier(2), []
    file = _into_a_file(tmp_path) if connection.vendor == "sqlite" else ""

    def send() -> None:
        try:
            _use(file)
            program = Client(headers={"Authorization": f"Token {key}"})
            start.wait(20)
            answers.append(create(program, "k-1"))
            answers.append(program.get(PROJECTS, {"key": "COMET"}))
        finally:
            connection.close()

    both = [threading.Thread(target=send) for _n in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    made, lists = ([a for a in answers if a.status_code == status] for status in (201, 200))
    assert [len(made), len(lists)] == [2, 2], answers
    assert made[0].json() == made[1].json()
    assert sorted("Idempotency-Replayed" in a.headers for a in made) == [False, True]
    assert [[row["id"] for row in found.json()["results"]] for found in lists] == [[made[0].json()["id"]]] * 2


def _into_a_file(folder) -> str:
    file = folder / "office.sqlite3"
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    return str(file)


def _use(file: str) -> None:
    """This thread's connection goes to the file."""
    if file:
        mine = connections["default"]
        mine.settings_dict = {**mine.settings_dict, "NAME": file}


def test_where_nothing_is_taken_a_key_changes_nothing(office, program_of):
    answer = program_of(office.cast.pmo).post(
        "/api/v1/projects/APOLLO/", {}, headers={"Idempotency-Key": "one-more-time"}
    )
    assert answer.status_code == 405
