"""The outbox against a real SMTP server: down, refusing, hanging up; letters wait, are given up, and go again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pmo_portal import asks, jobs
from pmo_portal.asks import outbox
from pmo_portal.asks.models import MailMessage
from tests.factories import ReportFactory
from tests.pmo_portal.asks.post_office import part

pytestmark = pytest.mark.django_db


def queue(address="aoki@aoba.example", **more) -> MailMessage:
    return outbox.queue_letter(
        address=address, subject="秘密の件名", text="秘密の本文\n", html="<p>秘密の本文</p>", **more
    )


def hurry() -> None:
    """Time passes: what waits for a later try is due."""
    MailMessage.objects.update(not_before=None)


def test_a_letter_goes_out_once_with_both_parts_and_a_stable_id(post_office):
    letter = queue()
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    (got,) = post_office.letters
    assert got["Message-ID"] == letter.message_id and re.fullmatch(r"<[^@\s]+@portal\.example>", letter.message_id)
    assert got["Auto-Submitted"] == "auto-generated", "out-of-office answers do not answer it"
    assert part(got, "plain").strip() == "秘密の本文" and "<p>秘密の本文</p>" in part(got, "html")
    letter.refresh_from_db()
    assert letter.state == "sent" and letter.sent_at


def test_the_same_key_is_written_once(post_office):
    assert queue(key="digest:1:2037-11-24") is not None
    assert queue(key="digest:1:2037-11-24") is None
    outbox.send_waiting()
    assert len(post_office.letters) == 1


def test_many_letters_share_one_connection(post_office, monkeypatch):
    for number in range(20):
        queue(f"person{number}@aoba.example")
    opened = []
    real = outbox._connect
    monkeypatch.setattr(outbox, "_connect", lambda: opened.append(1) or real())
    assert outbox.send_waiting() == {"sent": 20, "failed": 0}
    assert len(opened) == 1 and len(post_office.letters) == 20


# ---- the server is down


def test_a_server_that_is_down_keeps_everything_waiting_and_later_each_time(post_office):
    first, second = queue(), queue("baba@aoba.example")
    post_office.close()
    waits = []
    for _try in range(9):
        hurry()
        now = timezone.now()
        done = outbox.send_waiting()
        assert (done["sent"], done["waiting"], done["error"]) == (0, 2, "ConnectionRefusedError")
        first.refresh_from_db()
        second.refresh_from_db()
        assert first.not_before == second.not_before, "one try for all of them"
        waits.append(round((first.not_before - now).total_seconds()))
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900, 900]
    assert first.state == second.state == "queued", "nothing is given up for a server that is down"
    assert outbox.send_waiting() == {"sent": 0, "failed": 0}, "not before its time"

    post_office.open()
    hurry()
    assert outbox.send_waiting() == {"sent": 2, "failed": 0}
    assert [letter["To"] for letter in post_office.letters] == ["aoki@aoba.example", "baba@aoba.example"]


def test_pages_go_on_while_the_mail_server_is_down(office, client, post_office):
    """A report is returned, which sends its PM a letter at once: the page does not notice, the letter waits."""
    cast = office.cast
    report = ReportFactory(project=office.apollo, period=office.period, by=cast.pm)
    post_office.close()
    client.force_login(cast.pmo)
    address = f"/projects/APOLLO/status/{office.period.key}/return/"
    answer = client.post(address, {"reason": "費用の内訳がない", "version": report.version})
    assert answer.status_code in (302, 200)
    report.refresh_from_db()
    assert report.state == "returned"
    jobs.drain(strict=True)
    waiting = MailMessage.objects.get(person__in=[cast.pm, cast.substitute])
    assert waiting.state == "queued"
    client.force_login(cast.pm)
    assert client.get("/").status_code == 200
    post_office.open()
    hurry()
    outbox.send_waiting()
    assert "費用の内訳がない" in part(post_office.letters[-1], "plain")


def test_the_page_of_periodic_tasks_says_that_the_server_is_not_reached(cast, client, post_office):
    queue()
    post_office.close()
    jobs.tick()
    jobs.drain(strict=True)
    client.force_login(cast.admin)
    client.cookies["django_language"] = "ja"
    page = client.get("/setup/work/").text
    assert "1通のメールがメールサーバーを待っています" in page and "ConnectionRefusedError" in page
    client.force_login(cast.pmo)
    assert "ConnectionRefusedError" not in client.get("/setup/work/").text


def test_a_server_that_hangs_up_in_the_middle_costs_the_letter_nothing(post_office):
    letter = queue()
    post_office.answer = "421 closing"
    outbox.send_waiting()
    letter.refresh_from_db()
    assert letter.state == "queued" and letter.not_before > timezone.now()
    post_office.answer = "250 taken"
    hurry()
    outbox.send_waiting()
    assert len(post_office.letters) == 1 and post_office.letters[0]["Message-ID"] == letter.message_id


# ---- the server refuses a letter


def test_an_address_the_server_does_not_know_is_given_up_at_once_and_the_others_go(post_office):
    gone, fine = queue("gone@aoba.example"), queue("baba@aoba.example")
    post_office.refusing["gone@aoba.example"] = "550 no such mailbox"
    assert outbox.send_waiting() == {"sent": 1, "failed": 1}
    gone.refresh_from_db()
    fine.refresh_from_db()
    assert (gone.state, fine.state) == ("failed", "sent")
    assert "550" in gone.error


def test_a_server_that_is_busy_with_an_address_is_tried_again_and_given_up_in_the_end(post_office):
    letter = queue()
    post_office.refusing["aoki@aoba.example"] = "450 greylisted"
    for tried in range(1, outbox.MOST_REFUSALS + 1):
        hurry()
        assert outbox.send_waiting() == {"sent": 0, "failed": 1}
        letter.refresh_from_db()
        assert letter.refusals == tried
    assert letter.state == "failed"


def test_a_letter_that_was_given_up_is_sent_again_by_hand(post_office, cast, client):
    letter = queue("gone@aoba.example")
    post_office.refusing["gone@aoba.example"] = "550 no such mailbox"
    outbox.send_waiting()
    client.force_login(cast.admin)
    page = client.get(f"/setup/work/letters/{letter.pk}/")
    assert "550 no such mailbox" in page.text and "秘密" not in page.text
    del post_office.refusing["gone@aoba.example"]
    address = f"/setup/work/letters/{letter.pk}/sending/"
    assert client.post(address).status_code == 302
    jobs.drain(strict=True)
    assert [got["Message-ID"] for got in post_office.letters] == [letter.message_id]
    client.post(address)
    jobs.drain(strict=True)
    assert len(post_office.letters) == 1, "one that went is not sent again"


def test_letters_are_listed_for_who_runs_the_machine_alone(cast, client):
    letter = queue()
    client.force_login(cast.admin)
    assert "aoki@aoba.example" in client.get("/setup/work/letters/").text
    for person in (cast.pmo, cast.manager, cast.auditor, cast.pm):
        client.force_login(person)
        assert client.get("/setup/work/letters/").status_code == 403
        assert client.get(f"/setup/work/letters/{letter.pk}/").status_code in (403, 404)
        assert client.post(f"/setup/work/letters/{letter.pk}/sending/").status_code in (403, 404)


# ---- a worker died


def test_a_letter_left_by_a_dead_worker_goes_again_with_the_same_id(post_office):
    """The server had taken it, the worker died before it could write that down: at least once on the wire, once for the
    reader, as the Message-ID is the same."""
    letter = queue()
    outbox.send_waiting()
    MailMessage.objects.update(state="sending", lease_until=timezone.now() + timedelta(seconds=60), sent_at=None)
    assert outbox.send_waiting() == {"sent": 0, "failed": 0}, "its worker may be alive"
    MailMessage.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert [got["Message-ID"] for got in post_office.letters] == [letter.message_id] * 2


def test_the_words_of_old_letters_are_forgotten(post_office):
    letter = queue()
    outbox.send_waiting()
    assert outbox.forget_words(timezone.now() + timedelta(days=29)) == 0
    assert outbox.forget_words(timezone.now() + timedelta(days=31)) == 1
    letter.refresh_from_db()
    assert (letter.text, letter.html, letter.subject, letter.state) == ("", "", "", "sent")


def test_a_subject_cannot_carry_another_header(post_office):
    outbox.queue_letter(address="a@aoba.example", subject="x\r\nBcc: everybody@aoba.example", text="y")
    outbox.send_waiting()
    (got,) = post_office.letters
    assert got["Bcc"] is None and got["Subject"] == "x Bcc: everybody@aoba.example"


def test_asks_name_is_public():
    assert set(asks.__all__) >= {"ask", "finish", "withdraw", "remind", "notify", "kind", "notice"}
