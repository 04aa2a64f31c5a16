"""Files over the API."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pmo_portal.files.models import Attachment
from tests.pmo_portal.files import samples

pytestmark = pytest.mark.django_db
AT = "/api/v1/files/"


def sending(name: str = "plan.pdf", content: bytes | None = None, **more):
    return {"file": SimpleUploadedFile(name, content or samples.pdf()), **more}


def test_a_program_attaches_adds_fetches_renames_and_takes_away(office, program_of):
    program = program_of(office.cast.pm)
    made = program.post(AT, sending(of="projects.project", record="APOLLO", note="first"))
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["of"], told["record"], told["name"]) == ("projects.project", "APOLLO", "plan.pdf")
    one = f"{AT}{told['id']}/"
    second = program.post(f"{one}versions/", sending("plan.pdf", samples.pdf(3)))
    assert second.status_code == 201 and [v["number"] for v in second.json()["versions"]] == [2, 1]
    assert b"".join(program.get(f"{one}content/").streaming_content) == samples.pdf(3)
    first = program.get(f"{one}content/?number=1", headers={"Range": "bytes=0-4"})
    assert first.status_code == 206 and b"".join(first.streaming_content) == b"%PDF-"
    renamed = program.patch(one, {"name": "schedule"}, content_type="application/json")
    assert renamed.json()["name"] == "schedule.pdf"
    stale = program.patch(one, {"name": "x"}, content_type="application/json", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert program.post(f"{one}removal/", {"reason": "old"}, content_type="application/json").status_code == 200
    assert program.get(AT).json()["results"] == []


def test_what_is_wrong_is_said_at_its_field(office, program_of):
    program = program_of(office.cast.pm)
    for given, field in (
        (sending(of="projects.project", record="NONE"), "record"),
        (sending(of="people", record="1"), "of"),
        (sending("plan.pdf", b"MZ\0", of="projects.project", record="APOLLO"), "file"),
        ({"of": "projects.project", "record": "APOLLO"}, "file"),
    ):
        answer = program.post(AT, given)
        assert answer.status_code == 400 and field in str(answer.json()), field
    assert not Attachment.objects.exists()


def test_who_does_not_see_the_record_sees_no_file(office, program_of):
    made = program_of(office.cast.pm).post(AT, sending(of="projects.project", record="APOLLO")).json()
    outsider = program_of(office.cast.outsider)
    assert outsider.get(AT).json()["results"] == []
    for path in ("", "content/"):
        assert outsider.get(f"{AT}{made['id']}/{path}").status_code == 404
    assert program_of(office.cast.auditor).post(f"{AT}{made['id']}/removal/").status_code == 403
