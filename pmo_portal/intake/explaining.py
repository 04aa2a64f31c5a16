"""A profile's definition in words, for the page that shows it. What has no words of its own is shown as it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from pmo_portal.i18n.localised import pick
from pmo_portal.intake.wording import UNIT_NAMES

LABELS = {
    "layout": _("How the sheet lies"),
    "sheet": _("Sheet"),
    "encoding": _("Encoding"),
    "header_row": _("Row of the column names"),
    "header_rows": _("Rows of column names"),
    "language": _("Language of the sheet"),
    "currency": _("Currency"),
    "period": _("Which period a row belongs to"),
    "identity": _("How a project is recognised"),
    "baseline": _("Baseline"),
    "milestones": _("Milestones made of it"),
    "fill": _("Filled in for every row"),
    "repair": _("Mended from another column"),
    "refuse": _("Refused rows"),
    "rest": _("Columns without a field"),
    "ignore": _("Columns left out"),
    "seen_heads": _("Known by these column names"),
    "words": _("Words for “unknown”"),
    "prose": _("Words where a value should stand"),
    "tolerate": _("Let pass"),
    "skip": _("Skipped rows"),
    "attribution": _("Source"),
    "warning": _("Warning"),
    "required": _("Required"),
    "values": _("Read as"),
    "order": _("Order of dates"),
    "unit": _("Unit of amounts"),
    "unit_chosen": _("Unit of amounts"),
    "decimal": _("Decimal sign"),
    "fiscal": _("A fiscal year means"),
    "also": _("Fills as well"),
}
WORDS = {
    ("layout", "auto"): _("recognised by the portal"),
    ("layout", "rows"): _("one project a row"),
    ("layout", "columns"): _("one project a column"),
    ("rest", "keep"): _("kept with the record"),
    ("rest", "drop"): _("left out"),
    ("prose", "keep"): _("kept as written, the value stays unknown"),
    ("prose", "refuse"): _("refused"),
    ("baseline", "first"): _("the first figures that came"),
    ("language", "en"): _("English"),
    ("language", "ja"): _("Japanese"),
    ("order", "dmy"): _("day, month, year"),
    ("order", "mdy"): _("month, day, year"),
    ("fiscal", "start"): _("its first day"),
    ("fiscal", "end"): _("its last day"),
    ("required", True): _("a row without it is refused"),
    ("tolerate", "finish_before_start"): _("a finish before the start"),
    **{(key, unit): words for key in ("unit", "unit_chosen") for unit, words in UNIT_NAMES.items()},
}


@dataclass(frozen=True)
class Said:
    """`label` and `text` are in the reader's language; `code` says that the text is a definition and not words."""

    label: str
    text: str
    code: bool = False


def explain(key: str, value: Any) -> Said:
    """One part of a definition."""
    label = str(LABELS.get(key, key))
    if isinstance(value, dict) and set(value) <= {"ja", "en"}:
        return Said(label, pick(value.get("ja", ""), value.get("en", "")))
    if isinstance(value, list) and value and all(isinstance(one, str) and (key, one) in WORDS for one in value):
        return Said(label, _(", ").join(str(WORDS[key, one]) for one in value))
    if isinstance(value, (str, bool)) and (key, value) in WORDS:
        return Said(label, str(WORDS[key, value]))
    if key in ("attribution", "currency", "sheet") and isinstance(value, str):
        return Said(label, value)
    if isinstance(value, dict) and value and all(isinstance(one, str) for one in value.values()):
        return Said(label, "; ".join(f"{was} → {one}" for was, one in value.items()), code=True)
    return Said(label, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), code=True)


def is_pattern(head: str) -> bool:
    """Whether a column's name is a pattern between slashes rather than a name."""
    return len(head) > 1 and head.startswith("/") and head.endswith("/")
