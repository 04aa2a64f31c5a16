"""The roll-up job."""

from datetime import timedelta

from pmo_portal import jobs
from pmo_portal.measures import rolling


@jobs.periodic(every=timedelta(seconds=30))
@jobs.job(lease=120)
def roll_up() -> dict:
    """Sum again what has changed."""
    made = 0
    while done := rolling.roll_up_stale():
        made += done
        jobs.progress(made)
    return {"sums": made}
