"""PDF by typst: a template and its data as JSON, never a template put together from text.

It is set in a process of its own (typeset_apart.py) that can read nothing but a folder made for it, with little time and
memory and no settings of ours.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language

from pmo_portal.rendering import fonts
from pmo_portal.rendering.faults import Unmade
from pmo_portal.rendering.paper import Paper, paper_now

TEMPLATES = Path(__file__).parent / "templates"
APART = Path(__file__).with_name("typeset_apart.py")
SECONDS = 60  # a document that is sent at once; a job says how long it may take
_LONG = re.compile(r"[^\s\u200b\u3000-\u9fff\uff00-\uffef]{25,}")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
)


def render(template: str, data: dict[str, Any], *, paper: Paper | None = None, seconds: int = SECONDS) -> bytes:
    """The PDF of `templates/<template>.typ` with `data`, on the office's paper, in the active language. Raises Unmade."""
    places, paper = fonts.folders(), paper or paper_now()
    given = {"lang": get_language() or "ja", "families": fonts.FAMILIES, "paper": paper.told()} | data
    with tempfile.TemporaryDirectory(prefix="pmo-document-") as made:
        folder = Path(made)
        for source in TEMPLATES.glob("*.typ"):
            shutil.copyfile(source, folder / source.name)
        (folder / f"{template}.typ").rename(folder / "main.typ")
        text = json.dumps(printable(given), cls=DjangoJSONEncoder, ensure_ascii=False)
        (folder / "data.json").write_text(text, encoding="utf-8")
        if paper.logo:
            (folder / "logo.png").write_bytes(paper.logo)
        _typeset(folder, places, seconds)
        return (folder / "out.pdf").read_bytes()


def printable(value: Any) -> Any:
    """Texts as they can be set: without what nobody sees, with 〓 for what no face holds, and with places to break in what
    would run off the page."""
    if isinstance(value, str):
        return breakable(fonts.known(_HIDDEN.sub("", value))) if not _is_short(value) else value
    if isinstance(value, dict):
        return {key: printable(one) for key, one in value.items()}
    return [printable(one) for one in value] if isinstance(value, list | tuple) else value


def _is_short(text: str) -> bool:
    return len(text) < 25 and text.isascii() and text.isprintable()


def breakable(text: str) -> str:
    """An address or a hash of one piece may go on in the next line."""
    return _LONG.sub(lambda found: "\u200b".join(re.findall(".{1,12}", found[0])), text)


def _typeset(folder: Path, places: list[str], seconds: int) -> None:
    line = [sys.executable, "-I", str(APART), str(folder), *places]
    env = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8", "TMPDIR": str(folder)}
    process = subprocess.Popen(
        line, env=env, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        said, complaint = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Unmade("too_long") from None
    finally:
        _end(process)
    if process.returncode:
        ended = process.returncode < 0 or "memory" in complaint.lower()
        raise Unmade("too_long" if ended else "broken", complaint[-2000:])
    if problem := json.loads(said).get("problem"):
        raise Unmade("broken", problem)


def _end(process: subprocess.Popen) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
