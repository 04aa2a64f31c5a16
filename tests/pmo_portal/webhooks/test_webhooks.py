"""Programs are told: signed, once under one name, again until it arrives, and never more than the owner may see."""

from __future__ import annotations

import json
import socket
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal import audit
from pmo_portal.audit.models import AuditEntry
from pmo_portal.jobs import running
from pmo_portal.webhooks import actions, delivering, sending
from pmo_portal.webhooks.models import Webhook, WebhookDelivery
from projects.register import actions as register

pytestmark = pytest.mark.django_db
KINDS = ["projects.project", "projects.statusreport"]
State = WebhookDelivery.State


@pytest.fixture
def hook(office, receiver) -> Webhook:
    """The manager of CORE and SITE is told."""
    audit.seal()
    return actions.create_webhook(by=office.cast.manager, label="台帳連携", url=receiver.url, kinds=KINDS)


def change(office, project=None, category: str = "基幹") -> None:
    register.edit_project(project or office.apollo, by=office.cast.pmo, version=None, category=category)
    audit.seal()


def due_now() -> None:
    WebhookDelivery.objects.filter(state=State.WAITING).update(next_at=timezone.now() - timedelta(seconds=1))


# ---- what is sent


def test_the_signature_is_that_of_standard_webhooks():
    """The example of the specification's own documentation."""
    made = sending.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_change_is_told_with_where_and_nothing_of_what(office, hook, receiver):
    change(office)
    assert delivering.deliver(hook.pk) == 1
    (path, headers, body), delivery = receiver.got[0], WebhookDelivery.objects.get()
    told = json.loads(body)
    assert path == "/hook" and told["type"] == "project.changed"
    assert told["data"]["record"] == "APOLLO" and told["data"]["api"].endswith("/api/v1/projects/APOLLO/")
    assert set(told["data"]) == {"kind", "record", "action", "version", "api", "url"} and "基幹" not in body.decode()
    moment = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == sending.signature(hook.secret, headers["webhook-id"], moment, body)
    assert (delivery.state, delivery.status, delivery.attempts) == (State.DELIVERED, 200, 1)


def test_what_its_owner_does_not_see_is_not_told(office, receiver):
    audit.seal()
    cast = office.cast
    hook = Webhook.objects.create(
        label="SITE", url=receiver.url, kinds=KINDS, owner=cast.site_pmo, cursor=audit.chain.length()
    )
    change(office, office.apollo)
    change(office, office.boreas)
    delivering.deliver(hook.pk)
    assert [json.loads(body)["data"]["record"] for _p, _h, body in receiver.got] == ["BOREAS"]


def test_what_was_before_it_and_what_it_was_not_asked_for_is_not_told(office, receiver):
    change(office)
    hook = actions.create_webhook(by=office.cast.manager, label="x", url=receiver.url, kinds=["projects.statusreport"])
    change(office, category="別")
    delivering.deliver(hook.pk)
    assert receiver.got == []


def test_the_same_entry_makes_one_message_however_often_one_looks(office, hook):
    change(office)
    for _again in range(3):
        Webhook.objects.filter(pk=hook.pk).update(cursor=0)
        delivering.gather(hook.pk)
    entry = AuditEntry.objects.filter(action="changed", content_type__model="project").get()
    assert WebhookDelivery.objects.filter(entry=entry).count() == 1


# ---- again, and in the end no more


def test_what_does_not_arrive_is_sent_again_under_the_same_name(office, hook, receiver):
    receiver.answers = [500, 503, 200]
    change(office)
    assert delivering.deliver(hook.pk) == 0
    first = WebhookDelivery.objects.get()
    assert (first.state, first.fault, first.status) == (State.WAITING, "status", 500)
    assert first.next_at > timezone.now() + timedelta(seconds=30)
    assert delivering.deliver(hook.pk) == 0 and len(receiver.got) == 1  # its time has not come
    for _attempt in range(2):
        due_now()
        delivering.deliver(hook.pk)
    names = {headers["webhook-id"] for _p, headers, _b in receiver.got}
    assert WebhookDelivery.objects.get().state == State.DELIVERED and len(receiver.got) == 3 and len(names) == 1
    assert Webhook.objects.get().failing_since is None


def test_it_is_given_up_in_the_end_and_can_be_sent_again_by_hand(office, hook, receiver):
    receiver.answers = [410]
    change(office)
    for _attempt in range(len(delivering.AFTER) + 1):
        delivering.deliver(hook.pk)
        due_now()
    given_up = WebhookDelivery.objects.get()
    assert given_up.state == State.GIVEN_UP and given_up.attempts == len(delivering.AFTER) + 1
    receiver.answers = [204]
    actions.send_again(given_up, by=office.cast.manager)
    running.drain()
    given_up.refresh_from_db()
    assert given_up.state == State.DELIVERED


def test_a_receiver_that_fails_for_days_is_switched_off(office, hook, receiver):
    receiver.answers = [500]
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=6))
    change(office)
    delivering.deliver(hook.pk)
    assert not Webhook.objects.get().is_active
    change(office, category="別")
    assert delivering.submit_due() == 0


@pytest.mark.parametrize("manner", ["hang", "drip"])
def test_a_slow_receiver_costs_no_more_than_its_time(office, hook, receiver, monkeypatch, manner):
    monkeypatch.setattr(sending, "SECONDS", 1)
    receiver.answers = [manner]
    change(office)
    delivering.deliver(hook.pk)
    delivery = WebhookDelivery.objects.get()
    assert delivery.fault == "slow" and delivery.milliseconds < 3000


def test_a_redirect_is_not_followed(office, hook, receiver):
    receiver.answers = [302]
    change(office)
    delivering.deliver(hook.pk)
    assert WebhookDelivery.objects.get().fault == "redirected" and len(receiver.got) == 1


def test_an_address_that_became_private_is_refused_when_it_is_sent(office, hook, receiver, settings):
    settings.WEBHOOK_HOSTS = frozenset()
    change(office)
    delivering.deliver(hook.pk)
    assert WebhookDelivery.objects.get().fault in ("private", "scheme") and receiver.got == []


def test_the_portal_is_not_told_of_itself(office, settings, monkeypatch):
    settings.WEBHOOK_HOSTS = frozenset()
    for private in (
        "https://localhost/api/v1/projects/",
        "https://127.0.0.1/",
        "https://10.0.0.5/",
        "https://pmo.local/",
    ):
        with pytest.raises(ValidationError) as refused:
            actions.create_webhook(by=office.cast.manager, label="x", url=private, kinds=KINDS)
        assert refused.value.error_dict["url"][0].code == "private"
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: [(2, 1, 6, "", ("127.0.0.1", 443))])
    hook = actions.create_webhook(by=office.cast.manager, label="x", url="https://pmo.example/", kinds=KINDS)
    actions.try_out(hook, by=office.cast.manager)
    running.drain()
    assert WebhookDelivery.objects.get().fault == "private"


# ---- who


def test_only_its_owner_turns_it_elsewhere_and_who_runs_the_office_ends_it(office, hook):
    cast = office.cast
    with pytest.raises(PermissionDenied):
        actions.edit_webhook(hook, by=cast.admin, url="https://example.com/")
    for who in (cast.pm, cast.pmo, cast.auditor):
        with pytest.raises(PermissionDenied):
            actions.create_webhook(by=who, label="x", url="https://example.com/", kinds=KINDS)
        with pytest.raises(PermissionDenied):
            actions.end_webhook(hook, by=who)
    actions.end_webhook(hook, by=cast.admin)
    change(office)
    assert delivering.submit_due() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [({"url": "http://example.com/"}, "url"), ({"kinds": []}, "kinds"), ({"kinds": ["pmo_portal.person"]}, "kinds")],
)
def test_what_cannot_be_told_is_refused_at_its_field(office, given, field):
    whole = {"label": "x", "url": "https://example.com/", "kinds": KINDS} | given
    with pytest.raises(ValidationError) as refused:
        actions.create_webhook(by=office.cast.manager, **whole)
    assert set(refused.value.error_dict) == {field}


def test_the_secret_is_shown_once_and_stands_in_no_trail(office, receiver, signed_in):
    client = signed_in(office.cast.manager)
    given = {"label": "連携", "url": receiver.url, "kinds": KINDS, "is_active": "on"}
    page = client.post("/setup/office/webhooks/new/", given)
    hook = Webhook.objects.get()
    assert hook.secret in page.text and page["Cache-Control"] == "no-store"
    again = client.get(hook.get_absolute_url())
    assert again.status_code == 200 and hook.secret not in again.text
    renewed = client.post(f"{hook.get_absolute_url()}secret/")
    old, new = hook.secret, Webhook.objects.get().secret
    assert old != new and new in renewed.text
    for entry in AuditEntry.objects.all():
        assert old not in json.dumps(entry.changes) and new not in json.dumps(entry.changes)


def test_the_pages_lead_through_it(office, hook, receiver, signed_in):
    client = signed_in(office.cast.manager)
    assert "台帳連携" in client.get("/setup/office/webhooks/").text
    assert client.post(f"{hook.get_absolute_url()}trial/").status_code == 302
    running.drain()
    page = client.get(hook.get_absolute_url()).text
    assert "trial" in page and "送達" in page and len(receiver.got) == 1
    delivery = WebhookDelivery.objects.get()
    assert client.post(f"{hook.get_absolute_url()}messages/{delivery.pk}/repetition/").status_code == 302
    running.drain()
    assert len(receiver.got) == 2
    edit = client.post(
        f"{hook.get_absolute_url()}edit/",
        {"label": "新", "url": receiver.url, "kinds": KINDS, "version": Webhook.objects.get().version},
    )
    assert edit.status_code == 302 and not Webhook.objects.get().is_active
    assert client.post(f"{hook.get_absolute_url()}ending/").status_code == 302
    assert signed_in(office.cast.pm).get(hook.get_absolute_url()).status_code == 404
