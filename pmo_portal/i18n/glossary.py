"""The glossary: `docs/glossary.md` read as terms, for its page, for the search and for the test of the words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from pmo_portal.i18n.text import fold


@dataclass(frozen=True)
class Term:
    english: str
    japanese: str
    meaning_en: str
    meaning_ja: str
    section_en: str = ""
    section_ja: str = ""

    @property
    def anchor(self) -> str:
        """The place on the page: /glossary/#term-delivery-confidence."""
        return "term-" + re.sub(r"[^a-z0-9]+", "-", self.english.casefold()).strip("-")

    def holds(self, folded: str) -> bool:
        """Whether a folded word stands in the term or in what it means, in either language."""
        return any(folded in fold(text) for text in (self.english, self.japanese, self.meaning_en, self.meaning_ja))


@lru_cache
def terms() -> tuple[Term, ...]:
    """Every row of the tables in docs/glossary.md that has four columns, with the heading that it stands under."""
    found, section = [], ("", "")
    for line in (settings.BASE_DIR / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            english, _slash, japanese = line.removeprefix("## ").partition(" / ")
            section = (english.strip(), japanese.strip() or english.strip())
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[0] not in ("English", "") and set(cells[0]) != {"-"}:
            found.append(Term(cells[0], cells[1], cells[2], cells[3], *section))
    return tuple(found)


def search(words: str) -> list[Term]:
    """The terms that hold every word; those whose own name does come first. No words: all, as the page has them."""
    asked = [fold(word) for word in words.split()]
    found = [term for term in terms() if all(term.holds(word) for word in asked)]
    if not asked:
        return found
    return sorted(found, key=lambda t: not all(w in fold(f"{t.english} {t.japanese}") for w in asked))
