"""One letter a day: in the reader's language, on their working days, at their hour; nothing twice, nothing lost."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from pmo_portal import asks, jobs
from pmo_portal.accounts.models import Substitute
from pmo_portal.asks import digests, letters
from pmo_portal.asks.ladder import climb
from pmo_portal.asks.models import Ask, InboxItem, MailMessage
from pmo_portal.asks.outbox import send_waiting
from tests.factories import PersonFactory
from tests.pmo_portal.asks.post_office import part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ladder")]
TOKYO = ZoneInfo("Asia/Tokyo")
TUESDAY = date(2037, 11, 24)


def at(hour: int, minute: int = 0, day: date = TUESDAY, zone=TOKYO) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=zone)


def post(post_office) -> list:
    """What came out at the other end, once everything that waits has gone."""
    send_waiting()
    return post_office.letters


@pytest.fixture
def item(cast, errand):
    return asks.ask(errand, person=cast.pm, by=cast.pmo, key="errand", due_at=at(17, day=date(2037, 11, 27)))


def test_a_new_ask_stands_in_the_next_digest_and_in_no_other(item, post_office):
    assert digests.write_all(at(8, 29)) == 0, "before the digest's hour"
    assert digests.write_all(at(8, 31)) == 1
    assert digests.write_all(at(8, 41)) == 0 and digests.write_all(at(8, 31, date(2037, 11, 25))) == 0
    (letter,) = post(post_office)
    assert letter["To"] == item.person.email


def test_the_letter_is_plain_and_html_in_japanese(item, cast, post_office):
    digests.write_all(at(9))
    (letter,) = post(post_office)
    assert letter.get_content_type() == "multipart/alternative"
    assert letter["Subject"] == "依頼1件（期限超過0件）"
    plain, html = part(letter, "plain"), part(letter, "html")
    assert f"{cast.pm.name_ja} 様" in plain and "資料を送る" in plain and "2037/11/27(金) 17:00" in plain
    assert f"http://portal.example/asks/{item.pk}/" in plain
    assert '<html lang="ja">' in html and "資料を送る" in html and "会議のため" in html
    assert f'href="http://portal.example/asks/{item.pk}/"' in html


def test_the_letter_is_in_english_for_who_reads_english(item, cast, post_office):
    cast.pm.language = "en"
    cast.pm.save()
    digests.write_all(at(9))
    (letter,) = post(post_office)
    assert letter["Subject"] == "1 ask waiting, 0 overdue"
    assert "Send the papers" in part(letter, "plain") and "27 Nov 2037" in part(letter, "plain")
    assert '<html lang="en">' in part(letter, "html") and "For the meeting" in part(letter, "html")


def test_a_rung_of_the_ladder_makes_a_letter_and_a_day_without_one_does_not(item, post_office):
    Ask.objects.update(updated_at=at(9, day=date(2037, 11, 2)))
    digests.write_all(at(9, day=date(2037, 11, 19)))
    sent = []
    for day in range(20, 31):
        moment = at(9, day=date(2037, 11, day))
        climb(moment)
        sent += [day] * digests.write_all(moment)
    assert sent == [24, 26, 27]
    assert len(post(post_office)) == 4
    assert "overdue" not in part(post_office.letters[-1], "plain")


def test_a_reminder_is_said_once_in_the_letter(item, post_office):
    Ask.objects.update(updated_at=at(9, day=date(2037, 11, 2)))
    climb(at(8))
    digests.write_all(at(9))
    (letter,) = post(post_office)
    assert part(letter, "plain").count("資料を送る") == 1


def test_an_ask_that_ended_before_the_hour_costs_no_letter(item, post_office):
    Ask.objects.update(updated_at=at(9, day=date(2037, 11, 2)))
    climb(at(7))
    asks.finish(key=item.key)
    assert digests.write_all(at(9)) == 0


def test_what_was_read_in_the_inbox_is_not_told_again(cast, post_office):
    asks.notify(cast.pm, key="news", kind="asks.answered", params={"who_ja": "x"})
    InboxItem.objects.update(read_at=timezone.now())
    assert digests.write_all(at(9)) == 0


def test_a_letter_at_once_is_not_repeated_by_the_digest(item, cast, post_office):
    digests.write_all(at(9))
    asks.remind(item, by=cast.pmo, text="お願いします")
    jobs.drain(strict=True)
    MailMessage.objects.update(not_before=None)
    post(post_office)
    assert [letter["Subject"].strip() for letter in post_office.letters][1:] == [
        f"{cast.pmo.name_ja}さんからの催促：資料を送る"
    ]
    assert "お願いします" in MailMessage.objects.latest("pk").text
    assert digests.write_all(at(9, day=date(2037, 11, 25))) == 0
    assert asks.remind(item, by=cast.pmo) == [], "once an hour at the most"


# ---- when


def test_no_digest_on_days_off_of_the_readers_calendar(item, cast):
    cast.pm.calendar = "GB"
    cast.pm.save()
    christmas, new_year, holiday = date(2037, 12, 25), date(2038, 1, 1), date(2037, 11, 23)
    assert digests.write_all(at(9, day=holiday)) == 1, "a Monday; 勤労感謝の日 is none of theirs"
    MailMessage.objects.all().delete()
    asks.notify(cast.pm, key="news", kind="asks.answered")
    assert digests.write_all(at(9, day=christmas)) == 0 and digests.write_all(at(9, day=new_year)) == 0
    cast.pm.calendar = ""
    cast.pm.save()
    assert digests.write_all(at(9, day=christmas)) == 1, "in Japan people work on Christmas Day"


def test_the_hour_is_the_readers(item, cast):
    cast.pm.timezone = "America/Los_Angeles"
    cast.pm.save()
    assert digests.write_all(at(9)) == 0, "16:00 of the day before in Los Angeles; told at their half past eight"
    assert digests.write_all(datetime(2037, 11, 24, 16, 29, tzinfo=UTC)) == 0
    assert digests.write_all(datetime(2037, 11, 24, 16, 31, tzinfo=UTC)) == 1
    assert MailMessage.objects.get().key.endswith("2037-11-24")


@pytest.mark.parametrize(
    ("quiet", "now", "then"),
    [
        ((time(20), time(7)), at(21), at(7, day=date(2037, 11, 25))),  # across midnight, the evening before
        ((time(20), time(7)), at(3), at(7)),  # across midnight, the morning after
        ((time(20), time(7)), at(12), at(12)),
        ((time(12), time(13)), at(12, 30), at(13)),
        ((time(0), time(0)), at(3), at(3)),  # no quiet hours at all
        ((time(20), time(7)), at(21, day=date(2037, 11, 20)), at(7)),  # Friday evening: Saturday, Sunday, a holiday
        ((time(20), time(7)), at(12, day=date(2037, 11, 21)), at(7)),
        ((time(0), time(0)), at(12, day=date(2037, 11, 21)), at(8, 30)),  # nothing quiet: at the digest's hour
    ],
)
def test_a_good_moment_lies_outside_quiet_hours_on_a_working_day(cast, quiet, now, then):
    cast.pm.quiet_from, cast.pm.quiet_until = quiet
    assert letters.good_moment(cast.pm, now) == then


def test_a_good_moment_is_reckoned_in_the_readers_zone(cast):
    cast.pm.timezone, cast.pm.calendar = "Europe/London", "GB"
    london = ZoneInfo("Europe/London")
    assert letters.good_moment(cast.pm, at(5)) == at(7, day=TUESDAY, zone=london), "20:00 on Monday in London"


def test_a_letter_at_once_waits_for_a_good_moment(item, cast, post_office):
    cast.pm.quiet_from, cast.pm.quiet_until = time(0), time(23, 59, 59)
    cast.pm.save()
    asks.remind(item, by=cast.pmo)
    jobs.drain()
    assert post(post_office) == []
    assert MailMessage.objects.get().not_before > timezone.now()


# ---- who


def test_a_person_without_an_address_is_told_in_the_inbox(errand):
    person = PersonFactory(email=None)
    item = asks.ask(errand, person=person, key="e", due_at=at(17, day=date(2037, 11, 27)))
    Ask.objects.update(updated_at=at(9, day=date(2037, 11, 2)))
    climb(at(9))
    assert digests.write_all(at(9)) == 0 and not MailMessage.objects.exists()
    assert InboxItem.objects.get(person=person).ask == item
    assert len(asks.remind(item, by=PersonFactory())) == 1
    jobs.drain(strict=True)
    assert not MailMessage.objects.exists()


def test_somebody_who_has_left_gets_no_letter(item):
    item.person.is_active = False
    item.person.save()
    assert digests.write_all(at(9)) == 0


def test_a_substitute_gets_the_asks_during_the_absence(item, cast, post_office):
    today = timezone.localdate()
    Substitute.objects.create(person=cast.pm, substitute=cast.expert, starts_on=today, ends_on=today)
    assert digests.write_all(at(9)) == 1
    (letter,) = post(post_office)
    assert letter["To"] == cast.expert.email
    assert cast.pm.name_ja in part(letter, "plain"), "for whom"
    asks.remind(item, by=cast.pmo)
    assert InboxItem.objects.get(kind="asks.reminder").person == cast.expert
    Substitute.objects.all().delete()
    assert digests.write_all(at(9)) == 1, "back again, the person hears of what is new to them"


def test_after_a_hand_over_the_new_person_is_told(office, errand, post_office):
    cast = office.cast
    asks.ask(errand, person=cast.pm, about=office.apollo, key="e", due_at=at(17, day=date(2037, 11, 27)))
    digests.write_all(at(9))
    asks.move(office.apollo.scope_id, cast.pm, cast.expert)
    assert digests.write_all(at(9, 10)) >= 1
    assert cast.expert.email in [letter["To"] for letter in post(post_office)]


# ---- nothing twice, nothing lost


def test_a_crash_before_the_letter_is_kept_leaves_everything_untold(item, monkeypatch):
    """The letter, the mark on the news and the mark on the asks stand in one transaction."""
    real = digests.InboxItem.objects.filter
    asks.notify(item.person, key="news", kind="asks.answered")

    class Crash(Exception):
        pass

    def crashes(*args, **given):
        if "pk__in" in given:
            raise Crash
        return real(*args, **given)

    monkeypatch.setattr(digests.InboxItem.objects, "filter", crashes)
    with pytest.raises(Crash):
        digests.write_all(at(9))
    monkeypatch.undo()
    assert not MailMessage.objects.exists()
    assert InboxItem.objects.get().digested_on is None


def test_news_of_the_afternoon_waits_for_the_next_day(item, cast):
    digests.write_all(at(9))
    asks.notify(cast.pm, key="news", kind="asks.answered")
    assert digests.write_all(at(15)) == 0
    assert digests.write_all(at(9, day=date(2037, 11, 25))) == 1


def test_a_letter_holds_a_readable_number_of_lines(cast, errand):
    for number in range(digests.MOST + 5):
        asks.ask(errand, person=cast.pm, key=str(number))
    assert digests.write_all(at(9)) == 1
    assert digests.write_all(at(9, day=date(2037, 11, 25))) == 1, "the rest comes the next day"
    assert digests.write_all(at(9, day=date(2037, 11, 26))) == 0
