"""The contact sheet: every picture of a run on one page."""

from __future__ import annotations

from html import escape
from itertools import groupby
from pathlib import Path

from pmo_portal.operation.shots.camera import Picture

STYLE = """
body { font: 13px/20px "Noto Sans CJK JP", "Segoe UI", sans-serif; margin: 24px; color: #181f2e; background: #f6f7f9; }
h2 { font-size: 14px; margin: 28px 0 6px; } h2 code { font-weight: 400; color: #606a7d; }
ul { display: flex; flex-wrap: wrap; gap: 12px; padding: 0; margin: 0; list-style: none; align-items: flex-start; }
li { width: 240px; } li.narrow { width: 110px; } img { width: 100%; border: 1px solid #d3d8e0; background: #fff; display: block;
max-height: 420px; object-fit: cover; object-position: top; } small { color: #606a7d; } .bad { color: #b01e2e; }
""".strip()


def write(folder: Path, pictures: list[Picture], told: list[str]) -> Path:
    """`index.html` in `folder`; `told` is what the run printed about pages without a picture."""
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>shots</title><style>{STYLE}</style><h1>Shots</h1>"
    ]
    parts += [f"<p class=bad>{escape(line)}</p>" for line in told]
    for (name, path, person), taken in groupby(pictures, key=lambda p: (p.sight.name, p.sight.path, p.sight.person)):
        parts.append(f"<h2>{escape(name)} <code>{escape(path)}</code> {escape(person or 'nobody')}</h2><ul>")
        parts += [_item(picture) for picture in taken]
        parts.append("</ul>")
    index = folder / "index.html"
    index.write_text("\n".join(parts), encoding="utf-8")
    return index


def _item(picture: Picture) -> str:
    words = f"{picture.language} {picture.theme} {picture.width or ''}"
    fault = f'<br><span class="bad">{escape(picture.problem)}</span>' if picture.problem else ""
    file = escape(picture.file)
    image = f'<a href="{file}"><img src="{file}" loading="lazy" alt=""></a>' if file else ""
    narrow = ' class="narrow"' if picture.width and picture.width < 600 else ""
    return f"<li{narrow}>{image}<small>{escape(words)}{fault}</small></li>"
