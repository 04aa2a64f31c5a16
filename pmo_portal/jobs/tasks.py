"""The job table's own housekeeping."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal.jobs.models import Job
from pmo_portal.jobs.registry import job, periodic


@periodic(every=timedelta(hours=6))
@job(
    label=gettext_lazy("Forget work that ended long ago"),
    told=lambda done: ngettext("%(n)s forgotten", "%(n)s forgotten", done["dropped"]) % {"n": done["dropped"]},
)
def forget_old() -> dict:
    """Drop finished jobs after 30 days, the clock's own after one; dead ones stay until somebody looks."""
    now = timezone.now()
    finished = Job.objects.filter(state__in=(Job.State.DONE, Job.State.CANCELLED))
    gone = finished.filter(finished_at__lt=now - timedelta(days=30)).delete()[0]
    gone += finished.filter(key__startswith="periodic:", finished_at__lt=now - timedelta(days=1)).delete()[0]
    return {"dropped": gone}
