"""A short document, made while its reader waits."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header

from pmo_portal.pages.base import note_export
from pmo_portal.rendering.faults import Unmade

log = logging.getLogger("pmo_portal.rendering")


def pdf_answer(request, make: Callable[[], bytes], *, name: str, what: str, back: str) -> HttpResponse:
    """The PDF that `make` gives, shown by the browser under `name`; that it went out is written down as `what`. Where it could
    not be made, the page `back` says why."""
    try:
        content = make()
    except Unmade as fault:
        log.error("document %s not made: %s", name, fault)
        messages.error(request, fault.said())
        return HttpResponseRedirect(back)
    note_export(request.user, what, "pdf")
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf") or "inline"
    answer["Cache-Control"] = "private, no-store"
    return answer
