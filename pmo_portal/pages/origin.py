"""The page that somebody had before them when they sent a form, or when a part of it was fetched: where to lead back to."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme


def is_background(request: HttpRequest) -> bool:
    """Whether a script asked: its answer is not shown as a page."""
    htmx = getattr(request, "htmx", None)
    if htmx:
        return not htmx.boosted and not htmx.history_restore_request
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def page_before(request: HttpRequest) -> str:
    """Its address within the portal. Of what was sent or fetched it is the page that the browser names, or, for what was
    sent, the same address where that can be opened; else My desk."""
    own = request.get_full_path()
    if request.method in ("GET", "HEAD") and not is_background(request):
        return own
    named = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    for address in (_within(request, named), own if request.method == "POST" else ""):
        if address and _opens(address):
            return address
    return "/"


def _within(request: HttpRequest, url: str) -> str:
    """The path of an address of this portal; "" for any other."""
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(url)
    if parts.path.startswith("//"):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _opens(address: str) -> bool:
    try:
        view = getattr(resolve(unquote(urlsplit(address).path)).func, "view_class", None)
    except Resolver404:
        return False
    return view is None or ("get" in view.http_method_names and hasattr(view, "get"))
