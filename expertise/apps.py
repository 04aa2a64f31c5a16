"""The expertise tier and its rooms, in menu order."""

from django.utils.translation import gettext_lazy as _

from pmo_portal.apps import HouseConfig


class ExpertiseConfig(HouseConfig):
    name = "expertise"
    verbose_name = _("Methods")
    default = True
    rooms = ()
