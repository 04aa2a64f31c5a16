"""Comparing texts that people see as the same."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"[\s\u200b\ufeff\u00ad]+")


def fold(text: str) -> str:
    """For matching only: width, case and blanks do not count (Ａ1 = a1)."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text or "")).strip().casefold()


def to_halfwidth(text: str) -> str:
    """Full-width digits, letters and signs as half-width; kana stay."""
    return unicodedata.normalize("NFKC", text or "")


def has_japanese(text: str) -> bool:
    return any("\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" for c in text or "")
