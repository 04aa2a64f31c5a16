"""Records with a Japanese and an English name."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def pick(japanese: str, english: str, language: str | None = None) -> str:
    """The text in the reader's language, or the other one where that is missing."""
    wants_english = (language or get_language() or "ja").startswith("en")
    first, second = (english, japanese) if wants_english else (japanese, english)
    return first or second or ""


class Bilingual(models.Model):
    """`name` is the name in the reader's language."""

    name_ja = models.CharField(_("name (Japanese)"), max_length=600, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=600, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        return pick(self.name_ja, self.name_en)
