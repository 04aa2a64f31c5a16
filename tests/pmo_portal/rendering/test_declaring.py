"""Long documents: what they would hold, who may ask, made with the rights of the moment, fetched by whoever asked, told."""

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from pypdf import PdfReader

from pmo_portal import jobs
from pmo_portal.audit.models import AuditEntry
from pmo_portal.jobs.models import Job
from pmo_portal.making import actions
from pmo_portal.making.models import MadeFile
from pmo_portal.rendering import declaring, sample
from pmo_portal.rendering.faults import Unmade

pytestmark = pytest.mark.django_db
URL = "/documents/new/leaflet/"


def make_pdf(wanted) -> bytes:
    wanted.progress(1, 2, "半分")
    return sample.pdf()


def about(wanted) -> declaring.About:
    forms = ("xlsx",) if "long" in wanted.conditions else ()
    return declaring.About("小冊子", hindrance="多すぎます。" if "much" in wanted.conditions else "", forms=forms)


@pytest.fixture
def kind(settings, tmp_path):
    """A sort of document that the PMO may ask for."""
    settings.MEDIA_ROOT = str(tmp_path)
    yield change()
    del declaring.kinds["leaflet"]


def change(**given) -> declaring.Kind:
    usual = {"label": "小冊子", "note": "", "seen_by": ("administrator",), "about": about, "back": "/"}
    return declaring.kind("leaflet", **(usual | {"makers": {"pdf": make_pdf, "xlsx": make_pdf}} | given))


def ask(office, kind, conditions: str = "") -> MadeFile:
    return declaring.order(kind, by=office.cast.pmo, conditions=conditions, form="pdf")


def kept(tmp_path) -> list:
    folder = tmp_path / actions.FOLDER
    return list(folder.iterdir()) if folder.is_dir() else []


def test_it_is_asked_for_made_and_fetched_and_each_time_told(office, signed_in, kind):
    browser = signed_in(office.cast.pmo)
    assert "小冊子" in browser.get(f"{URL}?q=1").text
    page = browser.post(f"{URL}?q=1", {"form": "pdf"}).url
    made = MadeFile.objects.get()
    assert (made.options["conditions"], made.state, made.by) == ("q=1", "making", office.cast.pmo)
    assert browser.get(f"{page}content/").status_code == 404, "nothing is there yet"
    jobs.drain(strict=True)
    assert (Job.objects.get(pk=made.job_id).done, MadeFile.objects.get().state) == (1, "ready")
    assert not AuditEntry.objects.filter(action="exported").exists()
    for times in (1, 2):
        answer = browser.get(f"{page}content/")
        content = b"".join(answer.streaming_content)
        assert len(PdfReader(io.BytesIO(content)).pages) == 1 and "attachment" in answer["Content-Disposition"]
        assert AuditEntry.objects.filter(action="exported", actor=office.cast.pmo).count() == times
    assert "小冊子" in AuditEntry.objects.filter(action="exported").first().reason


def test_it_is_theirs_who_asked_and_as_long_as_they_may(office, signed_in, kind):
    made = ask(office, kind)
    jobs.drain(strict=True)
    for other in (office.cast.manager, office.cast.auditor, office.cast.admin, office.cast.pm):
        browser = signed_in(other)
        assert browser.get(made.get_absolute_url()).status_code == 404
        assert browser.get(f"{made.get_absolute_url()}content/").status_code == 404
    change(seen_by=("sysadmin",))
    assert signed_in(office.cast.pmo).get(f"{made.get_absolute_url()}content/").status_code == 404
    assert not AuditEntry.objects.filter(action="exported").exists()


def test_who_may_not_ask_gets_nothing(office, signed_in, kind):
    browser = signed_in(office.cast.pm)
    assert browser.get(URL).status_code == 403 and browser.post(URL, {"form": "pdf"}).status_code == 403
    with pytest.raises(PermissionDenied):
        declaring.order(kind, by=office.cast.pm, conditions="", form="pdf")
    assert signed_in(office.cast.pmo).get(reverse("documents:ask", args=("no-such",))).status_code == 404
    assert not MadeFile.objects.exists()


def test_rights_are_those_of_the_moment_it_is_made(office, kind, tmp_path):
    made = ask(office, kind)
    change(seen_by=("sysadmin",))
    jobs.drain(strict=True)
    made.refresh_from_db()
    assert made.state == "failed" and not kept(tmp_path)


def test_what_hinders_it_is_said_before(office, signed_in, kind):
    browser = signed_in(office.cast.pmo)
    assert "多すぎます。" in browser.get(f"{URL}?much=1").text
    assert browser.post(f"{URL}?much=1", {"form": "pdf"}).status_code == 422
    assert browser.post(URL, {"form": "exe"}).status_code == 422
    assert 'value="pdf"' not in browser.get(f"{URL}?long=1").text, "too long for paper"
    assert browser.post(f"{URL}?long=1", {"form": "pdf"}).status_code == 422
    with pytest.raises(ValidationError):
        ask(office, kind, "long=1")
    assert not MadeFile.objects.exists()


def test_killed_while_it_is_made_it_leaves_nothing_and_is_made_by_the_next(office, kind, tmp_path):
    class Killed(BaseException):
        pass

    def killed(wanted):
        raise Killed

    made = ask(office, kind)
    change(makers={"pdf": killed})
    with pytest.raises(Killed):
        actions.make(made.pk)
    made.refresh_from_db()
    assert made.state == "making" and not made.path and not kept(tmp_path)
    change()
    actions.make(made.pk)
    actions.make(made.pk)  # a worker that thought the other one dead
    made.refresh_from_db()
    assert made.state == "ready" and len(kept(tmp_path)) == 1


def test_why_it_cannot_be_made_is_told(office, signed_in, kind):
    def broken(wanted):
        raise Unmade("too_long")

    made = ask(office, kind)
    change(makers={"pdf": broken})
    jobs.drain(strict=True)
    made.refresh_from_db()
    assert made.state == "failed"
    assert "大きすぎて" in signed_in(office.cast.pmo).get(made.get_absolute_url()).text
