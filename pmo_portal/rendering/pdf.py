"""PDF by typst: a template and its data as JSON, never a template put together from text."""

from __future__ import annotations

import json
from pathlib import Path

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

TEMPLATES = Path(__file__).parent / "templates"


def fonts() -> list[str]:
    """The folder with the embedded faces; made by the asset build."""
    folder = settings.BASE_DIR / "static" / "dist" / "fonts"
    return [str(folder)] if folder.is_dir() else []


def render(template: str, data: dict) -> bytes:
    """The PDF of `rendering/templates/<template>.typ` with `data` (under `sys.inputs.data`)."""
    return typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=fonts(),
        sys_inputs={"data": json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)},
    )
