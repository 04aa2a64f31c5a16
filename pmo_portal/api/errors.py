"""Errors as problem details (RFC 9457): what kind, what happened, and by field which rule was broken, in the caller's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from pmo_portal import access, audit

CONTENT_TYPE = "application/problem+json"
# What a program can tell apart: kind → (status, title). Each is an anchor on the page of the API.
KINDS: dict[str, tuple[int, Promise]] = {
    "unreadable": (400, gettext_lazy("This request cannot be read")),
    "invalid-input": (400, gettext_lazy("Invalid input")),
    "not-signed-in": (401, gettext_lazy("A token is needed")),
    "not-allowed": (403, gettext_lazy("Not allowed for you")),
    "not-found": (404, gettext_lazy("Not found")),
    "wrong-method": (405, gettext_lazy("This is not done at this address")),
    "not-acceptable": (406, gettext_lazy("No such format")),
    "settled": (409, gettext_lazy("This was signed already")),
    "changed-meanwhile": (412, gettext_lazy("Changed meanwhile")),
    "too-large": (413, gettext_lazy("This is too large")),
    "wrong-content-type": (415, gettext_lazy("The body is in another format than this address reads")),
    "too-many": (429, gettext_lazy("Asked too often")),
    "key-used": (422, gettext_lazy("This key stands for another request")),
}
OF_STATUS = {status: kind for kind, (status, _title) in KINDS.items() if kind != "invalid-input"}
WHOLE = "non_field_errors"  # the name of what no single field is to blame for


class KeyUsed(exceptions.APIException):
    """The `Idempotency-Key` was sent before with something else."""

    status_code = 422
    default_detail = gettext_lazy("An Idempotency-Key names one request. Take a new key for another one.")


def answer(error: Exception, context: dict) -> Response | None:
    """DRF's handler for everything the actions raise; None: a fault of ours."""
    if isinstance(error, ValidationError):
        return problem("invalid-input", faults=dict(_of_django(error)))
    if isinstance(error, audit.Conflict):
        return _changed(error)
    if isinstance(error, access.Settled):
        return problem("settled", str(error))
    if isinstance(error, PermissionDenied):
        return problem("not-allowed", str(error) or _("Your roles do not allow this here."))
    if isinstance(error, Http404):
        return problem("not-found", _("There is nothing here, or it is outside your scope."))
    if isinstance(error, RequestDataTooBig):
        return problem("too-large", too_large())
    if isinstance(error, exceptions.ValidationError):
        return problem("invalid-input", faults=_gathered(_flat(error.get_full_details())))
    response = exception_handler(error, context)
    return response and _like(response, error)


def problem(kind: str, detail: str = "", faults: dict[str, list[dict]] | None = None) -> Response:
    """`faults`: field → what is wrong with it, each with the rule's name and a sentence."""
    status, title = KINDS[kind]
    return Response(body(kind, status, str(title), detail, faults), status=status, content_type=CONTENT_TYPE)


def body(kind: str, status: int, title: str, detail: str = "", faults: dict | None = None) -> dict[str, Any]:
    where = f"{settings.SITE_URL}/api/v1/docs/#{kind}" if kind in KINDS else "about:blank"
    if faults and not detail:
        detail = " ".join(fault["message"] for fault in faults.get(WHOLE, ()))
    told: dict[str, Any] = {"type": where, "title": title, "status": status, "detail": detail}
    return told | {"errors": faults} if faults else told


def too_large() -> str:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // (1024 * 1024)
    return _("A body holds %(megabytes)s MB at most; files go to the imports.") % {"megabytes": most}


def _changed(conflict: audit.Conflict) -> Response:
    said = _("Someone changed this since you read it: you have version %(yours)s, it is at version %(now)s.")
    made = problem("changed-meanwhile", said % {"yours": conflict.opened_version, "now": conflict.current.version})
    made["ETag"] = f'"{conflict.current.version}"'
    return made


def _like(response: Response, error: Exception) -> Response:
    """DRF's own refusals (sign-in, method, format, throttling), in our shape and with their headers."""
    kind = OF_STATUS.get(response.status_code, "")
    title = KINDS[kind][1] if kind else response.status_text
    made = Response(
        body(kind, response.status_code, str(title), str(getattr(error, "detail", ""))),
        status=response.status_code,
        content_type=CONTENT_TYPE,
    )
    for name in ("WWW-Authenticate", "Retry-After", "Allow"):
        if name in response:
            made[name] = response[name]
    return made


def _of_django(error: ValidationError) -> Iterator[tuple[str, list[dict]]]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {WHOLE: error.error_list}
    for name, found in by_field.items():
        field = WHOLE if name == NON_FIELD_ERRORS else name
        yield field, [{"rule": one.code or "invalid", "message": " ".join(one.messages)} for one in found]


def _flat(details: Any, path: str = "") -> Iterator[tuple[str, dict]]:
    """A fault deep within becomes one of `milestones.0.forecast_on`."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield path or WHOLE, {"rule": str(details["code"]), "message": str(details["message"])}
        return
    parts = details.items() if isinstance(details, dict) else enumerate(details)
    for name, below in parts:
        is_message = isinstance(details, list) and isinstance(below, dict) and set(below) == {"message", "code"}
        within = path if is_message or name == api_settings.NON_FIELD_ERRORS_KEY else f"{path}.{name}".lstrip(".")
        yield from _flat(below, within)


def _gathered(faults: Iterator[tuple[str, dict]]) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for field, fault in faults:
        found.setdefault(field, []).append(fault)
    return found
