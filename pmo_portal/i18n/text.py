"""Comparing texts that people see as the same."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"[\s\u200b\ufeff\u00ad]+")
# Controls and marks that turn the direction of what follows or take no room; NUL and halves of pairs are refused elsewhere.
_HIDDEN = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
# Persian, the scripts of India and joined emoji need their joiners; between anything else they only hide.
_JOINING = "\u0600-\u1cff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_IDLE_JOINERS = re.compile(f"(?<![{_JOINING}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINING}\u200c\u200d])")
_LINES = re.compile(r"[\t\r\n]+")


def plain(text: str) -> str:
    """For keeping a text of many lines: what nobody sees goes, tabs and line ends stay."""
    if text.isascii() and text.isprintable():
        return text
    return _IDLE_JOINERS.sub("", _HIDDEN.sub("", _BREAKS.sub("\n", text)))


def one_line(text: str) -> str:
    """For keeping a name or another text of one line: as `plain`, and line ends and tabs are blanks."""
    kept = plain(text)
    return text if kept == text and not _LINES.search(text) else _LINES.sub(" ", kept).strip()


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
