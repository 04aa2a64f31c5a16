"""The job table: one row per piece of work, claimed once, tried again, given up, cancelled; the clock's slots."""

from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import crontab
from django.db import connection, transaction
from django.utils import timezone

from pmo_portal import jobs
from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.jobs.registry import Periodic, known, name_of, periodics

pytestmark = pytest.mark.django_db
ran: list = []


@jobs.job
def note(*args):
    ran.append(args)
    return {"seen": list(args)}


@jobs.job(attempts=3)
def fails():
    ran.append("failed")
    raise ValueError("no luck")


@jobs.job
def breaks_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


@jobs.job
def steps():
    for number in range(1, 4):
        jobs.progress(number, 3, f"row {number}")
        ran.append(number)
    return {"rows": 3}


@jobs.job
def stopped_halfway():
    jobs.cancel(Job.objects.get(state=Job.State.RUNNING))
    jobs.progress(1, 2)
    ran.append("went on")


@jobs.job
def loses_its_lease():
    Job.objects.filter(state=Job.State.RUNNING).update(lease="someone else's")
    jobs.progress(1, 2)
    ran.append("went on")


@jobs.job(atomic=True)
def writes_and_fails():
    PeriodicRun.objects.create(name="half done")
    raise ValueError("no luck")


@pytest.fixture(autouse=True)
def nothing_ran():
    ran.clear()


@pytest.fixture
def by_the_clock(monkeypatch):
    """No periodic task but those that the test registers."""
    for name in list(periodics):
        monkeypatch.delitem(periodics, name)
    return lambda every: monkeypatch.setitem(periodics, name_of(note), Periodic(name_of(note), every))


def test_a_job_runs_once_with_its_arguments_and_keeps_its_result():
    job = jobs.submit(name_of(note), 7, "seven")
    assert jobs.drain() == 1
    assert jobs.drain() == 0
    job.refresh_from_db()
    assert ran == [(7, "seven")]
    assert (job.state, job.result, job.attempts) == ("done", {"seen": [7, "seven"]}, 1)
    assert job.finished_at and not job.lease_until


def test_a_job_of_a_transaction_that_fails_was_never_there():
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.submit(name_of(note), 1)
        raise RuntimeError
    assert not Job.objects.exists()


def test_an_unknown_job_is_refused_at_once():
    with pytest.raises(LookupError):
        jobs.submit("nobody.knows")


def test_a_job_whose_code_is_gone_is_given_up():
    job = Job.objects.create(name="room.that.was.removed", run_after=timezone.now())
    assert jobs.drain() == 0
    job.refresh_from_db()
    assert job.state == "dead"
    assert "room.that.was.removed" in job.error


def test_the_same_key_waits_once():
    first = jobs.submit(name_of(note), key="roll-up")
    assert jobs.submit(name_of(note), key="roll-up") == first
    assert jobs.submit(name_of(note), key="other") != first
    assert jobs.drain() == 2


def test_work_submitted_while_the_same_runs_is_done_after_it():
    running = jobs.submit(name_of(note), "first", key="roll-up")
    Job.objects.filter(pk=running.pk).update(state="running", lease_until=timezone.now() + timedelta(seconds=60))
    second = jobs.submit(name_of(note), "second", key="roll-up")
    assert second != running
    assert not jobs.run(second.pk), "two with one key must not run at the same time"
    Job.objects.filter(pk=running.pk).update(state="done", lease_until=None)
    assert jobs.run(second.pk)
    assert ran == [("second",)]


def test_a_failed_attempt_steps_back_for_the_same_work_that_waits_already():
    first = jobs.submit(name_of(fails), key="roll-up")
    Job.objects.filter(pk=first.pk).update(state="running", lease_until=timezone.now() - timedelta(seconds=1))
    second = jobs.submit(name_of(fails), key="roll-up")
    assert jobs.run(first.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("cancelled", "queued")


def test_a_failing_job_is_tried_again_later_each_time_and_then_given_up():
    job = jobs.submit(name_of(fails))
    waits = []
    for _attempt in range(3):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        assert jobs.drain() == 1
        job.refresh_from_db()
        waits.append(round((job.run_after - timezone.now()).total_seconds(), -1))
    assert ran == ["failed"] * 3
    assert job.state == "dead"
    assert "ValueError: no luck" in job.error
    assert waits[:2] == [0, 20]  # five seconds, rounded; then twenty
    assert jobs.retry(job)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


def test_an_error_of_the_database_is_an_error_of_the_job_alone():
    job = jobs.submit(name_of(breaks_the_database))
    jobs.drain()
    job.refresh_from_db()
    assert job.state == "queued"
    assert "nowhere" in job.error


def test_strict_draining_tells_of_the_failure():
    jobs.submit(name_of(fails))
    with pytest.raises(RuntimeError, match="no luck"):
        jobs.drain(strict=True)


def test_an_atomic_job_that_fails_leaves_nothing_behind():
    jobs.submit(name_of(writes_and_fails))
    jobs.drain()
    assert not PeriodicRun.objects.filter(name="half done").exists()


def test_progress_is_written_down():
    job = jobs.submit(name_of(steps))
    jobs.drain()
    job.refresh_from_db()
    assert (job.done, job.total, job.note, job.percent) == (3, 3, "row 3", 100)


def test_a_queued_job_can_be_cancelled_and_a_running_one_stops_at_its_next_step():
    waiting = jobs.submit(name_of(note))
    jobs.cancel(waiting)
    running = jobs.submit(name_of(stopped_halfway))
    jobs.drain()
    waiting.refresh_from_db()
    running.refresh_from_db()
    assert (waiting.state, running.state, ran) == ("cancelled", "cancelled", [])


def test_a_worker_that_lost_its_lease_stops_and_ends_nothing():
    job = jobs.submit(name_of(loses_its_lease))
    jobs.drain()
    job.refresh_from_db()
    assert (job.state, ran) == ("running", [])


def test_a_job_left_by_a_dead_worker_is_taken_over_when_its_lease_ends():
    job = jobs.submit(name_of(note))
    until = timezone.now() + timedelta(seconds=30)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1, lease="dead worker's", lease_until=until)
    assert not jobs.run(job.pk)
    ago = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(woken_at=ago - timedelta(seconds=1), lease_until=ago)
    assert jobs.sweep() == 1
    assert jobs.sweep() == 0
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_a_job_that_kills_its_workers_is_given_up():
    job = jobs.submit(name_of(fails))
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=3, lease_until=past)
    jobs.drain()
    job.refresh_from_db()
    assert (job.state, ran) == ("dead", [])


def test_the_sweeper_does_not_shout():
    jobs.submit(name_of(note))
    assert jobs.sweep() == 0, "it was woken when it was submitted"
    later = timezone.now() + timedelta(seconds=30)
    assert jobs.sweep(later) == 1
    assert jobs.sweep(later + timedelta(seconds=3)) == 0


def test_a_job_for_later_waits_until_then():
    job = jobs.submit(name_of(note), run_after=timezone.now() + timedelta(hours=1))
    assert jobs.drain() == 0
    assert jobs.sweep() == 0
    assert jobs.sweep(timezone.now() + timedelta(hours=2)) == 1
    job.refresh_from_db()
    assert job.state == "queued"


def test_two_clocks_submit_a_periodic_task_once_in_each_span(by_the_clock):
    by_the_clock(timedelta(minutes=10))
    now = datetime(2026, 11, 23, 9, 1, tzinfo=UTC)
    assert jobs.tick(now) == [name_of(note)]
    assert jobs.tick(now + timedelta(minutes=8)) == []
    assert Job.objects.count() == 1
    assert jobs.tick(now + timedelta(minutes=9)) == [name_of(note)]
    assert Job.objects.count() == 1, "the one of the span before still waits"


def test_a_crontab_waits_for_its_moment(by_the_clock):
    by_the_clock(crontab(hour="8", minute="0"))
    assert jobs.tick() == []
    yesterday = (timezone.now() - timedelta(hours=25)).isoformat()
    PeriodicRun.objects.update(slot=yesterday)
    assert jobs.tick() == [name_of(note)]
    assert jobs.tick() == []


def test_the_last_run_of_a_periodic_task_is_kept_with_its_outcome(by_the_clock):
    by_the_clock(timedelta(minutes=10))
    jobs.tick()
    jobs.drain()
    run = PeriodicRun.objects.get(name=name_of(note))
    assert run.outcome == "ok"
    assert run.started_at is not None
    assert run.seconds is not None
    assert run.result == {"seen": []}


def test_everything_registered_carries_the_name_it_is_submitted_by():
    assert all(name == kind.name for name, kind in known.items())
    assert set(periodics) <= set(known)
