"""Each row of a sheet of the organisation against what is known: a unit, a person, both; what is new and what changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from pmo_portal.accounts.models import Person
from pmo_portal.i18n.text import has_japanese, to_hiragana
from pmo_portal.intake.models import ImportRow
from pmo_portal.intake.records import Record
from pmo_portal.intake.targets import Candidate, Context, Judged, Note
from pmo_portal.setup.organising import queries
from pmo_portal.setup.organising.fields import LEVELS, OF_PERSON, YES
from pmo_portal.setup.organising.tree import Doubtful, Tree, Unit, key_of

Verdict = ImportRow.Verdict


@dataclass
class Line:
    """One row: its unit, its person (None with `named`: a new one), what is said of them."""

    judged: Judged
    unit: Unit | None = None
    person: Person | None = None
    named: dict[str, Any] = field(default_factory=dict)  # the person's fields that the row says
    heads: str | bool = False  # what the sheet says of who heads the unit: this row's person, or somebody by name
    head: Line | Person | None = None  # who that is

    @property
    def record(self) -> Record:
        return self.judged.record


@dataclass
class Plan:
    """The whole sheet."""

    lines: list[Line]
    tree: Tree
    people: queries.People


def plan(context: Context, records: list[Record]) -> Plan:
    """A fixed number of queries, whatever the number of rows."""
    made = Plan([Line(Judged(r, Verdict.UNCHANGED)) for r in records], queries.known_tree(), queries.People())
    for line in made.lines:
        _attempt(line, lambda line: _find_unit(line, made.tree))
    for line in made.lines:
        _attempt(line, lambda line: _hang(line, made.tree))
    _Persons(made, context).find()
    for line in made.lines:
        _conclude(line)
    return made


class _Refused(Exception):
    def __init__(self, at: str, code: str, **params: Any) -> None:
        super().__init__(code)
        self.at, self.note = at, Note(code, params)


def _attempt(line: Line, what: Callable[[Line], None]) -> None:
    if line.judged.faults:
        return
    try:
        what(line)
    except _Refused as refused:
        line.judged.faults[refused.at] = refused.note


# ---- units


def _find_unit(line: Line, tree: Tree) -> None:
    record, code = line.record, line.record.text("unit_code").strip()
    names = [record.text(level).strip() for level in LEVELS]
    path = [name for name in names if name]
    if path:
        line.unit = _along(path, code, record.number, tree)
    elif code or record.text("unit").strip():
        line.unit = _named(record, code, tree)
    if line.unit is not None and not path:
        _compare_names(line)


def _along(path: list[str], code: str, row: int, tree: Tree) -> Unit:
    """Down from the top, level by level; what is not there comes into being. A code is that of the last."""
    at: Unit | None = None
    for name in path[:-1]:
        at = tree.below(at, name) or tree.add(*_names(name), "", row, at)
    last = (tree.by_code.get(key_of(code)) if code else None) or tree.below(at, path[-1])
    return last or tree.add(*_names(path[-1]), code, row, at)


def _named(record: Record, code: str, tree: Tree) -> Unit:
    name, english = record.text("unit").strip(), record.text("unit_en").strip()
    if code and (found := tree.by_code.get(key_of(code))) is not None:
        return found
    try:
        found = None if code else tree.find(name)
    except Doubtful:
        raise _Refused("unit", "unit_doubtful", text=name[:80]) from None
    if found is not None:
        return found
    if not (name or english):
        raise _Refused("unit_code", "no_such_unit", text=code[:80])
    japanese, other = _names(name)
    return tree.add(japanese, english or other, code, record.number)


def _names(name: str) -> tuple[str, str]:
    """(Japanese, English) of a name in one of the two."""
    return (name, "") if has_japanese(name) else ("", name)


def _compare_names(line: Line) -> None:
    unit, record = line.unit, line.record
    if unit is None or unit.pk is None:
        return
    japanese, other = _names(record.text("unit").strip())
    for key, said in (("name_ja", japanese), ("name_en", record.text("unit_en").strip() or other)):
        if said and key_of(said) != key_of(getattr(unit, key)):
            unit.said[key] = said
            line.judged.was["unit_en" if key == "name_en" and record.text("unit_en") else "unit"] = getattr(unit, key)


def _hang(line: Line, tree: Tree) -> None:
    text, unit = line.record.text("parent").strip(), line.unit
    if unit is None or not text:
        return
    try:
        above = tree.find(text)
    except Doubtful:
        raise _Refused("parent", "unit_doubtful", text=text[:80]) from None
    if above is None:
        raise _Refused("parent", "no_such_unit", text=text[:80])
    if isinstance(unit.said_parent, Unit) and unit.said_parent is not above:
        raise _Refused("parent", "unit_two_places", text=text[:80], other=unit.said_parent.called)
    if unit.pk is not None and unit.parent is not above and unit.said_parent is False:
        line.judged.was["parent"] = unit.parent.called if unit.parent else ""
    unit.said_parent = above
    if tree.circle_at(unit):
        unit.said_parent = False
        raise _Refused("parent", "unit_circle", text=text[:80], unit=unit.called)


# ---- people


class _Persons:
    """Who the rows name: by address for certain, by a name as a proposal."""

    def __init__(self, made: Plan, context: Context) -> None:
        self.plan, self.context = made, context
        self.rows: dict[str, int] = {}  # address or person → the row that has them already
        self.away = queries.archived_addresses()

    def find(self) -> None:
        for line in self.plan.lines:
            _attempt(line, self._find)
        for line in self.plan.lines:
            _attempt(line, self._find_head)

    def _find_head(self, line: Line) -> None:
        """Who heads the unit: the person of the row, or somebody that the cell names, of the sheet or known already."""
        if line.unit is None or not line.heads:
            return
        if line.heads is True:
            line.head = line
            return
        text = str(line.heads)
        known = [p for p in (self.plan.people.by_email.get(text.lower()),) if p] or self.plan.people.by_name[
            key_of(text)
        ]
        coming = [o for o in self.plan.lines if o.named and key_of(text) in self._called(o)] if not known else []
        if len(known) + len(coming) != 1:
            raise _Refused("head", "head_doubtful" if known or coming else "no_such_head", text=text[:80])
        line.head = known[0] if known else coming[0]

    @staticmethod
    def _called(line: Line) -> set[str]:
        return {key_of(line.record.text(c)) for c in ("name", "name_en", "email")} - {""}

    def _find(self, line: Line) -> None:
        record = line.record
        head = record.text("head").strip()
        line.heads = (key_of(head) in {key_of(y) for y in YES}) or head
        name, email = record.text("name").strip(), record.text("email").strip().lower()
        if not (name or email or record.text("name_en").strip()):
            if line.unit is None:
                raise _Refused("name", "neither_unit_nor_person")
            return
        self._check_address(line, email)
        line.named = self._said(record, name, email)
        line.person = self._meant(line, name, email)
        self._only_once(line, email)
        if line.person is not None:
            self._compare(line, line.person)

    def _check_address(self, line: Line, email: str) -> None:
        if not email:
            return
        try:
            validate_email(email)
        except ValidationError as error:
            raise _Refused("email", "said", text=" ".join(error.messages)) from None
        if email in self.away:
            raise _Refused("email", "address_out_of_use", text=email[:80])

    @staticmethod
    def _said(record: Record, name: str, email: str) -> dict[str, Any]:
        said = {key: record.value(key) or record.text(key).strip() for key in OF_PERSON if record.text(key).strip()}
        if email:
            said["email"] = email
        japanese, other = _names(name)
        if japanese:
            said["name_ja"] = japanese
        elif other and "name_en" not in said:
            said["name_en"] = other
        return said

    def _meant(self, line: Line, name: str, email: str) -> Person | None:
        """The person of the address; else those of the name who have no other address, for somebody to confirm."""
        if email and (found := self.plan.people.by_email.get(email)) is not None:
            return found
        answer = self.context.answers.get(line.judged.number, {})
        if answer.get("choice") == "new":
            return None
        alike = [p for p in self.plan.people.by_name.get(key_of(name), []) if not (email and p.email)]
        if answer.get("choice") == "match":
            return next((p for p in alike if p.pk == answer.get("matched_id")), None)
        if len(alike) == 1 and line.unit is not None and line.unit.pk and alike[0].unit_id == line.unit.pk:
            return alike[0]
        if len(alike) == 1 and self.context.accept_matches:
            return alike[0]
        if alike:
            line.judged.verdict = Verdict.AMBIGUOUS
            line.judged.proposal = alike[0].pk if len(alike) == 1 else None
            line.judged.candidates = [Candidate(p.pk, p.name, p.email or "", 100, "same_name") for p in alike]
        return None

    def _only_once(self, line: Line, email: str) -> None:
        """Two of one name in one unit, both without an address, cannot be told apart: the second row says so."""
        name = line.record.text("name")
        if line.person is not None:
            key = f"#{line.person.pk}"
        else:
            key = email or f"{key_of(name)} {id(line.unit)}"
        if (first := self.rows.setdefault(key, line.judged.number)) != line.judged.number:
            raise _Refused("email" if email else "name", "person_twice", text=(email or name)[:80], row=first)

    @staticmethod
    def _compare(line: Line, person: Person) -> None:
        line.named = {k: v for k, v in line.named.items() if _reads(k, v) != _reads(k, getattr(person, k))}
        for key in line.named:
            column = "name" if key == "name_ja" or (key == "name_en" and not line.record.text("name_en")) else key
            line.judged.was[column] = str(getattr(person, key) or "")
        if line.unit is not None and (line.unit.pk is None or person.unit_id != line.unit.pk):
            column = next((c for c in ("unit", *reversed(LEVELS), "unit_code") if line.record.text(c).strip()), "unit")
            line.judged.was.setdefault(column, person.unit.name if person.unit else "")


def _reads(key: str, value: Any) -> str:
    """Two values that read alike are the same: without width and blanks, kana in either script."""
    text = str(value or "")
    return key_of(to_hiragana(text) if key == "kana" else text)


# ---- what comes of it


def _conclude(line: Line) -> None:
    judged = line.judged
    if judged.faults:
        judged.verdict = Verdict.REFUSED
    elif judged.verdict == Verdict.AMBIGUOUS:
        return
    elif line.person is None and (line.named or _brings(line)):
        judged.verdict = Verdict.NEW
    elif judged.was or _brings(line) or _heads_anew(line):
        judged.verdict = Verdict.CHANGED
    judged.label = line.unit.called if line.unit is not None else ""
    judged.matched_id = line.person.pk if line.person is not None else None


def _brings(line: Line) -> bool:
    """The row is the one that a new unit comes from."""
    return line.unit is not None and line.unit.pk is None and line.unit.row == line.judged.number


def _heads_anew(line: Line) -> bool:
    head = line.head.person if isinstance(line.head, Line) else line.head
    return line.unit is not None and line.head is not None and (head is None or line.unit.head_id != head.pk)
