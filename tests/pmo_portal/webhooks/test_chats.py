"""Chats of people and of the office: in the shape that Slack and Teams take, once, again until it arrives, to nobody else."""

import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from pmo_portal import asks, audit, jobs
from pmo_portal.asks import choosing, ladder
from pmo_portal.asks.models import Ask, InboxItem
from pmo_portal.audit.models import AuditEntry
from pmo_portal.jobs.models import Job
from pmo_portal.webhooks import actions, chatting, delivering, shapes
from pmo_portal.webhooks.models import Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db
FREE = "approvals.moved"
TOLD = {"label_ja": "予算 <b>&", "label_en": "Budget", "what": "approved"}
MORNING = datetime.combine(date(2037, 11, 25), time(9), tzinfo=ZoneInfo("Asia/Tokyo"))


def chat_of(person, receiver, shape="slack", when="once") -> Webhook:
    choosing.choose(person, {FREE: {"chat": when}})
    return chatting.save_own_chat(person, shape=shape, url=receiver.url)


def tell(person, key="told") -> None:
    asks.notify(person, key=key, kind=FREE, params=TOLD, url="/approvals/")
    Job.objects.update(run_after=timezone.now())  # the quiet hours are over
    jobs.drain(strict=True)


def said(receiver, number=-1) -> dict:
    return json.loads(receiver.got[number][2])


# ---- shapes


def test_slack_reads_text_and_blocks_and_nothing_typed_becomes_a_link():
    made = shapes.slack(
        shapes.Message("<!channel> & *x*", ("<https://evil.example|pay>",), "https://pmo.example/1", "Open")
    )
    assert made["text"] == "&lt;!channel&gt; &amp; *x* https://pmo.example/1"
    assert made["blocks"][1]["elements"][0]["text"] == "&lt;https://evil.example|pay&gt;"
    assert made["blocks"][2]["elements"][0]["url"] == "https://pmo.example/1"


def test_teams_reads_an_adaptive_card():
    made = shapes.teams(shapes.Message("[pay](https://evil.example)", ("x" * 5000,), "https://pmo.example/1", "開く"))
    card = made["attachments"][0]["content"]
    assert made["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert card["type"] == "AdaptiveCard" and card["body"][0]["text"] == r"\[pay\]\(https://evil.example\)"
    assert len(card["body"][1]["text"]) == shapes.LONGEST
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "開く", "url": "https://pmo.example/1"}]


# ---- a person's own


def test_what_a_person_chose_comes_into_their_chat_once_in_their_language(cast, receiver):
    chat_of(cast.pm, receiver)
    tell(cast.pm)
    tell(cast.pm)
    chatting.tell_item(InboxItem.objects.get(key="told"))
    jobs.drain(strict=True)
    assert len(receiver.got) == 1
    assert said(receiver)["text"] == "予算 &lt;b&gt;&amp;：承認。 http://portal.example/approvals/"


def test_who_has_not_chosen_or_has_no_chat_is_told_nothing_there(cast, receiver):
    chatting.save_own_chat(cast.pm, shape="teams", url=receiver.url)
    tell(cast.pm)
    choosing.choose(cast.member, {FREE: {"chat": "once"}})
    tell(cast.member)
    assert receiver.got == [] and not WebhookDelivery.objects.exists()


def test_it_waits_for_the_end_of_quiet_hours(cast, receiver):
    chat_of(cast.pm, receiver)
    now = timezone.localtime()
    cast.pm.quiet_from, cast.pm.quiet_until = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    cast.pm.save()
    asks.notify(cast.pm, key="told", kind=FREE, params=TOLD)
    assert Job.objects.get(name="pmo_portal.webhooks.chat_item").run_after > timezone.now()


def test_once_a_day_is_one_message(cast, receiver):
    chat_of(cast.pm, receiver, when="digest")
    tell(cast.pm, "one")
    tell(cast.pm, "two")
    assert receiver.got == []
    assert chatting.tell_digests(MORNING) == 1 and chatting.tell_digests(MORNING) == 0
    jobs.drain(strict=True)
    assert len(receiver.got) == 1 and len(said(receiver)["blocks"]) == 4
    assert chatting.tell_digests(MORNING + timedelta(days=1)) == 0


def test_what_does_not_arrive_is_sent_again_and_seen(cast, receiver, client):
    chat_of(cast.pm, receiver)
    receiver.answers = [500, 200]
    tell(cast.pm)
    client.force_login(cast.pm)
    client.cookies["django_language"] = "ja"
    assert "500" in client.get("/profile/chat/").text
    WebhookDelivery.objects.update(next_at=timezone.now())
    delivering.submit_due()
    jobs.drain(strict=True)
    assert len(receiver.got) == 2 and WebhookDelivery.objects.get().state == "delivered"


@pytest.mark.parametrize(
    "url", ["http://chat.example/x", "https://10.0.0.1/x", "https://localhost/x", "ftp://x.example", "x"]
)
def test_the_address_guard_holds_for_chats(cast, url):
    with pytest.raises(ValidationError):
        chatting.save_own_chat(cast.pm, shape="slack", url=url)
    assert not Webhook.objects.exists()


def test_a_chat_is_its_persons_alone(cast, receiver, signed_in):
    chat = chat_of(cast.pm, receiver)
    for person in (cast.admin, cast.manager, cast.auditor):
        browser = signed_in(person)
        assert browser.get(f"/setup/office/webhooks/{chat.pk}/").status_code == 404
        assert receiver.url not in browser.get("/setup/office/webhooks/").text
        assert receiver.url not in browser.get("/profile/chat/").text
    assert receiver.url in signed_in(cast.pm).get("/profile/chat/").text
    assert not [e for e in AuditEntry.objects.all() if receiver.url in json.dumps(e.changes)], "nor in the trail"


def test_it_is_set_up_tried_and_ended_on_the_page(cast, receiver, client):
    client.force_login(cast.pm)
    assert client.post("/profile/chat/", {"shape": "slack", "url": "http://192.168.1.1/"}).status_code == 422
    assert client.post("/profile/chat/trial/").status_code == 404
    assert client.post("/profile/chat/", {"shape": "teams", "url": receiver.url}).status_code == 302
    assert client.post("/profile/chat/trial/").status_code == 302
    jobs.drain(strict=True)
    assert said(receiver)["type"] == "message"
    form = client.get("/profile/notifications/").context["form"]
    assert "chat" in form.ways
    assert client.post("/profile/chat/ending/").status_code == 302
    tell(cast.pm)
    assert len(receiver.got) == 1 and "chat" not in client.get("/profile/notifications/").context["form"].ways


# ---- channels of the office


@pytest.fixture
def late(office):
    """The report of APOLLO is overdue by so much that the ladder has gone up."""
    jobs.drain(strict=True)
    item = Ask.objects.get(kind="status.report", person=office.cast.pm)
    Ask.objects.filter(pk=item.pk).update(due_at=MORNING - timedelta(days=2), updated_at=MORNING - timedelta(days=30))
    return item


def test_a_channel_hears_once_of_a_late_report(office, late, receiver):
    audit.seal()
    actions.create_webhook(
        by=office.cast.manager, label="遅延", url=receiver.url, kinds=["late:status.report"], shape="slack"
    )
    for day in range(5):
        ladder.climb(MORNING + timedelta(days=day))
    jobs.drain(strict=True)
    late_ones = [body for body in (json.loads(got[2]) for got in receiver.got) if "基幹システム刷新" in body["text"]]
    assert len(late_ones) == 1 and office.cast.pm.name_ja in late_ones[0]["text"]


def test_a_channel_hears_nothing_that_its_owner_may_not_see(office, late, receiver):
    Webhook.objects.create(
        label="x", url=receiver.url, kinds=["late:status.report"], shape="slack", owner=office.cast.nobody
    )
    ladder.climb(MORNING + timedelta(days=1))
    assert not WebhookDelivery.objects.exists()


def test_programs_are_not_told_of_late_reports(office, receiver):
    with pytest.raises(ValidationError):
        actions.create_webhook(by=office.cast.manager, label="x", url=receiver.url, kinds=["late:status.report"])


def test_a_channel_reads_what_happens_to_records(office, receiver):
    from projects.register import actions as register

    audit.seal()
    hook = actions.create_webhook(
        by=office.cast.manager, label="台帳", url=receiver.url, kinds=["projects.project"], shape="teams"
    )
    register.edit_project(office.apollo, by=office.cast.pmo, version=None, category="基幹")
    audit.seal()
    delivering.deliver(hook.pk)
    card = said(receiver)["attachments"][0]["content"]
    assert card["body"][0]["text"].startswith("APOLLO") and card["actions"][0]["url"].endswith("/projects/APOLLO/")
