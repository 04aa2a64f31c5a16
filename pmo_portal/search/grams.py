"""Texts cut into short pieces that an index can hold, for words inside words. Pure.

Japanese is written without blanks and its words are often two characters long, so the index of a Japanese text holds every
two characters that follow one another; that of other scripts every three. A word that is shorter than its piece is found
as the beginning of one. What an index finds so has all the pieces of a word, not always in a row: whoever asks compares the
text itself as well.
"""

from __future__ import annotations

from pmo_portal.i18n.text import fold

JAPANESE_FROM = "\u2e80"  # from here on: kanji, kana, and the other scripts that need no blanks


def size_at(character: str) -> int:
    """How long the piece is that begins with this character."""
    return 2 if character >= JAPANESE_FROM else 3


def spelled(text: str) -> str:
    """Folded; whatever is neither a letter nor a digit stands as one mark, so that no index takes it for a sign."""
    return "".join(c if c.isalnum() else "_" for c in fold(text))


def grams(*texts: str) -> str:
    """The pieces of the texts, each once, in order, with blanks between: what stands in the index. At the end of a text a
    piece is as long as what is left of it."""
    found: set[str] = set()
    for text in map(spelled, texts):
        found.update(text[n : n + size_at(c)] for n, c in enumerate(text))
    return " ".join(sorted(found))


def asked(word: str) -> tuple[list[str], str]:
    """The pieces that a text with `word` in it has for certain; or, where the word is too short for one, "" and what
    one of its pieces begins with. Nothing at all for a word of blanks."""
    text = spelled(word)
    whole = {text[n : n + size_at(c)] for n, c in enumerate(text) if n + size_at(c) <= len(text)}
    return sorted(whole), "" if whole else text
