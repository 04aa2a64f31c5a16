"""The administration tier and its rooms, in menu order."""

from django.utils.translation import gettext_lazy as _

from pmo_portal.apps import HouseConfig


class AdministrationConfig(HouseConfig):
    name = "administration"
    verbose_name = _("PMO operations")
    default = True
    rooms = ("collection",)
