"""Drawing previews, and sweeping what belongs to nothing."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import jobs
from pmo_portal.files import previews, sweeping


@jobs.job(label=gettext_lazy("Draw a preview"), lease=180, attempts=3)
def draw(version_id: int) -> dict:
    """Draw the pages of one version of a file; drawn once more, they are the same."""
    return {"pages": previews.draw(version_id)}


@jobs.periodic(every=timedelta(hours=24))
@jobs.job(
    label=gettext_lazy("Sweep files that belong to nothing"),
    told=lambda done: _("swept: %(count)s, drawn late: %(late)s") % {"count": done["swept"], "late": done["late"]},
)
def sweep() -> dict:
    """What an upload left behind that was broken off, pictures of nothing; and what could not be drawn before LibreOffice came."""
    return {"swept": sweeping.sweep(), "late": previews.draw_late()}
