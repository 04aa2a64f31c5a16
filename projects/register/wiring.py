"""What the register hangs on the floor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pmo_portal import api, approvals, asks, feeds, files, search, watching, webhooks
from pmo_portal.approvals.queries import about as requests_about
from pmo_portal.custom import registry as custom
from pmo_portal.desk.panels import desk_panel
from pmo_portal.i18n.dates import format_date
from pmo_portal.i18n.localised import pick
from pmo_portal.pages import menu, panels
from projects.register import approving, editing, forms, guide, queries  # noqa: F401  editing and guide declare themselves
from projects.register.acting import act
from projects.register.api import (
    MemberViewSet,
    MilestoneViewSet,
    PortfolioViewSet,
    ProgrammeViewSet,
    ProjectViewSet,
)
from projects.register.desk import my_projects
from projects.register.models import Portfolio, Project

menu.add(
    tier="projects",
    key="projects:register",
    label=gettext_lazy("Register"),
    icon="folder",
    url_name="projects:register:project_list",
    order=10,
    phone=True,
    go="P",
)
custom.register(
    Project,
    label=gettext_lazy("Projects"),
    state="stage",
    states=Project.Stage.choices,
    currency="currency",
    edited=Q(archived_at=None, state__in=(Project.State.ACTIVE, Project.State.PAUSED)),
)
files.carry(Project, permit="attach", by="key", is_open=lambda project: project.archived_at is None)
api.route("projects", ProjectViewSet)
api.route("portfolios", PortfolioViewSet)
api.route("programmes", ProgrammeViewSet)
api.route("milestones", MilestoneViewSet)
api.route("members", MemberViewSet)
asks.notice(
    "register.handed_over",
    lambda params: (
        _("You now lead %(project)s; what was asked of its PM is on your desk.")
        % {"project": pick(params.get("project_ja", ""), params.get("project_en", ""))}
    ),
    label=gettext_lazy("A project is handed over to you"),
    mandatory=gettext_lazy("You answer for it from then on."),
)
asks.notice(
    "register.placed",
    lambda params: (
        _("%(project)s belongs to %(portfolio)s from %(day)s.")
        % {
            "project": pick(params.get("project_ja", ""), params.get("project_en", "")),
            "portfolio": pick(params.get("portfolio_ja", ""), params.get("portfolio_en", "")),
            "day": format_date(date.fromisoformat(params["on"]), "plain"),
        }
    ),
    label=gettext_lazy("A project of yours moves to another portfolio"),
)
approvals.kind(
    approving.BUDGET,
    label=gettext_lazy("Budget revision"),
    lines=approving.budget_lines,
    mending=forms.BudgetMending,
    mended=approving.budget_mended,
    approved=approving.budget_approved,
    first_routes=(
        approvals.FirstRoute(
            "予算改定（1億円未満）",
            "Budget revision below 100 million",
            (
                (1, "approve", "administrator", "PMOの確認", "PMO check", 2),
                (2, "decide", "manager", "PMOマネージャー決裁", "PMO manager", 3),
            ),
            amount_below=100_000_000,
        ),
        approvals.FirstRoute(
            "予算改定（1億円以上）",
            "Budget revision from 100 million",
            (
                (1, "approve", "administrator", "PMOの確認", "PMO check", 2),
                (2, "agree", "expert", "PMOエキスパート合議", "PMO expert", 3),
                (2, "approve", "manager", "PMOマネージャー承認", "PMO manager", 3),
                (3, "decide", "sponsor", "経営の決裁", "Executive decision", 5),
                (4, "after", "auditor", "後閲", "Read afterwards", None),
            ),
            amount_from=100_000_000,
        ),
        approvals.FirstRoute(
            "予算改定（円以外）",
            "Budget revision in another currency",
            (
                (1, "approve", "manager", "PMOマネージャー承認", "PMO manager", 3),
                (2, "decide", "sponsor", "経営の決裁", "Executive decision", 5),
            ),
        ),
    ),
)
approvals.kind(
    approving.BASELINE,
    label=gettext_lazy("Change of the planned dates"),
    lines=approving.baseline_lines,
    mending=forms.BaselineMending,
    mended=approving.baseline_mended,
    approved=approving.baseline_approved,
    first_routes=(
        approvals.FirstRoute(
            "計画日の変更",
            "Change of the planned dates",
            (
                (1, "consult", "expert", "PMOエキスパートの意見", "PMO expert's opinion", 3),
                (2, "decide", "manager", "PMOマネージャー決裁", "PMO manager", 3),
            ),
        ),
    ),
)

panels.panel(
    Project,
    place="side",
    template="pmo_portal/approvals/panel.html",
    content=lambda viewer, project: {"requests": requests_about(viewer, project)[:5]},
    order=25,
)


def find_projects(viewer, words: str) -> list[search.Hit]:
    """Projects by key and name; without words the ones that the viewer looked at last, then those last changed."""
    if words:
        return [_hit(p) for p in queries.called(viewer, words).select_related("pm")[:8]]
    looked_at = queries.looked_at(viewer, 6)
    others = queries.projects(viewer).exclude(pk__in=[p.pk for p in looked_at]).order_by("-last_change_at")
    return [_hit(p) for p in (*looked_at, *others.select_related("pm")[: 6 - len(looked_at)])]


def find_led(viewer, words: str) -> list[search.Hit]:
    """Projects by who leads them: "aoki"."""
    return [_hit(p) for p in queries.led(viewer, words)[:5]] if words else []


def _hit(project) -> search.Hit:
    return search.Hit(project.name, project.get_absolute_url(), str(project.pm or ""), lead=project.key)


def find_portfolios(viewer, words: str) -> list[search.Hit]:
    if not words:
        return []
    places = (queries.portfolios(viewer), queries.programmes(viewer))
    found = [p for place in places for p in search.among(place, words, "name_ja", "name_en", code="key")[:4]]
    return [search.Hit(p.name, p.get_absolute_url(), icon="briefcase", lead=p.key) for p in found]


def milestone_dates(person, first: date, last: date) -> Iterator[feeds.Entry]:
    for one in queries.milestones_near(person, first, last):
        title, where = f"◆ {one.name} – {one.project.name}", f"{one.project.get_absolute_url()}?tab=milestones"
        yield feeds.Entry(f"milestone{one.pk}", title, one.forecast_on, where, one.project.key, one.updated_at)


def find_milestones(viewer, words: str) -> list[search.Hit]:
    """Milestones of the projects that some of the words call, by the others: "ORION go-live"."""
    return [
        search.Hit(m.name, f"{m.project.get_absolute_url()}?tab=milestones", m.project.name, "calendar", m.code)
        for m in queries.milestones_called(viewer, words)[:5]
    ]


search.source("projects", label=gettext_lazy("Projects"), find=find_projects, order=10)
search.source("portfolios", label=gettext_lazy("Portfolios and programmes"), find=find_portfolios, order=20)
search.source("led", label=gettext_lazy("Projects by their PM"), find=find_led, order=32)
watching.suggest(queries.led_by)
webhooks.tell(Project, name="key", api="projects")
webhooks.tell(Portfolio, name="key", api="portfolios")
feeds.source("milestones", label=gettext_lazy("Milestones"), find=milestone_dates)
search.source("milestones", label=gettext_lazy("Milestones"), find=find_milestones, order=25)
act("register.edit", pgettext_lazy("verb", "Edit"), "edit", "projects:register:project_edit")
act("register.milestone", gettext_lazy("Add a milestone"), "edit_milestones", "projects:register:milestone_new")
act("register.budget", gettext_lazy("Request a budget revision"), "request_budget", "projects:register:budget_revision")
act("register.handover", pgettext_lazy("verb", "Hand over"), "hand_over", "projects:register:handover")
search.command(
    "register.project",
    label=gettext_lazy("New project"),
    url_name="projects:register:project_new",
    seen_by=("administrator", "manager"),
)
desk_panel("projects/register/my_projects_panel.html", my_projects, order=10)
