"""Running the machine's work by hand: another try, a stop, a periodic task now."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal import access, audit, jobs
from pmo_portal.asks import outbox
from pmo_portal.asks.models import MailMessage
from pmo_portal.jobs.models import Job, PeriodicRun


@transaction.atomic
def retry_job(job: Job, *, by) -> Job:
    """Another life for a job that was given up."""
    access.require(by, "retry", job)
    if not jobs.retry(job):
        raise ValidationError(
            _("Only work that was given up can be tried again; perhaps it runs already."), code="state"
        )
    audit.log(job, "retried", by=by)
    return job


@transaction.atomic
def cancel_job(job: Job, *, by) -> Job:
    """A waiting job goes at once, a running one at its next step."""
    access.require(by, "cancel", job)
    if job.state not in (Job.State.QUEUED, Job.State.RUNNING):
        raise ValidationError(_("This work has ended."), code="state")
    jobs.cancel(job)
    audit.log(job, "cancelled", by=by)
    return job


@transaction.atomic
def run_now(run: PeriodicRun, *, by) -> Job:
    """The periodic task at once; where it waits already, that one counts."""
    access.require(by, "run", run)
    if run.name not in jobs.periodics:
        raise ValidationError(_("This task is no longer part of the portal."), code="gone")
    job = jobs.submit(run.name, key=f"periodic:{run.name}")
    audit.log(run, "started", by=by)
    return job


@transaction.atomic
def send_letter_again(letter: MailMessage, *, by) -> MailMessage:
    """Another life for a letter that was given up."""
    access.require(by, "send_again", letter)
    if not outbox.send_again(letter):
        raise ValidationError(_("Only a letter that was given up can be sent again."), code="state")
    audit.log(letter, "retried", by=by)
    return letter


def check_trail(*, by) -> Job:
    """Walk the whole hash chain, as a job; its result says what is wrong."""
    return jobs.submit("pmo_portal.audit.check_chain", by=by, key="check_chain")
