"""Through the browser's door: proposing from the project, deciding, the frozen evidence, the conditions."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.investment import actions
from governance.investment.evidence import digest_of
from governance.investment.models import ContinuationProposal, DecisionCondition
from projects.register.models import Project
from tests.factories import MilestoneFactory, PersonFactory, ProposalFactory, ReportFactory

pytestmark = pytest.mark.django_db
PLAIN = {"course": "continue", "reason": "見通しが立った。"}


@pytest.fixture
def proposal(office):
    ReportFactory(project=office.apollo, period=office.period, confidence="red")
    MilestoneFactory(project=office.apollo, name_ja="並行運用", name_en="Parallel run")
    return ProposalFactory(
        project=office.apollo, course="conditional", reason="切替で戻せる", conditions_text="業者を替える"
    )


def url(name, *args):
    return reverse(f"governance:investment:{name}", args=args)


def in_english(client):
    client.cookies["django_language"] = "en"
    return client


def test_the_pm_proposes_from_the_projects_page(office, signed_in):
    client = in_english(signed_in(office.cast.pm))
    assert url("proposal_new", "APOLLO") in client.get(office.apollo.get_absolute_url()).text
    form = client.get(url("proposal_new", "APOLLO"))
    assert "Continue with conditions" in form.text and "Evidence" not in form.context["title"]
    refused = client.post(url("proposal_new", "APOLLO"), {"course": "conditional", "reason": "x"})
    assert refused.status_code == 422 and "Name the conditions" in refused.text
    done = client.post(url("proposal_new", "APOLLO"), {"course": "pause", "reason": "許認可待ち"})
    made = ContinuationProposal.objects.get()
    assert done.status_code == 302 and done.url == made.get_absolute_url()


def test_an_open_proposal_is_named_where_a_second_one_would_be_made(office, signed_in, proposal):
    page = signed_in(office.cast.pmo).get(url("proposal_new", "APOLLO"))
    assert proposal.get_absolute_url() in page.text
    assert signed_in(office.cast.pmo).post(url("proposal_new", "APOLLO"), PLAIN).status_code == 422


@pytest.mark.parametrize(
    ("part", "record", "decision"),
    [
        ("manager", 200, 200),
        ("sponsor", 200, 200),
        ("core_reader", 200, 403),  # sponsor of the portfolio: sees it, and is not on its route
        ("auditor", 200, 403),
        ("pmo", 200, 403),
        ("pm", 200, 403),
        ("member", 404, 404),
        ("outsider", 404, 404),
        ("site_pmo", 404, 404),
        ("revoked", 404, 404),
    ],
)
def test_who_comes_in(office, signed_in, proposal, part, record, decision):
    client = signed_in(getattr(office.cast, part))
    assert client.get(proposal.get_absolute_url()).status_code == record
    assert client.get(url("decision", proposal.number)).status_code == decision
    assert client.post(url("decision", proposal.number), PLAIN | {"version": 1}).status_code in (
        (302,) if decision == 200 else (decision,)
    )


def test_the_list_shows_each_only_what_is_theirs(office, signed_in, proposal):
    assert "D-1" in signed_in(office.cast.manager).get(url("proposal_list")).text
    assert "D-1" not in signed_in(office.cast.outsider).get(url("proposal_list")).text


def test_the_form_begins_with_what_was_proposed(office, signed_in, proposal):
    form = signed_in(office.cast.manager).get(url("decision", proposal.number)).context["form"]
    assert form["course"].value() == "conditional" and form["text_1"].value() == "業者を替える"
    assert form["owner_1"].value() == office.cast.pm.pk


def test_a_condition_without_owner_or_date_is_named_and_nothing_typed_is_lost(office, signed_in, proposal):
    client = in_english(signed_in(office.cast.manager))
    typed = {"course": "conditional", "reason": "よし", "text_1": "替える", "version": proposal.version}
    page = client.post(url("decision", proposal.number), typed)
    assert page.status_code == 422 and "Condition 1 needs a date." in page.text
    assert "よし" in page.text and 'href="#field-due_1"' in page.text
    second = typed | {"text_2": "体制を直す", "due_2": "2020-01-01"}
    page = client.post(f"{proposal.get_absolute_url()}decision/", second)
    for said in ("Condition 2 needs an owner.", "The date of condition 2 lies in the past."):
        assert page.text.count(said) == 2  # in the summary and at its field
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_a_decision_without_conditions_asks_for_nothing_of_them_and_records_none(office, signed_in, proposal):
    client = signed_in(office.cast.manager)
    typed = {"version": proposal.version, "text_1": "業者を替える", "owner_1": office.cast.pm.pk, "due_1": "いつか"}
    page = client.post(url("decision", proposal.number), typed | {"course": "stop", "reason": " "})
    assert page.status_code == 422 and set(page.context["form"].errors) == {"reason"}
    assert "業者を替える" in page.text and "いつか" in page.text  # for whoever chooses conditions again
    done = client.post(url("decision", proposal.number), typed | {"course": "stop", "reason": "効果がない"})
    assert done.status_code == 302 and not DecisionCondition.objects.exists()
    proposal.refresh_from_db()
    assert proposal.decided_course == "stop"


def test_a_pause_may_carry_conditions(office, signed_in, proposal):
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    sent = {"course": "pause", "reason": "見積を待つ", "version": proposal.version, "text_1": "見積を取り直す"}
    client = signed_in(office.cast.manager)
    page = client.post(url("decision", proposal.number), sent)
    assert set(page.context["form"].errors) == {"owner_1", "due_1"}
    owned = {"owner_1": office.cast.pm.pk, "due_1": day}
    assert client.post(url("decision", proposal.number), sent | owned).status_code == 302
    assert DecisionCondition.objects.get().owner == office.cast.pm


def test_who_cannot_sign_in_owns_no_condition(office, signed_in, proposal):
    silent = PersonFactory(email=None, name_ja="無口 太郎")
    client = signed_in(office.cast.manager)
    page = client.get(url("decision", proposal.number))
    offered = page.context["form"].fields["owner_1"].queryset
    assert silent not in offered and office.cast.pm in offered
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    sent = {"course": "conditional", "reason": "よし", "version": proposal.version, "text_1": "替える", "due_1": day}
    page = client.post(url("decision", proposal.number), sent | {"owner_1": silent.pk})
    assert page.status_code == 422 and "無口 太郎" in str(page.context["form"].errors["owner_1"])
    Project.objects.filter(pk=office.apollo.pk).update(pm=silent)
    form = client.get(url("decision", proposal.number)).context["form"]
    assert not form["owner_1"].value()  # nobody is put there who could not answer


def test_a_decision_with_conditions(office, signed_in, proposal):
    day = timezone.localdate() + timedelta(days=30)
    sent = {
        "course": "conditional",
        "reason": "よし",
        "version": proposal.version,
        "text_1": "業者を替える",
        "owner_1": office.cast.pm.pk,
        "due_1": day.isoformat(),
        "text_3": "品質を測る",
        "owner_3": office.cast.member.pk,
        "due_3": day.isoformat(),
    }
    done = signed_in(office.cast.manager).post(url("decision", proposal.number), sent)
    assert done.status_code == 302
    page = in_english(signed_in(office.cast.manager)).get(done.url)
    assert "Conditions 0 / 2" in page.text and "業者を替える" in page.text
    assert list(DecisionCondition.objects.values_list("owner_id", flat=True)) == [
        office.cast.pm.pk,
        office.cast.member.pk,
    ]


def test_two_deciders_the_second_sees_both_sides_and_nothing_is_overwritten(office, signed_in, proposal):
    opened = proposal.version
    actions.decide(proposal, by=office.cast.sponsor, course="stop", reason="効果が費用に見合わない。")
    client = in_english(signed_in(office.cast.manager))
    late = client.post(url("decision", proposal.number), PLAIN | {"version": opened})
    assert late.status_code == 409 and "Masaki Todo decided first" in late.text
    assert "効果が費用に見合わない。" in late.text and PLAIN["reason"] in late.text
    proposal.refresh_from_db()
    assert proposal.decided_course == "stop" and proposal.decided_by == office.cast.sponsor
    assert client.get(url("decision", proposal.number)).url == proposal.get_absolute_url()


def test_who_proposed_sees_why_the_key_cannot_be_pressed(office, signed_in):
    own = ProposalFactory(project=office.boreas, by=office.cast.manager)
    page = in_english(signed_in(office.cast.manager)).get(own.get_absolute_url())
    assert "Nobody decides on their own proposal" in page.text
    assert url("decision", own.number) not in page.text


def test_the_evidence_page_is_the_frozen_copy_and_proves_it(office, signed_in, proposal):
    client = in_english(signed_in(office.cast.auditor))
    assert client.get(url("evidence", proposal.number)).status_code == 404  # nothing is frozen yet
    actions.decide(proposal, by=office.cast.manager, course="continue", reason="x")
    office.apollo.milestones.update(name_en="Renamed afterwards")
    page = client.get(url("evidence", proposal.number))
    assert "Parallel run" in page.text and "Renamed afterwards" not in page.text
    assert proposal.evidence_digest in page.text and "Unchanged since it was frozen" in page.text
    sent = client.get(url("evidence", proposal.number) + "?format=json")
    assert digest_of(json.loads(sent.content)) == proposal.evidence_digest
    ContinuationProposal.objects.filter(pk=proposal.pk).update(evidence=proposal.evidence | {"missed_milestones": 99})
    assert "Differs from what was frozen" in client.get(url("evidence", proposal.number)).text


def test_the_owner_reports_on_a_condition_from_the_desk_even_outside_the_projects_scope(office, signed_in, proposal):
    day = timezone.localdate() + timedelta(days=3)
    actions.decide(
        proposal,
        by=office.cast.manager,
        course="conditional",
        reason="x",
        conditions=[{"text": "見積りを出す", "owner": office.cast.nobody, "due_on": day}],
    )
    kept = DecisionCondition.objects.get()
    client = signed_in(office.cast.nobody)
    assert url("condition_closure", kept.pk) in client.get("/").text
    form = client.get(url("condition_closure", kept.pk))
    assert form.status_code == 200 and proposal.get_absolute_url() not in form.text
    assert client.post(url("condition_closure", kept.pk), {"outcome": "", "version": kept.version}).status_code == 422
    done = client.post(url("condition_closure", kept.pk), {"outcome": "出した", "version": kept.version})
    assert done.status_code == 302 and done.url == "/"
    kept.refresh_from_db()
    assert (kept.state, kept.outcome) == ("met", "出した")


def test_an_overdue_condition_says_so_and_a_manager_may_wait_longer_or_waive(office, signed_in, proposal):
    day = timezone.localdate()
    actions.decide(
        proposal,
        by=office.cast.manager,
        course="conditional",
        reason="x",
        conditions=[{"text": "見積りを出す", "owner": office.cast.pm, "due_on": day}],
    )
    DecisionCondition.objects.update(due_on=day - timedelta(days=4))
    kept = DecisionCondition.objects.get()
    manager, pm = in_english(signed_in(office.cast.manager)), in_english(signed_in(office.cast.pm))
    page = manager.get(proposal.get_absolute_url())
    assert "4 days late" in page.text
    for name in ("condition_waiver", "condition_due"):
        assert url(name, kept.pk) in page.text and url(name, kept.pk) not in pm.get(proposal.get_absolute_url()).text
        assert pm.get(url(name, kept.pk)).status_code == 403
    later = (day + timedelta(days=9)).isoformat()
    sent = {"due_on": later, "reason": "業者の都合", "version": kept.version}
    assert manager.post(url("condition_due", kept.pk), sent).status_code == 302
    kept.refresh_from_db()
    assert kept.due_on.isoformat() == later
    sent = {"outcome": "別の形で満たした", "version": kept.version}
    assert manager.post(url("condition_waiver", kept.pk), sent).status_code == 302
    kept.refresh_from_db()
    assert kept.state == "waived"


def test_withdrawing_is_one_key_for_the_proposer_and_a_clear_word_when_too_late(office, signed_in, proposal):
    client = in_english(signed_in(office.cast.pm))
    assert url("proposal_withdrawal", proposal.number) in client.get(proposal.get_absolute_url()).text
    assert signed_in(office.cast.manager).post(url("proposal_withdrawal", proposal.number)).status_code == 403
    actions.decide(proposal, by=office.cast.manager, course="continue", reason="x")
    late = client.post(url("proposal_withdrawal", proposal.number), follow=True)
    assert "decided or withdrawn already" in late.text
    proposal.refresh_from_db()
    assert proposal.state == "decided"
