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
    """Projects by key first, then by name; without words the ones last changed."""
    from django.db.models import Case, IntegerField, Q, Value, When

    found = queries.projects(viewer).select_related("portfolio", "pm")
    if not words:
        return [_hit(p) for p in found.order_by("-last_change_at")[:6]]
    for word in words.split()[:5]:
        found = found.filter(Q(key__icontains=word) | Q(name_ja__icontains=word) | Q(name_en__icontains=word))
    rank = Case(When(key__istartswith=words, then=Value(0)), default=Value(1), output_field=IntegerField())
    return [_hit(p) for p in found.order_by(rank, "key")[:8]]


def _hit(project) -> search.Hit:
    return search.Hit(project.name, project.get_absolute_url(), f"{project.key}  {project.pm or ''}")


def find_portfolios(viewer, words: str) -> list[search.Hit]:
    from django.db.models import Q

    if not words:
        return []
    found = queries.portfolios(viewer).filter(
        Q(key__icontains=words) | Q(name_ja__icontains=words) | Q(name_en__icontains=words)
    )
    return [search.Hit(p.name, p.get_absolute_url(), p.key, "briefcase") for p in found[:5]]


search.source("projects", label=gettext_lazy("Projects"), find=find_projects)
search.source("portfolios", label=gettext_lazy("Portfolios"), find=find_portfolios)
desk_panel("projects/register/my_projects_panel.html", my_projects, order=10)
