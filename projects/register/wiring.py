"""What the register hangs on the floor."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import api, asks, search
from pmo_portal.desk.panels import desk_panel
from pmo_portal.i18n.localised import pick
from pmo_portal.pages import menu
from projects.register import queries
from projects.register.api import PortfolioViewSet, ProjectViewSet
from projects.register.desk import my_projects

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
api.route("projects", ProjectViewSet)
api.route("portfolios", PortfolioViewSet)
asks.notice(
    "register.handed_over",
    lambda params: (
        _("You now lead %(project)s; what was asked of its PM is on your desk.")
        % {"project": pick(params.get("project_ja", ""), params.get("project_en", ""))}
    ),
)


def find_projects(viewer, words: str) -> list[search.Hit]:
    """Projects by key and name; without words the ones last changed."""
    found = queries.called(viewer, words) if words else queries.projects(viewer).order_by("-last_change_at")
    return [_hit(p) for p in found.select_related("pm")[: 8 if words else 6]]


def _hit(project) -> search.Hit:
    return search.Hit(project.name, project.get_absolute_url(), str(project.pm or ""), lead=project.key)


def find_portfolios(viewer, words: str) -> list[search.Hit]:
    from django.db.models import Q

    if not words:
        return []
    found = queries.portfolios(viewer).filter(
        Q(key__icontains=words) | Q(name_ja__icontains=words) | Q(name_en__icontains=words)
    )
    return [search.Hit(p.name, p.get_absolute_url(), icon="briefcase", lead=p.key) for p in found[:5]]


search.source("projects", label=gettext_lazy("Projects"), find=find_projects, order=10)
search.source("portfolios", label=gettext_lazy("Portfolios"), find=find_portfolios, order=20)
search.command(
    "register.project",
    label=gettext_lazy("New project"),
    url_name="projects:register:project_new",
    seen_by=("administrator", "manager"),
)
desk_panel("projects/register/my_projects_panel.html", my_projects, order=10)
