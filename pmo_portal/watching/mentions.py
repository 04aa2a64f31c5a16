"""Finding @names in a text. No Django, no database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

AT = re.compile(r"(?<![\w.+-])[@＠]([^\s@＠][^@＠\n]*)")
LONGEST, MOST = 60, 20


def tails(text: str) -> list[str]:
    """What follows each @ that begins a word; an e-mail address is none."""
    return [found[1][:LONGEST] for found in AT.finditer(text)][:MOST]


def beginnings(tail: str) -> Iterator[str]:
    """What the name may be, the longest first: only where a word of Latin letters ends."""
    for end in range(len(tail), 1, -1):
        if not (end < len(tail) and _latin(tail[end - 1]) and _latin(tail[end])):
            yield tail[:end].rstrip()


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def named(text: str, people: Mapping[str, list[int]]) -> dict[str, int]:
    """Words → person. `people` are ids by name. Of namesakes the one whose number follows: "@青木 健#12"."""
    found: dict[str, int] = {}
    for tail in tails(text):
        name = next((name for name in beginnings(tail) if name in people), None)
        if name is None:
            continue
        number = re.match(r"#(\d{1,12})(?!\d)", tail[len(name) :])
        ids = people[name]
        if number and int(number[1]) in ids:
            found[f"{name}#{number[1]}"] = int(number[1])
        elif len(ids) == 1:
            found[name] = ids[0]
    return found
