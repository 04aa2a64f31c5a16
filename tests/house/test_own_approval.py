"""Nobody decides on their own request: not by holding the role as well, and not through somebody they stand in for."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from administration.collection import actions as collection
from governance.investment import actions as investment
from governance.investment.models import DecisionCondition
from pmo_portal import access
from pmo_portal.access.models import Grant
from pmo_portal.accounts.models import Substitute
from pmo_portal.approvals import actions as approvals
from pmo_portal.approvals.routing import install_first_routes
from pmo_portal.setup import actions as setup
from pmo_portal.setup import grants
from projects.register import actions as register
from projects.register.approving import request_budget
from projects.status import actions as status
from tests.factories import LONG_AGO, GrantFactory, PersonFactory, ProposalFactory, ReportFactory

pytestmark = pytest.mark.django_db

# What decides on a request of somebody's, and the test below that asks for one's own.
DECIDING = {
    ("StatusReport", "review"): "test_the_report",
    ("ContinuationProposal", "decide"): "test_the_proposal",
    ("DecisionCondition", "waive"): "test_the_condition",
    ("ApprovalRequest", "sign"): "test_the_request",
    ("Project", "revise_budget"): "test_the_budget",
    ("Project", "arrange_reporting"): "test_the_exemption",
}
SOUNDS_LIKE_DECIDING = re.compile(r"approve|accept|decide|review|waive|confirm|exempt|arrange|sign|release")


@pytest.fixture
def both(office):
    """The PM of APOLLO holds every office role besides; so does whoever stands in for them today, and a colleague."""
    cast = office.cast
    colleague = PersonFactory(name_ja="同僚")
    for person in (cast.pm, cast.substitute, colleague):
        for role in ("administrator", "manager", "sponsor"):
            GrantFactory(person=person, role=role)
    office.colleague = colleague
    for person in (cast.pm, cast.substitute):
        access.forget(person)
    return office


def own(office):
    """Who must not decide on what the PM of APOLLO asks for."""
    return (office.cast.pm, office.cast.substitute)


def test_each_act_that_decides_is_tried_below():
    found = {
        (model.__name__, act)
        for model in access.declared_models()
        for act in access.access_of(model).can
        if SOUNDS_LIKE_DECIDING.search(act)
    }
    assert found - set(DECIDING) == set(), "write a test here that tries it on one's own request"
    assert all(name in globals() for name in DECIDING.values())


def test_the_report(both):
    report = ReportFactory(project=both.apollo, period=both.period)
    for person in own(both):
        with pytest.raises(PermissionDenied):
            status.accept_report(report, by=person)
        with pytest.raises(PermissionDenied):
            status.return_report(report, by=person, reason="…")
    status.accept_report(report, by=both.colleague)
    assert report.decided_by == both.colleague


def test_the_report_that_somebody_else_handed_in(both):
    """Neither the substitute who handed it in for the PM, nor the PM whose report it is, nor who entered it."""
    report = ReportFactory(project=both.apollo, period=both.period, by=both.cast.substitute)
    for person in own(both):
        with pytest.raises(PermissionDenied):
            status.accept_report(report, by=person)
    status.return_report(report, by=both.colleague, reason="費用の見通しがない。")
    again = status.submit_report(report, by=both.colleague, version=report.version)
    for person in (*own(both), both.colleague):
        with pytest.raises(PermissionDenied):
            status.accept_report(again, by=person)
    assert status.accept_report(again, by=both.cast.pmo).state == "accepted"


def test_the_proposal(both):
    proposal = ProposalFactory(project=both.apollo)
    for person in own(both):
        with pytest.raises(PermissionDenied):
            investment.decide(proposal, by=person, course="continue", reason="よし")
    assert investment.decide(proposal, by=both.colleague, course="continue", reason="よし").decided_by == both.colleague


def test_the_proposal_of_somebody_who_is_away(both):
    """The manager proposed; who stands in for the manager holds the role, yet would decide for the proposer."""
    proposal = ProposalFactory(project=both.apollo, by=both.cast.manager)
    today = timezone.localdate()
    Substitute.objects.create(person=both.cast.manager, substitute=both.colleague, starts_on=today, ends_on=today)
    for person in (both.cast.manager, both.colleague):
        with pytest.raises(PermissionDenied):
            investment.decide(proposal, by=person, course="stop", reason="…")


def test_the_condition(both):
    proposal = ProposalFactory(project=both.apollo)
    condition = {"text": "結合試験を終える", "owner": both.cast.sponsor, "due_on": timezone.localdate()}
    GrantFactory(person=both.cast.sponsor, role="manager")
    access.forget(both.cast.sponsor)
    investment.decide(proposal, by=both.colleague, course="conditional", reason="…", conditions=[condition])
    made = DecisionCondition.objects.get()
    for person in (both.cast.sponsor, *own(both)):
        with pytest.raises(PermissionDenied):
            investment.close_condition(made, by=person, outcome="不要になった", waived=True)
    assert investment.close_condition(made, by=both.colleague, outcome="不要になった", waived=True).state == "waived"


def test_the_request(both):
    """Whoever drafted it holds every role of the route, and may sign nothing of it."""
    install_first_routes(LONG_AGO)
    request = request_budget(both.apollo, by=both.cast.pm, amount=both.apollo.approved_budget + 1, reason="追加")
    assert not access.may(both.cast.pm, "sign", request)
    with pytest.raises(PermissionDenied):
        approvals.approve(request, by=both.cast.pm)


def test_the_budget(both):
    for person in own(both):
        with pytest.raises(PermissionDenied):
            register.revise_budget(both.apollo, by=person, amount=both.apollo.approved_budget * 2, reason="もっと")
    register.revise_budget(both.apollo, by=both.colleague, amount=both.apollo.approved_budget * 2, reason="追加承認")
    both.apollo.refresh_from_db()
    assert both.apollo.approved_budget == 930_000_000


def test_the_exemption(both):
    for person in own(both):
        with pytest.raises(PermissionDenied):
            collection.exempt(both.apollo, both.period, by=person, reason="忙しい")
        with pytest.raises(PermissionDenied):
            collection.extend(both.apollo, both.period, by=person, due_at=both.period.due_at, reason="忙しい")
    assert collection.exempt(both.apollo, both.period, by=both.colleague, reason="休止中").by == both.colleague


def test_nobody_grants_a_role_to_themselves(office):
    with pytest.raises(PermissionDenied):
        grants.grant_role(office.cast.admin, "manager", office.core.scope, by=office.cast.admin)
    with pytest.raises(PermissionDenied):
        grants.grant_role(office.cast.manager, "sponsor", office.core.scope, by=office.cast.manager)
    assert not Grant.objects.filter(person=office.cast.admin).exclude(role="sysadmin").exists()


@pytest.mark.parametrize("part", ["admin", "pmo"])
def test_nobody_names_themselves_to_stand_in_for_another(office, part):
    """It would show them what only the absent person may see."""
    today, person = timezone.localdate(), getattr(office.cast, part)
    span = {"starts_on": today, "ends_on": today}
    with pytest.raises(ValidationError):
        setup.name_substitute(office.cast.pm, by=person, substitute=person, **span)
    made = setup.name_substitute(office.cast.pm, by=person, substitute=office.cast.nobody, **span)
    assert made.substitute == office.cast.nobody
