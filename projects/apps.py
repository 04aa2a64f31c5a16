"""The projects tier and its rooms, in menu order."""

from django.utils.translation import gettext_lazy as _

from pmo_portal.apps import HouseConfig


class ProjectsConfig(HouseConfig):
    name = "projects"
    verbose_name = _("Projects")
    default = True
    rooms = ("register", "status")
