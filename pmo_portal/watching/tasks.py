"""Watchers and those who are named are told by the clock, as the trail goes on."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import jobs
from pmo_portal.watching import actions


@jobs.periodic(every=timedelta(seconds=30))
@jobs.job(
    label=gettext_lazy("Tell those who watch and those who are named"),
    told=lambda done: _("told: %(count)s") % {"count": done["told"]},
)
def tell() -> dict:
    """Read the trail on from where it was read to; safe to run twice and after a crash."""
    told = 0
    while True:
        read, found = actions.read_trail()
        told += found
        if not read:
            return {"told": told}
        jobs.progress(told)
