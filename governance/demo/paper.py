"""The demo office's paper: its logo, its green, 社外秘."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from pmo_portal.rendering import fonts, queries
from pmo_portal.rendering.actions import save_paper

if TYPE_CHECKING:
    from governance.demo.office import DemoOffice

GREEN = "#0B6B4F"


def lay_paper(office: DemoOffice) -> None:
    save_paper(
        by=office.people["admin"],
        version=queries.office_paper().version,
        logo=SimpleUploadedFile("aoba.png", _logo()),
        accent=GREEN,
        mark_ja="社外秘",
        mark_en="Confidential",
        footer_ja="あおば製作所 全社PMO",
        footer_en="Aoba Mfg., Corporate PMO",
    )


def _logo() -> bytes:
    """Two leaves and the name, on nothing."""
    picture = Image.new("RGBA", (680, 150), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    draw.pieslice([10, 20, 190, 200], 180, 270, fill="#12A150")
    draw.pieslice([10, -60, 190, 120], 0, 90, fill=GREEN)
    draw.line([(100, 30), (100, 140)], fill="#FFFFFF", width=6)
    if not fonts.missing():
        face = ImageFont.truetype(str(fonts.folder() / fonts.BOLD), 74)
        draw.text((215, 38), "あおば製作所", font=face, fill="#16302A")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
