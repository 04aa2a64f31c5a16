"""How long a step keeps a request waiting, as a measure of the office: kept with the act that ends the step."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal.access.models import Scope
from pmo_portal.approvals.models import ApprovalStep, Manner
from pmo_portal.measures import Measure, Value, mark_stale, record, register
from pmo_portal.periods.models import Cadence, ReportingPeriod

STEP_WAIT = "step_wait"


def waits_behind(values: list) -> dict[int, str]:
    """Scope → the steps and requests that a project's own figure was taken from."""
    page = reverse("approvals:waiting_times")
    return {v.scope_id: f"{page}?scope={v.scope_id}" for v in values}


register(
    Measure(
        STEP_WAIT,
        _("Waiting time per approval step"),
        "d",
        _("days from a step's turn to its last signature, mean over the steps that ended in the period"),
        _("Approvals"),
        better="lower",
        rollup="ratio",
        places=1,
        records=waits_behind,
    )
)


def keep_waits(scope_id: int | None, day: date | None = None) -> None:
    """Write the figure of a project for the periods that a day lies in, in the caller's transaction."""
    day = day or timezone.localdate()
    if scope_id is None or not Scope.objects.filter(pk=scope_id, kind=Scope.Kind.PROJECT).exists():
        return
    periods = ReportingPeriod.objects.filter(starts_on__lte=day, ends_on__gte=day).exclude(cadence=Cadence.DATED)
    for period in periods:
        record(scope_id, period.pk, [_value(scope_id, period)])
        mark_stale([(scope_id, period.pk)])


def _value(scope_id: int, period: ReportingPeriod) -> Value:
    ended = ApprovalStep.objects.filter(
        request__scope_id=scope_id,
        opened_at__isnull=False,
        ended_at__date__gte=period.starts_on,
        ended_at__date__lte=period.ends_on,
    ).exclude(manner__in=(Manner.INFORM, Manner.AFTER))
    count = ended.count()
    waited = ended.aggregate(all=Coalesce(Sum(F("ended_at") - F("opened_at")), timedelta()))["all"]
    days = Decimal(waited.total_seconds()) / 86_400
    return Value(STEP_WAIT, days if count else None, count or None)
