"""Letters that come back: noted once, no more letters, everything in the inbox, until the address is another one or right."""

import io
import sys
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from pmo_portal import asks, jobs
from pmo_portal.asks import bounces, choosing, digests, dsn, outbox, queries
from pmo_portal.asks.models import AddressBounce, InboxItem, MailMessage
from pmo_portal.audit.models import AuditEntry
from pmo_portal.setup.actions import edit_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ladder")]
FREE = "approvals.moved"
TOLD = {"label_ja": "予算", "label_en": "Budget", "what": "approved"}


def tell(person, key) -> None:
    asks.notify(person, key=key, kind=FREE, params=TOLD, url="/approvals/")
    jobs.drain(strict=True)
    MailMessage.objects.filter(state="queued").update(not_before=None)
    outbox.send_waiting()


def digest(day=25) -> int:
    return digests.write_all(datetime.combine(date(2037, 11, day), time(9), tzinfo=ZoneInfo("Asia/Tokyo")))


@pytest.fixture
def refused(cast, post_office):
    """The server does not know the PM's address, and a letter to it has come to grief."""
    post_office.refusing[cast.pm.email] = "550 5.1.1 no such mailbox"
    tell(cast.pm, "first")
    return AddressBounce.objects.get()


def report_of(
    letter: MailMessage, *, status="5.1.1", action="failed", to="bounces@aoba.example", original=True
) -> bytes:
    head = f"Message-ID: {letter.message_id}\r\nTo: {letter.address}\r\n" if original else "Subject: cut off\r\n"
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nCould not be delivered.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 unknown user\r\n\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n--B--\r\n"
    ).encode()


@pytest.fixture
def sent(cast, post_office):
    tell(cast.pm, "first")
    return MailMessage.objects.get(state="sent")


# ---- refused at once


def test_an_address_that_the_server_refuses_for_good_is_noted_at_once(refused, cast):
    assert (refused.person, refused.address, refused.via) == (cast.pm, cast.pm.email, "smtp")
    assert "no such mailbox" in refused.words
    entry = AuditEntry.objects.get(action="address_bounced")
    assert entry.object_id == cast.pm.pk and entry.actor is None


def test_no_more_letters_go_there_and_the_inbox_goes_on(refused, cast, post_office):
    written = MailMessage.objects.count()
    tell(cast.pm, "second")
    assert digest() == 0 and MailMessage.objects.count() == written
    assert {item.key for item in queries.unread(cast.pm)} == {"first", "second"}


def test_what_was_to_come_by_mail_alone_is_read_in_the_inbox_meanwhile(refused, cast):
    choosing.choose(cast.pm, {FREE: {"in_app": "off"}})
    tell(cast.pm, "second")
    assert "second" in {item.key for item in queries.unread(cast.pm)}


@pytest.mark.parametrize("words", ["450 4.2.0 greylisted", "554 5.7.1 your host is not welcome", "452 full"])
def test_what_is_late_or_about_us_is_no_bounce(cast, post_office, words):
    post_office.refusing[cast.pm.email] = words
    tell(cast.pm, "first")
    assert not AddressBounce.objects.exists()


def test_a_confirmed_address_gets_what_it_missed_in_one_digest(refused, cast, post_office):
    tell(cast.pm, "second")
    del post_office.refusing[cast.pm.email]
    bounces.confirm(refused, by=cast.pm)
    assert digest() == 1
    outbox.send_waiting()
    assert post_office.letters[-1]["To"] == cast.pm.email
    tell(cast.pm, "third")
    assert len(post_office.letters) == 2


def test_another_address_ends_it(refused, cast, post_office):
    edit_person(cast.pm, by=cast.admin, version=cast.pm.version, name_ja=cast.pm.name_ja, email="aoki.new@aoba.example")
    cast.pm.refresh_from_db()
    assert bounces.bounce_of(cast.pm) is None
    tell(cast.pm, "second")
    assert [letter["To"] for letter in post_office.letters] == ["aoki.new@aoba.example"]


# ---- who sees it


def test_the_person_and_who_keeps_the_people_see_since_when(refused, cast, signed_in):
    for person, path in (
        (cast.pm, "/profile/"),
        (cast.pm, "/inbox/"),
        (cast.admin, f"/setup/people/{cast.pm.pk}/"),
        (cast.pmo, f"/setup/people/{cast.pm.pk}/"),
    ):
        page = signed_in(person).get(path, headers={"Accept-Language": "ja"}).text
        assert "メールが届いていません" in page or "come back since" in page, path
    other = signed_in(cast.member)
    assert "no such mailbox" not in other.get(f"/setup/people/{cast.pm.pk}/").text
    assert cast.pm.name_ja in signed_in(cast.admin).get("/setup/people/?bounces=1").text
    assert cast.member.name_ja not in signed_in(cast.admin).get("/setup/people/?bounces=1").text


def test_only_they_confirm_it_and_once(refused, cast, signed_in):
    path = f"/profile/address/{refused.pk}/confirmation/"
    assert signed_in(cast.member).post(path).status_code == 404
    assert signed_in(cast.pm).post(path).status_code == 302
    assert signed_in(cast.admin).post(path).status_code == 302, "said, and nothing done twice"
    refused.refresh_from_db()
    assert refused.confirmed_by == cast.pm
    assert AuditEntry.objects.filter(action="address_confirmed").count() == 1


# ---- sent back later


def test_a_report_of_the_mail_server_is_matched_by_the_message_id(sent, cast):
    (noted,) = bounces.read(report_of(sent))
    assert (noted.person, noted.via, noted.status) == (cast.pm, "dsn", "5.1.1")
    assert "unknown user" in noted.words
    sent.refresh_from_db()
    assert sent.state == "failed"
    bounces.read(report_of(sent))
    assert AddressBounce.objects.get().count == 2, "the same report twice is one bounce"


def test_or_by_the_address_of_its_return(sent, settings, post_office):
    settings.BOUNCE_ADDRESS = "bounces@aoba.example"
    assert bounces.read(report_of(sent, original=False)) == []
    to = bounces.envelope(sent)
    assert to.startswith(f"bounces+{sent.pk}-") and to.endswith("@aoba.example")
    assert len(bounces.read(report_of(sent, original=False, to=to))) == 1


def test_the_envelope_carries_it_and_the_reader_sees_the_office(cast, post_office, settings):
    settings.BOUNCE_ADDRESS = "bounces@aoba.example"
    tell(cast.pm, "first")
    assert post_office.senders[-1] == bounces.envelope(MailMessage.objects.get())
    assert "bounces" not in post_office.letters[-1]["From"]


@pytest.mark.parametrize(
    "made",
    [
        lambda letter: report_of(letter, status="4.2.2"),
        lambda letter: report_of(letter, status="5.7.1"),
        lambda letter: report_of(letter, action="delayed"),
        lambda letter: report_of(letter, action="delivered", status="2.0.0"),
        lambda letter: report_of(letter).replace(letter.message_id.encode(), b"<made-up@portal.example>"),
        lambda letter: report_of(letter).replace(letter.address.encode(), b"baba@aoba.example"),
        lambda letter: report_of(letter, original=False, to=f"bounces+{letter.pk}-0000000000000000@aoba.example"),
        lambda letter: b"",
        lambda letter: (
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n\xff\xfe"
        ),
        lambda letter: b"From: a@b\r\n\r\n" + letter.message_id.encode(),
        lambda letter: b"x" * (dsn.MOST + 1),
    ],
)
def test_what_is_late_made_up_or_no_report_silences_nobody(sent, made):
    assert bounces.read(made(sent)) == []
    assert not AddressBounce.objects.exists()


def test_a_maildir_is_read_once_and_moved_on(sent, tmp_path, capsys):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1.mx").write_bytes(report_of(sent))
    (tmp_path / "new" / "2.mx").write_bytes(b"hello")
    call_command("read_bounces", maildir=str(tmp_path))
    call_command("read_bounces", maildir=str(tmp_path))
    assert capsys.readouterr().out == "2 read, 1 bounces noted.\n0 read, 0 bounces noted.\n"
    assert len(list((tmp_path / "cur").iterdir())) == 2 and AddressBounce.objects.get().count == 1


def test_one_comes_through_a_pipe(sent, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(report_of(sent))))
    call_command("read_bounces")
    assert capsys.readouterr().out == "1 read, 1 bounces noted.\n"


def test_an_item_without_a_letter_still_waits_for_the_digest(refused, cast):
    tell(cast.pm, "second")
    assert InboxItem.objects.get(key="second").digested_on is None
