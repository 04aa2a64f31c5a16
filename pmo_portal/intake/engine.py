"""From a file's bytes and a definition to judged records; from judged records to what the preview shows."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pmo_portal.intake import amounts, days, mapping, records, table, units
from pmo_portal.intake import columns as reading_columns
from pmo_portal.intake import heads as naming
from pmo_portal.intake.complement import complement
from pmo_portal.intake.corner import name_the_corner
from pmo_portal.intake.faults import Unreadable
from pmo_portal.intake.mapping import Mapping, Wanted
from pmo_portal.intake.models import ImportRow
from pmo_portal.intake.reading import Limits, Mark, Workbook, read, text_of
from pmo_portal.intake.records import Record
from pmo_portal.intake.table import Choice, Skipped, Table
from pmo_portal.intake.targets import Context, Judged, Note, Target
from pmo_portal.intake.values import BLANK, Value

PERIOD = "period_on"
KEPT_TEXT = 1200  # characters of a cell that the preview keeps; the file has the rest
Verdict = ImportRow.Verdict


@dataclass
class Prepared:
    """A file read by a definition: everything that does not depend on what the portal knows already."""

    workbook: Workbook
    table: Table
    mapping: Mapping
    columns: list[reading_columns.Column]
    records: list[Record]
    skipped: list[Skipped]
    definition: dict[str, Any]
    dates: dict[int, date] = field(default_factory=dict)  # row → its period, where the sheet says it
    date_from: str = ""  # column, head, name or empty


def wanted_of(target: Target, definition: dict[str, Any]) -> list[Wanted]:
    """The columns that are looked for, and by which names."""
    own = target.by_key()
    listed = definition.get("columns")
    if not listed:
        found = [Wanted(f.key, f.kind, f.heads, told_by_cells=f.told_by_cells) for f in target.fields if f.heads]
    else:
        found = []
        for column in listed:
            declared = own.get(column["field"])
            kind = declared.kind if declared else column.get("kind", "text")
            found.append(Wanted(column["field"], kind, tuple(column.get("heads") or ()), column))
    period = definition.get("period") or {}
    if period.get("heads"):
        kind = "date" if period.get("as", "date") == "date" else "code"
        found.append(Wanted(PERIOD, kind, tuple(period["heads"]), period))
    return found


def prepare(
    content: bytes,
    file_name: str,
    target: Target,
    definition: dict[str, Any],
    repairs: dict[tuple[int, int], str] | None = None,
    limits: Limits | None = None,
) -> Prepared:
    """Read, lay out, map, decide the columns, build the records. Raises Unreadable."""
    workbook = read(content, file_name, encoding=definition.get("encoding", ""), limits=limits)
    wanted = wanted_of(target, definition)
    choice = Choice(
        str(definition.get("sheet") or ""),
        str(definition.get("layout") or "auto"),
        int(definition.get("header_row") or 0),
        int(definition.get("header_rows") or 0),
    )
    example = next((n for w in wanted for n in w.names if not naming.is_pattern(n)), target.name_field)
    sheet = units.take_line(complement(table.tabulate(workbook.sheets, mapping.known(wanted), choice, example)))
    declared = target.by_key().get(target.name_field)
    name_the_corner(sheet, wanted, target.name_field, str(declared.label) if declared else "")
    fits = reading_columns.fitting(sheet, target.by_key())
    found = mapping.match(sheet.heads, wanted, alike=not definition.get("columns"), lowest=sheet.lowest, fits=fits)
    _require_columns(found, sheet, definition)
    sheet.above += units.texts_about(sheet, found)
    units.unit_of_each(sheet)
    read_columns = reading_columns.decide(sheet, found, definition, target.by_key())
    built, more_skipped = records.build(sheet, read_columns, found.rest, definition, repairs, workbook.delimiter or " ")
    records.odd_years(built, read_columns)
    records.large_amounts(built, read_columns)
    prepared = Prepared(
        workbook,
        sheet,
        found,
        read_columns,
        built,
        sorted([*sheet.skipped, *more_skipped], key=lambda s: s.number),
        definition,
    )
    _date_records(prepared, file_name)
    return prepared


def _require_columns(found: Mapping, sheet: Table, definition: dict[str, Any]) -> None:
    for w in found.missing:
        if w.field == "stamp":  # a column that nobody has seen: it is the wrong file
            raise Unreadable("no_stamps")
        if w.options.get("required"):
            names = ", ".join(naming.shown(h)[:40] for h in sheet.heads if h)
            raise Unreadable("no_column", text=next(iter(w.names), w.field), names=names[:300])


# ---- periods


def _date_records(prepared: Prepared, file_name: str) -> None:
    """For which date each record is: from a column, else from a title, a head, or the file's name."""
    rule = prepared.definition.get("period") or {}
    way = rule.get("as", "date")
    if prepared.mapping.column_of(PERIOD) is not None:
        prepared.date_from = "column"
        _dates_of_column(prepared, way)
        return
    sources = (("title", prepared.table.above), ("head", prepared.table.heads), ("name", [file_name]))
    for source, texts in sources:
        pattern = rule.get(f"from_{source}")
        for text in texts if pattern else ():
            found = naming.compiled(pattern).search(naming.fold(text))
            day = _day_of(found[1] if found.groups() else found[0], way, rule.get("order", "")) if found else None
            if day is not None:
                prepared.date_from = source
                prepared.dates = {r.number: day for r in prepared.records}
                return


def _dates_of_column(prepared: Prepared, way: str) -> None:
    """A row whose cell is blank belongs to the sheet's only date; where there are several it is refused."""
    blank = []
    for record in prepared.records:
        value = record.values.get(PERIOD, BLANK)
        day = value.value if isinstance(value.value, date) else _year_end(value.text, way)
        if day is not None:
            prepared.dates[record.number] = day
        elif value.is_blank:
            blank.append(record)
        else:
            record.faults.append(Mark("bad_period", {"text": value.text[:40], "field": PERIOD}))
    only = set(prepared.dates.values())
    if len(only) == 1:
        prepared.dates |= {r.number: next(iter(only)) for r in blank}
    elif only:
        for record in blank:
            record.faults.append(Mark("no_period", {"field": PERIOD}))


def _day_of(text: str, way: str, order: str) -> date | None:
    if way == "date":
        found = days.parse(text, days.DateStyle(order))
        return found.value if isinstance(found.value, date) else None
    return _year_end(text, way)


_YEAR = re.compile(r"(?:fy)?\s*(\d{4})(?:\s*[/–-]\s*(\d{4}|\d{2}))?")


def _year_end(text: str, way: str) -> date | None:
    """The day on which a written year ends. 2017/18 is the year that ends in 2018 in every way of counting."""
    folded = naming.fold(text)
    if way == "fiscal_year":
        year = days.fiscal_year_of(folded.upper()) or days.fiscal_year_of(folded)
        return date(year + 1, 3, 31) if year and 1900 <= year < 2200 else None
    found = _YEAR.fullmatch(folded)
    if not found:
        return None
    year = int(found[1])
    if found[2]:
        end = int(found[2]) if len(found[2]) == 4 else year // 100 * 100 + int(found[2])
        year = end if end == year + 1 or end == year else year
        if len(found[2]) == 2 and int(found[2]) == 0 and year % 100 == 99:
            year += 1
    if not 1900 <= year <= 2200:
        return None
    return date(year, 12, 31) if way == "year_end" else date(year, 3, 31)


def place_in_time(prepared: Prepared, given: date | None) -> dict[int, date]:
    """Row → date of its figures. A date given by hand wins, unless a column of the sheet holds several."""
    several = prepared.date_from == "column" and len(set(prepared.dates.values())) > 1
    if given is not None and not several:
        return {r.number: given for r in prepared.records}
    return prepared.dates


# ---- judging


def judge(prepared: Prepared, target: Target, context: Context) -> list[Judged]:
    """Every record with its verdict, in the order of the sheet."""
    dates = place_in_time(prepared, context.as_of)
    sound, refused = [], []
    for record in prepared.records:
        faults = faults_of(record, prepared, target)
        answer = context.answers.get(record.number, {}).get("choice")
        if answer == "leave_out":
            refused.append(Judged(record, Verdict.LEFT_OUT, on=dates.get(record.number)))
        elif faults:
            refused.append(Judged(record, Verdict.REFUSED, faults=faults, on=dates.get(record.number)))
        elif target.needs_period and record.number not in dates:
            refused.append(Judged(record, Verdict.REFUSED, faults={"": Note("no_period")}))
        else:
            sound.append(record)
    context.dates = dates
    context.heads = {c.field: naming.shown(c.head)[:120] for c in prepared.columns}
    judged = target.judge(context, sound)
    return sorted([*judged, *refused], key=lambda j: j.number)


def faults_of(record: Record, prepared: Prepared, target: Target) -> dict[str, Note]:
    """Field → why the record cannot be taken."""
    faults: dict[str, Note] = {}
    for column in prepared.columns:
        value = record.values.get(column.field, BLANK)
        if value.fault:
            faults[column.field] = Note(value.fault, value.params)
    for mark in record.faults:
        faults.setdefault(str(mark.params.get("field", "")), Note(mark.code, mark.params))
    start, finish = record.value("start"), record.value("finish")
    if isinstance(start, date) and isinstance(finish, date) and finish < start:
        note = Mark("finish_before_start", {"start": start.isoformat(), "finish": finish.isoformat()})
        if "finish_before_start" in (prepared.definition.get("tolerate") or ()):
            record.notes.append(note)
        else:
            faults.setdefault("finish", Note(note.code, note.params))
    return faults


# ---- what the preview shows


def rows_of(run_id: int, judged: list[Judged], prepared: Prepared) -> list[ImportRow]:
    """The rows to be stored, cells as they were read."""
    return [_row(run_id, one, prepared) for one in judged]


def _row(run_id: int, one: Judged, prepared: Prepared) -> ImportRow:
    record = one.record
    cells = {}
    for column in prepared.columns:
        cell = _cell(record, column, one)
        if cell:
            cells[str(column.index)] = cell
    notes = [[m.code, m.params] for m in record.notes] + [[n.code, n.params] for n in one.notes]
    if (whole := one.faults.get("")) is not None:
        notes.append([whole.code, whole.params])
    return ImportRow(
        run_id=run_id,
        number=record.number,
        label=_label(one),
        on=one.on,
        verdict=one.verdict,
        cells=cells,
        matched_id=one.matched_id,
        candidates=[
            {"id": c.pk, "label": c.label[:200], "detail": c.detail[:200], "score": c.score, "reason": c.reason}
            for c in one.candidates
        ],
        proposed_id=one.proposal,
        notes=notes,
    )


def _label(one: Judged) -> str:
    """What the sheet calls the row, also where that is no name for us."""
    for key in ("name", "name_ja", "name_en", "source_id", "key"):
        held = one.held.get(key)
        if text := str(held.params["text"]) if held is not None else one.record.text(key).strip():
            return " ".join(text.split())[:300]
    return one.label[:300]


def _cell(record: Record, column: reading_columns.Column, one: Judged) -> dict[str, Any]:
    """t text · v value · w was · s state · c code of the sentence · p its figures. Empty parts are left out."""
    value = record.values.get(column.field, BLANK)
    cell: dict[str, Any] = {}
    text = record.cells.get(column.index, "")
    if text:
        cell["t"] = text[:KEPT_TEXT]
    if value.value is not None and column.kind not in ("text", "code"):
        cell["v"] = str(value.value)
    fault = one.faults.get(column.field)
    held = one.held.get(column.field)
    mark = record.marks.get(column.index)
    if fault is not None:
        cell["s"], cell["c"], cell["p"] = "refused", fault.code, fault.params
    elif held is not None:
        cell["s"], cell["c"], cell["p"] = "held", held.code, held.params
    elif value.unknown:
        cell["s"], cell["c"] = "unknown", value.unknown
    elif column.field in one.was:
        cell["s"], cell["w"] = "changed", one.was[column.field][:KEPT_TEXT]
    elif one.verdict == Verdict.NEW and text:
        cell["s"] = "new"
    if cell.get("s") in ("refused", "held"):
        pass  # why it is not taken is what a person has to know of it
    elif mark is not None and mark.code != "formula":
        cell["c"], cell["p"] = mark.code, mark.params
    elif value.note:
        cell["c"], cell["p"] = value.note, value.params
    if cell.get("p"):
        cell["p"] = {k: v for k, v in cell["p"].items() if isinstance(v, str | int | float | bool)}
    return cell


def facts_of(prepared: Prepared) -> dict[str, Any]:
    """What was found out about the file, for the head of the preview."""
    sheet = prepared.table
    styles = []
    for c in prepared.columns:
        styles.append(
            {
                "column": c.index,
                "letter": sheet.letter(c.index),
                "head": naming.shown(c.head)[:300],
                "field": c.field,
                "kind": c.kind,
                "score": c.score,
                "order": c.dates.order,
                "order_from": c.dates.source,
                "dmy": c.dates.dmy,
                "mdy": c.dates.mdy,
                "open": c.dates.open,
                "decimal": c.numbers.decimal,
                "fraction": c.numbers.bare_is_fraction,
                "unit": c.unit,
                "unit_from": c.unit_from,
            }
        )
    return {
        "content": content_of(prepared),
        "kind": prepared.workbook.kind,
        "encoding": prepared.workbook.encoding,
        "scores": prepared.workbook.scores,
        "delimiter": prepared.workbook.delimiter,
        "sheet": sheet.sheet,
        "sheets": [s.name for s in prepared.workbook.sheets],
        "layout": sheet.layout,
        "header_row": sheet.header_row,
        "header_rows": sheet.header_rows,
        "columns": styles,
        "unit_above": amounts.unit_above(sheet.above)[1][:120],
        "heads": [naming.shown(h)[:300] for h in sheet.heads],
        "rest": [
            {"column": c, "letter": sheet.letter(c), "head": naming.shown(sheet.heads[c])[:300]}
            for c in prepared.mapping.rest
            if _has_cells(sheet, c)
        ],
        "missing": [w.field for w in prepared.mapping.missing],
        "skipped": [
            {"number": s.number, "code": s.code, "text": s.text[:120], "params": s.params}
            for s in prepared.skipped[:500]
        ],
        "skipped_count": len(prepared.skipped),
        "skipped_by": dict(Counter(s.code for s in prepared.skipped)),
        "date_from": prepared.date_from,
        "dates": sorted({d.isoformat() for d in prepared.dates.values()})[:100],
    }


def content_of(prepared: Prepared) -> str:
    """A digest over the cells of the table, as they stand: a file that was merely saved again has the same."""
    digest = hashlib.sha256(repr(prepared.table.heads).encode())
    for line in prepared.table.lines:
        digest.update(repr((line.number, line.cells)).encode("utf-8", "replace"))
    return digest.hexdigest()


def _has_cells(sheet: Table, column: int) -> bool:
    return any(column < len(line.cells) and text_of(line.cells[column]).strip() for line in sheet.lines)


def same_money(one: Any, other: Any) -> bool:
    """Amounts are equal whatever their places."""
    return (one is None) == (other is None) and (one is None or Decimal(one) == Decimal(other))


def known(value: Value | None) -> Any:
    """The value of a cell, None where it is blank or not known."""
    return value.value if value is not None else None
