"""Records with a Japanese and an English name."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def reads_english(language: str | None = None) -> bool:
    return (language or get_language() or "ja").startswith("en")


def pick(japanese: str, english: str, language: str | None = None) -> str:
    """The text in the reader's language, or the other one where that is missing."""
    first, second = (english, japanese) if reads_english(language) else (japanese, english)
    return first or second or ""


def english_order(before: str = "") -> Lower:
    """The name that an English reader sees, for ordering; `before` leads to the record ("pm__")."""
    english = NullIf(F(f"{before}name_en"), Value(""))
    return Lower(Coalesce(english, f"{before}name_ja"))


class Bilingual(models.Model):
    """`name` is the name in the reader's language."""

    name_ja = models.CharField(_("name (Japanese)"), max_length=600, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=600, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        return pick(self.name_ja, self.name_en)
