"""Who looks at the machine's work: those who run it, and whoever asked for a piece of it."""

from pmo_portal import access
from pmo_portal.jobs.models import Job, PeriodicRun


@access.predicate
def asked_for_it(viewer, job):
    return job is not None and job.requested_by_id == viewer.pk


@access.register
class JobAccess(access.Access):
    model = Job
    seen_by = ("sysadmin",)
    mine = ("requested_by",)
    can = {"retry": access.roles("sysadmin"), "cancel": access.roles("sysadmin") | asked_for_it}


@access.register
class PeriodicRunAccess(access.Access):
    model = PeriodicRun
    seen_by = ("sysadmin", "administrator", "auditor")
    can = {"run": access.roles("sysadmin")}
