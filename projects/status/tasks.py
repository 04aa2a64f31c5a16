"""The status room's jobs."""

from datetime import timedelta

from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from pmo_portal.custom.models import CustomField
from pmo_portal.periods.models import ReportingPeriod
from projects.status import actions, maintaining


@jobs.job(
    label=gettext_lazy("Ask for status reports"),
    told=lambda done: ngettext("%(n)s project", "%(n)s projects", done["expected"]) % {"n": done["expected"]},
)
def expect_reports(period_id: int) -> dict:
    """Ask for the reports of a period that has opened."""
    period = ReportingPeriod.objects.get(pk=period_id)
    if period.state != ReportingPeriod.State.OPEN:
        return {"expected": 0}
    return {"expected": maintaining.expect_reports(period)}


@jobs.periodic(every=timedelta(minutes=30))
@jobs.job(
    label=gettext_lazy("Ask projects that joined since"),
    told=lambda done: ngettext("%(n)s project", "%(n)s projects", done["asked"]) % {"n": done["asked"]},
)
def expect_newcomers() -> dict:
    """Ask projects that came while a period was open."""
    return {"asked": maintaining.expect_newcomers()}


@jobs.job(label=gettext_lazy("Bring figures in step after an import"), lease=120)
def keep_figures(portfolio_id: int, period_ids: list[int]) -> dict:
    """Bring rows, measures and sums in step after an import or its undoing. Safe to run twice."""
    return {"rows": maintaining.keep_figures(portfolio_id, period_ids)}


@jobs.job(
    label=gettext_lazy("Keep the figures of a custom field"),
    told=lambda done: ngettext("%(n)s report", "%(n)s reports", done["rows"]) % {"n": done["rows"]},
)
def keep_own_figures(field_id: int) -> dict:
    """After a change of a field of the office's own. Safe to run twice."""
    field = CustomField.objects.get(pk=field_id)
    actions.redigest(field)
    return {"rows": maintaining.keep_own_figures(field)}
