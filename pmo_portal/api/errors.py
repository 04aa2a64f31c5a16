"""Errors as problem details: title, status, detail, and the fields at fault."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from pmo_portal import audit


def problem(status: int, title: str, detail: str = "", fields: dict | None = None) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if fields:
        body["errors"] = fields
    return Response(body, status=status, content_type="application/problem+json")


def answer(error: Exception, context: dict) -> Response | None:
    """DRF's handler for everything the actions raise."""
    if isinstance(error, ValidationError):
        if hasattr(error, "error_dict"):
            return problem(400, "Invalid input", fields=error.message_dict)
        return problem(400, "Invalid input", " ".join(error.messages))
    if isinstance(error, audit.Conflict):
        return problem(412, "Changed meanwhile", f"{error} (now at version {error.current.version})")
    if isinstance(error, PermissionDenied):
        return problem(403, "Not allowed", str(error))
    if isinstance(error, Http404):
        return problem(404, "Not found")
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        fields = response.data if isinstance(response.data, dict) else {"non_field_errors": response.data}
        return problem(400, "Invalid input", fields=fields)
    made = problem(response.status_code, type(error).__name__, str(getattr(error, "detail", "")))
    for name in ("WWW-Authenticate", "Retry-After"):
        if name in response:
            made[name] = response[name]
    return made
