"""Pictures of a file's pages, drawn in a process of its own (drawn_apart.py): what comes from outside is never opened here.

Pictures and PDF are drawn directly; Office files by way of a PDF, where LibreOffice is on the machine. The process has little
memory, little time and no settings of ours; whatever happens to it, the portal goes on, and the file says that it could not
be drawn.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from pmo_portal.files import storing
from pmo_portal.files.kinds import Kind

MOST_PAGES, WIDTH = 20, 1200  # pages drawn, pixels
SECONDS = 120
APART = Path(__file__).with_name("drawn_apart.py")
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"><value>true</value></prop></item>
</oor:items>
"""  # no macros, and nothing fetched from where a document points to


class Undrawn(Exception):
    """`code`: locked (a password), damaged, too_large (more pixels than a picture has), too_long (it took too much), office
    (LibreOffice could not)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=1)
def office_program() -> str:
    """LibreOffice's program, or "" where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def can_draw(kind: Kind) -> bool:
    return kind.preview in ("picture", "pdf") or (kind.preview == "office" and bool(office_program()))


def folder_of(version_id: int) -> str:
    """Where the pictures of a version lie, below MEDIA_ROOT."""
    return f"previews/{version_id}"


def draw(kind: Kind, source: Path, folder: str) -> tuple[int, int]:
    """Draw the pages of `source` into `folder` as 1.webp, 2.webp, …: (pages drawn, pages in all). Raises Undrawn. The folder
    is there whole or not at all."""
    target = storing.place(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".draw-", dir=target.parent) as made:
        work = Path(made)
        pages = work / "pages"
        pages.mkdir()
        pdf = _as_pdf(source, kind, work) if kind.preview == "office" else source
        how = "picture" if kind.preview == "picture" else "sheet" if kind.icon == "table" else "pdf"
        told = _drawn(pdf, how, pages)
        _put(pages, target, work)
    return told


def first_page(pdf: bytes) -> bytes:
    """A picture (WebP) of the first page of a PDF. Raises Undrawn."""
    with tempfile.TemporaryDirectory(prefix="pmo-picture-") as made:
        work = Path(made)
        (work / "file.pdf").write_bytes(pdf)
        _drawn(work / "file.pdf", "pdf", work)
        return (work / "1.webp").read_bytes()


def _put(pages: Path, target: Path, aside: Path) -> None:
    """Put the pages in their place, whatever stands there; another who does the same at this moment draws the same."""
    for number in range(9):
        with suppress(FileNotFoundError):
            target.replace(aside / f"before{number}")
        try:
            pages.replace(target)
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
    raise Undrawn("too_long")


def _drawn(source: Path, how: str, pages: Path) -> tuple[int, int]:
    line = [sys.executable, "-I", str(APART), how, str(source), str(pages), str(MOST_PAGES), str(WIDTH)]
    said = _run(line, pages)
    try:
        told = json.loads(said)
    except ValueError:
        raise Undrawn("damaged") from None
    if "problem" in told:
        raise Undrawn(told["problem"])
    return told["pages"], told["in_all"]


def _as_pdf(source: Path, kind: Kind, work: Path) -> Path:
    """The document as LibreOffice prints it."""
    profile = work / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE)
    given = work / f"file.{kind.endings[0]}"
    shutil.copyfile(source, given)
    line = [
        office_program(),
        f"-env:UserInstallation=file://{profile}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", "pdf", "--outdir", str(work)),
        str(given),
    ]
    _run(line, work)
    made = given.with_suffix(".pdf")
    if not made.is_file():
        raise Undrawn("office")
    return made


def _run(line: list[str], folder: Path) -> str:
    """What a process of its own group says, which has nothing of our environment and is ended with all it began."""
    env = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8", "TMPDIR": str(folder)}
    process = subprocess.Popen(
        line, env=env, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        said, _nothing = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Undrawn("too_long") from None
    finally:
        _end(process)
    return said


def _end(process: subprocess.Popen) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
