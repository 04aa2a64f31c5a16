"""Parts of a file, as RFC 9110 (section 14) asks for them. Pure."""

from __future__ import annotations

import re

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class OutOfFile(Exception):
    """The part begins after the end: answered by 416."""


def part_of(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of what a `Range` header asks for of a file of `size` bytes. None: the whole file (nothing asked,
    something else than bytes, several parts at once, nonsense). Raises OutOfFile."""
    found = _ONE.fullmatch(asked.replace(" ", ""))
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        if int(last) == 0:
            raise OutOfFile
        return max(0, size - int(last)), size - 1
    begin, end = int(first), int(last) if last else size - 1
    if begin > end:
        if last and int(last) < begin:
            return None
        raise OutOfFile
    if begin >= size:
        raise OutOfFile
    return begin, min(end, size - 1)
