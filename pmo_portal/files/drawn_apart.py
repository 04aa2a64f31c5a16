"""Run by itself, outside the portal: draw a picture or a PDF as pages that are safe to show.

python -I drawn_apart.py picture|pdf|sheet SOURCE FOLDER MOST_PAGES WIDTH

Prints {"pages": drawn, "in_all": there are} or {"problem": code}. It bounds itself before it opens anything: an archive of
nothing that unpacks into everything ends this process and no other.
"""

import json
import resource
import sys
from pathlib import Path

MEMORY, PROCESSOR, WRITTEN = 1536 * 1024 * 1024, 60, 64 * 1024 * 1024
MOST_PIXELS = 64_000_000
QUALITY = 80


def bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw_picture(source: Path, folder: Path, width: int) -> dict:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(source, formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return {"problem": "too_large"}
        shown = ImageOps.exif_transpose(picture)
        shown = shown.convert("RGBA" if "A" in shown.getbands() or "transparency" in shown.info else "RGB")
        shown.thumbnail((width, width * 2))
        shown.save(folder / "1.webp", quality=QUALITY)
    return {"pages": 1, "in_all": 1}


def _cut(page):
    """Without the empty paper below the last line of a sheet."""
    from PIL import Image, ImageChops

    drawn = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    return page.crop((0, 0, page.width, min(page.height, drawn[3] + 60))) if drawn else page


def draw_pdf(source: Path, folder: Path, most: int, width: int, is_sheet: bool) -> dict:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        return {"problem": "locked" if "password" in str(error).lower() else "damaged"}
    in_all = len(document)
    drawn = min(in_all, most)
    for number in range(drawn):
        page = document[number]
        across, down = page.get_size()
        if across <= 0 or down <= 0:
            return {"problem": "damaged"}
        scale = min(width / across, width * 2 / down)
        shown = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        (_cut(shown) if is_sheet else shown).save(folder / f"{number + 1}.webp", quality=QUALITY)
        page.close()
    return {"pages": drawn, "in_all": in_all} if drawn else {"problem": "damaged"}


def main(how: str, source: str, folder: str, most: str, width: str) -> dict:
    bound()
    try:
        if how == "picture":
            return draw_picture(Path(source), Path(folder), int(width))
        return draw_pdf(Path(source), Path(folder), int(most), int(width), how == "sheet")
    except MemoryError:
        return {"problem": "too_large"}
    except Exception as error:
        bomb = type(error).__name__ in ("DecompressionBombError", "DecompressionBombWarning")
        return {"problem": "too_large" if bomb else "damaged"}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
