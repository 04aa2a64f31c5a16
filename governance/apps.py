"""The governance tier and its rooms, in menu order."""

from django.utils.translation import gettext_lazy as _

from pmo_portal.apps import HouseConfig


class GovernanceConfig(HouseConfig):
    name = "governance"
    verbose_name = _("Governance")
    default = True
    rooms = ("portfolio", "investment")
