"""Who sees projects and portfolios, and who does what with them."""

from pmo_portal import access
from projects.register.models import Milestone, Portfolio, Programme, Project, ProjectMember

OFFICE = ("administrator", "expert", "manager", "auditor")


@access.predicate
def is_pm(viewer, project):
    return project is not None and access.acts_for(viewer, project.pm_id)


@access.predicate
def is_pm_of_project(viewer, part):
    return part is not None and access.acts_for(viewer, part.project.pm_id)


@access.register
class PortfolioAccess(access.Access):
    model = Portfolio
    scope = "scope"
    seen_by = (*OFFICE, "pm", "member", "sponsor")
    mine = ("owner",)
    can = {
        "edit": access.roles("administrator", "manager"),
        "add_project": access.roles("administrator", "manager"),
        "import": access.roles("administrator", "manager"),
        "add_portfolio": access.roles("manager", "administrator"),
    }


@access.register
class ProgrammeAccess(access.Access):
    model = Programme
    scope = "scope"
    seen_by = (*OFFICE, "pm", "member", "sponsor")
    mine = ("owner",)
    can = {"edit": access.roles("administrator", "manager"), "add_project": access.roles("administrator", "manager")}


@access.register
class ProjectAccess(access.Access):
    model = Project
    scope = "scope"
    for_substitutes = True
    seen_by = (*OFFICE, "pm", "member", "sponsor")
    mine = ("pm", "sponsor", "pmo_contact")
    can = {
        "edit": is_pm | access.roles("administrator"),
        "attach": is_pm | access.roles("administrator", "manager", "member"),
        "edit_team": is_pm | access.roles("administrator"),
        "edit_milestones": is_pm | access.roles("administrator"),
        "request_budget": is_pm | access.roles("administrator", "manager"),
        "request_baseline": is_pm | access.roles("administrator", "manager"),
        "revise_budget": access.roles("administrator", "manager") & ~is_pm,
        "place": access.roles("administrator", "manager"),
        "hand_over": is_pm | access.roles("administrator", "manager"),
        "close": is_pm | access.roles("administrator", "manager"),
        "archive": access.roles("manager"),
        "reopen": access.roles("manager") & ~is_pm,
        "report": is_pm | access.roles("administrator"),
        "arrange_reporting": access.roles("administrator") & ~is_pm,
        "propose": is_pm | access.roles("administrator", "manager"),
    }


@access.register
class MilestoneAccess(access.Access):
    model = Milestone
    scope = "project__scope"
    for_substitutes = True
    seen_by = (*OFFICE, "pm", "member", "sponsor")
    mine = ("project__pm", "project__sponsor", "project__pmo_contact", "owner")
    can = {"edit": is_pm_of_project | access.roles("administrator")}


@access.register
class ProjectMemberAccess(access.Access):
    model = ProjectMember
    scope = "project__scope"
    for_substitutes = True
    seen_by = (*OFFICE, "pm", "member", "sponsor")
    mine = ("project__pm", "person")
    can = {"edit": is_pm_of_project | access.roles("administrator")}
