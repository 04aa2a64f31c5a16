"""What people see when something cannot be shown: what happened, and the way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def refused(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """A page (or the API's problem) that says in `text` what happened and what to do."""
    if request.path.startswith("/api/"):
        from pmo_portal.api import errors

        told = errors.body(errors.OF_STATUS.get(status, ""), status, title, text)
        return JsonResponse(told, status=status, content_type=errors.CONTENT_TYPE)
    return render(request, "error.html", {"title": title, "text": text, "status": status}, status=status)


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    return refused(request, 400, _("This request cannot be read"), _("Go back and try again; nothing was changed."))


def forbidden(request: HttpRequest, exception=None, reason: str = "") -> HttpResponse:
    said = str(exception) if exception and str(exception) else _("Your roles do not include this.")
    return refused(request, 403, _("Not allowed for you"), said)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refused(
        request,
        403,
        _("This form is no longer valid"),
        _("It was opened in another sign-in or too long ago. Go back, reload the page, and send it again."),
    )


def not_found(request: HttpRequest, exception=None) -> HttpResponse:
    return refused(
        request,
        404,
        _("Not found"),
        _("There is nothing here, or it is outside your scope. Search for it, or start at My desk."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    from django.template.loader import render_to_string

    if request.path.startswith("/api/"):
        return refused(request, 500, _("Something broke here"), _("It was noted; nothing was changed."))
    return HttpResponse(render_to_string("500.html", {"request_id": getattr(request, "id", "")}), status=500)
