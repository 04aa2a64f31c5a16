"""What surrounds a request: limits, a full disk, headers, health."""

import errno
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.test import RequestFactory, override_settings

from pmo_portal.operation.middleware import UploadMiddleware
from pmo_portal.operation.sign_in import name_tried

pytestmark = pytest.mark.django_db


class FullDisk(MemoryFileUploadHandler):
    """What a disk without room does to an upload."""

    def handle_raw_input(self, *args, **kwargs):
        self.activated = False

    def receive_data_chunk(self, raw_data, start):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_the_portal_is_healthy_once_its_tables_are_there(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_every_answer_carries_an_id_and_strict_headers(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer["X-Request-ID"] == "from-the-proxy-1"
    assert client.get("/healthz", headers={"X-Request-ID": "<script>"})["X-Request-ID"] != "<script>"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answer["Permissions-Policy"]


def test_what_is_too_large_is_refused_before_it_is_read(client):
    answer = client.post("/login/", {"file": SimpleUploadedFile("a.xlsx", b"x")}, CONTENT_LENGTH=str(200 * 1024**2))
    assert answer.status_code == 413
    assert "60 MB" in answer.text


@override_settings(FILE_UPLOAD_HANDLERS=[f"{__name__}.FullDisk"])
def test_a_full_disk_is_said_and_not_an_error(client):
    answer = client.post("/login/", {"file": SimpleUploadedFile("a.xlsx", b"x" * 1000)})
    assert answer.status_code == 507


def test_the_api_hears_of_a_limit_in_its_own_shape(client):
    answer = client.post("/api/v1/projects/", {"a": io.BytesIO(b"x")}, CONTENT_LENGTH=str(10**9))
    assert answer.status_code == 413
    assert answer.json()["status"] == 413


def test_a_length_that_is_no_number_is_taken_as_none():
    request = RequestFactory().get("/")
    request.META["CONTENT_LENGTH"] = "many"
    assert UploadMiddleware(lambda request: "passed")(request) == "passed"


def test_a_lock_out_counts_one_account_however_it_is_written():
    request = RequestFactory().post("/login/", {"login": " PM@demo.example "})
    assert name_tried(request) == "pm@demo.example"
    assert name_tried(request, {"email": "A@b.example", "password": "x"}) == "a@b.example"
