"""The data sets beside the repository: used where they lie, never committed.

`folder("gmpp")` is a path; a module of tests that needs it says `pytestmark = needs("gmpp")`. Where the folder is missing, such
a module is not collected, and the run says in one line which data did not run and how to get it.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETS = ("gmpp", "it-dashboard", "jp-review", "nyc-capital", "worldbank")


def places() -> list[Path]:
    """Where the data may lie: PMO_SHARED, beside the repository, or where a worktree's main copy has it."""
    if given := os.environ.get("PMO_SHARED"):
        return [Path(given)]
    return [ROOT.parent / "shared", ROOT.parent.parent / "shared"]


def folder(name: str) -> Path | None:
    """The folder of a data set, or None where it is not there."""
    return next((p / "data" / name for p in places() if (p / "data" / name).is_dir()), None)
