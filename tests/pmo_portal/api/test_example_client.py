"""The client in docs/examples does what it says, against the portal as it is served."""

import importlib.util
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

from pmo_portal.accounts.tokens import create_api_token
from projects.register.models import Project
from projects.status.models import StatusReport
from tests.factories import GREEN, ProjectFactory

FILE = Path(settings.BASE_DIR) / "docs" / "examples" / "pmo_client.py"
SPEC = importlib.util.spec_from_file_location("pmo_client", FILE)
client = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(client)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def portal(office, live_server, slept):
    return client.Portal(live_server.url, create_api_token(office.cast.pmo), language="en", sleep=slept.append)


def test_it_goes_through_all_pages(office, portal):
    for n in range(5):
        ProjectFactory(key=f"P{n}", portfolio=office.core)
    found = list(portal.rows("projects/", page_size=2, fields="key,version", sort="-key"))
    assert [row["key"] for row in found] == ["P4", "P3", "P2", "P1", "P0", "BOREAS", "APOLLO"]
    assert set(found[0]) == {"key", "version"}


def test_it_changes_what_it_has_seen_and_nothing_newer(portal):
    seen = portal.read("projects/APOLLO/")
    changed = portal.change("projects/APOLLO/", {"category": "基幹"}, seen=seen)
    assert changed["category"] == "基幹" and changed["etag"] != seen["etag"]
    with pytest.raises(client.Changed) as told:
        portal.change("projects/APOLLO/", {"category": "周辺"}, seen=seen)
    assert told.value.kind == "changed-meanwhile"
    assert Project.objects.get(key="APOLLO").category == "基幹"


def test_it_hands_a_report_in(office, live_server):
    pm = client.Portal(live_server.url, create_api_token(office.cast.pm))
    words = {"project": "APOLLO", "period": office.period.key, "submit": True}
    made = pm.act("status-reports/", words | GREEN)
    assert made["state"] == "submitted" and StatusReport.objects.get(pk=made["id"]).submitted_by == office.cast.pm


def test_it_reads_what_was_wrong(portal):
    with pytest.raises(client.Refused) as told:
        portal.act("projects/", {"key": "no name", "portfolio": "NOWHERE"})
    assert told.value.status == 400 and told.value.kind == "invalid-input" and "portfolio" in told.value.errors
    with pytest.raises(client.Refused) as told:
        portal.read("projects/NOWHERE/")
    assert told.value.kind == "not-found"


def test_it_waits_as_long_as_it_is_told(portal, settings, slept):
    settings.API_PER_MINUTE = 1
    portal.read("projects/APOLLO/", fields="key")

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        cache.clear()

    portal.sleep = sleep
    assert portal.read("projects/BOREAS/", fields="key")["key"] == "BOREAS"
    assert len(slept) == 1 and 0 < slept[0] <= 60


def test_it_gives_up_where_nobody_answers(slept):
    nowhere = client.Portal("http://127.0.0.1:9", "x", sleep=slept.append)
    with pytest.raises(OSError):
        nowhere.read("projects/APOLLO/")
    assert slept == [2.0, 4.0, 8.0, 16.0]
