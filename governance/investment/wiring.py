"""What the investment room hangs on the floor."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from governance.investment import actions, approving, queries, routing
from governance.investment.api import ConditionViewSet, ProposalViewSet
from governance.investment.models import ContinuationProposal
from pmo_portal import api, approvals, asks, files, search, webhooks
from pmo_portal.asks import timing
from pmo_portal.i18n.dates import format_date
from pmo_portal.i18n.localised import pick
from pmo_portal.pages import menu, panels
from projects.register.acting import act
from projects.register.models import Project
from projects.register.ports import project_closing, project_state_changed
from projects.status.ports import decisions_asked

api.route("proposals", ProposalViewSet)
api.route("conditions", ConditionViewSet)
COURSES = dict(ContinuationProposal.Course.choices)


def _project(details: dict) -> str:
    return pick(details["project_ja"], details["project_en"])


asks.kind(
    "investment.decision",
    label=gettext_lazy("Decision on a project"),
    title=lambda ask: (
        _("Decide: %(project)s — %(course)s proposed")
        % {"project": _project(ask.details), "course": COURSES[ask.details["course"]]}
    ),
    why=lambda ask: ask.details.get("reason", ""),
    url=lambda ask: reverse("governance:investment:proposal_record", kwargs={"number": ask.details["number"]}),
    verb=pgettext_lazy("verb", "Decide"),
    minutes=5,
)
asks.kind(
    "investment.condition",
    label=gettext_lazy("Condition of a decision"),
    title=lambda ask: f"{ask.details['text']} — {_project(ask.details)}",
    why=lambda ask: _("A condition of decision D-%(number)s.") % {"number": ask.details["number"]},
    url=lambda ask: reverse("governance:investment:condition_closure", kwargs={"pk": ask.object_id}),
    verb=pgettext_lazy("verb", "Report"),
    minutes=10,
)
asks.notice(
    "investment.decided",
    lambda params: (
        _("Decided on %(project)s: %(course)s.") % {"project": _project(params), "course": COURSES[params["course"]]}
        if params["course"]
        else _("Turned down: what was proposed for %(project)s.") % {"project": _project(params)}
    ),
    label=gettext_lazy("A decision on your project"),
    mandatory=gettext_lazy("It says whether your project goes on."),
    mail=timing.ONCE,
)
approvals.kind(
    routing.KIND,
    label=gettext_lazy("Continue or stop"),
    lines=approving.lines,
    listed=approving.listed,
    approved=approving.decided,
    rejected=approving.turned_down,
    returned=approving.came_back,
    resubmitted=approving.goes_again,
    edit_url=lambda request: reverse(
        "governance:investment:proposal_revision", kwargs={"number": request.about.number}
    ),
    decide_url=lambda request: reverse("governance:investment:decision", kwargs={"number": request.about.number}),
    needs_detail=approving.needs_conditions,
    titled=approving.titled,
    parties=routing.parties_of,
    named=routing.deciders_of,
    refreshed=lambda request: routing.content_of(request.about),
    ask="investment.decision",
    ask_details=approving.ask_details,
    tells_drafter=False,
    asks_why=True,
    minutes=5,
    first_routes=(
        approvals.FirstRoute(
            "継続判断",
            "Continue or stop",
            ((1, "decide", "record", "継続判断の決裁", "Decision on the project", 5),),
        ),
    ),
)
menu.add(
    tier="governance",
    key="governance:investment",
    label=gettext_lazy("Continue or stop"),
    icon="scale",
    url_name="governance:investment:proposal_list",
    order=20,
    seen_by=("manager", "sponsor", "auditor", "administrator", "expert"),
    count=queries.waiting_for,
)
panels.panel(
    Project,
    place="side",
    template="governance/investment/project_panel.html",
    order=30,
    content=lambda viewer, project: {"proposals": list(queries.of_project(viewer, project)[:5])},
)


@project_closing.plug
def nothing_left_to_decide(project, by=None) -> None:
    actions.close_case(project, by)


@project_state_changed.plug
def conditions_end_with_their_project(project, was, by=None) -> None:
    actions.release_conditions(project, by)


@decisions_asked.plug
def decision_that_waits(project, viewer):
    """On the paper of a project: what was proposed for it and is not decided."""
    for proposal in queries.undecided(viewer).filter(project=project):
        until = _("decide by %(day)s") % {"day": format_date(proposal.decide_by, "plain")} if proposal.decide_by else ""
        who = "　".join(part for part in (proposal.code, proposal.proposed_by.name, until) if part)
        yield _("Decide: %(course)s") % {"course": proposal.get_course_display()}, proposal.reason, who


def find_proposals(viewer, words: str) -> list[search.Hit]:
    """By number, "D-7", or by the project."""
    names = ("project__key", "project__name_ja", "project__name_en")
    found = search.numbered(queries.proposals(viewer), words, "D", *names)
    return [
        search.Hit(
            f"{p.project.name}: {p.get_course_display()}", p.get_absolute_url(), p.get_state_display(), "scale", p.code
        )
        for p in found[:4]
    ]


webhooks.tell(ContinuationProposal, name="number")
files.carry(ContinuationProposal, permit="attach", by="number", is_open=lambda proposal: proposal.is_under_way)
search.source("proposals", label=gettext_lazy("Continue or stop"), find=find_proposals, order=36)
act(
    "investment.propose",
    gettext_lazy("Propose to continue or stop"),
    "propose",
    "governance:investment:proposal_new",
    icon="scale",
)
