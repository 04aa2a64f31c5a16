"""The audit package's jobs."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from pmo_portal.audit import chain


@jobs.periodic(every=timedelta(seconds=30))
@jobs.job(
    label=gettext_lazy("Take new audit entries into the chain"),
    told=lambda done: ngettext("%(n)s entry", "%(n)s entries", done["sealed"]) % {"n": done["sealed"]},
)
def seal() -> dict:
    """Take the new audit entries into the hash chain."""
    return {"sealed": chain.seal()}


@jobs.job(
    label=gettext_lazy("Check the chain of the audit trail"),
    told=lambda done: _("%(entries)s entries, %(count)s wrong") % done,
    attempts=2,
)
def check_chain() -> dict:
    """Walk the whole chain; the result says how many entries stand in it and what is wrong."""
    chain.seal()
    wrong = chain.verify()
    return {"entries": chain.length(), "wrong": wrong[:50], "count": len(wrong)}
