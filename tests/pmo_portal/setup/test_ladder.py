"""The ladder of reminders as office data: what is written on the page is what is done."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pmo_portal.asks import actions as asks
from pmo_portal.asks.ladder import climb
from pmo_portal.asks.models import LadderStep, Reminder
from pmo_portal.periods.models import CompanyDay
from pmo_portal.setup import ladder

pytestmark = pytest.mark.django_db
STEP = {"kind": "", "offset_days": 1, "act": "escalate", "role": "administrator", "is_active": True}


def overdue(person):
    """An ask that was due on the working day before today."""
    today = timezone.localdate()
    for offset in range(5):
        CompanyDay.objects.create(day=today - timedelta(days=offset), kind="workday")
    asks.ask("status.help", person=person, key="late", due_at=timezone.now() - timedelta(days=1))


def test_a_step_that_was_added_is_climbed_and_one_that_was_removed_is_not(chiba, aoki):
    overdue(aoki)
    step = ladder.save_step(None, by=chiba, **STEP)
    climb()
    assert Reminder.objects.get().receiver == chiba
    Reminder.objects.all().delete()
    ladder.remove_step(step, by=chiba)
    climb()
    assert not Reminder.objects.exists()


def test_a_step_out_of_use_waits(chiba, aoki):
    overdue(aoki)
    step = ladder.save_step(None, by=chiba, **{**STEP, "is_active": False})
    climb()
    assert not Reminder.objects.exists()
    ladder.save_step(step, by=chiba, version=step.version, **STEP)
    climb()
    assert Reminder.objects.count() == 1


def test_an_escalation_without_a_role_and_a_step_twice_are_refused(chiba):
    with pytest.raises(ValidationError):
        ladder.save_step(None, by=chiba, **{**STEP, "role": ""})
    ladder.save_step(None, by=chiba, **STEP)
    with pytest.raises(ValidationError):
        ladder.save_step(None, by=chiba, **STEP)
    assert LadderStep.objects.count() == 1


def test_a_reminder_keeps_no_role(chiba):
    assert ladder.save_step(None, by=chiba, **{**STEP, "act": "remind"}).role == ""


def test_who_does_not_run_the_office_does_not_write_it(aoki, goto):
    for person in (aoki, goto):
        with pytest.raises(PermissionDenied):
            ladder.save_step(None, by=person, **STEP)


def test_a_kinds_own_ladder_begins_as_the_one_for_all_stands(chiba):
    for step in (STEP, {**STEP, "act": "remind", "role": "", "offset_days": -1}):
        ladder.save_step(None, by=chiba, **step)
    own = {**STEP, "kind": "status.report", "act": "remind", "role": "", "offset_days": -2}
    ladder.save_step(None, by=chiba, **own)
    assert sorted(LadderStep.objects.filter(kind="status.report").values_list("offset_days", "act")) == [
        (-2, "remind"),
        (-1, "remind"),
        (1, "escalate"),
    ]
    ladder.save_step(None, by=chiba, **{**own, "offset_days": -3})
    assert LadderStep.objects.filter(kind="status.report").count() == 4
