"""What the portfolio room hangs on the floor."""

from django.utils.translation import gettext_lazy as _

from governance.portfolio import book
from pmo_portal.pages import menu

menu.add(
    tier="governance",
    key="governance:portfolio",
    label=_("Portfolio"),
    icon="chart-dots",
    url_name="governance:portfolio:screen",
    order=10,
    seen_by=("manager", "sponsor", "auditor", "administrator", "expert"),
    phone=True,
)
book.declare()
