"""A report is seen by whoever sees its project; written by the PM, on behalf by the PMO; judged by the PMO."""

from pmo_portal import access
from projects.status.models import ProjectPeriod, StatusReport

SEEN_BY = ("administrator", "expert", "manager", "auditor", "pm", "member", "sponsor")
MINE = ("project__pm", "project__sponsor", "project__pmo_contact")


@access.predicate
def is_pm_of_report(viewer, report):
    return access.acts_for(viewer, report.project.pm_id)


@access.predicate
def stands_behind(viewer, report):
    """Whose report it is: the PM's, its author's, and that of whoever handed it in; also of those they stand in for."""
    behind = (report.project.pm_id, report.author_id, report.submitted_by_id)
    return any(access.acts_for(viewer, person_id) for person_id in behind)


@access.register
class StatusReportAccess(access.Access):
    model = StatusReport
    scope = "project__scope"
    for_substitutes = True
    seen_by = SEEN_BY
    mine = MINE
    can = {
        "edit": is_pm_of_report | access.roles("administrator"),
        "review": access.roles("administrator") & ~stands_behind,
    }


@access.register
class ProjectPeriodAccess(access.Access):
    model = ProjectPeriod
    scope = "project__scope"
    for_substitutes = True
    seen_by = SEEN_BY
    mine = MINE
