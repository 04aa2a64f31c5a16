"""What can come in: a room registers a target with its fields, how records are judged and how they are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pmo_portal.intake.records import Record
from pmo_portal.intake.values import Value

KINDS = ("text", "code", "date", "money", "number", "percent", "choice")


@dataclass(frozen=True)
class Field:
    """A field that a column can be mapped to. `heads`: names it usually has, in both languages, for suggestions;
    `told_by_cells`: names that other fields have as well (状況), its own where the cells say its values; `values`: squeezed text → value, for a choice, and `words`: value → what people call it; `limit`: characters that
    are kept at most."""

    key: str
    label: Any
    kind: str = "text"
    heads: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    limit: int = 0
    fiscal: str = ""
    words: dict[str, Any] = field(default_factory=dict)
    told_by_cells: tuple[str, ...] = ()
    is_shown: bool = True  # in the preview; False: for the portal alone


@dataclass(frozen=True)
class Note:
    """A sentence about a row or a cell: a code of `wording` and its figures."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A known record that a row may mean."""

    pk: int
    label: str
    detail: str
    score: int  # of 100
    reason: str  # a code of `wording`


@dataclass
class Judged:
    """One record with its verdict. `was`: field → what stands there now, as text; only fields that change."""

    record: Record
    verdict: str
    matched_id: int | None = None
    candidates: list[Candidate] = field(default_factory=list)
    proposal: int | None = None  # the candidate that leaves no doubt
    was: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    faults: dict[str, Note] = field(default_factory=dict)  # field → why the row is refused
    held: dict[str, Note] = field(default_factory=dict)  # field → why this cell is left out, although the row goes in
    on: date | None = None  # the date of the row's figures
    label: str = ""  # what a person calls the row, where its name does not say it

    @property
    def number(self) -> int:
        return self.record.number


@dataclass
class Context:
    """What a target knows of the run while it judges and applies."""

    scope: Any
    by: Any
    definition: dict[str, Any]
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)  # row → {"choice", "matched_id"}
    accept_matches: bool = False
    is_answered: bool = True  # a person decides on doubtful rows; False: a command, which nobody looks at
    period: Any = None
    as_of: date | None = None
    run: Any = None
    dates: dict[int, date] = field(default_factory=dict)  # row → date of its figures
    heads: dict[str, str] = field(default_factory=dict)  # field → head of its column
    memo: Any = None  # what the target keeps from judging for applying, in one transaction


class Target:
    """What a room implements and registers."""

    key: str = ""
    label: Any = ""
    fields: tuple[Field, ...] = ()
    name_field: str = "name"
    needs_period: bool = False
    is_offered: bool = True  # among what one may bring in; False: it has a door of its own

    def require(self, by, scope) -> None:
        """Raise PermissionDenied where `by` may not bring records in at this scope."""
        raise NotImplementedError

    def judge(self, context: Context, records: list[Record]) -> list[Judged]:
        """Compare with what is known; writes nothing. A fixed number of queries, whatever the number of records."""
        raise NotImplementedError

    def apply(self, context: Context, judged: list[Judged], journal) -> dict[str, int]:
        """Write what is new and changed, in the caller's transaction, noting everything in `journal`."""
        raise NotImplementedError

    def lock(self, context: Context) -> None:
        """Let no one else bring records in here until the transaction ends."""

    def why_not_undo(self, context: Context, journal) -> str:
        """A sentence naming what was changed since, or empty."""
        raise NotImplementedError

    def undo(self, context: Context, journal) -> None:
        """Take back what the journal notes, in the caller's transaction."""
        raise NotImplementedError

    def after(self, context: Context) -> None:
        """After applying and after undoing, in the same transaction: what is kept in step by jobs."""

    def address(self, scope) -> str:
        """The page on which what was brought in is looked at; empty where there is none."""
        return ""

    def door(self) -> str:
        """The page at which a file of this kind is sent in; empty: that of all imports."""
        return ""

    def by_key(self) -> dict[str, Field]:
        return {f.key: f for f in self.fields}

    def label_of(self, record: Record) -> str:
        """What a person calls the record."""
        value: Value | None = record.values.get(self.name_field)
        return str(value.value or value.text) if value else ""


targets: dict[str, Target] = {}


def register(target: type[Target]) -> type[Target]:
    """Class decorator: sheets of this kind can come in."""
    targets[target.key] = target()
    return target


def get(key: str) -> Target:
    """The target of a key. Raises LookupError."""
    try:
        return targets[key]
    except KeyError:
        raise LookupError(f"nothing called {key!r} can be imported: {', '.join(targets)}") from None


def offered() -> list[Target]:
    """What a person chooses from when a file comes in."""
    return [t for t in targets.values() if t.is_offered]


def labels(found: Iterable[Target] | None = None) -> list[tuple[str, Any]]:
    """For a form's choices."""
    return [(t.key, t.label) for t in (offered() if found is None else found)]
