"""A kept file on its way to a browser: whole or in part, never to be run there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from pmo_portal.files import drawing, storing
from pmo_portal.files.kinds import text_of
from pmo_portal.files.models import FileVersion
from pmo_portal.files.ranges import OutOfFile, part_of

SHOWN = 32 * 1024  # bytes of a text that a page shows
# Whatever the content is, a browser that shows it runs nothing of it and gives it nothing of the portal.
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


def download(request: HttpRequest, version: FileVersion, name: str = "") -> HttpResponseBase:
    """The bytes, to be saved under `name` (else the version's own); parts of them where the browser asks (a download that goes on)."""
    tag, name = f'"{version.sha256}"', name or version.name
    headers = SAFE | {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
    }
    mime = version.is_of.mime
    if request.headers.get("If-None-Match") in (tag, "*"):
        return HttpResponseNotModified(headers=headers)
    whole = request.headers.get("If-Range", tag) != tag
    try:
        part = None if whole else part_of(request.headers.get("Range", ""), version.size)
    except OutOfFile:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{version.size}"})
    file = _opened(version.path)
    if part is None:
        return FileResponse(file, as_attachment=True, filename=name, content_type=mime, headers=headers)
    first, last = part
    answer = StreamingHttpResponse(_between(file, first, last), status=206, content_type=mime, headers=headers)
    answer.headers["Content-Range"] = f"bytes {first}-{last}/{version.size}"
    answer.headers["Content-Length"] = str(last - first + 1)
    return answer


def picture(version: FileVersion, page: int) -> HttpResponseBase:
    """A drawn page, to be shown."""
    if not 1 <= page <= version.pages:
        raise Http404
    file = _opened(f"{drawing.folder_of(version.pk)}/{page}.webp")
    return FileResponse(file, content_type="image/webp", headers=SAFE | {"Cache-Control": "private, max-age=86400"})


def beginning(version: FileVersion) -> tuple[str, bool]:
    """The first words of a text, and whether there are more."""
    if version.is_of.preview != "text":
        return "", False
    with _opened(version.path) as file:
        head = file.read(SHOWN)
    return (text_of(head, whole=version.size <= SHOWN) or "").replace("\r\n", "\n"), version.size > SHOWN


def _opened(name: str) -> BinaryIO:
    try:
        return storing.opened(name)
    except (OSError, ValueError):
        raise Http404 from None  # `manage.py verify` tells which files are gone


def _between(file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left and (block := file.read(min(storing.CHUNK, left))):
            left -= len(block)
            yield block
