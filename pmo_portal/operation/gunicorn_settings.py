"""How gunicorn runs the portal, embedded and in production. Sizes come from the environment."""

import os
import shutil
import tempfile

bind = os.environ.get("BIND") or f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(4, os.cpu_count() or 2))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS") or 2)  # so that a slow client does not block; pages are bound by the CPU
timeout = 120  # the longest export
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 8190
limit_request_fields = 60
preload_app = True  # one import for all workers
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  heartbeats only
control_socket_disable = True  # it would be made outside DATA_DIR
accesslog = None  # the portal writes its own line per request, without addresses
errorlog = "-"
loglevel = "warning"
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1"

metrics_folder = ""
if os.environ.get("METRICS_TOKEN") and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    # Counts of one run of this server, joined over its processes; must be named before the client library is imported.
    metrics_folder = tempfile.mkdtemp(prefix="pmo-metrics-", dir=worker_tmp_dir)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics_folder


def on_exit(server) -> None:
    """The counts of this run are of no use to the next one."""
    if metrics_folder:
        shutil.rmtree(metrics_folder, ignore_errors=True)


def post_fork(server, worker) -> None:
    """A connection that was opened before the fork must not be shared."""
    from django.db import connections

    connections.close_all()


def child_exit(server, worker) -> None:
    """What a process that has ended counted is kept; what it measured of itself is not."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)
