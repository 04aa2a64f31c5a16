"""Proposed with a reason, decided by somebody else on evidence that stays as it was, conditions chased to their end."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from governance.investment import actions
from governance.investment.evidence import digest_of
from governance.investment.models import ContinuationProposal, DecisionCondition
from governance.investment.routing import request_in_hand
from pmo_portal.access import forget
from pmo_portal.access.models import Grant
from pmo_portal.asks.ladder import climb
from pmo_portal.asks.models import Ask, InboxItem, Reminder
from pmo_portal.audit import Conflict
from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods.models import CompanyDay
from projects.register import actions as register
from projects.register.models import Project
from projects.status.maintaining import expect_reports
from projects.status.models import ProjectPeriod
from tests.factories import GrantFactory, PersonFactory, ProposalFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(office):
    ReportFactory(project=office.apollo, period=office.period, confidence="amber_red")
    return ProposalFactory(project=office.apollo, course="pause", reason="許認可の見通しが立たない。")


def waiting_for(person, kind=None):
    found = Ask.objects.filter(person=person, state=Ask.State.OPEN)
    return found.filter(kind=kind) if kind else found


def decide(proposal, office, course, **given):
    return actions.decide(proposal, by=office.cast.manager, course=course, reason="そのとおり", **given)


def condition(owner, days=10, text="納入業者を替える"):
    return {"text": text, "owner": owner, "due_on": timezone.localdate() + timedelta(days=days)}


# ---- proposing


def test_whoever_decides_is_asked_by_the_date_and_the_proposer_is_not(office):
    day = timezone.localdate() + timedelta(days=7)
    made = ProposalFactory(project=office.apollo, by=office.cast.pm, course="stop", decide_by=day)
    asked = waiting_for(office.cast.manager, "investment.decision").get()
    assert timezone.localdate(asked.due_at) == day and asked.object_id == request_in_hand(made).pk
    assert waiting_for(office.cast.sponsor, "investment.decision").count() == 1  # the project's sponsor
    assert not waiting_for(office.cast.pm, "investment.decision").exists()
    entry = AuditEntry.objects.filter(action="proposed").get()
    assert entry.actor == office.cast.pm and entry.reason == made.reason


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"course": "conditional"}, "conditions_text"),
        ({"decide_by": timezone.localdate() - timedelta(days=1)}, "decide_by"),
    ],
)
def test_a_proposal_says_why_names_its_conditions_and_is_to_be_decided_in_the_future(office, given, field):
    with pytest.raises(ValidationError) as error:
        ProposalFactory(project=office.apollo, **given)
    assert field in error.value.message_dict
    assert not ContinuationProposal.objects.exists()


def test_one_proposal_at_a_time_and_none_for_what_has_ended(office, proposal):
    with pytest.raises(ValidationError, match=r"(?i)decision already|決裁待ち"):
        ProposalFactory(project=office.apollo)
    register.close_project(office.boreas, by=office.cast.manager, note="済", finished_on=timezone.localdate())
    with pytest.raises(ValidationError):
        ProposalFactory(project=office.boreas)


def test_where_nobody_else_may_decide_the_proposal_is_refused_and_names_the_way_out(office):
    Grant.objects.filter(role__in=("manager", "sponsor")).update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(ValidationError) as error:
        ProposalFactory(project=office.boreas)
    assert error.value.code == "nobody"


def test_who_may_propose(office):
    for person in (office.cast.outsider, office.cast.member, office.cast.auditor, office.cast.admin):
        with pytest.raises(PermissionDenied):
            actions.propose(office.apollo, by=person, course="stop", reason="x")
    assert actions.propose(office.apollo, by=office.cast.pmo, course="stop", reason="x").proposed_by == office.cast.pmo


# ---- deciding


def test_nobody_decides_on_their_own_proposal_nor_the_pm_nor_a_stranger(office):
    own = ProposalFactory(project=office.boreas, by=office.cast.manager)
    with pytest.raises(PermissionDenied):
        decide(own, office, "continue")
    GrantFactory(person=office.cast.outsider, role="manager")  # the PM of BOREAS, now a manager too
    forget(office.cast.outsider)
    for person in (office.cast.outsider, office.cast.pmo, office.cast.expert, office.cast.auditor, office.cast.pm):
        with pytest.raises(PermissionDenied):
            actions.decide(own, by=person, course="continue", reason="x")
    assert actions.decide(own, by=office.cast.sponsor, course="continue", reason="x").decided_by == office.cast.sponsor


def test_the_projects_own_sponsor_decides_without_an_office_role(office):
    someone = PersonFactory()
    Project.objects.filter(pk=office.boreas.pk).update(sponsor=someone)
    office.boreas.refresh_from_db()
    made = ProposalFactory(project=office.boreas, by=office.cast.outsider)
    assert waiting_for(someone, "investment.decision").exists()
    assert actions.decide(made, by=someone, course="continue", reason="x").state == "decided"


def test_a_substitute_of_the_proposer_does_not_decide_for_them(office):
    GrantFactory(person=office.cast.substitute, role="manager")
    made = ProposalFactory(project=office.apollo, by=office.cast.pm)
    with pytest.raises(PermissionDenied):
        actions.decide(made, by=office.cast.substitute, course="continue", reason="x")


def test_the_record_says_who_when_and_on_which_frozen_evidence(office, proposal):
    decide(proposal, office, "continue")
    assert proposal.decided_by == office.cast.manager and proposal.decided_at is not None
    assert proposal.evidence["project"]["confidence"] == "amber_red"
    assert proposal.evidence["report"]["digest"] == office.apollo.status_reports.get(is_current=True).digest
    assert digest_of(proposal.evidence) == proposal.evidence_digest
    before = dict(proposal.evidence)
    register.revise_budget(office.apollo, by=office.cast.manager, amount=office.apollo.approved_budget * 2, reason="x")
    proposal.refresh_from_db()
    assert proposal.evidence == before and digest_of(proposal.evidence) == proposal.evidence_digest
    entry = AuditEntry.objects.filter(action="decided", object_id=proposal.pk, changes__has_key="decided_course").get()
    assert entry.changes["state"] == ["proposed", "decided"] and entry.reason == "そのとおり"


def test_what_is_decided_cannot_be_decided_again_withdrawn_or_overtaken(office, proposal):
    stale = proposal.version
    other = ContinuationProposal.objects.get(pk=proposal.pk)
    decide(proposal, office, "continue", version=stale)
    with pytest.raises(Conflict):
        actions.decide(other, by=office.cast.sponsor, course="stop", reason="x", version=stale)
    with pytest.raises(ValidationError):
        actions.decide(other, by=office.cast.sponsor, course="stop", reason="x")
    with pytest.raises(ValidationError):
        actions.withdraw_proposal(other, by=office.cast.pm)
    office.apollo.refresh_from_db()
    assert office.apollo.state == "active"
    proposal.refresh_from_db()
    assert (proposal.decided_course, proposal.decided_by) == ("continue", office.cast.manager)


def test_those_who_waited_for_it_are_told_and_asked_no_more(office, proposal):
    decide(proposal, office, "continue")
    assert not waiting_for(office.cast.manager, "investment.decision").exists()
    assert not waiting_for(office.cast.sponsor, "investment.decision").exists()
    assert InboxItem.objects.filter(person=office.cast.pm, kind="investment.decided").count() == 1


def test_a_decision_needs_its_reason_and_a_conditional_one_its_conditions(office, proposal):
    for given in ({"reason": " ", "course": "continue"}, {"reason": "x", "course": "conditional"}):
        with pytest.raises(ValidationError):
            actions.decide(proposal, by=office.cast.manager, **given)
    with pytest.raises(ValidationError):
        decide(proposal, office, "conditional", conditions=[condition(office.cast.pm, days=-1)])
    proposal.refresh_from_db()
    assert proposal.state == "proposed" and not DecisionCondition.objects.exists()


def test_an_owner_of_a_condition_can_sign_in_and_other_courses_carry_no_condition(office, proposal):
    with pytest.raises(ValidationError) as error:
        decide(proposal, office, "conditional", conditions=[condition(PersonFactory(email=None))])
    assert error.value.code == "inactive"
    decide(proposal, office, "stop", conditions=[condition(office.cast.pm, days=-1)])
    assert proposal.state == "decided" and not DecisionCondition.objects.exists()


def test_a_proposal_keeps_conditions_only_where_its_course_carries_them(office):
    made = ProposalFactory(project=office.apollo, course="stop", conditions_text="業者を替える")
    assert made.conditions_text == ""


# ---- the project's state follows


def test_a_paused_project_is_asked_for_no_report_and_one_that_goes_on_is_asked_again(office):
    expect_reports(office.period)
    made = ProposalFactory(project=office.boreas, course="pause")
    asked = waiting_for(office.cast.outsider, "status.report").get()
    decide(made, office, "pause")
    office.boreas.refresh_from_db()
    row = ProjectPeriod.objects.get(project=office.boreas, period=office.period)
    assert (office.boreas.state, row.state) == ("paused", "exempt")
    assert not waiting_for(office.cast.outsider, "status.report").exists()

    decide(ProposalFactory(project=office.boreas, course="continue"), office, "continue")
    row.refresh_from_db()
    assert row.state == "missing"
    assert waiting_for(office.cast.outsider, "status.report").get().pk == asked.pk


def test_a_stopped_project_asks_nothing_of_anybody_and_its_old_conditions_are_waived(office, proposal):
    decide(proposal, office, "conditional", conditions=[condition(office.cast.member)])
    assert waiting_for(office.cast.member, "investment.condition").count() == 1
    decide(ProposalFactory(project=office.apollo, course="stop"), office, "stop")
    office.apollo.refresh_from_db()
    assert office.apollo.state == "stopped"
    assert not Ask.objects.filter(scope=office.apollo.scope, state=Ask.State.OPEN).exists()
    waived = DecisionCondition.objects.get()
    assert waived.state == "waived" and waived.outcome and waived.closed_by == office.cast.manager


def test_conditions_become_asks_and_stay_open_until_reported(office, proposal):
    decide(proposal, office, "conditional", conditions=[condition(office.cast.member), condition(office.cast.pm, 20)])
    office.apollo.refresh_from_db()
    assert office.apollo.state == "active"
    kept = proposal.conditions.get(owner=office.cast.member)
    ask = waiting_for(office.cast.member, "investment.condition").get()
    assert timezone.localdate(ask.due_at) == kept.due_on
    with pytest.raises(ValidationError):
        actions.close_condition(kept, by=office.cast.member, outcome=" ")
    with pytest.raises(PermissionDenied):
        actions.close_condition(kept, by=office.cast.auditor, outcome="x")
    actions.close_condition(kept, by=office.cast.member, outcome="替えた")
    ask.refresh_from_db()
    assert (kept.state, ask.state) == ("met", "done")
    with pytest.raises(ValidationError):
        actions.close_condition(kept, by=office.cast.member, outcome="もう一度")
    assert proposal.conditions.get(owner=office.cast.pm).state == "open"


def test_only_those_who_decide_waive_or_give_more_time_and_the_ask_moves(office, proposal):
    decide(proposal, office, "conditional", conditions=[condition(office.cast.pm)])
    kept = proposal.conditions.get()
    later = timezone.localdate() + timedelta(days=40)
    for act in (
        lambda: actions.close_condition(kept, by=office.cast.pm, outcome="x", waived=True),
        lambda: actions.move_condition(kept, by=office.cast.pm, due_on=later, reason="x"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    actions.move_condition(kept, by=office.cast.manager, due_on=later, reason="業者の都合")
    assert timezone.localdate(waiting_for(office.cast.pm, "investment.condition").get().due_at) == later
    actions.close_condition(kept, by=office.cast.manager, outcome="不要になった", waived=True)
    assert kept.state == "waived" and not waiting_for(office.cast.pm, "investment.condition").exists()


def test_an_overdue_condition_goes_up_to_the_managers(office, proposal):
    decide(proposal, office, "conditional", conditions=[condition(office.cast.member, days=0)])
    today = timezone.localdate()
    for days in range(8):
        CompanyDay.objects.create(day=today + timedelta(days=days), kind="workday")
    climb(timezone.now() + timedelta(days=3))
    up = Reminder.objects.filter(step__contains="escalate").get()
    assert up.receiver == office.cast.manager
    assert InboxItem.objects.filter(person=office.cast.manager, kind="asks.escalation").count() == 1


# ---- withdrawing


def test_only_the_proposer_withdraws_and_then_it_can_be_proposed_anew(office, proposal):
    with pytest.raises(PermissionDenied):
        actions.withdraw_proposal(proposal, by=office.cast.manager)
    actions.withdraw_proposal(proposal, by=office.cast.pm)
    assert proposal.state == "withdrawn"
    assert not waiting_for(office.cast.manager, "investment.decision").exists()
    assert ProposalFactory(project=office.apollo).number == proposal.number + 1


def test_closing_the_project_withdraws_what_was_to_be_decided(office, proposal):
    register.close_project(office.apollo, by=office.cast.manager, note="済", finished_on=timezone.localdate())
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_the_same_moment_end_with_one_decision(office):
    """At the same moment on PostgreSQL; SQLite in memory has one writer, so there the second comes right behind."""
    proposal = ProposalFactory(project=office.apollo)
    together = connection.vendor != "sqlite"
    gate, outcomes = threading.Barrier(2 if together else 1), []

    def one(own, person, course):
        try:
            gate.wait(20)
            actions.decide(own, by=person, course=course, reason="x", version=own.version)
            outcomes.append("decided")
        except (Conflict, ValidationError) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    deciders = ((office.cast.manager, "continue"), (office.cast.sponsor, "stop"))
    opened = [ContinuationProposal.objects.select_related("project").get(pk=proposal.pk) for _ in deciders]
    threads = [threading.Thread(target=one, args=(own, *who)) for own, who in zip(opened, deciders, strict=True)]
    for thread in threads:
        thread.start()
        if not together:
            thread.join()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Conflict", "decided"]
