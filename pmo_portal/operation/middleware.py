"""What surrounds every request: its id, its limits, the headers of its answer, the person's language and zone."""

from __future__ import annotations

import errno
import re
import secrets
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pmo_portal.audit import context
from pmo_portal.operation.metrics import note_request

log = structlog.get_logger("pmo_portal.requests")
ACCEPTABLE_ID = re.compile(r"^[A-Za-z0-9._-]{8,40}$")
SLOW = 2.0  # seconds


class RequestIdMiddleware:
    """Gives the request an id that stands in audit entries, logs and the answer; writes one log line per request."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if ACCEPTABLE_ID.match(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        token = context.request_id.set(request.id)  # type: ignore[attr-defined]
        started = time.monotonic()
        try:
            answer = self.get_response(request)
            self._note(request, answer, time.monotonic() - started)
        finally:
            context.request_id.reset(token)
        answer["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return answer

    @staticmethod
    def _note(request: HttpRequest, answer: HttpResponse, seconds: float) -> None:
        """The route, not the address: an address can hold a name or a key."""
        route = request.resolver_match.route if request.resolver_match else "-"
        note_request(request.method or "", route, answer.status_code, seconds)
        write = log.warning if answer.status_code >= 500 or seconds > SLOW else log.info
        write(
            "request",
            method=request.method,
            route=route,
            status=answer.status_code,
            milliseconds=round(seconds * 1000),
        )


class PolicyMiddleware:
    """Headers that Django has no setting for; personal pages stay out of shared caches."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer


FRAME = 64 * 1024  # what a form puts around a file, so that one of exactly the limit still comes in


class UploadMiddleware:
    """Refuses what is too large before reading it, and reads uploads where a full disk can still be said kindly."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.UPLOAD_LIMIT + (FRAME if request.content_type == "multipart/form-data" else 0):
            return too_large(request)
        if request.method == "POST" and request.content_type == "multipart/form-data":
            try:
                request.POST  # noqa: B018  reads the body; Django keeps the result
            except RequestDataTooBig:
                return too_large(request)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                log.error("upload refused: the disk is full")
                return disk_full(request)
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def too_large(request: HttpRequest) -> HttpResponse:
    from pmo_portal.pages.errors import refused

    most = settings.UPLOAD_LIMIT // (1024 * 1024)
    text = _("At most %(megabytes)s MB can be sent at once. Split the file, or leave out what is not needed.")
    return refused(request, 413, _("This is too large"), text % {"megabytes": most})


def disk_full(request: HttpRequest) -> HttpResponse:
    from pmo_portal.pages.errors import refused

    text = _("The portal has no room left for files. Nothing was changed; please tell the system administrator.")
    return refused(request, 507, _("The file could not be stored"), text)


class PersonMiddleware:
    """Speaks the signed-in person's language and shows times in their zone. A language cookie set since wins."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if person.is_authenticated:
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(person.language)
                request.LANGUAGE_CODE = person.language
            timezone.activate(ZoneInfo(person.timezone))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class SessionListMiddleware:
    """Keeps the person's list of own sign-ins: once a minute for each, and at once where the address or the browser
    changes. (allauth's own middleware writes with every page, which on SQLite makes every reader a writer.)"""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and not hasattr(request, "seeing"):
            seen = (key, request.META.get("REMOTE_ADDR"), request.headers.get("User-Agent"))
            if caches["near"].add(f"sign_in:{hash(seen)}", True, 60):
                UserSession.objects.create_from_request(request)
        return self.get_response(request)
