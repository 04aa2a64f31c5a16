"""A report is seen by whoever sees its project; written by the PM, on behalf by the PMO; judged by the PMO."""

from pmo_portal import access
from projects.status.models import ProjectPeriod, StatusReport

SEEN_BY = ("administrator", "expert", "manager", "auditor", "pm", "member", "sponsor")
MINE = ("project__pm", "project__sponsor", "project__pmo_contact")


@access.predicate
def is_pm_of_report(viewer, report):
    return access.acts_for(viewer, report.project.pm_id)


@access.predicate
def submitted_it(viewer, report):
    return report.submitted_by_id == viewer.pk


@access.register
class StatusReportAccess(access.Access):
    model = StatusReport
    scope = "project__scope"
    for_substitutes = True
    seen_by = SEEN_BY
    mine = MINE
    can = {
        "edit": is_pm_of_report | access.roles("administrator"),
        "review": access.roles("administrator") & ~submitted_it,
    }


@access.register
class ProjectPeriodAccess(access.Access):
    model = ProjectPeriod
    scope = "project__scope"
    for_substitutes = True
    seen_by = SEEN_BY
    mine = MINE
