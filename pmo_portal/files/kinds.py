"""What a file is, told from its bytes and not from its name. Pure.

Only kinds that an office exchanges are taken. A name may say less than the content (none, or one of its own family), never
something else: a program that calls itself a PDF is refused.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

LONGEST_NAME = 180
HEAD = 4096  # bytes that tell most kinds
_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Kind:
    """One sort of file. `preview`: "picture", "pdf", "office" (by way of a PDF), "text" (its
    beginning), or "" for none. `icon` of the portal's set."""

    key: str
    mime: str
    endings: tuple[str, ...]
    preview: str = ""
    icon: str = "file-text"


KINDS = {
    kind.key: kind
    for kind in (
        Kind("pdf", "application/pdf", ("pdf",), "pdf", "file-text"),
        Kind("png", "image/png", ("png",), "picture", "photo"),
        Kind("jpeg", "image/jpeg", ("jpg", "jpeg", "jfif"), "picture", "photo"),
        Kind("gif", "image/gif", ("gif",), "picture", "photo"),
        Kind("webp", "image/webp", ("webp",), "picture", "photo"),
        Kind("docx", f"{_OOXML}.wordprocessingml.document", ("docx", "dotx"), "office", "file-text"),
        Kind("xlsx", f"{_OOXML}.spreadsheetml.sheet", ("xlsx", "xltx"), "office", "table"),
        Kind("pptx", f"{_OOXML}.presentationml.presentation", ("pptx", "potx", "ppsx"), "office", "presentation"),
        Kind("odt", f"{_ODF}.text", ("odt",), "office", "file-text"),
        Kind("ods", f"{_ODF}.spreadsheet", ("ods",), "office", "table"),
        Kind("odp", f"{_ODF}.presentation", ("odp",), "office", "presentation"),
        # With macros, or of the old form: kept and given back, never opened by the portal.
        Kind("macro", "application/octet-stream", ("docm", "xlsm", "pptm", "xlsb", "dotm", "xltm"), "", "file-text"),
        Kind("ole", "application/octet-stream", ("doc", "xls", "ppt", "msg", "mpp", "vsd"), "", "file-text"),
        Kind("zip", "application/zip", ("zip", "vsdx", "mppx"), "", "archive"),
        Kind("svg", "application/octet-stream", ("svg",), "", "photo"),  # a program that draws: never shown
        Kind(
            "text",
            "text/plain",
            ("txt", "csv", "tsv", "md", "log", "json", "yaml", "yml", "ics", "eml"),
            "text",
            "file-text",
        ),
    )
}
ENDINGS = {ending: kind.key for kind in KINDS.values() for ending in kind.endings}
_SIGNS = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)
_PARTS = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"))
_ODF_KINDS = {KINDS[key].mime: key for key in ("odt", "ods", "odp")}
# What a browser would take for a page or a drawing: it begins so, whatever stands before it that says nothing.
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s+|<\?xml[^>]*>|<!--.*?-->|<!doctype\s+svg[^>]*>)*<(!doctype\s+html|html|head|body|script|svg)\b",
    re.IGNORECASE | re.DOTALL,
)
# What would turn the reading direction or is not there to be seen.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class Unfit(Exception):
    """Not taken. `code`: unknown (no kind of these), markup (a web page), other (the name says another kind)."""

    def __init__(self, code: str, kind: Kind | None = None) -> None:
        super().__init__(code)
        self.code, self.kind = code, kind


def kind_of(content: io.BufferedIOBase | io.BytesIO, name: str) -> Kind:
    """The kind of a file from its bytes. `content` can seek; `name` is as the sender calls it. Raises Unfit."""
    content.seek(0)
    found = KINDS.get(_told(content, content.read(HEAD)))
    content.seek(0)
    if found is None:
        raise Unfit("unknown")
    said = ending_of(name)
    if said and said not in found.endings and said in ENDINGS:
        raise Unfit("other", found)
    if said and said not in ENDINGS and found.key != "text":
        raise Unfit("other", found)
    return found


def _told(content: io.BufferedIOBase | io.BytesIO, head: bytes) -> str:
    for sign, key in _SIGNS:
        if head.startswith(sign):
            return key
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _told_by_parts(content)
    return _told_by_letters(content, head)


def _told_by_parts(content: io.BufferedIOBase | io.BytesIO) -> str:
    """Which Office file an archive is, by the parts it must have."""
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
            if names[:1] == ["mimetype"] and archive.getinfo("mimetype").file_size < 200:
                return _ODF_KINDS.get(archive.read("mimetype").decode("ascii", "replace").strip(), "zip")
            if "[Content_Types].xml" not in names:
                return "zip"
            if any(n.lower().endswith("vbaproject.bin") for n in names) or "xl/workbook.bin" in names:
                return "macro"
            return next((key for part, key in _PARTS if any(n.startswith(part) for n in names)), "zip")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return ""


def _told_by_letters(content: io.BufferedIOBase | io.BytesIO, head: bytes) -> str:
    """Text is what can be read from end to end, and is no page that a browser would run."""
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    if found := _MARKUP.match(head):
        if found.group(1).lower() == b"svg":
            return "svg"
        raise Unfit("markup")
    content.seek(0)
    whole = content.read()
    return "text" if text_of(whole) is not None else ""


def text_of(content: bytes, *, whole: bool = True) -> str | None:
    """The words of a text, in whichever of the usual encodings they can be read; None where in none. With `whole` false the
    content may end within a sign."""
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp932"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(content, final=whole)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def ending_of(name: str) -> str:
    """What stands after the last point, small: "pdf"; "" for none."""
    return PurePosixPath(name).suffix.removeprefix(".").lower()


def cleaned_name(name: str, kind: Kind) -> str:
    """A name for the list and for the disk of whoever downloads it: no folders, nothing hidden, an ending that is true."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(" " if unicodedata.category(c) in _HIDDEN else c for c in last)
    shown = re.sub(r"\s+", " ", re.sub(r'[<>:"|?*]', "_", shown)).strip(" .")
    ending = ending_of(shown)
    true = ending if ending in kind.endings else kind.endings[0]
    stem = shown[: -len(ending) - 1] if ending == true else shown
    return f"{stem[: LONGEST_NAME - len(true) - 1].strip(' .') or 'file'}.{true}"


def said_size(size: int) -> tuple[float, str]:
    """Bytes as people read them: (4.2, "MB"), in steps of 1024."""
    shown, unit = float(size), "B"
    for larger in ("KB", "MB", "GB"):
        if shown < 1024:
            break
        shown, unit = shown / 1024, larger
    return (round(shown, 1) if unit != "B" and shown < 100 else round(shown)), unit
