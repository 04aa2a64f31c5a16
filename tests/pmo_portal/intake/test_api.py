"""Imports over the API: the same way in, under the same access."""

import json

import pytest

from pmo_portal import jobs
from pmo_portal.intake.models import ImportRun
from projects.register.models import Project
from tests.pmo_portal.intake.sheets import HEADS, LEDGER, csv_bytes, receive, upload

pytestmark = pytest.mark.django_db


def post(client, path, body=None, **headers):
    return client.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_a_program_sends_a_file_answers_applies_and_takes_it_back(office, program_of):
    client = program_of(office.cast.pmo)
    rows = [*LEDGER[:4]]
    sent = client.post("/api/v1/imports/", {"file": upload(csv_bytes(rows)), "scope": office.core.scope.pk})
    assert sent.status_code == 201 and sent.json()["state"] == "reading"
    where = f"/api/v1/imports/{sent.json()['id']}/"
    jobs.drain(strict=True)
    run = client.get(where).json()
    assert run["state"] == "previewed" and run["counts"]["ambiguous"] == 1 and run["why_not_apply"]
    assert post(client, f"{where}application/").status_code == 400
    found = client.get(f"{where}rows/", {"verdict": "ambiguous"}).json()
    assert found["count"] == 1 and found["results"][0]["candidates"][0]["id"] == office.apollo.pk
    answer = {"row": found["results"][0]["row"], "choice": "match", "matched_id": office.apollo.pk}
    assert post(client, f"{where}answers/", answer).json()["verdict"] == "changed"
    version = client.get(where)["ETag"]
    assert post(client, f"{where}application/", **{"If-Match": '"99"'}).status_code == 412
    assert post(client, f"{where}application/", **{"If-Match": version}).status_code == 202
    jobs.drain(strict=True)
    assert client.get(where).json()["state"] == "applied" and Project.objects.filter(key="P-0301").exists()
    assert post(client, f"{where}undoing/", {"reason": "test"}).json()["state"] == "undone"
    assert not Project.objects.filter(key="P-0301").exists()


def test_a_program_reads_and_sends_only_within_its_persons_scope(office, program_of):
    run = receive(office.cast.pmo, office.core)
    assert program_of(office.cast.auditor).get("/api/v1/imports/").json()["results"][0]["id"] == run.pk
    for person in (office.cast.pm, office.cast.site_pmo, office.cast.nobody):
        assert program_of(person).get("/api/v1/imports/").json()["results"] == []
        assert program_of(person).get(f"/api/v1/imports/{run.pk}/rows/").status_code == 404
    given = {"scope": office.core.scope.pk}
    for person, status in ((office.cast.site_pmo, 400), (office.cast.pm, 400), (office.cast.auditor, 400)):
        sent = program_of(person).post("/api/v1/imports/", {"file": upload(csv_bytes(LEDGER)), **given})
        assert sent.status_code == status and "scope" in sent.json()["errors"]
    assert post(program_of(office.cast.auditor), f"/api/v1/imports/{run.pk}/withdrawal/").status_code == 403
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize(
    "given", [{"verdict": "good"}, {"first": "-1"}, {"count": "many"}, {"first": "9" * 30}, {"count": "１"}]
)
def test_nonsense_is_said_by_the_name_of_its_parameter(office, program_of, given):
    run = receive(office.cast.pmo, office.core)
    answer = program_of(office.cast.pmo).get(f"/api/v1/imports/{run.pk}/rows/", given)
    assert answer.status_code == 400 and list(answer.json()["errors"]) == list(given)


def test_a_bad_sending_names_its_fields(office, program_of):
    client = program_of(office.cast.pmo)
    answer = client.post("/api/v1/imports/", {"scope": 10**30, "as_of": "soon", "profile": "none", "period": "x"})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"file", "scope", "as_of", "profile", "period"}
    empty = client.post("/api/v1/imports/", {"file": upload(b""), "scope": office.core.scope.pk})
    assert empty.status_code == 400 and "file" in empty.json()["errors"]
    both = {"scope": office.core.scope.pk, "target": "nothing", "file": upload(csv_bytes([HEADS]))}
    assert client.post("/api/v1/imports/", both).json()["errors"].keys() == {"target"}


def test_the_date_of_the_figures_is_held_to_the_rules_of_the_form(office, program_of):
    client = program_of(office.cast.pmo)

    def refused(**given) -> dict:
        sent = {"scope": office.core.scope.pk, "file": upload(csv_bytes(LEDGER)), **given}
        answer = client.post("/api/v1/imports/", sent)
        assert answer.status_code == 400, answer.text
        return answer.json()["errors"]

    assert "as_of" in refused(as_of="0001-01-01")
    assert "as_of" in refused(as_of="2026-09-30", period=office.period.key)
    assert not ImportRun.objects.exists()
