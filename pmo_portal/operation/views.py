"""Whether the portal is up and keeps up, and the script that keeps a form at hand without a network."""

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from pmo_portal.operation import readiness
from pmo_portal.operation.metrics import exposition


def healthz(request: HttpRequest) -> JsonResponse:
    """200 once pages can answer: the database is reached and its migrations are applied; else 503 and why."""
    found = readiness.database()
    return JsonResponse({"status": found}, status=200 if found == "ok" else 503)


healthz.public = "load balancers and supervisors ask without an account"  # type: ignore[attr-defined]


def readyz(request: HttpRequest) -> JsonResponse:
    """200 while database, broker and workers keep up; else 503, and what does not. For alarms rather than restarts."""
    ready, found = readiness.report()
    return JsonResponse(found, status=200 if ready else 503)


readyz.public = "supervisors ask without an account; it tells ages and states only"  # type: ignore[attr-defined]


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for whoever shows METRICS_TOKEN as a bearer; not there at all where none is set."""
    if not settings.METRICS_TOKEN:
        raise Http404
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


metrics.public = "behind a token of its own, METRICS_TOKEN"  # type: ignore[attr-defined]


def keep(request: HttpRequest) -> HttpResponse:
    """The service worker, from the root of the site so that it may answer for every page; static/src/keep.js."""
    path = Path(finders.find("keep.js") or settings.STATIC_ROOT / "keep.js")
    if not path.is_file():
        raise Http404
    return HttpResponse(path.read_bytes(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


keep.public = "a script like any other; it holds nothing of the office"  # type: ignore[attr-defined]
