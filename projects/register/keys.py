"""Keys of projects, programmes and portfolios: they stand in addresses, so not every text is one."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pmo_portal.i18n.text import fold
from pmo_portal.routes import routes

LONGEST = 40
BREAKS_ADDRESSES = frozenset("/\\?#%")
PROJECTS, PORTFOLIOS, PROGRAMMES = "/projects/", "/projects/portfolios/", "/projects/programmes/"
IN_THE_API = {PROJECTS: "/api/v1/projects/", PORTFOLIOS: "/api/v1/portfolios/"}


@lru_cache
def page_words(prefix: str) -> frozenset[str]:
    """What the resolver itself has at the place below `prefix` where a key would stand: `new`, `portfolios`, …"""
    below = (route.pattern.removeprefix(prefix).split("/")[0] for route in routes() if route.pattern.startswith(prefix))
    return frozenset(word for word in below if word and "<" not in word)


def is_sound(key: str) -> bool:
    """Whether it can stand in an address as one part of it, and looks the same to everybody."""
    if not key.strip(".") or key != key.strip() or len(key) > LONGEST or BREAKS_ADDRESSES & set(key):
        return False
    return bool(fold(key)) and not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in key)


def is_page(key: str, prefix: str) -> bool:
    """Whether a page of the portal stands at that very address; NEW is another one than new."""
    return key in page_words(prefix) or (prefix in IN_THE_API and key in page_words(IN_THE_API[prefix]))


def check_key(key: str, prefix: str) -> None:
    """Raise ValidationError for what is no key below `prefix` (one of the constants above)."""
    if not is_sound(key):
        said = _(
            "A key has at most 40 characters, no blanks at its ends, and no slash, question mark, # or percent sign."
        )
        raise ValidationError({"key": ValidationError(said, code="key")})
    if is_page(key, prefix):
        said = _("“%(key)s” is the address of a page. Choose another key.") % {"key": key}
        raise ValidationError({"key": ValidationError(said, code="page")})
