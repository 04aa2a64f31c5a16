"""Files of records: attached, followed by versions, seen with their record and by nobody else, swept when they belong to nothing."""

from __future__ import annotations

import os
import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal import access, jobs, search
from pmo_portal.audit.models import AuditEntry
from pmo_portal.files import actions, drawing, queries, storing, sweeping
from pmo_portal.files.models import Attachment, FileVersion
from pmo_portal.jobs import running
from pmo_portal.operation import verifying
from projects.status.actions import submit_report
from projects.status.models import StatusReport
from tests.factories import GREEN, ReportFactory
from tests.pmo_portal.files import samples

pytestmark = pytest.mark.django_db
PDF = samples.pdf()


def upload(name: str = "計画.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def on_disk(kept_in) -> list[str]:
    folder = kept_in / "attachments"
    return sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def plan(office) -> Attachment:
    return actions.attach(office.apollo, by=office.cast.pm, file=upload(), note="初版")


# ---- coming in


def test_a_file_is_kept_outside_the_database_and_both_trails_tell_of_it(office, plan, kept_in):
    version = plan.newest
    assert (version.number, version.kind, version.size) == (1, "pdf", len(PDF))
    assert storing.content(version.path, version.sha256) == PDF and on_disk(kept_in) == [version.path.split("/")[1]]
    entries = AuditEntry.objects.filter(action="attached").order_by("id")
    assert [e.content_type.model for e in entries] == ["attachment", "project"]
    assert {e.scope_id for e in entries} == {office.apollo.scope_id} and entries[1].reason == "計画.pdf"


REFUSED = [
    ("empty.pdf", b"", "empty"),
    ("program.pdf", b"MZ\x90\0" + b"\0" * 99, "unknown"),
    ("page.html", b"<html></html>", "markup"),
    ("plan.docx", PDF, "other"),
]


@pytest.mark.parametrize(("name", "content", "code"), REFUSED)
def test_what_is_refused_leaves_nothing_behind(office, kept_in, name, content, code):
    with pytest.raises(ValidationError) as refused:
        actions.attach(office.apollo, by=office.cast.pm, file=upload(name, content))
    assert refused.value.error_dict["file"][0].code == code
    assert on_disk(kept_in) == [] and not Attachment.objects.exists()


def test_one_that_is_too_large_is_stopped_on_the_way(office, kept_in, settings):
    settings.UPLOAD_LIMIT = 1000
    with pytest.raises(ValidationError) as refused:
        actions.attach(office.apollo, by=office.cast.pm, file=b"x" * 5000, name="a.txt")
    assert refused.value.error_dict["file"][0].code == "too_large" and on_disk(kept_in) == []


def test_a_fault_of_the_database_leaves_no_bytes(office, kept_in, monkeypatch):
    def broken(*given, **more):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(FileVersion.objects, "create", broken)
    with pytest.raises(RuntimeError):
        actions.attach(office.apollo, by=office.cast.pm, file=upload())
    assert on_disk(kept_in) == [] and not Attachment.objects.exists()


# ---- versions


def test_versions_follow_one_another_and_the_old_ones_stay(office, plan):
    actions.add_version(plan, by=office.cast.pm, file=upload("計画.pdf", samples.pdf(3)), note="工程を追加")
    plan.refresh_from_db()
    assert [v.number for v in plan.versions.order_by("number")] == [1, 2] and plan.newest.note == "工程を追加"
    assert storing.content(queries.version_of(plan, 1).path) == PDF


def test_the_same_bytes_are_no_new_version(office, plan, kept_in):
    with pytest.raises(ValidationError) as refused:
        actions.add_version(plan, by=office.cast.pm, file=upload("another name.pdf"))
    assert refused.value.error_dict["file"][0].code == "same" and len(on_disk(kept_in)) == 1


def test_another_kind_takes_its_own_name(office, plan):
    actions.add_version(plan, by=office.cast.pm, file=upload("計画.xlsx", samples.xlsx()))
    plan.refresh_from_db()
    assert plan.name == "計画.xlsx" and plan.newest.kind == "xlsx"


def test_a_name_given_by_hand_stays_and_its_ending_is_true(office, plan):
    actions.rename(plan, by=office.cast.pm, name="実行計画.docx")
    assert plan.name == "実行計画.docx.pdf"
    actions.rename(plan, by=office.cast.pm, name="実行計画")
    actions.add_version(plan, by=office.cast.pm, file=upload("v2 final.pdf", samples.pdf(5)))
    plan.refresh_from_db()
    assert plan.name == "実行計画.pdf" and queries.version_of(plan, 2).name == "v2 final.pdf"


# ---- who


def test_a_file_is_seen_by_who_sees_its_record(office, plan):
    cast = office.cast
    assert [plan in access.visible(who, Attachment) for who in (cast.pm, cast.auditor, cast.manager)] == [True] * 3
    for who in (cast.outsider, cast.nobody):
        assert plan not in access.visible(who, Attachment)
        assert not access.visible(who, FileVersion).exists()


def test_only_who_may_change_the_record_changes_its_files(office, plan):
    for who in (office.cast.auditor, office.cast.sponsor):
        with pytest.raises(PermissionDenied):
            actions.attach(office.apollo, by=who, file=upload())
        with pytest.raises(PermissionDenied):
            actions.take_away(plan, by=who)


def test_bytes_and_pictures_are_behind_the_same_door(office, plan, signed_in):
    running.drain()
    addresses = [plan.newest.url, plan.get_absolute_url(), *plan.versions.get().page_urls]
    assert len(addresses) == 4
    for address in addresses:
        assert signed_in(office.cast.pm).get(address).status_code == 200
        assert signed_in(office.cast.outsider).get(address).status_code == 404
        assert signed_in(office.cast.nobody).get(address).status_code == 404


def test_a_file_of_another_record_is_not_reached_through_mine(office, plan, signed_in):
    address = f"/files/of/projects.project/{office.apollo.key}/"
    assert signed_in(office.cast.pm).get(address).status_code == 200
    for wrong in ("/files/of/projects.project/NOSUCH/", "/files/of/pmo_portal.person/1/", "/files/of/x/1/"):
        assert signed_in(office.cast.pm).get(wrong).status_code == 404
    assert signed_in(office.cast.auditor).post(address, {"file": upload()}).status_code == 403
    assert signed_in(office.cast.outsider).get(address).status_code == 404


def test_a_report_that_is_in_keeps_its_files_as_they_are(office):
    draft = ReportFactory(project=office.apollo, period=office.period, submitted=False)
    assert actions.attach(draft, by=office.cast.pm, file=upload()).about == draft
    submit_report(draft, by=office.cast.pm, version=draft.version, **GREEN)
    with pytest.raises(PermissionDenied):
        actions.attach(StatusReport.objects.get(), by=office.cast.pm, file=upload("b.txt", b"b"))


# ---- going out


def test_a_download_is_never_run_by_the_browser(office, plan, signed_in):
    answer = signed_in(office.cast.pm).get(plan.newest.url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%A8%88")
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "application/pdf" and answer["Cache-Control"] == "private, no-cache"


def test_a_drawing_that_is_a_program_goes_out_as_bytes(office, signed_in):
    drawing_ = actions.attach(office.apollo, by=office.cast.pm, file=upload("a.svg", samples.SVG))
    assert drawing_.newest.preview == "none"
    assert signed_in(office.cast.pm).get(drawing_.newest.url)["Content-Type"] == "application/octet-stream"


def test_parts_are_given_on_asking(office, plan, signed_in):
    client, url = signed_in(office.cast.pm), plan.newest.url
    part = client.get(url, headers={"Range": "bytes=5-9"})
    assert part.status_code == 206 and b"".join(part.streaming_content) == PDF[5:10]
    assert part["Content-Range"] == f"bytes 5-9/{len(PDF)}" and part["Content-Length"] == "5"
    past = client.get(url, headers={"Range": "bytes=999999-"})
    assert past.status_code == 416 and past["Content-Range"] == f"bytes */{len(PDF)}"
    tag = part["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    other = client.get(url, headers={"Range": "bytes=5-9", "If-Range": '"another"'})
    assert other.status_code == 200 and b"".join(other.streaming_content) == PDF
    assert client.head(url)["Content-Length"] == str(len(PDF))


# ---- previews


def test_a_preview_is_drawn_by_a_job_and_a_fault_is_said(office, plan, signed_in):
    assert plan.newest.preview == "waiting"
    locked = actions.attach(office.apollo, by=office.cast.pm, file=upload("秘.pdf", samples.pdf(password="x")))
    running.drain()
    drawn, failed = plan.versions.get(), locked.versions.get()
    assert (drawn.preview, drawn.pages) == ("ready", 2) and (failed.preview, failed.problem) == ("failed", "locked")
    page = signed_in(office.cast.pm).get(locked.get_absolute_url()).text
    assert "パスワードで保護されています。" in page
    picture = signed_in(office.cast.pm).get(drawn.page_urls[0])
    assert picture["Content-Type"] == "image/webp" and b"".join(picture.streaming_content)[:4] == b"RIFF"
    assert signed_in(office.cast.pm).get(drawn.page_urls[0].replace("/1/", "/3/")).status_code == 404


def test_drawn_twice_it_is_the_same(office, plan):
    running.drain()
    jobs.submit("pmo_portal.files.draw", plan.newest.pk)
    running.drain()
    assert plan.versions.get().pages == 2


def test_office_files_that_came_before_libreoffice_are_drawn_later(office, monkeypatch):
    monkeypatch.setattr(drawing, "office_program", lambda: "")
    minutes = actions.attach(office.apollo, by=office.cast.pm, file=upload("議事録.docx", samples.docx()))
    assert minutes.newest.preview == "none"
    monkeypatch.undo()
    jobs.submit("pmo_portal.files.sweep")
    running.drain()
    assert minutes.versions.get().preview == "ready"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
def test_a_text_shows_its_beginning_as_words(office, signed_in, encoding):
    words = "議事録 <script>alert(1)</script>\r\n" * 1200
    minutes = actions.attach(office.apollo, by=office.cast.pm, file=upload("議事録.txt", words.encode(encoding)))
    page = signed_in(office.cast.pm).get(minutes.get_absolute_url()).text
    assert "議事録 &lt;script&gt;" in page and "冒頭だけ" in page and "<script>alert" not in page


# ---- away, back, swept


def test_taken_away_it_leaves_the_list_and_comes_back(office, plan, signed_in):
    client = signed_in(office.cast.pm)
    page = client.get(f"/files/{plan.pk}/removal/")
    assert page.status_code == 200 and "btn-danger" in page.text
    client.post(f"/files/{plan.pk}/removal/", {"reason": "古い", "version": plan.version})
    assert not queries.files_of(office.apollo).exists() and not search_for(office.cast.pm)
    assert client.get(plan.newest.url).status_code == 200  # it stays readable: the trail names it
    client.post(f"/files/{plan.pk}/restoration/")
    assert queries.files_of(office.apollo).get() == plan and search_for(office.cast.pm)


def search_for(viewer) -> list:
    return [h.title for g in search.find(viewer, "計画") if str(g["label"]) == "ファイル" for h in g["hits"]]


def test_only_what_belongs_to_nothing_and_is_old_is_swept(office, plan, kept_in):
    running.drain()
    orphan, young = kept_in / "attachments/orphan", kept_in / "attachments/young"
    stray, half = kept_in / "previews/999999", kept_in / "previews/.draw-x"
    for folder in (stray, half):
        folder.mkdir()
    for path in (orphan, young):
        path.write_bytes(b"x")
    before = time.time() - 3 * 86400
    for path in (orphan, stray, half, kept_in / plan.newest.path, kept_in / drawing.folder_of(plan.newest.pk)):
        os.utime(path, (before, before))
    assert sweeping.sweep() == 3
    assert young.exists() and not orphan.exists() and not stray.exists() and not half.exists()
    assert (kept_in / plan.newest.path).exists() and (kept_in / drawing.folder_of(plan.newest.pk) / "1.webp").exists()


def test_verify_tells_of_bytes_that_are_gone_or_changed(office, plan, kept_in):
    other = actions.attach(office.apollo, by=office.cast.pm, file=upload("b.pdf", samples.pdf(1)))
    (kept_in / plan.newest.path).write_bytes(b"changed")
    (kept_in / other.newest.path).unlink()
    told = list(verifying.checks["files"].find())
    assert len(told) == 2 and any("計画.pdf" in line for line in told) and any("b.pdf" in line for line in told)


# ---- pages


def test_several_files_at_once_and_the_refused_one_is_named(office, signed_in):
    client, at = signed_in(office.cast.pm), f"/files/of/projects.project/{office.apollo.key}/"
    given = [upload("a.pdf"), upload("b.pdf", samples.pdf(4)), upload("c.pdf", b"MZ\0\0")]
    answer = client.post(at, {"file": given, "note": ""})
    assert answer.status_code == 422 and "c.pdf" in answer.text and "2ファイルを添付しました。" in answer.text
    assert sorted(f.name for f in queries.files_of(office.apollo)) == ["a.pdf", "b.pdf"]
    assert client.post(at, {}).status_code == 422
    answer = client.post(at, {"file": [upload("d.txt", b"x")]}, follow=True)
    assert answer.status_code == 200 and "d.txt" in answer.text


def test_the_project_shows_its_files_at_the_same_cost_however_many(office, plan, signed_in):
    client = signed_in(office.cast.pm)
    client.get(office.apollo.get_absolute_url())
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert "計画.pdf" in client.get(office.apollo.get_absolute_url()).text
    for number in range(8):
        actions.attach(office.apollo, by=office.cast.pm, file=upload(f"{number}.txt", str(number).encode()))
    with CaptureQueriesContext(connection) as many:
        client.get(office.apollo.get_absolute_url())
    assert len(many) <= len(few)


def test_the_list_of_all_files_and_its_conditions(office, plan, signed_in):
    client = signed_in(office.cast.manager)
    assert "計画.pdf" in client.get("/files/").text
    assert "計画.pdf" in client.get("/files/?of=projects.project&kind=pdf").text
    assert "計画.pdf" not in client.get("/files/?kind=xlsx").text
    assert "計画.pdf" not in signed_in(office.cast.outsider).get("/files/").text


def test_the_list_costs_the_same_however_many_files_of_reports_and_proposals(office, signed_in):
    draft = ReportFactory(project=office.apollo, period=office.period, submitted=False)
    client = signed_in(office.cast.manager)
    actions.attach(draft, by=office.cast.pm, file=upload("0.txt", b"0"))
    client.get("/files/")
    with CaptureQueriesContext(connection) as few:
        assert "0.txt" in client.get("/files/").text
    other = ReportFactory(project=office.boreas, period=office.period, submitted=False)
    for number in range(1, 6):
        actions.attach(draft, by=office.cast.pm, file=upload(f"{number}.txt", str(number).encode()))
        actions.attach(other, by=office.boreas.pm, file=upload(f"b{number}.txt", str(number).encode()))
    with CaptureQueriesContext(connection) as many:
        assert "b5.txt" in client.get("/files/").text
    assert len(many) == len(few)
