"""What people see when something cannot be shown: what happened, and the way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.pages.origin import page_before


def refused(request: HttpRequest, status: int, title: str, text: str, back: str = "", way: str = "") -> HttpResponse:
    """A page (or the API's problem) that says in `text` what happened and what to do; `back` is the address of the way on,
    called `way`."""
    if request.path.startswith("/api/"):
        from pmo_portal.api import errors

        told = errors.body(errors.OF_STATUS.get(status, ""), status, title, text)
        return JsonResponse(told, status=status, content_type=errors.CONTENT_TYPE)
    told = {"title": title, "text": text, "status": status, "back": back, "way": way}
    return render(request, "error.html", told, status=status)


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    return refused(request, 400, _("This request cannot be read"), _("Go back and try again; nothing was changed."))


def forbidden(request: HttpRequest, exception=None, reason: str = "") -> HttpResponse:
    if isinstance(exception, access.Settled):
        title, way = exception.title or _("This was signed already"), _("See what came of it")
        return refused(request, 409, title, str(exception), back=exception.url, way=way)
    said = str(exception) if exception and str(exception) else _("Your roles do not include this.")
    return refused(request, 403, _("Not allowed for you"), said)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page that sent the form was not one of this session's."""
    if not request.user.is_authenticated:
        return refused(
            request,
            403,
            _("This was not sent: the page was too old"),
            _(
                "Nothing was changed. Open the page again and send the form from there; the browser has to take cookies."
            ),
            back=page_before(request),
            way=_("Open it again"),
        )
    return refused(
        request,
        403,
        _("This was not sent: the page was older than your sign-in"),
        _(
            "You signed in again after this page was opened, for example in another window. Nothing was changed. Go back "
            "to the form: what you had typed is filled in again. Look it over and send it again."
        ),
        back=page_before(request),
        way=_("Back to the form"),
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
    told = {"request_id": getattr(request, "id", ""), "was_sent": request.method == "POST"}
    return HttpResponse(render_to_string("500.html", told), status=500)
