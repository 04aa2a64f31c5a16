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


def to_hiragana(text: str) -> str:
    """Katakana as hiragana, for comparing readings."""
    return "".join(chr(ord(c) - 0x60) if "\u30a1" <= c <= "\u30f6" else c for c in text)


def to_katakana(text: str) -> str:
    """Hiragana as katakana, for comparing readings."""
    return "".join(chr(ord(c) + 0x60) if "\u3041" <= c <= "\u3096" else c for c in text)


def marked_parts(text: str, words: list[str]) -> list[tuple[str, bool]]:
    """The text cut where one of the words begins and ends, with whether each part is one; case does not count."""
    wanted = [re.escape(word) for word in sorted(words, key=len, reverse=True) if word]
    if not wanted:
        return [(text, False)]
    cut = re.split(f"({'|'.join(wanted)})", text, flags=re.IGNORECASE)
    return [(part, at % 2 == 1) for at, part in enumerate(cut) if part]
