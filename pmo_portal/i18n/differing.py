"""What differs between two texts, in pieces that a person would call words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# Latin words and numbers, runs of one Japanese script, blanks, single signs.
_PIECES = re.compile(r"[A-Za-z]+|\d[\d,./:]*|[ぁ-ゟ]+|[ァ-ヿー]+|[一-鿿々〆]+|\s+|.", re.S)
LONGEST = 6000  # pieces; beyond this the texts are shown one after the other instead of piece by piece


@dataclass(frozen=True)
class Piece:
    """`kind` is same, gone (only in the old text) or new (only in the new one)."""

    kind: str
    text: str


def pieces(was: str, now: str) -> list[Piece]:
    """The old text turned into the new one: what stays, what goes, what comes, in reading order."""
    if was == now:
        return [Piece("same", now)] if now else []
    old, new = _PIECES.findall(was), _PIECES.findall(now)
    if len(old) > LONGEST or len(new) > LONGEST or not old or not new:
        return [p for p in (Piece("gone", was), Piece("new", now)) if p.text]
    found: list[Piece] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(new[b1:b2])))
            continue
        if a2 > a1:
            found.append(Piece("gone", "".join(old[a1:a2])))
        if b2 > b1:
            found.append(Piece("new", "".join(new[b1:b2])))
    return found


def marked(text: str, opened: str) -> list[Piece]:
    """One side of a conflict: its text, with what it added to the opened one as `new`; all of it where hardly a word stayed."""
    found = [piece for piece in pieces(opened, text) if piece.kind != "gone"]
    stayed = sum(len(piece.text) for piece in found if piece.kind == "same")
    return found if stayed * 3 >= len(text) else [Piece("new", text)]
