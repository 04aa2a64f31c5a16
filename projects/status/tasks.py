"""The status room's jobs."""

from pmo_portal import jobs
from pmo_portal.periods.models import ReportingPeriod
from projects.status import maintaining


@jobs.job(lease=300)
def expect_reports(period_id: int) -> dict:
    """Ask for the reports of a period that has opened."""
    period = ReportingPeriod.objects.get(pk=period_id)
    if period.state != ReportingPeriod.State.OPEN:
        return {"expected": 0}
    return {"expected": maintaining.expect_reports(period)}
