"""The roll-up job."""

from datetime import timedelta

from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from pmo_portal.measures import rolling


@jobs.periodic(every=timedelta(seconds=30))
@jobs.job(
    label=gettext_lazy("Roll figures up"),
    told=lambda done: ngettext("%(n)s sum", "%(n)s sums", done["sums"]) % {"n": done["sums"]},
)
def roll_up() -> dict:
    """Sum again what has changed."""
    made = 0
    while done := rolling.roll_up_stale():
        made += done
        jobs.progress(made)
    return {"sums": made}
