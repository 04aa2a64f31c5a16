"""The office's paper as a document is given it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image

from pmo_portal.files import storing
from pmo_portal.files.drawing import folder_of
from pmo_portal.files.models import FileVersion
from pmo_portal.periods.queries import office_settings
from pmo_portal.rendering.colours import ACCENT
from pmo_portal.rendering.queries import logo_of, office_paper


@dataclass(frozen=True)
class Paper:
    """`mark`: how confidential it is (社外秘); `footer`: the office's line; `logo`: a PNG that we drew ourselves."""

    office: str
    accent: str = ACCENT
    mark: str = ""
    footer: str = ""
    logo: bytes = field(default=b"", repr=False)

    def told(self) -> dict[str, str | bool]:
        """For a template."""
        return {
            "office": self.office,
            "accent": self.accent,
            "mark": self.mark,
            "footer": self.footer,
            "logo": bool(self.logo),
        }


def paper_now() -> Paper:
    """As the office has it, in the active language."""
    paper = office_paper()
    return Paper(office_settings().name, paper.accent, paper.mark, paper.footer, _drawn(logo_of(paper)))


def _drawn(logo: FileVersion | None) -> bytes:
    """The logo as it was drawn anew for its preview: what came from outside is not opened here."""
    if logo is None or logo.preview != FileVersion.Preview.READY:
        return b""
    return _as_png(f"{folder_of(logo.pk)}/1.webp")


@lru_cache(maxsize=4)
def _as_png(name: str) -> bytes:
    out = io.BytesIO()
    with storing.opened(name) as file, Image.open(file, formats=("WEBP",)) as picture:
        picture.save(out, "PNG")
    return out.getvalue()
