"""Requests on their way: who is asked, what a signature does, what nobody may do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from pmo_portal import asks, audit
from pmo_portal.access.models import Grant
from pmo_portal.accounts.models import OrgUnit, OrgUnitPlacement, Person, Substitute
from pmo_portal.approvals import actions, queries, routing, turns
from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute, ApprovalSeat
from pmo_portal.approvals.tasks import fill_gone_seats
from pmo_portal.approvals.wiring import moved
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.audit.models import AuditEntry
from pmo_portal.operation import verifying
from tests.pmo_portal.approvals.conftest import KIND

pytestmark = pytest.mark.django_db
State = ApprovalRequest.State


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def asked(request) -> set[str]:
    found = Ask.objects.filter(kind__startswith="approvals.", object_id=request.pk, state="open")
    return {a.person.email.split("@")[0] for a in found.select_related("person")}


def test_it_goes_along_its_route_and_the_record_follows(office, route_of, submit):
    cast = office.cast
    route_of((1, "approve", "administrator"), (2, "decide", "manager"), (3, "after", "auditor"))
    request = submit()
    assert asked(request) == {"pmo"}
    actions.approve(request, by=cast.pmo, comment="fine")
    assert asked(request) == {"manager"}
    actions.approve(request, by=cast.manager)
    office.apollo.refresh_from_db()
    assert (request.state, office.apollo.benefits) == (State.APPROVED, "A quieter office")
    assert asked(request) == {"auditor"}
    actions.approve(request, by=cast.auditor)
    assert asked(request) == set()
    assert not asks.waiting(cast.auditor).exists()


def test_a_refusal_ends_it_with_its_reason_and_the_drafter_hears(office, route_of, submit):
    route_of((1, "approve", "administrator"), (2, "decide", "manager"))
    request = submit()
    with pytest.raises(ValidationError):
        actions.reject(request, by=office.cast.pmo, comment=" ")
    actions.reject(request, by=office.cast.pmo, comment="Too quiet already")
    assert request.state == State.REJECTED
    assert asked(request) == set()
    assert office.cast.pm.inbox_items.filter(kind="approvals.moved").exists()
    with pytest.raises(ValidationError):
        actions.approve(request, by=office.cast.manager)


def test_what_was_seen_is_what_is_signed(office, route_of, submit):
    route_of((1, "decide", "manager"))
    request = submit()
    seen, version = request.digest, request.version
    ApprovalRequest.objects.filter(pk=request.pk).update(content={"wish": "Another"}, digest="0" * 64)
    with pytest.raises(audit.Conflict):
        actions.approve(request, by=office.cast.manager, version=version, digest=seen)
    ApprovalRequest.objects.filter(pk=request.pk).update(content={"wish": "A quieter office"}, digest=seen)
    request.refresh_from_db()
    assert not queries.is_untouched(request)  # `amount` has gone from the content: the digest tells
    actions.approve(request, by=office.cast.manager, version=version, digest=seen)
    assert ApprovalSeat.objects.get(step__request=request).digest == seen


def test_a_stale_version_is_a_conflict_and_signs_nothing(office, route_of, submit):
    route_of((1, "approve", [office.cast.pmo, office.cast.expert], 2), (2, "decide", "manager"))
    request = submit()
    version = request.version
    actions.approve(request, by=office.cast.pmo, version=version)
    with pytest.raises(audit.Conflict):
        actions.approve(request, by=office.cast.expert, version=version)
    assert ApprovalSeat.objects.filter(step__request=request, state="for").count() == 1


def test_nobody_decides_on_their_own_request_nor_as_a_substitute(office, route_of, submit):
    cast = office.cast
    route_of((1, "decide", "manager"))
    today = timezone.localdate()
    Substitute.objects.create(person=cast.manager, substitute=cast.pm, starts_on=today, ends_on=today)
    request = submit(by=cast.pm)
    with pytest.raises(PermissionDenied):
        actions.approve(request, by=cast.pm)
    assert request not in queries.waiting_for(cast.pm)
    own = submit(by=cast.manager, about=office.boreas)
    assert asked(own) == {"sponsor"}  # the step went up: its only holder drafted it
    with pytest.raises(PermissionDenied):
        actions.approve(own, by=cast.manager)


def test_drafted_for_another_neither_of_the_two_decides(office, route_of, submit):
    route_of((1, "decide", [office.cast.manager, office.cast.sponsor], 1))
    request = submit(by=office.cast.pmo, on_behalf_of=office.cast.manager)
    assert asked(request) == {"sponsor"}
    with pytest.raises(PermissionDenied):
        actions.approve(request, by=office.cast.manager)


def test_a_substitute_signs_and_both_names_stand(office, route_of, submit):
    cast, today = office.cast, timezone.localdate()
    route_of((1, "decide", "manager"))
    Substitute.objects.create(person=cast.manager, substitute=cast.expert, starts_on=today, ends_on=today)
    request = submit()
    assert request in queries.waiting_for(cast.expert)
    actions.approve(request, by=cast.expert)
    seat = ApprovalSeat.objects.get(step__request=request)
    assert (seat.person, seat.acted_by) == (cast.manager, cast.expert)
    entry = AuditEntry.objects.get(action="signed")
    assert (entry.actor, entry.on_behalf_of) == (cast.expert, cast.manager)


def test_sent_back_to_the_drafter_it_runs_anew_with_a_new_digest(office, route_of, submit):
    cast = office.cast
    route_of((1, "approve", "administrator"), (2, "decide", "manager"))
    request = submit(amount="100")
    first = request.digest
    actions.approve(request, by=cast.pmo)
    actions.send_back(request, by=cast.manager, comment="How much exactly?")
    assert (request.state, asked(request)) == (State.RETURNED, {"pm"})
    actions.resubmit(request, by=cast.pm, content={"wish": "A quiet office", "amount": "90"}, reason="Less.")
    assert (request.round, request.state) == (2, State.RUNNING)
    assert request.digest != first
    assert asked(request) == {"pmo"}
    assert [len(queries.drawn(cast.pm, request, turns.steps_of(request, n))) for n in (1, 2)] == [2, 2]


def test_sent_back_to_a_step_its_people_sign_again(office, route_of, submit):
    cast = office.cast
    route_of((1, "approve", "administrator"), (2, "agree", "expert"), (3, "decide", "manager"))
    request = submit()
    actions.approve(request, by=cast.pmo)
    actions.approve(request, by=cast.expert)
    with pytest.raises(ValidationError):
        actions.send_back(request, by=cast.manager, comment="forward?", to_position=3)
    actions.send_back(request, by=cast.manager, comment="Look again", to_position=1)
    assert (request.state, asked(request)) == (State.RUNNING, {"pmo"})


def test_pulled_back_it_waits_for_its_drafter_only(office, route_of, submit):
    cast = office.cast
    route_of((1, "decide", "manager"))
    request = submit()
    with pytest.raises(PermissionDenied):
        actions.pull_back(request, by=cast.pmo)
    actions.pull_back(request, by=cast.pm)
    assert (request.state, asked(request)) == (State.PULLED_BACK, set())
    actions.resubmit(request, by=cast.pm)
    assert asked(request) == {"manager"}


def test_a_step_is_added_on_the_way(office, route_of, submit):
    cast = office.cast
    route_of((1, "approve", "administrator"), (2, "decide", "manager"))
    request = submit()
    with pytest.raises(ValidationError):
        actions.add_step(request, by=cast.pmo, person=cast.pm)
    actions.add_step(request, by=cast.pmo, person=cast.expert, manner="consult")
    actions.approve(request, by=cast.pmo)
    assert asked(request) == {"expert"}
    actions.reject(request, by=cast.expert, comment="I would rather not")
    assert (request.state, asked(request)) == (State.RUNNING, {"manager"})


def test_an_added_step_is_taken_back_by_who_added_it_until_somebody_signed(office, route_of, submit):
    cast = office.cast
    route_of((1, "approve", "administrator"), (2, "decide", "manager"))
    request = submit()
    step = actions.add_step(request, by=cast.pmo, person=cast.expert, manner="consult", after=False)
    assert asked(request) == {"pmo", "expert"}
    with pytest.raises(PermissionDenied):
        actions.take_back_step(request, step, by=cast.manager)
    actions.take_back_step(request, step, by=cast.pmo)
    assert asked(request) == {"pmo"} and not request.steps.filter(added_by=cast.pmo).exists()
    step = actions.add_step(request, by=cast.pmo, person=cast.expert, manner="consult", after=False)
    actions.approve(request, by=cast.expert)
    with pytest.raises(ValidationError, match="signed"):
        actions.take_back_step(request, step, by=cast.pmo)
    actions.approve(request, by=cast.pmo)
    with pytest.raises(ValidationError, match="final decision"):
        actions.add_step(request, by=cast.manager, person=cast.member, manner="consult", after=True)


def test_a_route_is_ended_by_date_and_goes_on_again(office, route_of, submit):
    cast, today = office.cast, timezone.localdate()
    route = route_of((1, "decide", "manager"))
    with pytest.raises(PermissionDenied):
        routing.end_route(route, by=cast.pmo, ends_on=today, reason="x")
    for wrong in ({"ends_on": today - timedelta(days=1), "reason": "x"}, {"ends_on": today, "reason": " "}):
        with pytest.raises(ValidationError):
            routing.end_route(route, by=cast.manager, **wrong)
    routing.end_route(route, by=cast.manager, ends_on=today, reason="Nobody uses it")
    request = submit()
    assert asked(request) == {"manager"}, "its last day is still one of its days"
    assert queries.tried(**trial(cast, today + timedelta(days=1))).route is None
    routing.end_route(route, by=cast.manager, ends_on=None, reason="It is used")
    assert queries.tried(**trial(cast, today + timedelta(days=1))).route == route


def trial(cast, day) -> dict:
    return {"kind": KIND, "drafter": cast.pm, "amount": None, "currency": "JPY", "scope": None, "day": day}


def test_a_route_in_the_way_of_another_is_named_with_which_goes_first(office, route_of):
    viewer = office.cast.manager
    old = route_of((1, "decide", "manager"), code="old", amount_below=500)
    new = route_of((1, "decide", "sponsor"), code="new", amount_from=300, starts_on=date(2024, 4, 1))
    route_of((1, "decide", "sponsor"), code="far", amount_from=500, amount_below=900)
    assert queries.overlapping(viewer, old) == [(new, True)]
    assert (old, False) in queries.overlapping(viewer, new)
    open_ended = route_of((1, "decide", "manager"), code="rest")
    assert queries.overlapping(viewer, open_ended) == [], "the rule beside its exceptions is meant so"


def test_one_request_of_a_kind_for_a_record_at_a_time(office, route_of, submit):
    route_of((1, "decide", "manager"))
    submit()
    with pytest.raises(ValidationError, match="under way"):
        submit()


def test_the_narrower_route_is_taken(office, route_of, submit):
    cast = office.cast
    route_of((1, "decide", "administrator"), code="small", amount_below=1000)
    route_of((1, "decide", "sponsor"), code="big", amount_from=1000)
    route_of((1, "decide", "expert"), code="site", scope=office.site.scope)
    assert asked(submit(amount="999.99")) == {"pmo"}
    assert asked(submit(amount="1000", about=office.boreas)) == {"expert"}
    ApprovalRequest.objects.all().delete()
    assert asked(submit(by=cast.pmo, amount="1000")) == {"saori.fujii"}  # the sponsor nearest to the project
    ApprovalRequest.objects.all().delete()
    with pytest.raises(ValidationError, match="No approval route"):
        submit()


def test_the_head_of_the_unit_above_signs_for_a_head(office, route_of, submit):
    cast = office.cast
    top = OrgUnit.objects.create(code="TOP", name_en="Top", head=cast.sponsor)
    team = OrgUnit.objects.create(code="TEAM", name_en="Team", head=cast.pm)
    for unit, parent in ((top, None), (team, top)):
        OrgUnitPlacement.objects.create(unit=unit, parent=parent, starts_on=date(2020, 4, 1))
    Person.objects.filter(pk=cast.pm.pk).update(unit=team)
    cast.pm.refresh_from_db()
    route_of((1, "decide", "head"))
    assert asked(submit()) == {"sponsor"}


def test_a_role_that_nobody_holds_goes_up_and_ends_with_a_clear_word(office, route_of, submit):
    cast = office.cast
    route_of((1, "decide", "expert"))
    Grant.objects.filter(role="expert").delete()
    request = submit()
    assert asked(request) == {"manager"}
    assert request.steps.get().escalated
    Grant.objects.filter(role__in=("manager", "sponsor")).delete()
    with pytest.raises(ValidationError, match="Nobody can sign"):
        submit(by=cast.outsider, about=office.boreas)


def test_a_route_without_steps_refuses(office, route_of, submit):
    route_of()
    with pytest.raises(ValidationError, match="No approval route"):
        submit()


def test_a_change_of_route_or_organisation_leaves_running_ones_alone(office, route_of, submit):
    cast = office.cast
    route = route_of((1, "approve", "administrator"), (2, "decide", "manager"))
    request = submit()
    today = timezone.localdate()
    step = {"position": 1, "manner": "decide", "who": "role", "role": "sponsor"}
    with pytest.raises(ValidationError):
        routing.save_route(by=cast.manager, route=route, steps=[dict(step)], starts_on=route.starts_on, kind=route.kind)
    newer = routing.save_route(
        by=cast.manager, route=route, steps=[dict(step)], starts_on=today, kind=route.kind, name_en="newer"
    )
    route.refresh_from_db()
    assert (route.ends_on, newer.code) == (today - timedelta(days=1), route.code)
    Grant.objects.filter(person=cast.pmo, role="administrator").update(ends_on=today - timedelta(days=1))
    actions.approve(request, by=cast.pmo)
    actions.approve(request, by=cast.manager)
    assert request.state == State.APPROVED
    assert asked(submit(about=office.boreas, by=cast.outsider)) == {"sponsor"}
    assert ApprovalRoute.objects.filter(code=route.code).count() == 2


def test_when_everybody_has_left_whoever_governs_is_seated(office, route_of, submit):
    cast = office.cast
    route_of((1, "decide", [cast.expert]))
    request = submit()
    assert list(verifying.checks["approvals"].find()) == []
    Person.objects.filter(pk=cast.expert.pk).update(is_active=False)
    assert len(list(verifying.checks["approvals"].find())) == 1
    assert fill_gone_seats() == {"seated": 1}
    assert fill_gone_seats() == {"seated": 0}
    actions.approve(request, by=cast.manager)
    assert request.state == State.APPROVED


def test_many_are_signed_at_once_and_one_that_fails_stops_no_other(office, route_of, submit):
    cast = office.cast
    route_of((1, "decide", "manager"))
    good, gone = submit(), submit(by=cast.outsider, about=office.boreas)
    actions.pull_back(ApprovalRequest.objects.get(pk=gone.pk), by=cast.outsider)
    told = actions.decide_many([gone, good], by=cast.manager)
    assert [bool(fault) for _request, fault in told] == [True, False]
    good.refresh_from_db()
    assert good.state == State.APPROVED


def test_the_waiting_of_each_step_is_measured(office, route_of, submit):
    cast = office.cast
    route_of((1, "approve", "administrator"), (2, "decide", "manager"))
    request = submit()
    request.steps.filter(position=1).update(opened_at=timezone.now() - timedelta(hours=10))
    actions.approve(request, by=cast.pmo)
    rows = queries.waiting_times(cast.manager)
    assert [(r.count, r.open_now) for r in rows] in ([(1, 0), (0, 1)], [(0, 1), (1, 0)])
    assert max(r.median_hours for r in rows) == pytest.approx(10, abs=0.1)


def test_others_of_the_office_do_not_see_it(office, route_of, submit):
    cast = office.cast
    route_of((1, "decide", [cast.expert]))
    request = submit()
    assert request in queries.requests(cast.expert)
    assert request in queries.requests(cast.pm)
    assert request in queries.requests(cast.auditor)
    assert request not in queries.requests(cast.outsider)
    with pytest.raises(PermissionDenied):
        actions.comment(request, by=cast.outsider, text="me too")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_comment_is_told_with_who_wrote_it(office, route_of, submit, language):
    cast = office.cast
    route_of((1, "decide", [cast.expert]))
    request = submit()
    actions.comment(request, by=cast.expert, text="See the plan.")
    actions.comment(request, by=cast.manager, text="And the budget.")
    told = InboxItem.objects.filter(person=cast.pm, kind="approvals.moved").order_by("pk")
    with translation.override(language):
        words = [moved(item.params) for item in told]
        assert [w.startswith(p.name) for w, p in zip(words, (cast.expert, cast.manager), strict=True)] == [True, True]
