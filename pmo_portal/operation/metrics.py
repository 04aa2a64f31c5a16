"""What Prometheus reads: requests as counted in this server's processes, the queue and the outbox as the database has them.

Routes, never addresses, and nothing about people. The counts of several web processes are joined through files
(`PROMETHEUS_MULTIPROC_DIR`, which `gunicorn_settings` sets where METRICS_TOKEN asks for metrics).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from pmo_portal.asks import queries as asks
from pmo_portal.jobs import queries as jobs

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
own = CollectorRegistry()
REQUESTS = Counter("pmo_requests", "Answers, by route and status", ("method", "route", "status"), registry=own)
SECONDS = Histogram("pmo_request_seconds", "How long answers took", ("method", "route"), buckets=BUCKETS, registry=own)


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """`route` is the pattern of the address; `method` only where HTTP knows it, so that nobody can make series at will."""
    method = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(method, route).observe(seconds)


class OfficeCollector:
    """The queue, the periodic tasks and the outbox, asked of the database whenever Prometheus comes."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        states = GaugeMetricFamily("pmo_jobs", "Pieces of work by state", labels=["state"])
        for state, count in jobs.counts_by_state().items():
            states.add_metric([state], count)
        yield states
        waiting = jobs.oldest_waiting(now)
        yield GaugeMetricFamily("pmo_oldest_job_seconds", "How long the oldest due work has waited", value=waiting)
        ages = GaugeMetricFamily(
            "pmo_periodic_age_seconds", "Since the last run of each periodic task", labels=["task"]
        )
        failed = GaugeMetricFamily("pmo_periodic_failed", "1 where the last run failed", labels=["task"])
        for run in jobs.last_runs():
            ages.add_metric([run.name], (now - (run.started_at or now)).total_seconds())
            failed.add_metric([run.name], run.outcome == run.Outcome.FAILED)
        yield from (ages, failed)
        yield GaugeMetricFamily("pmo_mail_waiting", "Letters in the outbox", value=asks.letters_waiting())


def exposition() -> bytes:
    """All of it in Prometheus' text format."""
    joined = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(joined)
    office = CollectorRegistry()
    office.register(OfficeCollector())
    counted = generate_latest(joined) if os.environ.get("PROMETHEUS_MULTIPROC_DIR") else generate_latest(own)
    return counted + generate_latest(office)
