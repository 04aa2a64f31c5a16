"""The tables of docs/performance.md."""

from __future__ import annotations

from statistics import median
from typing import Any

from governance.bench.judging import by_name, growth, share, task_faults, times, verdicts

HEAD = ("task", "growth", "× F", "at most", "SQL", "KB", "4 clients", "1/F", "met")


def tables(database: str, offices: dict[int, dict[str, Any]]) -> str:
    """What was measured on one database: each task in offices of each size, and the goals over the whole."""
    sizes = sorted(offices)
    named = {size: by_name(offices[size]) for size in sizes}
    lines = [
        f"### {database}",
        "",
        f"The floor's p50: {_floors(offices[sizes[-1]])}.",
        "",
        "| task | " + " | ".join(f"{s:,} projects: p50 / p95 ms" for s in sizes) + " | " + " | ".join(HEAD[1:]) + " |",
        "| --- | " + " | ".join("---:" for _ in sizes) + " | " + " | ".join("---:" for _ in HEAD[2:]) + " | --- |",
    ]
    for name, timing in named[sizes[-1]].items():
        wrong = task_faults(timing)
        grown = f"{growth(named[sizes[0]][name], timing):.2f}" if len(sizes) > 1 else ""
        cells = [f"{named[s][name]['p50']:.1f} / {named[s][name]['p95']:.1f}" for s in sizes]
        cells += [grown, f"{times(timing):.1f}", f"{timing['limit']:g} {timing['floor']}", str(timing["sql"])]
        cells += [f"{timing['size'] / 1024:.0f}", f"{timing['rate']:.0f}/s", f"1/{share(timing):.1f}"]
        lines.append(f"| {name} | {' | '.join(cells)} | {'**no**: ' + '; '.join(wrong) if wrong else 'yes'} |")
    lines += ["", "| goal | found | at most | |", "| --- | --- | --- | --- |"]
    lines += [f"| {v.goal} | {v.found} | {v.most} | {v.word} |" for v in verdicts(offices)]
    return "\n".join(lines)


def _floors(office: dict[str, Any]) -> str:
    """The middle of the floor's medians over the tasks that stand beside it, for each kind of floor."""
    kinds: dict[str, list[float]] = {}
    for timing in office["timings"]:
        kinds.setdefault(timing["floor"], []).append(timing["floor_p50"])
    return ", ".join(f"{kind} {median(found):.1f} ms" for kind, found in kinds.items())
