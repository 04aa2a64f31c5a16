"""Exempt, extend, remind, note a call; campaigns from draft to closed and open again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from administration.collection import actions, queries
from administration.collection.models import CampaignReply, ReportingArrangement
from pmo_portal import jobs
from pmo_portal.asks.letters import preview_reminder
from pmo_portal.asks.models import Ask, InboxItem, MailMessage
from pmo_portal.audit import Conflict
from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods import actions as periods
from projects.register import actions as register
from projects.status.maintaining import expect_reports
from projects.status.models import ProjectPeriod
from tests.factories import CampaignFactory, ProjectFactory, ReportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked(office):
    expect_reports(office.period)


def report_ask(project, period):
    return Ask.objects.get(key=f"status:{project.pk}:{period.pk}")


def row_of(project, period):
    return ProjectPeriod.objects.select_related("project__scope", "period").get(project=project, period=period)


# ---- arrangements


def test_an_exemption_withdraws_the_ask_keeps_its_reason_and_can_be_taken_back(office):
    made = actions.exempt(office.boreas, office.period, by=office.cast.pmo, reason="着工前")
    assert row_of(office.boreas, office.period).state == "exempt"
    assert report_ask(office.boreas, office.period).state == "withdrawn"
    entry = AuditEntry.objects.filter(action="created", object_id=made.pk).latest("id")
    assert (entry.actor, entry.reason) == (office.cast.pmo, "着工前")
    actions.end_arrangement(made, by=office.cast.pmo)
    assert row_of(office.boreas, office.period).state == "missing"
    assert report_ask(office.boreas, office.period).state == "open"


def test_what_was_arranged_is_not_taken_back_twice_nor_out_of_a_frozen_period(office):
    made = actions.exempt(office.boreas, office.period, by=office.cast.pmo, reason="着工前")
    actions.end_arrangement(made, by=office.cast.pmo)
    with pytest.raises(ValidationError):
        actions.end_arrangement(ReportingArrangement.objects.get(pk=made.pk), by=office.cast.pmo)
    made = actions.exempt(office.boreas, office.period, by=office.cast.pmo, reason="着工前")
    periods.freeze_period(periods.close_period(office.period, by=office.cast.pmo), by=office.cast.pmo)
    with pytest.raises(ValidationError):
        actions.end_arrangement(ReportingArrangement.objects.get(pk=made.pk), by=office.cast.pmo)
    assert row_of(office.boreas, office.period).state == "exempt"


def test_an_extension_moves_the_ask_and_what_counts_as_in_time(office):
    later = office.period.due_at + timedelta(days=3)
    actions.extend(office.boreas, office.period, by=office.cast.pmo, due_at=later, reason="見積り待ち")
    assert report_ask(office.boreas, office.period).due_at == later
    with pytest.raises(ValidationError) as error:
        actions.extend(office.boreas, office.period, by=office.cast.pmo, due_at=office.period.due_at, reason="x")
    assert "due_at" in error.value.message_dict


def test_one_arrangement_at_a_time_the_newer_replaces_the_older(office):
    actions.extend(
        office.boreas, office.period, by=office.cast.pmo, due_at=office.period.due_at + timedelta(days=3), reason="x"
    )
    actions.exempt(office.boreas, office.period, by=office.cast.pmo, reason="y")
    assert ReportingArrangement.objects.filter(archived_at=None).get().kind == "exemption"
    assert ReportingArrangement.objects.count() == 2


def test_what_is_in_or_frozen_cannot_be_arranged_and_a_reason_is_needed(office):
    with pytest.raises(ValidationError):
        actions.exempt(office.boreas, office.period, by=office.cast.pmo, reason="  ")
    ReportFactory(project=office.apollo, period=office.period)
    with pytest.raises(ValidationError):
        actions.exempt(office.apollo, office.period, by=office.cast.pmo, reason="x")
    periods.close_period(office.period, by=office.cast.pmo)
    periods.freeze_period(office.period, by=office.cast.pmo)
    with pytest.raises(ValidationError):
        actions.exempt(office.boreas, office.period, by=office.cast.pmo, reason="x")


def test_many_are_arranged_all_or_none(office):
    ReportFactory(project=office.apollo, period=office.period)
    rows = [row_of(p, office.period) for p in (office.boreas, office.apollo)]
    with pytest.raises(ValidationError):
        actions.exempt_many(rows, by=office.cast.pmo, reason="x")
    assert row_of(office.boreas, office.period).state == "missing"
    assert len(actions.exempt_many(rows[:1], by=office.cast.pmo, reason="x")) == 1


def test_only_the_pmo_of_that_place_arranges(office):
    for person in (office.cast.pm, office.cast.manager, office.cast.auditor):
        with pytest.raises(PermissionDenied):
            actions.exempt(office.apollo, office.period, by=person, reason="x")
    with pytest.raises(PermissionDenied):
        actions.exempt(office.apollo, office.period, by=office.cast.site_pmo, reason="x")
    assert actions.exempt(office.boreas, office.period, by=office.cast.site_pmo, reason="x").pk


# ---- reminding


def test_each_is_reminded_in_their_language_with_the_senders_words(office):
    """The PM of APOLLO is away: who stands in for them reads the letter, in their own language."""
    office.cast.outsider.language = "en"
    office.cast.outsider.save()
    items = [report_ask(p, office.period) for p in (office.apollo, office.boreas)]
    texts = {"ja": "金曜までにお願いします。", "en": "Friday, please."}
    with translation.override("ja"):  # whatever the sender reads
        previews = [preview_reminder(i, office.cast.pmo, texts[i.person.language]) for i in items]
        assert actions.remind_many(items, by=office.cast.pmo, texts=texts).sent == 2
    jobs.drain()
    letters = {m.person_id: m for m in MailMessage.objects.all()}
    assert [seen["person"] for seen in previews] == [office.cast.substitute, office.cast.outsider]
    for seen, words in zip(previews, ("金曜までに", "Friday, please."), strict=True):
        letter = letters[seen["person"].pk]
        assert letter.subject == seen["subject"] and words in letter.text
        assert all(line in letter.text for line in seen["lines"])
    assert "It takes about" in letters[office.cast.outsider.pk].text
    assert len(mail.outbox) in (0, 2)  # at once, or after the receivers' quiet hours


def test_whoever_was_just_reminded_is_left_in_peace(office):
    items = [report_ask(office.apollo, office.period)]
    first = actions.remind_many(items, by=office.cast.pmo)
    again = actions.remind_many(items, by=office.cast.pmo)
    assert (first.sent, first.left, again.sent, again.left) == (1, 0, 0, 1)
    assert timezone.now() < again.again_at <= timezone.now() + timedelta(hours=1)
    assert InboxItem.objects.filter(kind="asks.reminder").count() == 1
    assert AuditEntry.objects.filter(action="reminded").count() == 1


def test_reminding_is_for_the_pmo(office):
    for person in (office.cast.manager, office.cast.auditor, office.cast.pm, office.cast.site_pmo):
        with pytest.raises(PermissionDenied):
            actions.remind_many([report_ask(office.apollo, office.period)], by=person)


# ---- calls


def test_a_call_is_noted_beside_the_project(office):
    with pytest.raises(ValidationError):
        actions.note_call(office.apollo, by=office.cast.pmo, text=" ")
    with pytest.raises(PermissionDenied):
        actions.note_call(office.apollo, by=office.cast.manager, text="x")
    actions.note_call(office.apollo, by=office.cast.pmo, text="金曜に出す")
    found = queries.last_calls([office.apollo, office.boreas])
    assert found[office.apollo.pk].reason == "金曜に出す" and office.boreas.pk not in found


# ---- campaigns


@pytest.fixture
def campaign(office):
    made = CampaignFactory(by=office.cast.pmo, projects=[office.apollo, office.boreas])
    actions.ask_replies(made)
    return made


def reply_of(campaign, project):
    return CampaignReply.objects.select_related("project__pm", "project__scope", "campaign__owner").get(
        campaign=campaign, project=project
    )


def waiting(person):
    return Ask.objects.filter(person=person, kind="collection.campaign", state="open")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"title_ja": "", "title_en": ""}, "title_ja"),
        ({"projects": []}, "projects"),
        ({"due_at": timezone.now() - timedelta(days=1)}, "due_at"),
        ({"questions": []}, None),
    ],
)
def test_a_campaign_without_title_questions_projects_or_future_is_refused(office, change, where):
    given = {
        "title_ja": "調査",
        "title_en": "",
        "due_at": timezone.now() + timedelta(days=3),
        "questions": [{"text_ja": "どうですか", "kind": "text"}],
        "projects": [office.apollo],
    }
    with pytest.raises(ValidationError) as error:
        actions.create_campaign(by=office.cast.pmo, scope=office.core.scope, **(given | change))
    if where:
        assert where in error.value.message_dict


def test_a_campaign_asks_only_below_the_place_for_which_it_is_made(office):
    given = {
        "title_ja": "調査",
        "due_at": timezone.now() + timedelta(days=3),
        "questions": [{"text_ja": "どうですか", "kind": "text"}],
    }
    with pytest.raises(ValidationError) as error:
        actions.create_campaign(
            by=office.cast.pmo, scope=office.core.scope, projects=[office.apollo, office.boreas], **given
        )
    assert "BOREAS" in error.value.message_dict["projects"][0]
    draft = actions.create_campaign(by=office.cast.pmo, scope=office.core.scope, projects=[office.apollo], **given)
    actions.edit_campaign(
        draft, by=office.cast.pmo, version=draft.version, scope=office.site.scope, projects=[office.boreas], **given
    )
    draft.refresh_from_db()
    assert draft.scope == office.site.scope and [r.project for r in draft.replies.all()] == [office.boreas]


def test_a_draft_is_edited_until_it_opens(office):
    draft = CampaignFactory(by=office.cast.pmo, projects=[office.apollo], opened=False)
    given = {
        "title_ja": "改めた題",
        "title_en": "",
        "due_at": timezone.now() + timedelta(days=9),
        "questions": [
            {"text_ja": "一", "kind": "number"},
            {"text_ja": "二", "kind": "choice", "choices": ["甲", "乙"]},
        ],
        "projects": [office.boreas],
    }
    stale = draft.version
    actions.edit_campaign(draft, by=office.cast.pmo, version=stale, **given)
    assert [q.text for q in draft.questions.all()] == ["一", "二"]
    assert [r.project for r in draft.replies.all()] == [office.boreas]
    with pytest.raises(Conflict):
        actions.edit_campaign(draft, by=office.cast.pmo, version=stale, **given)
    actions.open_campaign(draft, by=office.cast.pmo)
    with pytest.raises(ValidationError):
        actions.edit_campaign(draft, by=office.cast.pmo, version=None, **given)


def test_opening_asks_each_pm_once(office, campaign):
    assert waiting(office.cast.pm).count() == waiting(office.cast.outsider).count() == 1
    actions.ask_replies(campaign)
    assert Ask.objects.filter(kind="collection.campaign").count() == 2


def test_answers_end_the_ask_and_required_ones_are_named(office, campaign):
    reply = reply_of(campaign, office.apollo)
    with pytest.raises(ValidationError) as error:
        actions.answer_campaign(reply, by=office.cast.pm, answers={})
    assert "q1" in error.value.message_dict
    actions.answer_campaign(reply, by=office.cast.pm, answers={"1": "yes"})
    assert reply.state == "answered" and not waiting(office.cast.pm).exists()
    with pytest.raises(PermissionDenied):
        actions.answer_campaign(reply, by=office.cast.outsider, answers={"1": "no"})


def test_an_answer_given_for_the_pm_says_for_whom(office, campaign):
    reply = reply_of(campaign, office.apollo)
    actions.answer_campaign(reply, by=office.cast.pmo, answers={"1": "yes"})
    entry = AuditEntry.objects.filter(action="answered").get()
    assert (reply.answered_by, entry.on_behalf_of) == (office.cast.pmo, office.cast.pm)


def test_late_answers_are_taken_and_marked_until_the_campaign_is_closed(office, campaign):
    type(campaign).objects.filter(pk=campaign.pk).update(due_at=timezone.now() - timedelta(hours=2))
    late = reply_of(campaign, office.apollo)
    actions.answer_campaign(late, by=office.cast.pm, answers={"1": "yes"})
    assert reply_of(campaign, office.apollo).is_late
    campaign.refresh_from_db()
    actions.close_campaign(campaign, by=office.cast.pmo)
    assert not waiting(office.cast.outsider).exists()
    with pytest.raises(ValidationError) as error:
        actions.answer_campaign(reply_of(campaign, office.boreas), by=office.cast.outsider, answers={"1": "no"})
    assert office.cast.pmo.name_ja in error.value.messages[0]  # whom to ask to open it again


def test_a_closed_campaign_opens_again_with_a_reason_and_asks_those_who_are_missing(office, campaign):
    actions.answer_campaign(reply_of(campaign, office.apollo), by=office.cast.pm, answers={"1": "yes"})
    actions.close_campaign(campaign, by=office.cast.pmo)
    later = timezone.now() + timedelta(days=4)
    with pytest.raises(ValidationError):
        actions.reopen_campaign(campaign, by=office.cast.pmo, due_at=later, reason=" ")
    actions.reopen_campaign(campaign, by=office.cast.pmo, due_at=later, reason="回答が足りない")
    jobs.drain()
    assert waiting(office.cast.outsider).get().due_at == later
    assert not waiting(office.cast.pm).exists()


def test_a_project_is_excused_with_a_reason_or_because_it_has_ended(office, campaign):
    reply = reply_of(campaign, office.apollo)
    with pytest.raises(PermissionDenied):
        actions.excuse_reply(reply, by=office.cast.pm, reason="x")
    actions.excuse_reply(reply, by=office.cast.pmo, reason="対象外")
    assert reply.state == "excused" and not waiting(office.cast.pm).exists()
    register.close_project(office.boreas, by=office.cast.manager, note="済", finished_on=timezone.localdate())
    assert reply_of(campaign, office.boreas).state == "excused"
    assert not waiting(office.cast.outsider).exists()


def test_who_may_run_a_campaign(office, campaign):
    for person in (office.cast.pm, office.cast.auditor, office.cast.outsider):
        with pytest.raises(PermissionDenied):
            actions.close_campaign(campaign, by=person)
    own = CampaignFactory(by=office.cast.expert, projects=[ProjectFactory(portfolio=office.core)])
    assert actions.close_campaign(own, by=office.cast.expert).state == "closed"
