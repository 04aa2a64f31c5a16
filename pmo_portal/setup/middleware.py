"""While a system administrator sees the portal as somebody else: that person's pages, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pmo_portal.pages.errors import refused
from pmo_portal.pages.origin import is_background
from pmo_portal.setup import seeing

READING = ("GET", "HEAD", "OPTIONS")
OWN = ("/logout/", "/language/", "/setup/seeing/end/")  # done as oneself, also then
CLOSED = ("/profile/", "/2fa/", "/sessions/", "/password/", "/reauthenticate/", "/calendar/")  # nobody else's business


class SeeAsMiddleware:
    """After the session and its person are known. Whatever a page writes by being read (that it was opened, that news
    was read) is rolled back, so that the person finds the portal as they left it."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or seeing.KEPT not in request.session:
            return self.get_response(request)
        if not request.user.is_authenticated or request.path in OWN:
            return self.get_response(request)
        now = seeing.in_force(request.session, request.user)
        if now is None:
            seeing.end(request.session)
            return self.get_response(request)
        return self._as_them(request, now)

    def _as_them(self, request: HttpRequest, now: seeing.Seeing) -> HttpResponse:
        request.user, request.seeing = now.person, now  # type: ignore[assignment,attr-defined]
        if request.method not in READING:
            return refused(
                request,
                403,
                _("You are only looking"),
                _("You see the portal as %(person)s. Nothing can be changed, sent or decided in their name.")
                % {"person": now.person.name},
            )
        if request.path.startswith(CLOSED):
            return refused(
                request,
                403,
                _("This is theirs alone"),
                _("How somebody signs in, their keys and their calendar address are not shown to anybody else."),
            )
        with transaction.atomic():
            answer = self.get_response(request)
            transaction.set_rollback(True)
        if "attachment" in answer.get("Content-Disposition", ""):
            return self._keep_back(request, answer)
        if answer.status_code == 200 and not is_background(request):
            seeing.note(now, request.get_full_path())
        return answer

    @staticmethod
    def _keep_back(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        """A page in place of a file; what the file's answer holds open is closed with it."""
        page = refused(
            request,
            403,
            _("You are only looking"),
            _("Files are not handed out in somebody else's name. Take them as yourself."),
        )
        page._resource_closers.extend(answer._resource_closers)  # type: ignore[attr-defined]
        return page
