"""The API's jobs."""

from datetime import timedelta

from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from pmo_portal.api import actions


@jobs.periodic(every=timedelta(hours=24))
@jobs.job(
    label=gettext_lazy("Forget old answers of the API"),
    told=lambda done: ngettext("%(n)s kept answer", "%(n)s kept answers", done["forgotten"]) % {"n": done["forgotten"]},
)
def forget_answers() -> dict:
    """Delete the answers kept for Idempotency-Keys that are older than a week."""
    return {"forgotten": actions.forget_old_answers()}
