"""What goes wrong with routes and signatures: gone people, circles, no steps, the same approver twice, two at once."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from pmo_portal import measures
from pmo_portal.access.models import Grant
from pmo_portal.access.tree import office as office_scope
from pmo_portal.accounts.models import OrgUnit, OrgUnitPlacement, Person, Substitute
from pmo_portal.approvals import actions, queries, routing
from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute, ApprovalSeat, ApprovalStep
from pmo_portal.approvals.waits import STEP_WAIT, keep_waits
from pmo_portal.audit import Conflict
from pmo_portal.measures.models import MeasureValue
from tests.factories import GrantFactory, PersonFactory, ProjectFactory
from tests.pmo_portal.approvals.conftest import KIND

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


# ---- routes


def test_a_named_person_who_has_gone_is_not_seated_and_whoever_governs_is(office, route_of, submit):
    gone = PersonFactory()
    route_of((1, "decide", gone))
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    request = submit()
    step = ApprovalStep.objects.get(request=request)
    assert step.escalated and [s.person for s in step.seats.all()] == [office.cast.manager]


def test_where_everybody_named_has_gone_and_nobody_governs_the_word_is_clear(office, route_of, submit):
    gone = PersonFactory(is_active=False)
    route_of((1, "decide", gone))
    Grant.objects.filter(role__in=("manager", "sponsor")).update(ends_on=date(2021, 1, 1))
    with pytest.raises(ValidationError) as error:
        submit()
    assert error.value.code == "nobody" and not ApprovalRequest.objects.exists()


def test_units_that_hang_in_a_circle_end_the_way_up(office, route_of, submit):
    """Two units below each other, neither with a head: who governs signs instead of a search without end."""
    one, other = (OrgUnit.objects.create(code=f"C{n}", name_en=f"Circle {n}") for n in (1, 2))
    for unit, above in ((one, other), (other, one)):
        OrgUnitPlacement.objects.create(unit=unit, parent=above, starts_on=date(2020, 4, 1))
    Person.objects.filter(pk=office.cast.pm.pk).update(unit=one)
    office.cast.pm.refresh_from_db()
    route_of((1, "decide", "head"))
    request = submit()
    assert [s.person for s in ApprovalStep.objects.get(request=request).seats.all()] == [office.cast.manager]


def test_a_request_sent_round_and_round_between_two_steps_keeps_its_order(office, route_of, submit):
    route_of((1, "approve", "administrator"), (2, "decide", "manager"))
    request = submit()
    for _turn in range(3):
        actions.approve(request, by=office.cast.pmo)
        actions.send_back(request, by=office.cast.manager, comment="Again.", to_position=1)
    assert [r.state for r in (request,)] == ["running"] and ApprovalStep.objects.filter(request=request).count() == 2
    actions.approve(request, by=office.cast.pmo)
    actions.approve(request, by=office.cast.manager)
    assert request.state == "approved"


def test_a_route_whose_steps_went_is_no_route(office, route_of, submit):
    route_of((1, "decide", "manager"))
    ApprovalRoute.objects.get(code="wish").steps.all().delete()
    with pytest.raises(ValidationError) as error:
        submit()
    assert error.value.code == "no_route"
    with pytest.raises(ValidationError):
        routing.save_route(by=office.cast.manager, route=None, kind="tests.wish", starts_on=date(2026, 1, 1), steps=[])


def test_who_stands_at_three_steps_signs_once_at_the_last(office, route_of, submit):
    manager = office.cast.manager
    route_of((1, "approve", manager), (2, "approve", "administrator"), (3, "decide", "manager"))
    request = submit()
    first = ApprovalSeat.objects.get(step__request=request, step__position=1)
    assert (first.state, first.why) == ("skipped", "twice")
    with pytest.raises(PermissionDenied):
        actions.approve(request, by=manager)
    actions.approve(request, by=office.cast.pmo)
    actions.approve(request, by=manager)
    assert request.state == "approved"
    with pytest.raises(PermissionDenied):
        actions.approve(request, by=manager)


def test_a_step_for_whom_the_record_names_needs_a_kind_that_names_somebody(office):
    step = {"position": 1, "manner": "decide", "who": "record", "need": 1}
    given = {"kind": "tests.wish", "starts_on": date(2026, 1, 1), "name_en": "x"}
    with pytest.raises(ValidationError) as error:
        routing.save_route(by=office.cast.manager, route=None, steps=[step], **given)
    assert error.value.code == "who"


def test_who_stands_in_for_the_drafter_signs_nothing_of_it_also_in_their_own_seat(office, route_of, submit):
    stand_in, today = PersonFactory(), timezone.localdate()
    GrantFactory(person=stand_in, role="manager")
    route_of((1, "decide", "manager"))
    request = submit()
    Substitute.objects.create(person=office.cast.pm, substitute=stand_in, starts_on=today, ends_on=today)
    with pytest.raises(PermissionDenied):
        actions.approve(request, by=Person.objects.get(pk=stand_in.pk))
    actions.approve(request, by=office.cast.manager)
    assert request.state == "approved"


# ---- signatures


def test_a_decision_on_a_stale_version_is_a_conflict_whatever_the_act(office, route_of, submit):
    route_of((1, "decide", "manager"))
    request = submit()
    stale = request.version
    actions.comment(request, by=office.cast.pm, text="See the plan.")
    actions.pull_back(request, by=office.cast.pm)
    actions.resubmit(request, by=office.cast.pm, content={"wish": "Another"})
    for act in (actions.approve, actions.reject, actions.send_back):
        with pytest.raises(Conflict):
            act(request, by=office.cast.manager, comment="x", version=stale)
    request.refresh_from_db()
    assert request.state == "running" and not ApprovalSeat.objects.exclude(acted_by=None).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_approvers_at_once_the_second_gets_a_conflict(office, route_of, submit):
    """Two connections: at the same moment on PostgreSQL; SQLite has one writer, so there the second comes right behind."""
    route_of((1, "decide", [office.cast.manager, office.cast.sponsor]))
    request = submit()
    together = connection.vendor != "sqlite"
    gate, outcomes = threading.Barrier(2 if together else 1), []

    def one(own, person, act):
        try:
            gate.wait(20)
            act(own, by=person, comment="x", version=own.version)
            outcomes.append("signed")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    opened = [ApprovalRequest.objects.get(pk=request.pk) for _both in range(2)]
    who = ((office.cast.manager, actions.approve), (office.cast.sponsor, actions.reject))
    threads = [threading.Thread(target=one, args=(own, *given)) for own, given in zip(opened, who, strict=True)]
    for thread in threads:
        thread.start()
        if not together:
            thread.join()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "signed"]
    assert ApprovalSeat.objects.filter(step__request=request).exclude(acted_by=None).count() == 1


# ---- the stamp


def stamped(person, at, manner="decide") -> str:
    return Template("{% load approvals %}{% stamp person at manner %}").render(
        Context({"person": person, "at": at, "manner": manner})
    )


@pytest.mark.parametrize(
    ("language", "said", "label"),
    [
        ("ja", "決裁", "電子印：決裁、原 隆志、2026-11-25"),
        ("en", "Decided", "Stamp: Decided, Takashi Hara, 2026-11-25"),
    ],
)
def test_the_stamp_is_a_picture_with_act_day_and_family_name_and_says_the_same_aloud(office, language, said, label):
    at = timezone.make_aware(timezone.datetime(2026, 11, 25, 9, 30))
    with translation.override(language):
        drawn = stamped(office.cast.manager, at)
    assert drawn.startswith("<svg") and 'role="img"' in drawn
    assert f">{said}</text>" in drawn and ">26.11.25</text>" in drawn
    assert f">{office.cast.manager.family_name[:6]}</text>" in drawn or language == "en"
    assert f'aria-label="{label}"' in drawn


def test_without_a_signature_there_is_an_empty_ring_and_a_name_is_no_markup(office):
    assert "<svg" not in stamped(office.cast.manager, None) and "<svg" not in stamped(None, timezone.now())
    drawn = stamped(PersonFactory(name_ja="<b>悪", name_en="<b>x"), timezone.now())
    assert "<b>" not in drawn and "&lt;b&gt;" in drawn


def test_the_stamp_is_no_record_the_seat_is(office, route_of, submit, signed_in):
    """What counts stands in the seat with its digest; the page draws the picture from there."""
    route_of((1, "approve", "administrator"), (2, "decide", "manager"))
    request = submit()
    page = signed_in(office.cast.manager).get(request.get_absolute_url())
    assert page.text.count('class="pmo-stamp"') == 1  # the drafter's
    actions.approve(request, by=office.cast.pmo)
    page = signed_in(office.cast.manager).get(request.get_absolute_url())
    assert page.text.count('class="pmo-stamp"') == 2
    assert ApprovalSeat.objects.get(step__request=request, state="for").digest == request.digest


# ---- the approver's list


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_list_of_300_asks_the_database_no_more_often_than_a_list_of_3(office, route_of, submit, signed_in, language):
    route_of((1, "decide", "manager"))
    client = signed_in(office.cast.manager)
    client.cookies["django_language"] = language

    def counted() -> int:
        client.get(reverse("approvals:waiting"))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("approvals:waiting"))
        counted.shown = page.text.count("data-pick")
        return len(asked)

    projects = [ProjectFactory(portfolio=office.core, key=f"L-{n}", pm=office.cast.pm) for n in range(300)]
    for project in projects[:3]:
        submit(about=project)
    few = counted()
    assert counted.shown == 3
    for project in projects[3:]:
        submit(about=project)
    assert (counted(), counted.shown) == (few, 50)
    assert few <= 8
    everything = client.get(reverse("approvals:waiting"), {"kind": KIND}).text
    assert everything.count("data-pick") == 300
    assert f"kind={KIND}" in client.get(reverse("approvals:waiting")).text


def test_the_last_of_a_long_list_can_be_signed_too(office, route_of, submit, signed_in):
    route_of((1, "decide", "manager"))
    client = signed_in(office.cast.manager)
    projects = [ProjectFactory(portfolio=office.core, key=f"L-{n}", pm=office.cast.pm) for n in range(55)]
    asked = [submit(about=project) for project in projects]
    answer = client.post(
        reverse("approvals:waiting") + f"?kind={KIND}",
        {"request": [f"{r.pk}:{r.version}" for r in asked[-3:]], "comment": "承知した。"},
    )
    assert answer["Location"].endswith(f"?kind={KIND}")
    assert [type(r).objects.get(pk=r.pk).state for r in asked[-3:]] == ["approved"] * 3


# ---- the waiting time as a measure


def test_the_wait_of_each_step_is_a_figure_that_leads_to_formula_and_records(office, route_of, submit, signed_in):
    route_of((1, "approve", "administrator"), (2, "decide", "manager"))
    request = submit()
    now = timezone.now()
    actions.approve(request, by=office.cast.pmo)
    actions.approve(request, by=office.cast.manager)
    for position, days in ((1, 1), (2, 3)):
        opened = now - timezone.timedelta(days=days)
        ApprovalStep.objects.filter(request=request, position=position).update(opened_at=opened, ended_at=now)
    keep_waits(request.scope_id)
    measures.roll_up_stale()
    own = MeasureValue.objects.get(measure=STEP_WAIT, scope=request.scope, period=office.period)
    above = MeasureValue.objects.get(measure=STEP_WAIT, scope=office_scope(), period=office.period)
    assert (own.value, own.denominator, above.value) == (2, 2, 2)
    assert measures.verify(office.period.pk) == []
    client = signed_in(office.cast.manager)
    for language, name in (("en", "Waiting time per approval step"), ("ja", "承認段階ごとの待ち時間")):
        client.cookies["django_language"] = language
        figure = client.get(measures.figure_url(STEP_WAIT, own.scope_id, office.period.key))
        assert name in figure.text and "2" in figure.text
    behind = reverse("approvals:waiting_times") + f"?scope={own.scope_id}"
    assert behind.replace("&", "&amp;") in figure.text
    assert request.get_absolute_url() in client.get(behind).text
    page = client.get(reverse("approvals:waiting_times"))
    assert measures.figure_url(STEP_WAIT, above.scope_id, office.period.key) in page.text


def test_a_refused_step_has_waited_too_and_what_waits_is_no_figure_yet(office, route_of, submit):
    route_of((1, "decide", "manager"))
    request = submit()
    assert not MeasureValue.objects.filter(measure=STEP_WAIT).exists()
    actions.reject(request, by=office.cast.manager, comment="No.")
    assert MeasureValue.objects.get(measure=STEP_WAIT).denominator == 1
    assert queries.waiting_times(office.cast.manager)[0].count == 1
