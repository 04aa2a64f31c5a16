"""What reading one cell gives. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

_BLANKS = re.compile(r"[\s\u200b\ufeff\u00ad]+")


@dataclass(frozen=True, slots=True)
class Value:
    """A known value, or why there is none: `unknown` (said by the source: withheld, not yet known …) or `fault` (unreadable).

    `text` is the cell as written. All empty: the cell is blank. `note` tells what a person should know about a known value.
    """

    value: Any = None
    text: str = ""
    unknown: str = ""
    fault: str = ""
    note: str = ""
    currency: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return self.value is None and not self.unknown and not self.fault


BLANK = Value()


def fold(text: str) -> str:
    """For comparing: width, case and blanks do not count."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def tidy(text: str) -> str:
    """For keeping: blanks at the ends go, line breaks stay, Windows line ends become plain ones."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\u3000\xa0\ufeff\u200b")


# The words with which sources say that they do not say. The first that fits counts.
_WITHHELD = re.compile(
    r"\bexempt|\bwithheld|\bredacted|commercially sensitive|\bconfidential|非公表|非公開|不開示|非開示|黒塗り"
)
_NOT_YET = re.compile(
    r"^(tbc|tbd|tba|to be (confirmed|determined|decided|agreed|announced)\b.*|not yet .*|未定|検討中|調整中|確認中|後日.*)[.。]?$"
)
_NOT_AVAILABLE = re.compile(
    r"^(#n/?a|#ref!|#value!|#div/0!|#name\?|#null!|#num!|n/?a|n\.a\.?|nil|none|null|unknown|not (available|applicable|known|provided|"
    r"reported|required|recorded)|(data|narrative|information) not (provided|available|supplied)|no data|[-–—―ー‐?]+|不明|該当なし|なし|無し|未記入|データなし|記載なし)[.。]?$"
)
_NOT_ASSESSED = re.compile(r"^(no dca|not (assessed|rated)|no rating|unrated|未評価|評価なし|判定なし)")
_RESET = re.compile(r"^reset\b")
_NO_END = re.compile(r"^(終了予定なし|終了予定無し|期限なし|no end( date)?|open[- ]ended|ongoing|on-going)$")
_CLASSES = (
    ("withheld", _WITHHELD),
    ("not_yet_known", _NOT_YET),
    ("not_assessed", _NOT_ASSESSED),
    ("reset", _RESET),
    ("no_end", _NO_END),
    ("not_available", _NOT_AVAILABLE),
)


def unknown_of(text: str, words: dict[str, str] | None = None) -> str:
    """The kind of "not known" that a text stands for; empty where it is none of them. `words`: folded text → kind."""
    folded = fold(text)
    if words and folded in words:
        return words[folded]
    if len(folded) > 400:
        return ""
    for kind, pattern in _CLASSES:
        if pattern.search(folded):
            return kind
    return ""
