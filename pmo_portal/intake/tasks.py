"""Reading, judging and writing in the background."""

from django.utils.translation import gettext_lazy as _

from pmo_portal import jobs
from pmo_portal.intake import running
from pmo_portal.intake.models import ImportRun


@jobs.job(label=_("Read a file for import"), attempts=3)
def preview(run_id: int) -> dict:
    """Read the file, judge every row, keep the rows. Safe to run twice."""
    run = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.READING).first()
    if run is not None:
        running.preview(run)
    return {"run": run_id}


@jobs.job(label=_("Apply an import"), lease=300, attempts=3)
def apply(run_id: int) -> dict:
    """Write what the preview showed, in one transaction. Killed in the middle nothing is written, and it runs again."""
    run = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.APPLYING).first()
    if run is not None:
        running.apply(run)
    return {"run": run_id}
