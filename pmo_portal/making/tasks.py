"""Making what was ordered; forgetting what was kept long enough."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import jobs
from pmo_portal.making import actions


@jobs.job(label=gettext_lazy("Make a file that was ordered"), lease=300, attempts=3)
def make(made_id: int) -> dict:
    """Safe to run twice: what is ready stays."""
    return {"made": actions.make(made_id)}


@jobs.periodic(every=timedelta(hours=1))
@jobs.job(
    label=gettext_lazy("Forget files that were kept for a week"),
    told=lambda done: _("forgotten: %(count)s") % {"count": done["forgotten"]},
)
def sweep() -> dict:
    return {"forgotten": actions.sweep()}
