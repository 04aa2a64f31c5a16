"""The glossary: `docs/glossary.md` read as terms, for its page and for the test of the words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings


@dataclass(frozen=True)
class Term:
    english: str
    japanese: str
    meaning_en: str
    meaning_ja: str


@lru_cache
def terms() -> tuple[Term, ...]:
    """Every row of the tables in docs/glossary.md that has four columns."""
    found = []
    for line in (settings.BASE_DIR / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[0] not in ("English", "") and set(cells[0]) != {"-"}:
            found.append(Term(*cells))
    return tuple(found)
