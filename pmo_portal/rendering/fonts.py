"""The faces that documents are set in, and which characters they hold.

BIZ UDPGothic comes with the assets (npm, OFL) and stands in every document. For characters that it does not hold – rare
kanji of names, Korean, simplified Chinese – the office may lay further faces into DATA_DIR/fonts; Debian's fonts-noto-cjk is
used where it is installed. What none of them holds is printed as 〓, as a Japanese printer would, and never as an empty box.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from pmo_portal.rendering.faults import Unmade

REGULAR, BOLD = "BIZUDPGothic_400Regular.ttf", "BIZUDPGothic_700Bold.ttf"
DEBIAN = Path("/usr/share/fonts/opentype/noto")
# In this order; a family that is not there is passed over.
FAMILIES = ("BIZ UDPGothic", "Noto Sans CJK JP", "Noto Sans JP", "Noto Sans CJK KR", "Noto Sans CJK SC")
GETA = "〓"


def folder() -> Path:
    """Where the asset build puts the faces."""
    return settings.BASE_DIR / "static" / "dist" / "fonts"


def missing() -> list[str]:
    """The faces without which no document can be set."""
    return [name for name in (REGULAR, BOLD) if not (folder() / name).is_file()]


def folders() -> list[str]:
    """All places with faces. Raises Unmade where the portal's own are not there: nothing is set in whatever there is."""
    if missing():
        raise Unmade("fonts")
    return [str(path) for path in (folder(), settings.DATA_DIR / "fonts", DEBIAN) if path.is_dir()]


def known(text: str) -> str:
    """The text with 〓 for what no face holds."""
    held = _held(tuple(folders()))
    if text.isascii() or all(ord(c) in held or _is_unseen(c) for c in text):
        return text
    return "".join(c if ord(c) in held or _is_unseen(c) else GETA for c in text)


def _is_unseen(c: str) -> bool:
    """Blanks, line ends, and signs that only say how their neighbours look."""
    return c.isspace() or c == "\u200b" or "\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef"


@lru_cache(maxsize=4)
def _held(places: tuple[str, ...]) -> frozenset[int]:
    """The characters that at least one face holds."""
    found: set[int] = set()
    for place in places:
        for path in sorted(Path(place).iterdir()):
            if path.suffix.lower() in (".ttf", ".otf", ".ttc") and "Serif" not in path.name:
                with path.open("rb") as file:
                    found |= _characters(file)
    return frozenset(found)


def _characters(file: BinaryIO) -> set[int]:
    """What stands in a font's table of characters; of a collection, in that of its first font."""
    start = 0
    if _read(file, 0, ">4s")[0] == b"ttcf":
        start = _read(file, 12, ">I")[0]
    tables = _read(file, start + 4, ">H")[0]
    for number in range(tables):
        tag, _sum, offset, _length = _read(file, start + 12 + number * 16, ">4sIII")
        if tag == b"cmap":
            return _in_cmap(file, offset)
    return set()


def _in_cmap(file: BinaryIO, table: int) -> set[int]:
    found: set[int] = set()
    for number in range(_read(file, table + 2, ">H")[0]):
        _platform, _encoding, offset = _read(file, table + 4 + number * 8, ">HHI")
        kind = _read(file, table + offset, ">H")[0]
        if kind == 12:
            for group in range(_read(file, table + offset + 12, ">I")[0]):
                first, last, _glyph = _read(file, table + offset + 16 + group * 12, ">III")
                found.update(range(first, last + 1))
        elif kind == 4:
            found |= _in_segments(file, table + offset)
    return found


def _in_segments(file: BinaryIO, at: int) -> set[int]:
    """Format 4: spans of the plane that most characters stand in. A span may have holes; these are looked at one by one."""
    doubled = _read(file, at + 6, ">H")[0]
    count = doubled // 2
    ends = _read(file, at + 14, f">{count}H")
    starts = _read(file, at + 16 + doubled, f">{count}H")
    deltas = _read(file, at + 16 + doubled * 2, f">{count}H")
    where = at + 16 + doubled * 3
    ranges = _read(file, where, f">{count}H")
    found: set[int] = set()
    for number, (first, last) in enumerate(zip(starts, ends, strict=True)):
        if first == 0xFFFF:
            continue
        if not ranges[number]:
            found.update(c for c in range(first, last + 1) if (c + deltas[number]) & 0xFFFF)
            continue
        glyphs = _read(file, where + number * 2 + ranges[number], f">{last - first + 1}H")
        found.update(first + place for place, glyph in enumerate(glyphs) if glyph)
    return found


def _read(file: BinaryIO, at: int, form: str) -> tuple:
    file.seek(at)
    return struct.unpack(form, file.read(struct.calcsize(form)))
