"""Periods: the four states in their order, two pictures after a re-opening, due moments in the office's clock."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal.audit import Conflict
from pmo_portal.audit.models import AuditEntry
from pmo_portal.periods import actions
from pmo_portal.periods.models import CadenceRule, ReportingPeriod
from pmo_portal.setup.defaults import install_defaults

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def period(db):
    install_defaults(date(2026, 4, 1))
    return actions.ensure_period("monthly", date(2026, 5, 15))


@pytest.fixture
def frozen(period, endo):
    actions.open_period(period, by=endo)
    actions.close_period(period, by=endo)
    return actions.freeze_period(period, by=endo)


def test_a_period_is_planned_once_however_often_it_is_asked_for(period):
    assert actions.ensure_period("monthly", date(2026, 5, 31)).pk == period.pk
    assert ReportingPeriod.objects.count() == 1 and period.key == "2026-05"


def test_states_follow_in_their_order_only(period, endo):
    for wrong in (actions.close_period, actions.freeze_period):
        with pytest.raises(ValidationError):
            wrong(period, by=endo)
    actions.open_period(period, by=endo)
    with pytest.raises(ValidationError):
        actions.freeze_period(period, by=endo)
    actions.close_period(period, by=endo)
    actions.freeze_period(period, by=endo)
    assert period.state == "frozen" and period.frozen_at is not None


def test_re_opening_needs_a_reason_and_leaves_both_pictures(frozen, endo):
    with pytest.raises(ValidationError):
        actions.reopen_period(frozen, by=endo, reason="  ")
    actions.reopen_period(frozen, by=endo, reason="a wrong figure")
    actions.close_period(frozen, by=endo)
    actions.freeze_period(frozen, by=endo)
    first, second = frozen.pictures.order_by("number")
    assert (first.reason, first.reopened_by) == ("a wrong figure", endo)
    assert second.reopened_at is None and (first.number, second.number) == (1, 2)


def test_a_re_opened_period_is_due_at_the_offices_hour(frozen, endo):
    hour = frozen.due_at.astimezone(TOKYO).time()
    actions.reopen_period(frozen, by=endo, reason="a wrong figure")
    assert frozen.due_at > timezone.now()
    assert frozen.due_at.astimezone(TOKYO).time() == hour


def test_who_does_not_run_periods_may_not(period, frozen, chiba, hara, goto, aoki):
    for person in (hara, goto, aoki):
        for act in (actions.open_period, actions.close_period, actions.freeze_period):
            with pytest.raises(PermissionDenied):
                act(period, by=person)
    with pytest.raises(PermissionDenied):
        actions.reopen_period(frozen, by=chiba, reason="only a manager re-opens")


def test_another_due_date_is_ahead_and_for_a_period_that_takes_reports(period, frozen, endo):
    later = timezone.now() + timedelta(days=3)
    with pytest.raises(ValidationError):
        actions.move_due(frozen, by=endo, due_at=later, reason="x")
    actions.reopen_period(frozen, by=endo, reason="again")
    with pytest.raises(ValidationError):
        actions.move_due(frozen, by=endo, due_at=timezone.now() - timedelta(minutes=1), reason="x")
    actions.move_due(frozen, by=endo, due_at=later, reason="holidays")
    assert frozen.due_at == later
    assert AuditEntry.objects.get(action="due_moved").reason == "holidays"


def test_a_rule_for_the_same_day_replaces_and_one_that_began_stays(hara):
    today = timezone.localdate()
    actions.set_cadence(by=hara, tier="A", cadence="weekly", starts_on=today)
    rule = actions.set_cadence(by=hara, tier="A", cadence="monthly", starts_on=today)
    assert CadenceRule.objects.get() == rule and rule.cadence == "monthly"
    with pytest.raises(ValidationError):
        actions.take_back_cadence(rule, by=hara)
    coming = actions.set_cadence(by=hara, tier="A", cadence="none", starts_on=today + timedelta(days=1))
    actions.take_back_cadence(coming, by=hara)
    assert list(CadenceRule.objects.filter(archived_at=None)) == [rule]


def test_defaults_leave_what_the_office_has_set(hara):
    actions.set_cadence(by=hara, tier="A", cadence="weekly", starts_on=date(2026, 4, 1))
    install_defaults(date(2026, 4, 1), by=hara)
    assert CadenceRule.objects.count() == 1


# ---- the pages


def test_each_button_of_a_period_does_what_it_says(client, period, endo):
    client.force_login(endo)
    address = f"/setup/periods/{period.key}/"
    for act, state in (("opening", "open"), ("closing", "closed"), ("freezing", "frozen")):
        assert f"{address}{act}/" in client.get(address).text
        period.refresh_from_db()
        assert client.post(f"{address}{act}/", {"version": period.version}).status_code == 302
        period.refresh_from_db()
        assert period.state == state
    assert client.post(f"{address}reopening/", {"version": period.version, "reason": ""}).status_code == 422
    assert (
        client.post(f"{address}reopening/", {"version": period.version, "reason": "a wrong figure"}).status_code == 302
    )
    assert "a wrong figure" in client.get(address).text


def test_sending_twice_closes_once(client, period, endo):
    actions.open_period(period, by=endo)
    client.force_login(endo)
    body = {"version": period.version}
    assert client.post(f"/setup/periods/{period.key}/closing/", body).status_code == 302
    assert client.post(f"/setup/periods/{period.key}/closing/", body).status_code in (409, 422)
    assert AuditEntry.objects.filter(action="closed").count() == 1


def test_an_old_version_is_a_conflict(period, endo):
    opened = period.version
    actions.open_period(period, by=endo)
    with pytest.raises(Conflict):
        actions.close_period(period, by=endo, version=opened)


def test_two_pictures_are_read_side_by_side(client, frozen, endo):
    from pmo_portal.access.tree import add_scope, office
    from pmo_portal.periods.models import PeriodPictureRow

    scope = add_scope("project", add_scope("portfolio", office(), "P"), "基幹システム刷新")
    was = {"confidence": "red", "overall": "red", "forecast_cost": "480000000", "forecast_finish_on": "2027-03-31"}
    PeriodPictureRow.objects.create(picture=frozen.pictures.get(number=1), scope=scope, content=was)
    actions.reopen_period(frozen, by=endo, reason="a wrong figure")
    actions.close_period(frozen, by=endo)
    actions.freeze_period(frozen, by=endo)
    now = {**was, "forecast_cost": "620000000"}
    PeriodPictureRow.objects.create(picture=frozen.pictures.get(number=2), scope=scope, content=now)
    client.force_login(endo)
    page = client.get(f"/setup/periods/{frozen.key}/", {"picture": 2, "beside": 1}).text
    assert page.count("is-changed") == 1 and "480" in page and "620" in page
    old = client.get(f"/setup/periods/{frozen.key}/", {"picture": 1}).text
    assert "480" in old and "620" not in old
    assert client.get(f"/setup/periods/{frozen.key}/", {"picture": "x", "beside": "99"}).status_code == 200


def test_a_picture_shows_nobody_more_than_they_may_see(client, frozen, hara):
    from pmo_portal.access.tree import add_scope, office
    from pmo_portal.periods.models import PeriodPictureRow

    scope = add_scope("project", add_scope("portfolio", office(), "P"), "秘密の計画")
    PeriodPictureRow.objects.create(picture=frozen.pictures.get(), scope=scope, content={"confidence": "red"})
    client.force_login(hara)
    assert "秘密の計画" not in client.get(f"/setup/periods/{frozen.key}/").text
