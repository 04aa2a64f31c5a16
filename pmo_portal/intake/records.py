"""A table's lines → records with a Value per field. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pmo_portal.intake import columns as reading
from pmo_portal.intake import days
from pmo_portal.intake import heads as naming
from pmo_portal.intake.columns import Column
from pmo_portal.intake.reading import Mark, Raw, text_of
from pmo_portal.intake.table import Line, Skipped, Table
from pmo_portal.intake.values import BLANK, Value, tidy


@dataclass
class Record:
    """One record of the sheet. `rest`: head → text of columns without a field; `marks`: column → what the file itself
    did to a cell; `notes`: about the row."""

    number: int
    values: dict[str, Value] = field(default_factory=dict)
    rest: dict[str, str] = field(default_factory=dict)
    cells: dict[int, str] = field(default_factory=dict)
    marks: dict[int, Mark] = field(default_factory=dict)
    notes: list[Mark] = field(default_factory=list)
    faults: list[Mark] = field(default_factory=list)

    def value(self, key: str) -> Any:
        """The known value of a field, or None."""
        found = self.values.get(key)
        return found.value if found else None

    def text(self, key: str) -> str:
        found = self.values.get(key)
        return found.text if found else ""


def build(
    table: Table,
    columns: list[Column],
    rest: list[int],
    definition: dict[str, Any],
    repairs: dict[tuple[int, int], str] | None = None,
    delimiter: str = ",",
) -> tuple[list[Record], list[Skipped]]:
    """Records, and the lines that turned out to be none. `repairs`: (number, column) → what a person wrote instead."""
    width = len(table.heads)
    ignored = definition.get("ignore") or ()
    kept = [c for c in rest if not any(naming.matches(table.heads[c], i) for i in ignored)]
    labels = _labels(table, kept)
    records, skipped = [], []
    seen: dict[tuple, int] = {}
    shapes: reading.Shapes | None = None
    for line in table.lines:
        if len(line.cells) > width:
            shapes = shapes or reading.Shapes(table.lines, width)
            _rejoin(line, shapes, table, delimiter)
        written = tuple(text_of(c).strip() for c in line.cells[:width])
        if written in seen:
            skipped.append(Skipped(line.number, "repeated_row", " ".join(written)[:80], {"row": seen[written]}))
            continue
        seen[written] = line.number
        record = _record(line, columns, repairs or {})
        if definition.get("rest", "keep") == "keep":
            for c in kept:
                if c < len(line.cells) and (text := tidy(text_of(line.cells[c]).replace("\0", "\ufffd"))):
                    record.rest[labels[c]] = text[: reading.TEXT_LIMIT]
        if _is_skipped(record, definition):
            skipped.append(Skipped(line.number, "total_row", record.text("name")[:80]))
            continue
        _in_order(record)
        records.append(record)
    fill(records, definition)
    repair_by_code(records, definition)
    _check_source(records, definition)
    return records, skipped


def _labels(table: Table, kept: list[int]) -> dict[int, str]:
    """Names under which further columns are kept: the heads, told apart where they repeat."""
    labels: dict[int, str] = {}
    for c in kept:
        label = naming.shown(table.heads[c])[:120]
        labels[c] = label if label not in labels.values() else f"{label} ({table.letter(c)})"
    return labels


def _rejoin(line: Line, shapes: reading.Shapes, table: Table, delimiter: str) -> None:
    found = shapes.rejoin(line, delimiter)
    if found is not None:
        place, cells = found
        names = {"first": table.letter(place), "second": table.letter(place + 1)}
        line.notes.append(Mark("split_cell", names))
        line.cells = cells
        return
    extra = sum(1 for c in line.cells[shapes.width :] if text_of(c).strip())
    if extra:
        line.notes.append(Mark("extra_cells", {"count": extra}))


def _record(line: Line, columns: list[Column], repairs: dict[tuple[int, int], str]) -> Record:
    record = Record(line.number, marks=line.marks, notes=list(line.notes))
    for column in columns:
        raw: Raw = line.cells[column.index] if column.index < len(line.cells) else ""
        repaired = repairs.get((line.number, column.index))
        if repaired is not None:
            raw = repaired
            record.marks = {c: m for c, m in record.marks.items() if c != column.index}
        value = column.read(raw, line.unit)
        mark = record.marks.get(column.index)
        if mark is not None and mark.code == "formula":
            value = Value(text=value.text or str(mark.params.get("text", "")), fault="formula")
        record.values[column.field] = value
        if column.also:
            record.values[column.also] = value
        record.cells[column.index] = text_of(raw)
    return record


def _in_order(record: Record) -> None:
    start, finish = record.values.get("start"), record.values.get("finish")
    if start is not None and finish is not None:
        record.values["start"], record.values["finish"] = days.in_order(start, finish)


def _is_skipped(record: Record, definition: dict[str, Any]) -> bool:
    skip = definition.get("skip") or {}
    name = record.text("name")
    if name and any(naming.matches(name, t) for t in skip.get("totals") or ()):
        return True
    return any(naming.matches(record.text(w["field"]), w["matches"]) for w in skip.get("when") or ())


def fill(records: list[Record], definition: dict[str, Any]) -> None:
    """What is the same for every record, where the sheet itself says nothing."""
    for key, constant in (definition.get("fill") or {}).items():
        for record in records:
            if record.values.get(key, BLANK).is_blank:
                record.values[key] = Value(constant, str(constant))


def repair_by_code(records: list[Record], definition: dict[str, Any]) -> None:
    """A spelling follows its code: of all spellings with the same code, the most frequent one."""
    for rule in definition.get("repair") or ():
        key, by = rule["field"], rule["by"]
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for record in records:
            if (code := record.text(by)) and (text := record.text(key)):
                spellings[code][text] += 1
        usual = {code: count.most_common(1)[0][0] for code, count in spellings.items()}
        for record in records:
            right = usual.get(record.text(by))
            had = record.values.get(key, BLANK)
            if right and had.text != right:
                note = Value(right, had.text or right, note="spelling", params={"text": had.text, "right": right})
                record.values[key] = note


def _check_source(records: list[Record], definition: dict[str, Any]) -> None:
    for rule in definition.get("refuse") or ():
        for record in records:
            text = record.text(rule["field"])
            if text and naming.matches(text, rule["matches"]):
                record.faults.append(Mark("marked_error", {"text": text[:80], "field": rule["field"]}))


def odd_years(records: list[Record], columns: list[Column]) -> None:
    """Note dates whose year is far from all others of their column: perhaps a slip of the pen."""
    for column in columns:
        if column.kind != "date":
            continue
        years = sorted(v.year for r in records if isinstance(v := r.value(column.field), date))
        if len(years) < 20:
            continue
        low, high = years[len(years) // 100], years[-1 - len(years) // 100]
        for record in records:
            value = record.values.get(column.field, BLANK)
            if isinstance(value.value, date) and not low - 40 <= value.value.year <= high + 40 and not value.note:
                params = {"text": value.text, "year": value.value.year}
                record.values[column.field] = Value(value.value, value.text, note="implausible_year", params=params)


def large_amounts(records: list[Record], columns: list[Column]) -> None:
    """Note amounts a thousand times the usual: perhaps in another unit than the column's."""
    for column in columns:
        if column.kind != "money":
            continue
        known = sorted(abs(r.value(column.field)) for r in records if r.value(column.field))
        if len(known) < 50:
            continue
        top = known[int(len(known) * 0.95)] * 100
        for record in records:
            value = record.values.get(column.field, BLANK)
            if value.value is not None and abs(value.value) > top and value.note in ("", "unit_in_cell"):
                record.values[column.field] = Value(
                    value.value, value.text, note="implausible_amount", currency=value.currency, params=value.params
                )
