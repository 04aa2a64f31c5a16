"""The machine's tasks in words for people."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

TASKS = {
    "pmo_portal.audit.seal": gettext_lazy("Take new audit entries into the chain"),
    "pmo_portal.audit.check_chain": gettext_lazy("Check the chain of the audit trail"),
    "pmo_portal.jobs.forget_old": gettext_lazy("Forget work that ended long ago"),
    "pmo_portal.periods.open_periods": gettext_lazy("Plan and open reporting periods"),
    "pmo_portal.periods.close_periods": gettext_lazy("Close and freeze reporting periods"),
    "pmo_portal.measures.roll_up": gettext_lazy("Roll figures up"),
    "pmo_portal.asks.climb_ladder": gettext_lazy("Climb the ladder of reminders"),
    "pmo_portal.asks.write_letter": gettext_lazy("Write a letter"),
    "pmo_portal.asks.send_mail": gettext_lazy("Send the letters that wait"),
    "pmo_portal.asks.send_digests": gettext_lazy("Send the day's digests"),
    "pmo_portal.setup.end_expired_grants": gettext_lazy("End expired roles"),
    "pmo_portal.setup.follow_placements": gettext_lazy("Move people into their new units"),
    "projects.status.expect_reports": gettext_lazy("Ask for status reports"),
    "administration.collection.ask_campaign": gettext_lazy("Ask the questions of a campaign"),
}


def task_name(name: str) -> str:
    """What a task does, or its technical name where nobody has put it into words."""
    return str(TASKS.get(name, name))


def every(span) -> str:
    """How often a periodic task runs."""
    if not isinstance(span, timedelta):
        return _("at set times")
    seconds = int(span.total_seconds())
    if seconds % 3600 == 0:
        return ngettext("every hour", "every %(n)s hours", seconds // 3600) % {"n": seconds // 3600}
    if seconds % 60 == 0:
        return ngettext("every minute", "every %(n)s minutes", seconds // 60) % {"n": seconds // 60}
    return _("every %(n)s seconds") % {"n": seconds}


def step_when(offset: int) -> str:
    """When a rung of the ladder is climbed."""
    if offset == 0:
        return _("On the due day")
    if offset < 0:
        return ngettext("%(n)s working day before", "%(n)s working days before", -offset) % {"n": -offset}
    return ngettext("%(n)s working day after", "%(n)s working days after", offset) % {"n": offset}
