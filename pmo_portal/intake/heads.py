"""Names of columns: brought into a form in which years, units and explanations do not count, and compared. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_BLANKS = re.compile(r"[\s_\u200b\ufeff\u00ad]+")
_BRACKETS = re.compile(r"[(（\[［【][^()（）\[\]［］【】]*[)）\]］】]")
_OPEN_BRACKET = re.compile(r"[(（\[［【].*$")
_YEARS = re.compile(
    r"\b(?:fy\s*)?(?:19|20)\d{2}\s*[/–-]\s*(?:(?:19|20)\d{2}|\d{2})\b|\bfy\s*\d{2,4}(?:\s*[/–-]\s*\d{2,4})?\b|\b\d{2}\s*/\s*\d{2}\b"
    r"|\b(?:19|20)\d{2}\b|(?:令和|平成|昭和)\s*(?:元|\d{1,2})\s*年?度?|\d{4}\s*年度?"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_UNITS = re.compile(r"[£$€¥]\s*(?:millions?|billions?|thousands?|mn|bn|m|k)?\b|\busd\b|\bgbp\b|\bjpy\b|[£$€¥]")
_GAP = re.compile(
    r"(?<=[\u3040-\u30ff\u3400-\u9fff]) (?=[\u3040-\u30ff\u3400-\u9fff])"
)  # a line broken within a Japanese word
_SIGNS = re.compile(r"[^\w%#]+")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Width, case, line breaks, underscores and blanks do not count."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


@lru_cache(maxsize=4096)
def core(text: str) -> str:
    """What is left of a head without brackets, years, units and signs: "2015/16 Budget (£million)" → "budget"."""
    folded = fold(text)
    closed = _BRACKETS.sub(" ", folded)
    for bare in (_OPEN_BRACKET.sub(" ", closed), closed, folded):
        words = _SIGNS.sub(" ", _UNITS.sub(" ", _YEARS.sub(" ", bare))).split()
        if words:
            return " ".join(words)
    return ""


def year(text: str) -> int:
    """The latest year that a head names ("2023/24 Budget" → 2023), 0 without one: last year's column may stand beside this year's."""
    return max(map(int, _YEAR.findall(fold(text))), default=0)


@dataclass(frozen=True)
class Pattern:
    """One way of naming a column: a plain name, or a /pattern/."""

    text: str

    def score(self, head: str) -> float:
        """1 the very name · 0.95 without years, units, brackets · 0.8 the pattern is found · 0 another column."""
        if is_pattern(self.text):
            return 0.8 if compiled(self.text).search(fold(head)) else 0.0
        if fold(head) == fold(self.text):
            return 1.0
        mine, theirs = _GAP.sub("", core(self.text)), _GAP.sub("", core(head))
        return 0.95 if mine and mine == theirs else 0.0


def is_pattern(text: str) -> bool:
    return len(text) > 2 and text[0] == "/" and text[-1] == "/"


@lru_cache(maxsize=1024)
def compiled(text: str) -> re.Pattern[str]:
    """The pattern between its slashes. Raises ValueError where it is none."""
    try:
        return re.compile(text[1:-1] if is_pattern(text) else re.escape(fold(text)), re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{text}: {error}") from None


def score(head: str, names: tuple[str, ...]) -> float:
    """How well a head fits one of the names; of equal ones the earlier name counts a little more."""
    best = 0.0
    for position, name in enumerate(names):
        found = Pattern(name).score(head)
        best = max(best, found - position * 0.001 if found else 0.0)
    return best


def shown(head: str) -> str:
    """A head for people: line breaks as blanks."""
    return _BLANKS.sub(" ", head.replace("_", "\0")).replace("\0", "_").strip()


def matches(text: str, pattern: str) -> bool:
    """Whether a cell's text is the plain text or holds the /pattern/; width, case and blanks do not count."""
    if is_pattern(pattern):
        return bool(compiled(pattern).search(fold(text)))
    return fold(text) == fold(pattern)
