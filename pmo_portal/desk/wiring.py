"""My desk's place in the menu."""

from django.utils.translation import gettext_lazy as _

from pmo_portal.asks.queries import waiting
from pmo_portal.pages import menu

menu.add(
    tier="desk",
    key="desk:desk",
    label=_("My desk"),
    icon="layout-list",
    url_name="desk:desk",
    order=0,
    phone=True,
    count=lambda viewer: waiting(viewer).count(),
)
