"""Run by itself, outside the portal: set a document with typst.

python -I typeset_apart.py FOLDER FONTS…

FOLDER holds main.typ, what that imports, data.json and pictures, and nothing else can be read by them; out.pdf is written
there. It bounds itself before it begins, so that a document that does not end takes this process along and no other.
"""

import json
import resource
import sys
from pathlib import Path

MEMORY, PROCESSOR, WRITTEN = 2048 * 1024 * 1024, 120, 256 * 1024 * 1024


def bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(folder: str, *fonts: str) -> dict:
    bound()
    import typst

    try:
        typst.compile(
            str(Path(folder) / "main.typ"),
            output=str(Path(folder) / "out.pdf"),
            root=folder,
            font_paths=list(fonts),
            ignore_system_fonts=True,
        )
    except typst.TypstError as error:
        return {"problem": str(error)[:2000]}
    return {}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
