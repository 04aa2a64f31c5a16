"""What differs between two texts, in pieces that a person would call words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

# Latin words and numbers, runs of one Japanese script, blanks, single signs.
_PIECES = re.compile(r"[A-Za-z]+|\d[\d,./:]*|[ぁ-ゟ]+|[ァ-ヿー]+|[一-鿿々〆]+|\s+|.", re.S)
_SENTENCES = re.compile(r".+?(?:[。！？!?]+\s*|\.\s+|\n+|\Z)", re.S)
_BINDING = re.compile(
    r"[ぁ-ゟ]+|[^\w]+"
)  # particles, endings, blanks, signs: two sentences share them without being alike
LONGEST = 6000  # pieces; beyond this the texts are shown one after the other instead of piece by piece


@dataclass(frozen=True)
class Piece:
    """`kind` is same, gone (only in the old text) or new (only in the new one)."""

    kind: str
    text: str
    replaces: bool = field(default=False, compare=False)  # a whole sentence in the place of the piece before it


def pieces(was: str, now: str) -> list[Piece]:
    """The old text turned into the new one: what stays, what goes, what comes, in reading order. Sentences that share
    little stand whole, the old before the new: cut into words they could not be read."""
    if was == now:
        return [Piece("same", now)] if now else []
    if not was or not now or max(len(_PIECES.findall(was)), len(_PIECES.findall(now))) > LONGEST:
        return _whole(was, now)
    return _joined([piece for one, other in _sentences(was, now) for piece in _within(one, other)])


def _sentences(was: str, now: str) -> Iterator[tuple[str, str]]:
    """Stretches of the old text, each with what stands in its place: sentence by sentence where as many came as went."""
    old, new = _SENTENCES.findall(was), _SENTENCES.findall(now)
    for _kind, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a2 - a1 == b2 - b1:
            yield from zip(old[a1:a2], new[b1:b2], strict=True)
        else:
            yield "".join(old[a1:a2]), "".join(new[b1:b2])


def _within(was: str, now: str) -> list[Piece]:
    """Two stretches word by word; whole where less than half the words of the shorter one stayed."""
    if was == now:
        return [Piece("same", now)]
    found = _words(was, now)
    stayed = _weight("".join(piece.text for piece in found if piece.kind == "same"))
    return found if stayed * 2 >= min(_weight(was), _weight(now)) else _whole(was, now)


def _weight(text: str) -> int:
    return len(_BINDING.sub("", text))


def _whole(was: str, now: str) -> list[Piece]:
    return [piece for piece in (Piece("gone", was), Piece("new", now, replaces=bool(was))) if piece.text]


def _words(was: str, now: str) -> list[Piece]:
    old, new = _PIECES.findall(was), _PIECES.findall(now)
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


def _joined(found: list[Piece]) -> list[Piece]:
    """Neighbours that stayed are one piece."""
    joined: list[Piece] = []
    for piece in found:
        if joined and piece.kind == joined[-1].kind == "same":
            joined[-1] = Piece("same", joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined


def marked(text: str, opened: str) -> list[Piece]:
    """One side of a conflict: its text, with what it added to the opened one as `new`; all of it where hardly a word stayed."""
    found = [piece for piece in pieces(opened, text) if piece.kind != "gone"]
    stayed = sum(len(piece.text) for piece in found if piece.kind == "same")
    return found if stayed * 3 >= len(text) else [Piece("new", text)]
