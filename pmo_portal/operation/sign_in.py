"""Whom a sign-in was tried for: what axes counts, together with the address it came from."""

from __future__ import annotations

from django.http import HttpRequest


def name_tried(request: HttpRequest, credentials: dict | None = None) -> str | None:
    """The account's address, folded so that upper case does not make another account of it."""
    given = credentials or {}
    name = given.get("email") or given.get("username") or (request.POST.get("login") if request is not None else None)
    return name.strip().lower()[:255] if name else None
