"""`ETag` and `If-Match`: the version a program has before it, so that nobody is overwritten unseen."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

# One entity tag as we give it. A proxy that compresses answers weakens it (W/), and it still names the version.
TAG = re.compile(r'^(?:W/)?"([0-9]{1,9})"$')


def tag_of(version: int) -> str:
    return f'"{version}"'


def version_in(header: str) -> int | None:
    """The version that `If-Match` names; None: none is named (no header, or `*` for whichever there is).

    Raises ValidationError for anything else: a condition that we do not understand must not be taken as none.
    """
    text = header.strip()
    if text in ("", "*"):
        return None
    found = TAG.match(text)
    if found is None:
        said = _("“%(text)s” is no ETag of ours. Send back the ETag as you got it, in its quotation marks.")
        raise ValidationError({"If-Match": [said % {"text": text[:40]}]}, code="etag")
    return int(found[1])
