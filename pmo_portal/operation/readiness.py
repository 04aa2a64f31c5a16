"""Whether everything the portal stands on is there: database, broker, workers that keep up."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from kombu import Connection

from pmo_portal.jobs import queries

LATE = 300.0  # seconds that due work may wait before somebody should look
PATIENCE = 2  # seconds for the broker's answer
_migrated = False


def database() -> str:
    """`ok`, or in words why pages cannot be answered yet. Asked once for migrations, then for the connection only."""
    global _migrated
    try:
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        else:
            connection.ensure_connection()
    except Exception as error:  # whatever the driver says, the answer is "not yet"
        return f"not reached: {type(error).__name__}"
    return "ok" if _migrated else "migrations missing"


def broker() -> str:
    """`ok`, or why no worker can be woken. Work waits for the sweeper meanwhile; nothing is lost."""
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("data_folder_out")
    try:
        if folder:
            probe = Path(folder) / ".probe"
            probe.parent.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink(missing_ok=True)
            return "ok"
        with Connection(
            settings.CELERY_BROKER_URL,
            connect_timeout=PATIENCE,
            transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        ) as connected:
            connected.ensure_connection(max_retries=1, timeout=PATIENCE)
    except Exception as error:  # each broker has exceptions of its own
        return f"not reached: {type(error).__name__}"
    return "ok"


def report() -> tuple[bool, dict[str, object]]:
    """Whether the portal is ready, and each finding by name: `database`, `broker`, `oldest_job_seconds`."""
    found: dict[str, object] = {"database": database(), "broker": broker()}
    waiting = queries.oldest_waiting(timezone.now()) if found["database"] == "ok" else None
    found["oldest_job_seconds"] = None if waiting is None else round(waiting)
    ready = found["database"] == found["broker"] == "ok" and waiting is not None and waiting <= LATE
    return ready, {"status": "ok" if ready else "not ready", **found}
