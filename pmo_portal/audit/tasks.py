"""The audit package's jobs."""

from datetime import timedelta

from pmo_portal import jobs
from pmo_portal.audit import chain


@jobs.periodic(every=timedelta(seconds=30))
@jobs.job
def seal() -> dict:
    """Take the new audit entries into the hash chain."""
    return {"sealed": chain.seal()}


@jobs.job(lease=300, attempts=2)
def check_chain() -> dict:
    """Walk the whole chain; the result says how many entries stand in it and what is wrong."""
    chain.seal()
    wrong = chain.verify()
    return {"entries": chain.length(), "wrong": wrong[:50], "count": len(wrong)}
