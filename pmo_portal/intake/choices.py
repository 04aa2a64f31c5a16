"""Words from a closed list out of cells (ratings, states). Pure."""

from __future__ import annotations

import re

from pmo_portal.intake.values import BLANK, Value, fold, tidy, unknown_of

CONFIDENCE = {
    "green": "green",
    "amber/green": "amber_green",
    "green/amber": "amber_green",
    "amber-green": "amber_green",
    "amber": "amber",
    "yellow": "amber",
    "amber/red": "amber_red",
    "red/amber": "amber_red",
    "amber-red": "amber_red",
    "red": "red",
    "highly likely": "green",
    "probable": "amber_green",
    "feasible": "amber",
    "in doubt": "amber_red",
    "unachievable": "red",
    "高い": "green",
    "やや高い": "amber_green",
    "中程度": "amber",
    "やや低い": "amber_red",
    "低い": "red",
    "g": "green",
    "a/g": "amber_green",
    "ag": "amber_green",
    "a": "amber",
    "a/r": "amber_red",
    "ar": "amber_red",
    "r": "red",
}


def squeeze(text: str) -> str:
    """fold, and blanks around / and - go: "Amber/ Red" = "amber/red"."""
    return re.sub(r"\s*([/–—-])\s*", lambda m: "/" if m[1] == "/" else "-", fold(text)).strip(" .")


def parse(raw: object, values: dict[str, str], words: dict[str, str] | None = None) -> Value:
    """One cell as a value of the list. `values`: squeezed text → value."""
    text = tidy(str(raw if raw is not None else ""))
    if not text:
        return BLANK
    if (found := values.get(squeeze(text))) is not None:
        return Value(found, text) if found else Value(text=text, unknown="not_assessed")
    if kind := unknown_of(text, words):
        return Value(text=text, unknown=kind)
    return Value(text=text, fault="not_a_choice", params={"text": text[:80]})
