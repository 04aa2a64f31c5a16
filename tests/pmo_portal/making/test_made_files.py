"""A workbook of a long list is ordered, made in the background, and waits for a week for the one who ordered it."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal import jobs, making
from pmo_portal.access.models import Grant
from pmo_portal.asks.models import InboxItem
from pmo_portal.audit.models import AuditEntry
from pmo_portal.files import storing
from pmo_portal.jobs.models import Job
from pmo_portal.making import actions
from pmo_portal.making.kinds import Kind, kinds
from pmo_portal.making.models import MadeFile
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_rows_are_many(settings, tmp_path):
    settings.EXPORT_AT_ONCE, settings.MEDIA_ROOT = 3, str(tmp_path)


@pytest.fixture
def many(office):
    return [ProjectFactory(portfolio=office.core, key=f"L-{n}", pm=office.cast.pm) for n in range(6)]


def rows_of(content: bytes) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def content_of(client, made: MadeFile) -> bytes:
    answer = client.get(f"/made/{made.pk}/content/")
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("kind", ["xlsx", "edit"])
def test_a_long_list_is_ordered_made_and_fetched(office, many, signed_in, kind):
    client = signed_in(office.cast.pmo)
    answer = client.get(f"/projects/?q=L-&export={kind}")
    made = MadeFile.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/made/{made.pk}/"
    page = client.get(answer["Location"]).text
    assert 'hx-trigger="every 1s"' in page and made.state == "making"
    assert client.get(f"/made/{made.pk}/content/").status_code == 404
    assert "L-" in AuditEntry.objects.get(action="exported").reason

    jobs.drain(strict=True)
    part = client.get(f"/made/{made.pk}/", headers={"HX-Request": "true"}).text
    assert "data-comes" in part and "<html" not in part
    found = rows_of(content_of(client, made))
    assert {f"L-{n}" for n in range(6)} <= {str(cell) for row in found for cell in row}
    assert len(found) == 7
    assert made.title in client.get("/made/").text


def test_a_short_list_and_a_csv_come_at_once(office, many, signed_in):
    client = signed_in(office.cast.pmo)
    assert client.get("/projects/?q=L-1&export=xlsx")["Content-Type"].endswith("sheet")
    assert client.get("/projects/?export=csv")["Content-Type"].startswith("text/csv")
    assert not MadeFile.objects.exists()


def test_two_clicks_are_one_file(office, many, signed_in):
    client = signed_in(office.cast.pmo)
    first, second = (client.get("/projects/?export=xlsx")["Location"] for _ in range(2))
    assert (
        first == second and MadeFile.objects.count() == Job.objects.filter(name="pmo_portal.making.make").count() == 1
    )


def test_nobody_else_sees_it(office, many, signed_in):
    signed_in(office.cast.pmo).get("/projects/?export=xlsx")
    made = MadeFile.objects.get()
    jobs.drain(strict=True)
    for other in (office.cast.manager, office.cast.admin, office.cast.auditor):
        client = signed_in(other)
        for path in (f"/made/{made.pk}/", f"/made/{made.pk}/content/"):
            assert client.get(path).status_code == 404
        assert client.post(f"/made/{made.pk}/removal/").status_code == 404
        assert made.title not in client.get("/made/").text.partition("<main")[2].partition("pmo-empty")[0]


def test_it_holds_what_they_may_see_when_it_is_made(office, many, signed_in):
    """The role goes between order and making."""
    signed_in(office.cast.pmo).get("/projects/?export=xlsx")
    Grant.objects.filter(person=office.cast.pmo).update(ends_on=timezone.localdate() - timedelta(days=1))
    jobs.drain(strict=True)
    made = MadeFile.objects.get()
    assert made.state == "ready"
    assert [row[0] for row in rows_of(storing.content(made.path))] == [
        "番号",
        "APOLLO",
    ]  # their contact is all they are now


def test_a_workbook_for_editing_is_not_made_for_who_may_not_edit_any_more(office, many, signed_in):
    client = signed_in(office.cast.pmo)
    client.get("/projects/?export=edit")
    jobs.drain(strict=True)
    made = MadeFile.objects.get()
    Grant.objects.filter(person=office.cast.pmo).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get(f"/made/{made.pk}/content/").status_code == 404
    with pytest.raises(PermissionDenied):
        making.order(
            made.kind, by=type(office.cast.pmo).objects.get(pk=office.cast.pmo.pk), title="x", options=made.options
        )


def test_what_cannot_be_made_says_why(office, monkeypatch, signed_in):
    def make(by, options):
        raise ValidationError("Nothing stands there.")

    monkeypatch.setitem(kinds, "tests.broken", Kind("tests.broken", "Broken", make, lambda by, o: True))
    made = making.order("tests.broken", by=office.cast.pmo, title="Broken", options={})
    jobs.drain(strict=True)
    assert MadeFile.objects.get(pk=made.pk).state == "failed"
    assert "Nothing stands there." in signed_in(office.cast.pmo).get(made.get_absolute_url()).text
    assert not list(Path(storing.place("made")).glob("*"))


def test_who_waited_long_is_told(office, many, signed_in):
    signed_in(office.cast.pmo).get("/projects/?export=xlsx")
    MadeFile.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    jobs.drain(strict=True)
    assert InboxItem.objects.filter(person=office.cast.pmo, kind="making.ready").count() == 1


def test_it_is_forgotten_on_request_and_after_a_week(office, many, signed_in):
    client = signed_in(office.cast.pmo)
    for query in ("", "?sort=key"):
        client.get(f"/projects/{query}{'&' if query else '?'}export=xlsx")
    jobs.drain(strict=True)
    one, other = MadeFile.objects.order_by("pk")
    assert client.post(f"/made/{one.pk}/removal/")["Location"] == "/made/"
    assert not storing.place(one.path).exists() and storing.place(other.path).exists()
    MadeFile.objects.update(expires_at=timezone.now())
    assert actions.sweep() == 1
    assert not storing.place(other.path).exists() and not MadeFile.objects.exists()


def test_stopped_while_it_is_made_nothing_stays(office, many, signed_in):
    client = signed_in(office.cast.pmo)
    client.get("/projects/?export=xlsx")
    made = MadeFile.objects.get()
    client.post(f"/made/{made.pk}/removal/")
    jobs.drain()
    assert not MadeFile.objects.exists() and not list(Path(storing.place("made")).glob("*"))
