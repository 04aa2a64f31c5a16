"""How a preview looks: its filters, one page of its rows, and what is said about the row and cell that somebody chose."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from pmo_portal.i18n import dates, numbers
from pmo_portal.intake import queries
from pmo_portal.intake.models import ImportRow, ImportRun
from pmo_portal.intake.queries import CellView, RowView

PER_PAGE = 50
CHANGED_SHOWN = 10  # of the rows that were changed since the preview
LENGTH = 60
Verdict, State = ImportRow.Verdict, ImportRun.State
PROBLEMS = (Verdict.AMBIGUOUS, Verdict.REFUSED)
# verdict → (word, sign, class): the design's words for what an import does
VERDICTS: dict[str, tuple[Any, str, str]] = {
    Verdict.NEW: (pgettext_lazy("verdict", "New"), "", "is-green"),
    Verdict.CHANGED: (pgettext_lazy("verdict", "Changed"), "", "is-blue"),
    Verdict.UNCHANGED: (pgettext_lazy("verdict", "Same"), "", ""),
    Verdict.AMBIGUOUS: (pgettext_lazy("verdict", "To confirm"), "▲", "is-amber"),
    Verdict.REFUSED: (pgettext_lazy("verdict", "Refused"), "■", "is-red"),
    Verdict.LEFT_OUT: (pgettext_lazy("verdict", "Left out"), "", ""),
}


@dataclass(frozen=True)
class Asked:
    """What the address says about the preview."""

    verdict: str = ""
    words: str = ""
    page: int = 1
    row: int | None = None
    cell: int | None = None

    @classmethod
    def read(cls, params) -> Asked:
        verdict = params.get("show", "")
        return cls(
            verdict if verdict in Verdict.values else "",
            params.get("q", "").replace("\0", "")[:100].strip(),
            max(1, number(params.get("page")) or 1),
            number(params.get("row")),
            number(params.get("cell")),
        )

    def query(self, **changes: Any) -> str:
        """The address's part after the ?, with some of it changed; what says nothing stays away."""
        said = {"show": self.verdict, "q": self.words, "page": self.page, "row": self.row, "cell": self.cell} | changes
        kept = {k: v for k, v in said.items() if v not in ("", None) and (k, v) != ("page", 1)}
        return f"?{urlencode(kept)}" if kept else "?"


def number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def chips(run: ImportRun, asked: Asked) -> list[dict[str, Any]]:
    """The counts as filters: all, then each verdict that occurs."""
    found = queries.counts(run)
    drawn = [_chip("", _("All"), "", "", found["all"], asked)]
    for verdict, (word, sign, style) in VERDICTS.items():
        if found[verdict] or verdict != Verdict.LEFT_OUT:
            drawn.append(_chip(verdict, word, sign, style, found[verdict], asked))
    return drawn


def _chip(verdict: str, word: Any, sign: str, style: str, count: int, asked: Asked) -> dict[str, Any]:
    return {
        "word": word,
        "sign": sign,
        "style": style,
        "count": numbers.group(count),
        "active": asked.verdict == verdict,
        "url": asked.query(show=verdict, page=1, row=None, cell=None),
    }


@dataclass(frozen=True)
class ChangedSince:
    """What others have changed between the preview and applying: the first of those rows, and how many others there are."""

    rows: list[dict[str, Any]]
    count: int
    others: int


def changed_since(run: ImportRun, asked: Asked) -> ChangedSince | None:
    """None: nothing of that kind, or all of it has been left out since."""
    found = [pair for pair in queries.rows_changed_since(run) if pair[0].verdict != Verdict.LEFT_OUT]
    if not found:
        return None
    drawn = [
        {
            "place": queries.place_in_sheet(run, row.number),
            "label": shortened(row.label),
            "url": f"{asked.query(row=row.number, cell=None, show='', q='', page=_page_of(run, row.number))}#row-{row.number}",
            "was": VERDICTS[was],
            "now": VERDICTS[row.verdict],
        }
        for row, was in found[:CHANGED_SHOWN]
    ]
    return ChangedSince(drawn, len(found), queries.count_others(run))


def _page_of(run: ImportRun, number: int) -> int:
    return queries.place_of(run, number) // PER_PAGE + 1


# ---- one page of rows


@dataclass(frozen=True)
class ShownCell:
    """One cell as the table has it: `now` after `was`, or what stands in the file."""

    state: str
    text: str
    was: str = ""
    align: str = ""
    title: str = ""
    url: str = ""
    head: str = ""
    is_current: bool = False
    is_name: bool = False


@dataclass
class ShownRow:
    number: int
    place: str
    verdict: str
    word: Any
    sign: str
    style: str
    url: str
    label: str
    cells: list[ShownCell] = field(default_factory=list)
    is_current: bool = False


@dataclass
class ShownPage:
    heads: list[dict[str, Any]]
    rows: list[ShownRow]
    first: int
    last: int
    count: int
    previous: str = ""
    next: str = ""


def page_of(run: ImportRun, asked: Asked, unit: str) -> ShownPage:
    """The rows that the address asks for; `unit` is the reader's unit of money."""
    count = queries.count_rows(run, verdict=asked.verdict, search=asked.words)
    pages = max(1, -(-count // PER_PAGE))
    here = min(asked.page, pages)
    start = (here - 1) * PER_PAGE
    found = queries.rows(run, verdict=asked.verdict, search=asked.words, first=start, count=PER_PAGE)
    heads = heads_of(run, unit)
    shown = [_shown(row, asked, unit) for row in found]
    return ShownPage(
        heads,
        shown,
        start + 1 if shown else 0,
        start + len(shown),
        count,
        asked.query(page=here - 1, row=None, cell=None) if here > 1 else "",
        asked.query(page=here + 1, row=None, cell=None) if here < pages else "",
    )


def heads_of(run: ImportRun, unit: str) -> list[dict[str, Any]]:
    """Letter and name in the sheet, above our field."""
    fields = queries.field_labels(run)
    currency = str(run.definition.get("currency") or "")
    return [
        {
            "letter": style["letter"],
            "head": style["head"],
            "label": fields.get(style["field"], style["field"]),
            "unit": numbers.unit_name(unit, currency) if style["kind"] == "money" and currency else "",
            "align": "end" if style["kind"] in ("money", "number", "percent", "date") else "",
        }
        for style in queries.columns_shown(run)
    ]


def _shown(row: RowView, asked: Asked, unit: str) -> ShownRow:
    word, sign, style = VERDICTS[row.verdict]
    made = ShownRow(
        row.number,
        row.place,
        row.verdict,
        word,
        sign,
        style,
        asked.query(row=row.number, cell=None),
        row.label,
        is_current=row.number == asked.row,
    )
    made.cells = [_shown_cell(row, cell, asked, unit) for cell in row.cells]
    return made


def _shown_cell(row: RowView, cell: CellView, asked: Asked, unit: str) -> ShownCell:
    to_confirm = row.verdict == Verdict.AMBIGUOUS and cell.field in ("name", "name_ja", "name_en", "source_id", "key")
    state = cell.state or ("confirm" if to_confirm and cell.text else "")
    now = written(cell, cell.value, unit) if cell.value not in (None, "") else cell.text
    if state in ("refused", "held"):
        now = cell.text
    was = "" if cell.was is None else written(cell, cell.was, unit) or _("nothing")
    return ShownCell(
        state,
        shortened(now),
        shortened(was),
        "end" if cell.kind in ("money", "number", "percent", "date") else "",
        cell.sentence,
        asked.query(row=row.number, cell=cell.index)
        if state in ("refused", "unknown", "confirm", "held") or cell.code
        else "",
        f"{cell.letter} {cell.head}",
        (row.number, cell.index) == (asked.row, asked.cell),
        cell.field in ("name", "name_ja"),
    )


def shortened(text: str, length: int = LENGTH) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else f"{flat[: length - 1]}…"


def written(cell: CellView, value: Any, unit: str) -> str:
    """A value of the cell's kind as the reader writes it."""
    if value in (None, ""):
        return ""
    kind = cell.kind
    if kind == "date" and isinstance(value, date):
        return dates.format_date(value, "plain")
    if kind == "money" and isinstance(value, Decimal):
        scaled, places = numbers.scaled(value, unit)
        return numbers.group(scaled, places)
    if kind == "percent" and isinstance(value, Decimal):
        return numbers.percent(value, 1)
    if kind == "number" and isinstance(value, Decimal):
        return numbers.group(value, 0 if value == value.to_integral_value() else 2)
    if kind == "choice":
        return str(cell.words.get(value) or word_of(cell.field, str(value)))
    return str(value)


def word_of(field_key: str, value: str) -> str:
    from pmo_portal.templatetags.pmo import CONFIDENCE, LIGHTS
    from pmo_portal.templatetags.pmo import word_of as word_of_light

    kind = {"confidence": "confidence", "overall": "light"}.get(field_key, "")
    return word_of_light(kind, value) if value in (CONFIDENCE if kind == "confidence" else LIGHTS) and kind else value


# ---- the row and cell that somebody chose


@dataclass
class Chosen:
    """What the side panel says."""

    row: RowView
    cell: CellView | None
    title: str
    column: Any = None
    value: str = ""
    was: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)
    others: list[CellView] = field(default_factory=list)
    is_repaired: bool = False
    word: Any = ""
    sign: str = ""
    style: str = ""


def chosen(run: ImportRun, asked: Asked, unit: str) -> Chosen | None:
    row = queries.row(run, asked.row) if asked.row is not None else None
    if row is None:
        return None
    cell = next((c for c in row.cells if c.index == asked.cell), None)
    wrong = [c for c in row.cells if c.state == "refused"]
    cell = cell or (wrong[0] if wrong else None)
    word, sign, style = VERDICTS[row.verdict]
    made = Chosen(row, cell, title_of(row, cell), word=word, sign=sign, style=style)
    made.changes = [
        {"label": c.head, "was": written(c, c.was, unit) or _("nothing"), "now": _now(c, unit)}
        for c in row.cells
        if c.state == "changed"
    ]
    made.others = [c for c in row.cells if c.sentence and c is not cell]
    if cell is not None:
        made.column = next((c for c in queries.columns(run) if c.index == cell.index), None)
        made.value = written(cell, cell.value, unit)
        made.was = written(cell, cell.was, unit)
        made.is_repaired = f"{row.number}:{cell.index}" in (run.answers.get("cells") or {})
    return made


def _now(cell: CellView, unit: str) -> str:
    return written(cell, cell.value, unit) or cell.text


def title_of(row: RowView, cell: CellView | None) -> str:
    given = {"row": row.place, "column": cell.letter if cell else ""}
    if cell is not None and cell.state == "refused":
        return _("Row %(row)s, column %(column)s cannot be read") % given
    if row.verdict == Verdict.AMBIGUOUS:
        return _("Row %(row)s is to be confirmed") % given
    if row.verdict == Verdict.REFUSED:
        return _("Row %(row)s cannot be taken") % given
    return (_("Row %(row)s, column %(column)s") if cell else _("Row %(row)s")) % given


# ---- what goes on


def progress(run: ImportRun) -> dict[str, Any] | None:
    """How far the reading or writing of a run is; None: nothing is under way."""
    job = queries.work(run)
    if job is None or run.state not in (State.READING, State.APPLYING, State.UPLOADED):
        return None
    is_dead = job.state not in (job.State.QUEUED, job.State.RUNNING)
    left = ""
    if job.total and job.done and job.started_at and job.state == job.State.RUNNING:
        seconds = (timezone.now() - job.started_at).total_seconds()
        left = seconds_left(round(seconds * (job.total - job.done) / job.done))
    what = _("Writing into the portal") if run.state == State.APPLYING else _("Comparing with what is known")
    if job.state == job.State.QUEUED:
        what = _("Waits for its turn")
    return {"job": job, "is_dead": is_dead, "what": what, "left": left}


def seconds_left(seconds: int) -> str:
    """あと約20秒: coarse on purpose."""
    if seconds >= 90:
        minutes = round(seconds / 60)
        return ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes) % {"n": minutes}
    seconds = max(5, round(seconds / 5) * 5)
    return ngettext("about %(n)s second left", "about %(n)s seconds left", seconds) % {"n": seconds}


def key_words(run: ImportRun) -> str:
    """What the key says; why it cannot be pressed stands beside it."""
    if run.state == State.PREVIEWED and (found := queries.counts(run)["open"]):
        return ngettext(
            "Can be applied once %(n)s row is confirmed", "Can be applied once %(n)s rows are confirmed", found
        ) % {"n": found}
    return pgettext("import", "Apply")
