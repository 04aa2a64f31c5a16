"""The ladder: before, on and after the due day, on working days, up to whoever holds a role; each rung once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pmo_portal import asks
from pmo_portal.accounts.models import Substitute
from pmo_portal.asks.ladder import climb
from pmo_portal.asks.models import Ask, InboxItem, LadderStep, Reminder
from pmo_portal.periods import actions as periods
from pmo_portal.periods.models import CompanyDay
from pmo_portal.periods.queries import office_settings_now
from tests.factories import GrantFactory, PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ladder")]
TOKYO = ZoneInfo("Asia/Tokyo")
DUE = date(2037, 11, 27)  # a Friday; the 23rd is a holiday, so three working days before is the 24th


def at(day: date, hour: int = 9, zone: ZoneInfo = TOKYO) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone)


@pytest.fixture
def item(cast, errand):
    return make(cast.pm, errand)


def make(person, kind, key="errand", made_on=date(2037, 11, 2), due=DUE, **more) -> Ask:
    made = asks.ask(kind, person=person, key=key, due_at=at(due, 17), **more)
    Ask.objects.filter(pk=made.pk).update(created_at=at(made_on), updated_at=at(made_on))
    made.refresh_from_db()
    return made


def climbed(*days: date) -> list[str]:
    """The rungs that were climbed, day by day."""
    for day in days:
        climb(at(day))
    return [r.step.split(":", 1)[1] for r in Reminder.objects.order_by("pk")]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def test_rungs_fall_on_working_days_before_on_and_after_the_due_day(item):
    found = {}
    for day in days(date(2037, 11, 16), date(2037, 12, 10)):
        before = len(climbed())
        for rung in climbed(day)[before:]:
            found[day] = rung
    assert found == {
        date(2037, 11, 24): "-3:remind:",
        date(2037, 11, 26): "-1:remind:",
        date(2037, 11, 27): "+0:remind:",
        date(2037, 12, 1): "+2:remind:",
        date(2037, 12, 3): "+4:escalate:administrator",
    }


def test_each_rung_is_climbed_once_however_often_it_runs(item):
    assert climbed(date(2037, 11, 24), date(2037, 11, 24), date(2037, 11, 25)) == ["-3:remind:"]
    assert InboxItem.objects.filter(person=item.person).count() == 1


def test_nobody_is_reminded_on_days_off(item):
    CompanyDay.objects.create(day=date(2037, 11, 26), kind="holiday", label="創立記念日")
    assert climbed(date(2037, 11, 22), date(2037, 11, 23)) == [], "a Sunday and 勤労感謝の日"
    assert climbed(date(2037, 11, 20)) == ["-3:remind:"], "the rungs before the due day step back over both days off"
    assert climbed(date(2037, 11, 24)) == ["-3:remind:"]
    assert climbed(date(2037, 11, 25), date(2037, 11, 26)) == ["-3:remind:", "-1:remind:"]


def test_a_rung_that_was_missed_is_climbed_later_and_speaks_once(item):
    """The office was off on the 24th and the 26th: on the due day all three are done, the last one speaks."""
    assert climbed(DUE) == ["-3:remind:", "-1:remind:", "+0:remind:"]
    assert InboxItem.objects.get(person=item.person).key.endswith(":+0:remind:")


def test_a_rung_from_before_the_ask_was_made_never_was(cast, errand):
    make(cast.pm, errand, made_on=date(2037, 11, 26))
    assert climbed(date(2037, 11, 26)) == ["-1:remind:"]


def test_more_time_starts_the_ladder_anew(item):
    climbed(date(2037, 11, 26))
    asks.postpone(item.key, at(date(2037, 12, 18), 17))
    Ask.objects.update(updated_at=at(date(2037, 11, 26)))
    before = Reminder.objects.count()
    climbed(DUE, date(2037, 12, 1))
    assert Reminder.objects.count() == before, "the old due day's rungs are not climbed any more"
    climbed(date(2037, 12, 15))
    assert [r.step for r in Reminder.objects.order_by("pk")[before:]] == ["2037-12-18:-3:remind:"]


def test_the_due_day_is_the_offices_wherever_the_clock_is_read(cast, errand):
    """23:00 in London is the next morning in Tokyo."""
    made = asks.ask(errand, person=cast.pm, key="late", due_at=datetime(2037, 11, 26, 23, 0, tzinfo=UTC))
    Ask.objects.filter(pk=made.pk).update(updated_at=at(date(2037, 11, 2)))
    climb(at(DUE))
    assert Reminder.objects.filter(step__startswith="2037-11-27:+0").exists()


def test_a_ladder_of_its_own_replaces_the_offices(item, errand):
    LadderStep.objects.create(kind=errand, offset_days=-2, act="remind")
    assert climbed(*days(date(2037, 11, 16), date(2037, 12, 10))) == ["-2:remind:"]


def test_an_ask_that_ended_is_left_in_peace(item):
    asks.finish(key=item.key)
    assert climbed(date(2037, 11, 24), DUE) == []


def test_what_was_said_of_an_ask_is_read_when_it_ends(item):
    climbed(date(2037, 11, 24))
    assert InboxItem.objects.filter(read_at=None).count() == 1
    asks.withdraw(key=item.key)
    assert not InboxItem.objects.filter(read_at=None).exists()


# ---- up the ladder


def told_above() -> list:
    return [i.person for i in InboxItem.objects.filter(kind="asks.escalation").order_by("pk")]


def escalate(item, role="administrator"):
    LadderStep.objects.all().delete()
    LadderStep.objects.create(offset_days=1, act="escalate", role=role)
    climb(at(date(2037, 11, 30)))
    return told_above()


def test_an_escalation_goes_to_the_nearest_holder_of_the_role(office, errand):
    cast = office.cast
    item = make(cast.outsider, errand, about=office.boreas)
    assert escalate(item) == [cast.site_pmo], "the administrator of that portfolio, not the office's"


def test_whoever_owes_it_is_not_told_of_themselves_but_the_next_above(office, errand):
    cast = office.cast
    assert escalate(make(cast.site_pmo, errand, about=office.boreas)) == [cast.pmo]


def test_where_nobody_holds_the_role_the_office_hears_of_it(office, errand):
    cast = office.cast
    assert escalate(make(cast.pm, errand, about=office.apollo), role="expert") == [cast.expert]
    cast.expert.grants.all().delete()
    InboxItem.objects.all().delete()
    assert escalate(make(cast.pm, errand, key="2", about=office.apollo), role="expert") == [cast.pmo]
    cast.pmo.grants.all().delete()
    InboxItem.objects.all().delete()
    assert escalate(make(cast.pm, errand, key="3", about=office.apollo), role="expert") == [cast.manager]


def test_a_role_held_twice_is_told_once_and_one_that_ended_not_at_all(office, errand):
    cast = office.cast
    GrantFactory(person=cast.pmo, role="administrator", starts_on=date(2037, 1, 1))
    PersonFactory()
    assert escalate(make(cast.pm, errand)) == [cast.pmo]
    assert cast.revoked not in told_above() and cast.expired not in told_above() and cast.coming not in told_above()


# ---- while somebody is away


def away(person, substitute, first=date(2037, 11, 16), last=date(2037, 12, 31)):
    Substitute.objects.all().delete()
    return Substitute.objects.create(person=person, substitute=substitute, starts_on=first, ends_on=last)


def test_a_substitute_is_reminded_during_the_absence_and_the_person_after_it(item, cast):
    away(cast.pm, cast.expert, last=date(2037, 11, 26))
    climb(at(date(2037, 11, 26)))
    assert [r.receiver for r in Reminder.objects.all()] == [cast.expert, cast.expert]
    climb(at(DUE))
    assert Reminder.objects.get(step__contains=":+0:").receiver == cast.pm


def test_a_substitute_who_has_left_does_not_swallow_the_reminder(item, cast):
    away(cast.pm, cast.expert)
    cast.expert.is_active = False
    cast.expert.save()
    climb(at(date(2037, 11, 24)))
    assert [r.receiver for r in Reminder.objects.all()] == [cast.pm]


def test_a_rung_can_name_the_substitute(item, cast):
    away(cast.pm, cast.expert)
    LadderStep.objects.all().delete()
    LadderStep.objects.create(offset_days=0, act="substitute")
    climb(at(DUE))
    assert InboxItem.objects.get().person == cast.expert


def test_an_office_elsewhere_reckons_in_its_own_zone(item, cast):
    office = office_settings_now()
    periods.save_office(office, by=cast.admin, version=office.version, timezone="America/New_York")
    climb(datetime(2037, 11, 24, 1, 0, tzinfo=UTC))
    assert not Reminder.objects.exists(), "it is still Monday there"


def test_a_pass_costs_the_same_however_many_asks_have_nothing_due(cast, errand):
    def queries(asks_made: int) -> int:
        for n in range(asks_made):
            make(cast.pm, errand, key=f"{asks_made}-{n}", due=date(2038, 3, 31))
        with CaptureQueriesContext(connection) as seen:
            climb(at(date(2037, 11, 24)))
        return len(seen)

    queries(1)  # what is read once by each process
    assert queries(3) == queries(40)
