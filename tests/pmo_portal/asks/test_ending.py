"""Letters that say how to end them (RFC 8058), whom an answer goes to, and what they belong to; links that land on the thing."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from pmo_portal import asks, jobs
from pmo_portal.asks import choosing, digests, ending, outbox
from pmo_portal.asks.models import MailMessage, NoticeChoice
from tests.cast import PASSWORD
from tests.factories import ReportFactory
from tests.pmo_portal.asks.post_office import part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ladder")]
FREE, MUST = "approvals.moved", "seen_as"
TOLD = {"label_ja": "予算", "label_en": "Budget", "what": "approved"}


def post(post_office):
    jobs.drain(strict=True)
    MailMessage.objects.update(not_before=None)
    outbox.send_waiting()
    return post_office.letters


@pytest.fixture
def letter(cast, post_office):
    asks.notify(cast.pm, key="one", kind=FREE, params=TOLD, url="/approvals/", by=cast.pmo, about=cast.member)
    return post(post_office)[0]


def path_of(letter) -> str:
    address = re.fullmatch(r"<http://portal\.example(/\S+)>", letter["List-Unsubscribe"].strip())
    assert address is not None
    return address[1]


def test_a_letter_says_how_to_end_its_kind(letter):
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert path_of(letter) in part(letter, "plain") and path_of(letter) in part(letter, "html")


def test_one_click_of_a_mail_program_ends_them_without_cookies_or_sign_in(letter, cast):
    program = Client(enforce_csrf_checks=True)
    answer = program.post(path_of(letter), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200 and "sessionid" not in answer.cookies
    assert choosing.timings_of(cast.pm, FREE)["mail"] == "off"
    assert program.post(path_of(letter), {"List-Unsubscribe": "One-Click"}).status_code == 200, "twice is once"
    assert NoticeChoice.objects.get().version == 1


def test_to_look_at_it_changes_nothing(letter, cast):
    page = Client().get(path_of(letter))
    assert page.status_code == 200 and "自分の申請の状況" in page.text
    assert page["Referrer-Policy"] == "no-referrer"
    assert not NoticeChoice.objects.exists()


def test_an_address_that_we_did_not_sign_is_none(letter):
    path = path_of(letter)
    assert Client().post(path[:-3] + "xx/").status_code == 404
    assert Client().get("/letters/ending/no-such-thing/").status_code == 404
    assert not NoticeChoice.objects.exists()


def test_what_is_mandatory_carries_no_such_address_and_cannot_be_ended_by_one(cast, post_office):
    asks.notify(cast.pm, key="must", kind=MUST, params={"reason": "x"})
    (got,) = post(post_office)
    assert got["List-Unsubscribe"] is None and got["List-Unsubscribe-Post"] is None
    assert ending.address_of(cast.pm, [MUST, "asks.due"]) == ""


def test_a_kind_that_became_mandatory_after_the_letter_stays(letter, cast, monkeypatch):
    from dataclasses import replace

    from pmo_portal.asks.kinds import notices

    monkeypatch.setitem(notices, FREE, replace(notices[FREE], mandatory="Because."))
    answer = Client().post(path_of(letter))
    assert answer.status_code == 200 and "停止できません" in answer.text
    assert not NoticeChoice.objects.exists()


def test_a_digest_ends_those_of_its_kinds_that_may_be(cast, post_office):
    choosing.choose(cast.pm, {FREE: {"mail": "digest"}})
    asks.notify(cast.pm, key="free", kind=FREE, params=TOLD)
    asks.notify(cast.pm, key="must", kind="asks.due", params={})
    digests.write_all(datetime.combine(date(2037, 11, 25), time(9), tzinfo=ZoneInfo("Asia/Tokyo")))
    (got,) = post(post_office)
    Client().post(path_of(got))
    assert choosing.timings_of(cast.pm, FREE)["mail"] == "off"
    assert choosing.timings_of(cast.pm, "asks.due")["mail"] == "digest"


# ---- answers, threads, links


def test_an_answer_goes_to_who_asks(letter, cast):
    assert cast.pmo.email in letter["Reply-To"]
    assert letter["Reply-To"].addresses[0].display_name == cast.pmo.name_ja
    assert f"{cast.pmo.name_ja}さんに届きます" in part(letter, "plain")


def test_nobody_answers_themselves_nor_somebody_whom_no_letter_reaches(cast, post_office):
    asks.notify(cast.pm, key="own", kind=FREE, params=TOLD, by=cast.pm)
    cast.member.is_active = False
    cast.member.save()
    asks.notify(cast.pm, key="gone", kind=FREE, params=TOLD, by=cast.member)
    assert [got["Reply-To"] for got in post(post_office)] == [None, None]


def test_letters_about_one_record_are_one_thread(cast, post_office):
    for key, about in (("a", cast.member), ("b", cast.member), ("c", cast.pmo)):
        asks.notify(cast.pm, key=key, kind=FREE, params=TOLD, about=about)
    first, second, other = post(post_office)
    assert first["References"] == second["References"] == first["In-Reply-To"] != other["References"]
    assert len({first["Message-ID"], second["Message-ID"]}) == 2


def test_the_main_link_lands_on_the_thing_through_sign_in(office, post_office):
    from projects.status import actions

    report = ReportFactory(project=office.apollo, period=office.period, by=office.cast.pm)
    actions.return_report(report, by=office.cast.pmo, reason="費用の内訳がない", version=report.version)
    got = next(one for one in post(post_office) if "差" in one["Subject"])
    assert office.cast.pmo.email in got["Reply-To"]
    (path,) = re.findall(r"http://portal\.example(/projects/\S+)", part(got, "plain"))
    browser = Client()
    sign_in = browser.get(path)
    assert sign_in.status_code == 302 and sign_in["Location"].startswith("/login/")
    person = office.cast.pm if got["To"] == office.cast.pm.email else office.cast.substitute
    answer = browser.post(sign_in["Location"], {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302 and answer["Location"] == path
