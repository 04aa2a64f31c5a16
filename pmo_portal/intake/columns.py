"""How each column is read: order of dates, signs and unit of numbers, decided once per column. Pure."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pmo_portal.intake import amounts, choices, days
from pmo_portal.intake import heads as naming
from pmo_portal.intake.mapping import Mapping, Match
from pmo_portal.intake.reading import Raw, text_of
from pmo_portal.intake.table import Line, Table
from pmo_portal.intake.values import BLANK, Value, tidy, unknown_of

TEXT_LIMIT = 100_000


@dataclass
class Column:
    """A mapped column and its way of being read."""

    index: int
    field: str
    kind: str
    head: str
    score: float = 1.0
    dates: days.DateStyle = dataclasses.field(default_factory=days.DateStyle)
    numbers: amounts.NumberStyle = dataclasses.field(default_factory=amounts.NumberStyle)
    unit: str = "one"
    unit_from: str = ""  # person, head, line (of units), profile, above (the heads)
    values: dict[str, str] = dataclasses.field(default_factory=dict)
    words: dict[str, str] = dataclasses.field(default_factory=dict)
    fiscal: str = ""
    limit: int = 0
    prose: bool = False
    also: str = ""
    required: bool = False

    def read(self, raw: Raw, unit: str = "") -> Value:
        """One cell of this column. `unit`: what its line says of its own amounts."""
        if raw == "":
            return BLANK
        if self.kind == "date":
            found = days.parse(raw, self.dates, self.words, self.fiscal)
        elif self.kind == "money":
            found = amounts.parse_money(raw, self._unit(unit), self.numbers, self.words)
        elif self.kind == "number":
            found = amounts.parse_number(raw, self.numbers, self.words)
        elif self.kind == "percent":
            found = amounts.parse_percent(raw, self.numbers, self.words)
        elif self.kind == "choice":
            found = choices.parse(raw if isinstance(raw, str) else text_of(raw), self.values, self.words)
        elif self.kind == "code":
            return _code(raw)
        else:
            return self._text(raw)
        if found.fault in ("not_a_date", "not_a_number", "not_a_percent", "not_a_choice") and self.prose:
            return _prose(found)
        return found

    def _unit(self, of_line: str) -> str:
        """What is said nearest to the cell."""
        return of_line if of_line and self.unit_from in ("", "profile", "above") else self.unit

    def _text(self, raw: Raw) -> Value:
        text = raw.replace("\r\n", "\n").replace("\r", "\n") if isinstance(raw, str) else text_of(raw)
        text = tidy(text.replace("\0", "\ufffd"))
        if not text:
            return BLANK
        limit = self.limit or TEXT_LIMIT
        if len(text) > limit:
            return Value(text=text[:400], fault="too_long", params={"length": len(text), "limit": limit})
        if len(text) <= 12 and (kind := unknown_of(text, self.words)) and kind == "not_available":
            return Value(text=text, unknown=kind)
        return Value(text, text)


def _code(raw: Raw) -> Value:
    """A number that is a name: 1944, 1944.0 and "1,944" are the same."""
    text = tidy(text_of(raw))
    if not text:
        return BLANK
    plain = text.replace(",", "") if text.replace(",", "").isdigit() and _grouped(text) else text
    if plain != text:
        return Value(plain, text, note="code_digits", params={"text": text, "code": plain})
    if len(text) > 120:
        return Value(text=text[:400], fault="too_long", params={"length": len(text), "limit": 120})
    return Value(text, text)


def _grouped(text: str) -> bool:
    first, *rest = text.split(",")
    return 1 <= len(first) <= 3 and all(len(part) == 3 for part in rest)


def _prose(found: Value) -> Value:
    """Words instead of a value are kept as the reason why it is not known; figures gone wrong stay faults."""
    letters = sum(c.isalpha() for c in found.text)
    digits = sum(c.isdigit() for c in found.text)
    return Value(text=found.text, unknown="text") if letters >= 4 and letters > digits else found


def decide(table: Table, mapping: Mapping, definition: dict[str, Any], kinds: dict[str, Any]) -> list[Column]:
    """The columns with their styles. `kinds`: field → its declaration (kind, values, limit, fiscal) in the target."""
    words = {naming.fold(k): v for k, v in (definition.get("words") or {}).items()}
    prose = definition.get("prose") == "keep"
    columns = [_column(table, m, words, prose, kinds) for m in mapping.matches]
    _settle_units(columns, table)
    dated = [c for c in columns if c.kind == "date"]
    _settle_open(dated)
    return columns


def _column(table: Table, match: Match, words: dict[str, str], prose: bool, kinds: dict[str, Any]) -> Column:
    options, own = match.wanted.options, kinds.get(match.wanted.field)
    head = table.heads[match.column]
    column = Column(match.column, match.wanted.field, match.wanted.kind, head, match.score)
    column.words, column.prose = words, prose if options.get("prose") is None else options["prose"] == "keep"
    column.also, column.required = options.get("also", ""), bool(options.get("required"))
    column.limit = own.limit if own else 0
    column.fiscal = options.get("fiscal", own.fiscal if own else "")
    given = options.get("values") or {}
    column.values = {**(own.values if own else {}), **{choices.squeeze(k): v for k, v in given.items()}}
    cells = [line.cells[match.column] for line in table.lines if match.column < len(line.cells)]
    if column.kind == "date":
        column.dates = days.decide(cells, options.get("order", ""))
    elif column.kind in ("money", "number", "percent"):
        style = amounts.decide(cells)
        if options.get("decimal"):
            style = amounts.NumberStyle(options["decimal"], style.signed_percent, style.bare, style.bare_is_fraction)
        column.numbers = style
        if column.kind == "money":
            stated = amounts.unit_of_head(head)
            chosen = options.get("unit_chosen", "")
            in_line, remembered = table.units.get(match.column, ""), options.get("unit", "")
            said = (("person", chosen), ("head", stated), ("line", in_line), ("profile", remembered), ("", "one"))
            column.unit_from, column.unit = next(pair for pair in said if pair[1])
    return column


def _settle_units(columns: list[Column], table: Table) -> None:
    """What stands above the heads holds for the amounts of which nothing else says the unit."""
    unit, _text = amounts.unit_above(table.above)
    for column in columns if unit else ():
        if column.kind == "money" and not column.unit_from:
            column.unit, column.unit_from = unit, "above"


def _settle_open(dated: list[Column]) -> None:
    """A column without any certain cell follows the sheet's other dates, where those agree."""
    orders = {c.dates.order for c in dated if c.dates.order}
    if len(orders) != 1:
        return
    order = orders.pop()
    for column in dated:
        style = column.dates
        if not style.order and not style.mixed and style.open:
            column.dates = days.DateStyle(order, style.dmy, style.mdy, style.open, "sheet", style.serial)


def fitting(table: Table, kinds: dict[str, Any]) -> Callable[[int, str], bool]:
    """Whether most of a column's cells say values of a field: (column, field) → so it is."""

    def fits(column: int, key: str) -> bool:
        values = kinds[key].values if key in kinds else {}
        texts = [tidy(text_of(line.cells[column])) for line in table.lines if column < len(line.cells)]
        said = [choices.squeeze(text) for text in texts if text and not unknown_of(text, None)]
        return sum(text in values for text in said) * 2 > len(said)

    return fits


# ---- rows with a cell too many


def shape(text: str) -> str:
    """What a cell looks like: blank, figures by their number, a date, a number, words by their length."""
    text = text.strip()
    if not text:
        return "blank"
    if text.isdigit() or (text.replace(",", "").isdigit() and _grouped(text)):
        return f"figures {len(text.replace(',', ''))}"
    if _DATE.match(text):
        return "date"
    if _NUMBER.match(text):
        return "number"
    if _CODE.match(text):
        return "code"
    return f"words {min(len(text).bit_length(), 9)}"


_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")
_NUMBER = re.compile(r"^[-+(£$€¥]*[\d,]*\.?\d+%?\)?$")
_CODE = re.compile(r"^(?=.*\d)[\w-]{3,20}$")


class Shapes:
    """What the cells of each column usually look like, from the rows that have the right number of cells."""

    def __init__(self, lines: Iterable[Line], width: int) -> None:
        self.width = width
        self.seen: list[Counter[str]] = [Counter() for _ in range(width)]
        self.count = 0
        for line in lines:
            if len(line.cells) == width:
                self.count += 1
                for seen, cell in zip(self.seen, line.cells, strict=True):
                    seen[shape(text_of(cell))] += 1

    def likelihood(self, cells: list[str]) -> float:
        """How usual a row looks, as the logarithm of a probability."""
        return sum(
            math.log((seen[shape(c)] + 0.5) / (self.count + 10)) for seen, c in zip(self.seen, cells, strict=True)
        )

    def rejoin(self, line: Line, delimiter: str) -> tuple[int, list[Raw]] | None:
        """A row with one cell too many: the place at which a text was cut in two, found by how usual the row looks when it
        is put together there. None: there is no such place."""
        cells = list(line.cells)
        while len(cells) > self.width and text_of(cells[-1]).strip() == "":
            cells.pop()
        if len(cells) != self.width + 1 or self.count < 5:
            return None
        texts = [text_of(c).strip() for c in cells]
        best, place = -math.inf, -1
        for cut in range(self.width):
            joined = _joined(texts[cut], texts[cut + 1], delimiter)
            found = self.likelihood([*texts[:cut], joined, *texts[cut + 2 :]])
            if found > best + 1e-9:
                best, place = found, cut
        if self.likelihood(texts[: self.width]) >= best:
            return None
        together = _joined(texts[place], texts[place + 1], delimiter)
        return place, [*cells[:place], together, *cells[place + 2 :]]


def _joined(left: str, right: str, delimiter: str) -> str:
    return f"{left}{delimiter}{right}" if left and right else left or right
