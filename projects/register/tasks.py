"""The register's jobs."""

from datetime import timedelta

from django.utils.translation import gettext_lazy, ngettext

from pmo_portal import jobs
from projects.register import placing


@jobs.periodic(every=timedelta(minutes=30))
@jobs.job(
    label=gettext_lazy("Carry out planned moves of projects"),
    told=lambda done: ngettext("%(n)s project", "%(n)s projects", done["moved"]) % {"n": done["moved"]},
)
def carry_out_moves() -> dict:
    """Move projects whose day has come."""
    return {"moved": placing.carry_out_moves()}
