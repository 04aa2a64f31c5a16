"""The proposal is a request of the approval engine: its route says who decides, what went along is what is signed."""

import importlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from governance.investment import actions
from governance.investment.evidence import digest_of
from governance.investment.models import DecisionCondition
from governance.investment.routing import KIND, request_of
from pmo_portal.accounts.models import Substitute
from pmo_portal.approvals import actions as approvals
from pmo_portal.approvals import queries as approval_queries
from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute, ApprovalRouteStep, ApprovalSeat, ApprovalStep
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.audit import Conflict
from pmo_portal.pages import menu
from projects.register import actions as register
from projects.register.models import Project
from tests.factories import PersonFactory, ProposalFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def proposal(office):
    ReportFactory(project=office.apollo, period=office.period, confidence="amber_red")
    day = timezone.localdate() + timedelta(days=9)
    return ProposalFactory(project=office.apollo, course="pause", reason="No permit in sight.", decide_by=day)


def along(*steps):
    """The continuation's route from now on: (position, manner, role or people, signatures needed)."""
    route = ApprovalRoute.objects.get(kind=KIND)
    route.steps.all().delete()
    for position, manner, who, need in steps:
        given = {"role": who, "who": "role"} if isinstance(who, str) else {"who": "people"}
        step = ApprovalRouteStep.objects.create(route=route, position=position, manner=manner, need=need, **given)
        if not isinstance(who, str):
            step.people.set(who)


def test_what_goes_along_is_frozen_and_hashed_and_what_moves_since_is_told(office, proposal):
    request = request_of(proposal)
    before = request.content["evidence"]
    assert before["project"]["confidence"] == "amber_red" and approval_queries.is_untouched(request)
    register.revise_budget(office.apollo, by=office.cast.manager, amount=office.apollo.approved_budget * 2, reason="x")
    unusual = [line for line in approval_queries.lines_of(request) if line.unusual]
    assert [str(line.label) for line in unusual] == ["Approved budget"]
    actions.decide(proposal, by=office.cast.manager, course="pause", reason="Wait.")
    assert proposal.evidence == before and digest_of(before) == proposal.evidence_digest
    seat = ApprovalSeat.objects.get(step__request=request, state="for")
    assert (seat.person, seat.digest, seat.answer["course"]) == (office.cast.manager, request.digest, "pause")


def test_the_approvers_page_decides_as_proposed(office, signed_in, proposal):
    request = request_of(proposal)
    client = signed_in(office.cast.manager)
    page = client.get(request.get_absolute_url())
    assert reverse("governance:investment:decision", args=[proposal.number]) in page.text
    sent = {"version": request.version, "digest": request.digest, "comment": "No permit before spring."}
    told = client.post(reverse("approvals:signature", args=[request.number]), sent, follow=True)
    assert told.status_code == 200 and 'class="pmo-toast"' in told.text
    proposal.refresh_from_db()
    office.apollo.refresh_from_db()
    assert (proposal.state, proposal.decided_course, office.apollo.state) == ("decided", "pause", "paused")
    assert proposal.decision_reason == "No permit before spring." and proposal.decided_by == office.cast.manager


def test_no_way_decides_without_a_reason(office, signed_in, proposal):
    """The page, the key's form, several at once, the action: the rule is the engine's."""
    request, client = request_of(proposal), signed_in(office.cast.manager)
    sent = {"version": request.version, "digest": request.digest, "comment": "  "}
    page = reverse("approvals:signature", args=[request.number])
    assert 'class="required"' in client.get(page).text
    assert client.post(page, sent).status_code == 422
    ticked = {"request": [f"{request.pk}:{request.version}"], "comment": ""}
    listed = client.post(reverse("approvals:waiting"), ticked, follow=True).text
    assert "pmo-standing" in listed and f'href="{request.get_absolute_url()}"' in listed
    decision = reverse("governance:investment:decision", args=[proposal.number])
    given = {"course": "pause", "reason": " ", "version": proposal.version, "digest": request.digest}
    assert client.post(decision, given).status_code == 422
    for comment in ("", " \n"):
        with pytest.raises(ValidationError) as refused:
            approvals.approve(request, by=office.cast.manager, comment=comment)
        assert "comment" in refused.value.error_dict
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_only_the_signature_that_decides_needs_the_reason(office, proposal):
    along((1, "consult", [office.cast.pmo], 1), (2, "decide", [office.cast.manager], 1))
    made = ProposalFactory(project=office.boreas, course="stop")
    request = request_of(made)
    approvals.approve(request, by=office.cast.pmo)
    with pytest.raises(ValidationError):
        approvals.approve(request, by=office.cast.manager)
    approvals.approve(request, by=office.cast.manager, comment="No way on.")
    made.refresh_from_db()
    assert made.decision_reason == "No way on."


def test_whoever_decides_second_reads_who_was_first(office, signed_in, proposal):
    request = request_of(proposal)
    actions.decide(proposal, by=office.cast.manager, course="pause", reason="Wait.")
    told = signed_in(office.cast.sponsor).get(reverse("approvals:signature", args=[request.number]))
    assert told.status_code == 409 and office.cast.manager.name_ja in told.text


def test_together_with_others_a_conditional_one_is_told_to_need_more(office, proposal):
    made = ProposalFactory(project=office.boreas, course="conditional", conditions_text="Another supplier")
    waiting = list(approval_queries.waiting_for(office.cast.manager))
    assert {r.object_id for r in waiting} == {proposal.pk, made.pk}
    told = dict(approvals.decide_many(waiting, by=office.cast.manager, comment="As discussed."))
    assert [bool(fault) for _request, fault in sorted(told.items(), key=lambda x: x[0].number)] == [False, True]
    made.refresh_from_db()
    assert made.state == "proposed" and not DecisionCondition.objects.exists()


def test_approving_a_conditional_one_leads_to_where_its_conditions_are_named(office, signed_in, proposal):
    made = ProposalFactory(project=office.boreas, course="conditional", conditions_text="Another supplier")
    request, client = request_of(made), signed_in(office.cast.manager)
    decision = reverse("governance:investment:decision", args=[made.number])
    sign = reverse("approvals:signature", args=[request.number])
    page = client.get(request.get_absolute_url()).text
    assert f'href="{decision}" data-key="A"' in page and sign not in page
    assert client.get(sign).url == decision
    assert client.get(reverse("approvals:refusal", args=[request.number])).status_code == 200
    plain = reverse("approvals:signature", args=[request_of(proposal).number])
    assert client.get(plain).status_code == 200 and plain in client.get(request_of(proposal).get_absolute_url()).text


def test_who_only_gives_an_opinion_on_a_conditional_one_signs_it(office, signed_in):
    along((1, "consult", [office.cast.pmo], 1), (2, "decide", [office.cast.manager], 1))
    made = ProposalFactory(project=office.boreas, course="conditional", conditions_text="Another supplier")
    sign = reverse("approvals:signature", args=[request_of(made).number])
    assert signed_in(office.cast.pmo).get(sign).status_code == 200


def test_a_list_of_many_proposals_asks_no_more_often(proposal, django_assert_num_queries):
    """What has moved since is told on the request's own page; a list is drawn from the frozen content alone."""
    request = request_of(proposal)
    with django_assert_num_queries(0):
        ((_label, rows),) = approval_queries.like_requests([request])
    assert str(rows[0].first.value) == "Pause" and "Continue or stop" not in rows[0].short


def test_turned_down_the_project_goes_on_as_it_stands_and_both_sides_hear(office, proposal):
    approvals.reject(request_of(proposal), by=office.cast.manager, comment="No.")
    proposal.refresh_from_db()
    assert proposal.state == "proposed"  # one of the two who may decide still can
    approvals.reject(request_of(proposal), by=office.cast.sponsor, comment="Not now.")
    proposal.refresh_from_db()
    office.apollo.refresh_from_db()
    assert (proposal.state, proposal.decision_reason, proposal.decided_by) == (
        "rejected", "Not now.", office.cast.sponsor,
    )  # fmt: skip
    assert office.apollo.state == "active" and proposal.evidence_digest
    assert InboxItem.objects.filter(person=office.cast.pm, kind="investment.decided").count() == 1
    assert not Ask.objects.filter(kind="investment.decision", state="open").exists()
    assert ProposalFactory(project=office.apollo).number == proposal.number + 1


def test_sent_back_it_is_mended_and_goes_again_on_fresh_evidence(office, signed_in, proposal):
    request = request_of(proposal)
    approvals.send_back(request, by=office.cast.manager, comment="Which permit?")
    proposal.refresh_from_db()
    register.revise_budget(office.apollo, by=office.cast.manager, amount=office.apollo.approved_budget * 2, reason="x")
    client = signed_in(office.cast.pm)
    client.cookies["django_language"] = "en"
    mend = reverse("governance:investment:proposal_revision", args=[proposal.number])
    for page in (proposal.get_absolute_url(), mend):
        told = client.get(page)
        assert "Which permit?" in told.text and told.context["sent_back"].actor == office.cast.manager
    assert mend in client.get(proposal.get_absolute_url()).text
    assert client.get(reverse("approvals:resubmission", args=[request.number])).url == mend
    sent = {"course": "stop", "reason": "The permit was refused.", "version": proposal.version}
    assert client.post(mend, sent).status_code == 302
    request.refresh_from_db()
    proposal.refresh_from_db()
    assert (proposal.course, request.round, request.state) == ("stop", 2, "running")
    assert client.get(proposal.get_absolute_url()).context["sent_back"] is None
    assert request.content["course"] == "stop" and request.reason == "The permit was refused."
    assert Decimal(request.content["evidence"]["project"]["approved_budget"]) == office.apollo.approved_budget
    with pytest.raises(ValidationError):
        actions.revise_proposal(proposal, by=office.cast.pm, course="stop", reason="x")


def badge(person) -> int:
    """What stands in the menu beside the proposals."""
    return menu.groups(type(person).objects.get(pk=person.pk), "")[1]["governance:investment"]


@pytest.mark.parametrize(("act", "state"), [("send_back", "Sent back"), ("pull_back", "Pulled back")])
def test_what_came_back_waits_for_its_author_and_for_nobody_else(office, signed_in, act, state):
    ReportFactory(project=office.apollo, period=office.period, confidence="amber_red")
    proposal = ProposalFactory(project=office.apollo, by=office.cast.pmo, course="pause")
    others = {"manager": office.cast.manager, "pmo": office.cast.pmo}
    assert {name: badge(person) for name, person in others.items()} == {"manager": 1, "pmo": 1}
    request = request_of(proposal)
    if act == "send_back":
        approvals.send_back(request, by=office.cast.manager, comment="Which permit?")
    else:
        approvals.pull_back(request, by=office.cast.pmo)
    proposal.refresh_from_db()
    assert proposal.get_state_display() == state and proposal.came_back
    assert {name: badge(person) for name, person in others.items()} == {"manager": 0, "pmo": 1}
    client = signed_in(office.cast.manager)
    client.cookies["django_language"] = "en"
    assert state in client.get(reverse("governance:investment:proposal_list")).text
    with pytest.raises(ValidationError, match="back with its author"):
        actions.decide(proposal, by=office.cast.manager, course="pause", reason="x", version=1)
    with pytest.raises(ValidationError, match="waits for its decision already"):
        ProposalFactory(project=office.apollo, by=office.cast.manager)
    approvals.resubmit(request_of(proposal), by=office.cast.pmo)
    proposal.refresh_from_db()
    assert proposal.state == "proposed" and badge(office.cast.manager) == 1


def test_a_proposal_that_came_back_can_be_withdrawn(office, proposal):
    approvals.send_back(request_of(proposal), by=office.cast.manager, comment="Which permit?")
    actions.withdraw_proposal(proposal, by=office.cast.pm)
    assert proposal.state == "withdrawn"


def test_existing_proposals_that_came_back_say_so(office, proposal):
    approvals.send_back(request_of(proposal), by=office.cast.manager, comment="Which permit?")
    migration = importlib.import_module("governance.migrations.0007_proposals_that_came_back")
    migration.say_proposed(apps, None)
    proposal.refresh_from_db()
    assert proposal.state == "proposed"
    migration.say_so(apps, None)
    proposal.refresh_from_db()
    assert proposal.state == "returned"


def test_a_decision_on_what_has_been_submitted_again_meanwhile_is_a_conflict(office, proposal):
    seen = request_of(proposal).digest
    approvals.pull_back(request_of(proposal), by=office.cast.pm)
    register.revise_budget(office.apollo, by=office.cast.manager, amount=office.apollo.approved_budget * 2, reason="x")
    approvals.resubmit(request_of(proposal), by=office.cast.pm)
    with pytest.raises(Conflict):
        actions.decide(proposal, by=office.cast.manager, course="pause", reason="x", digest=seen)
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_whoever_signs_before_the_decision_says_yes_and_the_last_says_how(office):
    along((1, "consult", "expert", 1), (2, "decide", "manager", 1))
    made = ProposalFactory(project=office.apollo, course="stop")
    for person in (office.cast.expert, office.cast.sponsor):
        with pytest.raises(PermissionDenied):
            actions.decide(made, by=person, course="continue", reason="x")
    with pytest.raises(PermissionDenied):  # not yet their turn
        actions.decide(made, by=office.cast.manager, course="continue", reason="x")
    approvals.reject(request_of(made), by=office.cast.expert, comment="It can be saved.")
    actions.decide(made, by=office.cast.manager, course="continue", reason="Then save it.")
    assert (made.state, made.decided_course) == ("decided", "continue")


def test_two_who_must_sign_have_to_say_the_same(office):
    along((1, "decide", [office.cast.manager, office.cast.sponsor], 2))
    made = ProposalFactory(project=office.apollo, course="stop")
    actions.decide(made, by=office.cast.manager, course="pause", reason="x")
    assert made.state == "proposed"
    with pytest.raises(ValidationError) as error:
        actions.decide(made, by=office.cast.sponsor, course="stop", reason="x")
    assert error.value.code == "apart"
    actions.decide(made, by=office.cast.sponsor, course="pause", reason="x")
    assert (made.state, made.decided_course) == ("decided", "pause")


def test_a_substitute_decides_with_both_names(office, proposal):
    stand_in, today = PersonFactory(), timezone.localdate()
    Substitute.objects.create(person=office.cast.manager, substitute=stand_in, starts_on=today, ends_on=today)
    actions.decide(proposal, by=stand_in, course="pause", reason="Wait.")
    seat = ApprovalSeat.objects.get(step__request=request_of(proposal), state="for")
    assert (seat.person, seat.acted_by, proposal.decided_by) == (office.cast.manager, stand_in, stand_in)


def test_an_office_that_has_decided_before_finds_its_proposals_on_a_route(office, proposal):
    """The migration, on rows as they were: one that waits, one decided, one withdrawn."""
    decided = ProposalFactory(project=office.boreas, course="stop")
    actions.decide(decided, by=office.cast.manager, course="continue", reason="It is worth it.")
    gone = ProposalFactory(project=office.boreas, course="pause")
    actions.withdraw_proposal(gone, by=gone.proposed_by)
    asked = Ask.objects.filter(kind="investment.decision", state="open")
    people = set(asked.values_list("person_id", flat=True))
    for number, ask in enumerate(asked):
        Ask.objects.filter(pk=ask.pk).update(
            content_type=_type_of(proposal), object_id=proposal.pk, key=f"decide:{proposal.pk}:{number}"
        )
    ApprovalStep.objects.all().delete()
    ApprovalRequest.objects.all().delete()
    ApprovalRouteStep.objects.all().delete()
    ApprovalRoute.objects.all().delete()

    importlib.import_module("governance.migrations.0005_existing_proposals_on_a_route").put_on_a_route(apps, None)

    states = {r.object_id: r.state for r in ApprovalRequest.objects.all()}
    assert states == {proposal.pk: "running", decided.pk: "approved", gone.pk: "withdrawn"}
    for made in (proposal, decided, gone):
        assert approval_queries.is_untouched(request_of(made))
    waiting = request_of(proposal)
    assert {s.person_id for s in ApprovalSeat.objects.filter(step__request=waiting)} == people
    assert list(approval_queries.waiting_for(office.cast.manager)) == [waiting]
    actions.decide(proposal, by=office.cast.manager, course="pause", reason="Wait.")
    assert proposal.evidence_digest and Project.objects.get(pk=office.apollo.pk).state == "paused"
    assert not Ask.objects.filter(kind="investment.decision", state="open").exists()
    assert ProposalFactory(project=office.apollo, course="continue").state == "proposed"


def _type_of(record):
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(type(record))
