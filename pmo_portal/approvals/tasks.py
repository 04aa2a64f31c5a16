"""What approvals need in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from pmo_portal.approvals import actions
from pmo_portal.approvals.models import ApprovalRequest


@jobs.periodic(every=timedelta(hours=1))
@jobs.job(
    label=gettext_lazy("Fill seats of people who have left"),
    told=lambda done: ngettext("%(n)s seat", "%(n)s seats", done["seated"]) % {"n": done["seated"]},
)
def fill_gone_seats() -> dict:
    """Running requests in which everybody whose turn it is has left get somebody who governs. Safe to run twice."""
    running = ApprovalRequest.objects.filter(
        state=ApprovalRequest.State.RUNNING,
        steps__opened_at__isnull=False,
        steps__ended_at=None,
        steps__seats__state="open",
        steps__seats__person__is_active=False,
    ).distinct()
    return {"seated": sum(actions.fill_gone_seats(request) for request in running)}
