"""Whether the portal is up, and the script that keeps a form at hand without a network."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

_migrated = False


def healthz(request: HttpRequest) -> JsonResponse:
    """200 once pages can answer: the database is reached and its migrations are applied; else 503 and why."""
    global _migrated
    try:
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        else:
            connection.ensure_connection()
    except Exception as error:  # whatever the driver says, the answer is "not yet"
        return JsonResponse({"status": "database not reached", "error": type(error).__name__}, status=503)
    return JsonResponse({"status": "ok" if _migrated else "migrations missing"}, status=200 if _migrated else 503)


healthz.public = "load balancers and supervisors ask without an account"  # type: ignore[attr-defined]


def keep(request: HttpRequest) -> HttpResponse:
    """The service worker, from the root of the site so that it may answer for every page; static/src/keep.js."""
    path = Path(finders.find("keep.js") or settings.STATIC_ROOT / "keep.js")
    if not path.is_file():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


keep.public = "a script like any other; it holds nothing of the office"  # type: ignore[attr-defined]
