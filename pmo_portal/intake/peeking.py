"""The top of a kept file as it stands, for whoever has to say where its column names are."""

from __future__ import annotations

from dataclasses import dataclass, field

from pmo_portal.intake import keeping
from pmo_portal.intake.faults import Unreadable
from pmo_portal.intake.models import ImportRun
from pmo_portal.intake.reading import read, text_of
from pmo_portal.intake.workbooks import column_letter

ROWS, COLUMNS, LENGTH = 15, 14, 40
LOOKED_AT, SAMPLES = 40, 3


@dataclass(frozen=True)
class Peek:
    """The sheets' names, the first rows and columns of one as (number, texts), and some cells of each of its columns (of
    each row, where the sheet is turned), by their number from 0."""

    sheets: list[str]
    sheet: str
    letters: list[str]
    rows: list[tuple[int, list[str]]]
    more_columns: int = 0
    samples: dict[int, list[str]] = field(default_factory=dict)


def peek(run: ImportRun, sheet: str = "") -> Peek | None:
    """None where the file is gone or cannot be opened at all."""
    try:
        workbook = read(keeping.content(run.file_path, run.file_sha256), run.file_name)
    except (OSError, ValueError, Unreadable):
        return None
    names = [s.name for s in workbook.sheets]
    chosen = next((s for s in workbook.sheets if s.name == sheet), workbook.sheets[0])
    top = chosen.rows[:ROWS]
    width = max((len(row) for row in top), default=0)
    shown = min(width, COLUMNS)
    rows = [
        (number, [shortened(text_of(row[c])) if c < len(row) else "" for c in range(shown)])
        for number, row in enumerate(top, 1)
    ]
    letters = [column_letter(c) for c in range(shown)]
    return Peek(names, chosen.name, letters, rows, width - shown, samples_of(chosen.rows, run.facts or {}))


def samples_of(rows: list[list], facts: dict) -> dict[int, list[str]]:
    """Different cells that stand below (beside) the names of the columns."""
    head = int(facts.get("header_row") or 0)
    found: dict[int, list[str]] = {}
    if facts.get("layout") == "columns":
        lines = [(number, row[head : head + LOOKED_AT]) for number, row in enumerate(rows[:1000])]
        pairs = ((number, cell) for number, row in lines for cell in row)
    else:
        pairs = ((c, cell) for row in rows[head : head + LOOKED_AT] for c, cell in enumerate(row))
    for index, cell in pairs:
        text, listed = shortened(text_of(cell)), found.setdefault(index, [])
        if text and len(listed) < SAMPLES and text not in listed:
            listed.append(text)
    return found


def shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LENGTH else f"{flat[: LENGTH - 1]}…"
