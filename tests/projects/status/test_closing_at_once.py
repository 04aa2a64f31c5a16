"""A period ends at the very moment a report is handed in, on two connections: one clear outcome, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.asks.models import Ask
from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods import actions as periods
from pmo_portal.periods.models import ReportingPeriod
from projects.status import actions
from projects.status.maintaining import ask_key
from projects.status.models import StatusReport
from tests.cast import make_cast, make_office
from tests.factories import GREEN, ReportFactory

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "結合試験を終えた。"
WAIT = 30  # seconds after which a thread gives up on the other: never in a test that is right


@pytest.fixture
def office():
    """The period is past its due moment and closed; APOLLO's report is written and saved, not yet handed in."""
    office = make_office(make_cast())
    jobs.drain(strict=True)
    ReportFactory(project=office.apollo, period=office.period, submitted=False, **(GREEN | {"achieved": WORDS}))
    periods.close_period(office.period, by=office.cast.pmo)
    return office


@pytest.fixture
def handing_in(office):
    """What the PM's browser sends."""
    client, version = Client(), report_of(office).version
    client.force_login(office.cast.pm)
    address = f"/projects/APOLLO/status/{office.period.key}/edit/"
    return lambda: client.post(address, GREEN | {"achieved": WORDS, "version": version, "seconds": 60})


@pytest.fixture
def freezing(office):
    """What the clock, or the PMO at the same moment, does."""
    period = ReportingPeriod.objects.get(pk=office.period.pk)
    return lambda: periods.freeze_period(period, by=None)


def on_two_connections(*acts):
    """What each act came to, each in a thread, and so on a connection, of its own."""

    def run(act):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [found.result() for found in [pool.submit(run, act) for act in acts]]


def while_the_other_is_at_it(first, second):
    """`second` begins when all of `first` is done but its commit."""
    inside, begun = Event(), Event()

    def one():
        with transaction.atomic():
            result = first()
            inside.set()
            assert begun.wait(WAIT)
        return result

    def other():
        assert inside.wait(WAIT)
        begun.set()
        return second()

    return on_two_connections(one, other)


def report_of(office) -> StatusReport:
    return StatusReport.objects.get(project=office.apollo, period=office.period, is_current=True)


def ask_of(office) -> Ask:
    return Ask.objects.get(key=ask_key(office.apollo, office.period))


def in_the_picture(office) -> dict:
    """APOLLO as the period's one picture has it."""
    picture = office.period.pictures.get()
    return picture.rows.get(scope=office.apollo.scope).content


def came_in(office, answer) -> None:
    assert answer.status_code == 302
    report = report_of(office)
    assert (report.state, report.achieved, ask_of(office).state) == ("submitted", WORDS, "done")
    pictured = in_the_picture(office)
    assert (pictured["state"], pictured["report"], pictured["confidence"]) == ("submitted", report.pk, "green")


def came_too_late(office, answer) -> None:
    """The page says why and keeps what was typed; the draft stays, and goes in once the PMO re-opens the period."""
    assert answer.status_code == 422 and "報告を受け付けていません" in answer.text and WORDS in answer.text
    report = report_of(office)
    assert (report.state, report.achieved, ask_of(office).state) == ("draft", WORDS, "withdrawn")
    pictured = in_the_picture(office)
    assert (pictured["state"], pictured["confidence"]) == ("missing", "none")
    office.period.refresh_from_db()
    periods.reopen_period(office.period, by=office.cast.manager, reason="APOLLOの報告が間に合わなかった")
    actions.submit_report(report_of(office), by=office.cast.pm, version=report.version)
    assert report_of(office).state == "submitted"


def test_a_report_that_is_being_handed_in_is_in_the_picture(office, handing_in, freezing):
    answer, _frozen = while_the_other_is_at_it(handing_in, freezing)
    office.period.refresh_from_db()
    assert office.period.state == "frozen"
    came_in(office, answer)


def test_a_report_that_comes_while_the_period_is_being_frozen_stays_a_draft(office, handing_in, freezing):
    _frozen, answer = while_the_other_is_at_it(freezing, handing_in)
    came_too_late(office, answer)


def test_at_the_same_moment_it_is_one_or_the_other(office, handing_in, freezing):
    gate = Barrier(2)
    answer, _frozen = on_two_connections(
        lambda: gate.wait(WAIT) is not None and handing_in(), lambda: gate.wait(WAIT) is not None and freezing()
    )
    (came_in if answer.status_code == 302 else came_too_late)(office, answer)


def test_closing_keeps_nobody_from_handing_in(office, handing_in):
    ReportingPeriod.objects.filter(pk=office.period.pk).update(state="open", due_at=timezone.now())
    answer, closed = while_the_other_is_at_it(handing_in, periods.close_due_periods)
    assert answer.status_code == 302 and [p.pk for p in closed] == [office.period.pk]
    assert report_of(office).state == "submitted"


def test_two_clicks_at_once_hand_it_in_once(office, handing_in):
    answers = on_two_connections(handing_in, handing_in)
    assert report_of(office).state == "submitted" and StatusReport.objects.count() == 1
    assert [a.status_code for a in answers] == [302, 302]
    assert AuditEntry.objects.filter(action="submitted").count() == 1
