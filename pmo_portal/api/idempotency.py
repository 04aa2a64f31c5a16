"""`Idempotency-Key`: a program that heard no answer sends the same request again, and it is done once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pmo_portal.api.actions import answer_once

HEADER = "Idempotency-Key"
KEY = re.compile(r"^[\x21-\x7e]{1,200}$")


def once(handler: Callable[..., Response], request: Request, *args, **kwargs) -> Response:
    """What `handler` answers; or, where this person has sent the same request under the same key, what it answered."""
    key = request.headers[HEADER].strip()
    if not KEY.match(key):
        raise ValidationError({HEADER: [_("A key is 1 to 200 visible ASCII characters, such as a UUID.")]}, code="key")

    def act() -> tuple[int, Any]:
        made = handler(request, *args, **kwargs)
        return made.status_code, made.data

    status, told, is_replayed = answer_once(request.user, key, _digest(request), act)
    return Response(told, status=status, headers={"Idempotency-Replayed": "true"} if is_replayed else None)


def _digest(request: Request) -> str:
    """The same for what asks the same: address, condition and what the body says, however it is laid out."""
    said = [request.path, request.headers.get("If-Match", ""), _plain(request.data)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _plain(given: Any) -> Any:
    if not hasattr(given, "lists"):
        return given
    return {name: [_of_file(v) if isinstance(v, UploadedFile) else v for v in values] for name, values in given.lists()}


def _of_file(file: UploadedFile) -> list:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return [file.name, digest.hexdigest()]
