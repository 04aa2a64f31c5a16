"""A workbook that comes back, as a target of the intake: each row against its record as it stands now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from pmo_portal import access, audit
from pmo_portal.custom.models import PREFIX
from pmo_portal.custom.queries import field_of
from pmo_portal.editing import queries, sheets, stamps
from pmo_portal.editing.declaring import CHOSEN, Editable, apart, on_that_day, same, shown, together, typed
from pmo_portal.intake.choices import squeeze
from pmo_portal.intake.models import ImportRow
from pmo_portal.intake.reading import text_of
from pmo_portal.intake.records import Record
from pmo_portal.intake.targets import Candidate, Context, Field, Judged, Note, Target
from pmo_portal.intake.values import BLANK, Value, tidy
from pmo_portal.lists import own
from pmo_portal.lists.export import plain, shortened
from pmo_portal.lists.reading import reader

if TYPE_CHECKING:
    from pmo_portal.editing.declaring import Editing

Verdict = ImportRow.Verdict
KINDS = {"date": "date", "money": "money", "number": "number"}  # all others are read as texts and understood here
LOCKED = "locked:"  # before the key of a column that is only there to be read


class EditTarget(Target):
    """Registered by `editing.register` for each list that comes back."""

    is_offered = False  # it has its own door, at the list

    def __init__(self, editing: Editing) -> None:
        self.editing = editing
        self.key = editing.target
        self.label = format_lazy("{}: {}", gettext_lazy("Changes from Excel"), editing.list_class.title)
        self.name_field = next((f.key for f in editing.fields if f.key.startswith("name")), "stamp")

    def require(self, by, scope) -> None:
        if not self.editing.offered_to(by):
            raise PermissionDenied(_("Your roles do not allow this here."))

    def address(self, scope) -> str:
        return self.editing.address()

    def door(self) -> str:
        return reverse("editing:workbook", kwargs={"list": self.editing.key})

    # ---- what the sheet's columns are

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        stamp = Field("stamp", sheets.STAMP, "text", (sheets.STAMP,), is_shown=False)
        return (stamp, *map(self._field, self.editing.open_fields), *map(self._locked, self._locked_columns()))

    def _field(self, editable: Editable) -> Field:
        kind = self.editing.kind(editable)
        limit = getattr(self.editing.model_field(editable), "max_length", None) or 0
        return Field(
            editable.key,
            self.editing.model_field(editable).verbose_name,
            KINDS.get(kind, "text"),
            self._heads(editable),
            limit=limit if kind == "text" else 0,
        )

    def _heads(self, editable: Editable) -> tuple[str, ...]:
        if not editable.only_new:
            return self.editing.labels(editable)
        column = next(c for c in self.editing.list_class.columns if c.key == editable.column)
        return _in_both(lambda: str(column.label))

    def _locked_columns(self) -> list:
        return [c for c in self.editing.columns if not self.editing.in_column(c.key)]

    @staticmethod
    def _locked(column) -> Field:
        return Field(LOCKED + column.key, column.label, "text", _in_both(lambda: sheets.head_of(column)))

    @property
    def definition(self) -> dict[str, Any]:
        """How a workbook of this list is read: by the very names of its columns."""
        named = [{"field": f.key, "heads": list(f.heads), "kind": f.kind} for f in self.fields]
        stamp, *others = named
        return {"layout": "rows", "columns": [stamp | {"required": True}, *others]}

    # ---- judging

    def judge(self, context: Context, records: list[Record]) -> list[Judged]:
        """Verdicts for rows; a fixed number of queries, and one more for each row that somebody changed meanwhile."""
        reading = _Reading(self.editing, context)
        stamped = {r.number: stamps.read(self.editing.key, r.text("stamp")) for r in records}
        known = reading.known({s.pk for s in stamped.values() if s})
        twice = {pk for pk, count in Counter(s.pk for s in stamped.values() if s).items() if count > 1}
        context.memo = reading
        judged = []
        for record in records:
            found = stamped[record.number]
            if found is None:
                judged.append(reading.new(record))
            elif found.pk in twice:
                judged.append(_refused(record, "stamp_twice"))
            elif found.pk not in known:
                judged.append(_refused(record, "not_there"))
            else:
                judged.append(reading.changed(record, known[found.pk], found.version))
        return judged

    # ---- writing

    def apply(self, context: Context, judged: list[Judged], journal) -> dict[str, int]:
        """Each row by the room's own action. Raises ValidationError naming the row; the caller's transaction goes back."""
        reading: _Reading = context.memo
        counts: Counter[str] = Counter()
        for one in judged:
            if one.verdict not in (Verdict.NEW, Verdict.CHANGED):
                continue
            try:
                self._write(one, reading, context.by, journal)
            except ValidationError as error:
                said = _("Row %(row)s: %(why)s") % {"row": one.number, "why": " ".join(error.messages)}
                raise ValidationError(said, code="row") from None
            except audit.Conflict:
                raise ValidationError(_("Row %(row)s was changed in this moment.") % {"row": one.number}) from None
            counts["created" if one.verdict == Verdict.NEW else "updated"] += 1
        return dict(counts)

    def _write(self, one: Judged, reading: _Reading, by, journal) -> None:
        model, values = self.editing.model._meta.label, reading.wanted[one.number]
        if one.verdict == Verdict.NEW:
            made = self.editing.create(by=by, values=reading.for_action(values))
            journal.make(one.number, model, [made.pk])
            return
        record = reading.record(one.matched_id)
        was = {key: self.editing.model_field(self.editing.by_key[key]).value_from_object(record) for key in values}
        self.editing.change(record, by=by, version=record.version, values=reading.for_action(values))
        journal.change(one.number, model, record.pk, was, values)

    # ---- taking back

    def why_not_undo(self, context: Context, journal) -> str:
        model = self.editing.model._meta.label
        changed = {int(pk): entry["now"] for pk, entry in journal.changed.get(model, {}).items()}
        reading = _Reading(self.editing, context)
        known = reading.known(set(changed))
        for pk, now in changed.items():
            record = known.get(pk)
            if record is None or any(not self._still(record, key, value) for key, value in now.items()):
                return _("%(record)s was changed since; it cannot be taken back as a whole.") % {
                    "record": record if record is not None else pk
                }
        return ""

    def _still(self, record, key: str, value: Any) -> bool:
        field = self.editing.model_field(self.editing.by_key[key])
        return same(field.value_from_object(record), field.to_python(value))

    def undo(self, context: Context, journal) -> None:
        model = self.editing.model._meta.label
        reading = _Reading(self.editing, context)
        changed = journal.changed.get(model, {})
        known = reading.known({int(pk) for pk in changed} | {int(pk) for pk in journal.made.get(model, {})})
        for pk, entry in changed.items():
            record = known[int(pk)]
            was = {k: self.editing.model_field(self.editing.by_key[k]).to_python(v) for k, v in entry["was"].items()}
            self.editing.take_back(record, by=context.by, version=record.version, values=reading.for_action(was))
        for pk in journal.made.get(model, {}):
            self.editing.remove(known[int(pk)], by=context.by)


class _Reading:
    """One look at the rows of a workbook: what its texts mean, and the records as they stand."""

    def __init__(self, editing: Editing, context: Context) -> None:
        self.editing, self.context, self.viewer = editing, context, context.by
        self.there = set(context.heads) or set(editing.by_key)
        self.wanted: dict[int, dict[str, Any]] = {}  # row → field → value to be written
        self._records: dict[int, Any] = {}
        self._words: dict[str, dict[str, Any]] = {}
        self.columns = [c for c in editing.columns if LOCKED + c.key in self.there]
        self._readers = {c.key: reader(c, editing.model) for c in self.columns}

    def known(self, pks: set[int]) -> dict[int, Any]:
        listing = self.editing.list_class(self.viewer, QueryDict())
        scope = access.access_of(self.editing.model).scope
        related = {r for c in self.columns for r in c.relations(self.editing.model)} | {*listing.related, scope} - {""}
        found = listing.base().select_related(*sorted(related))
        records: list[Any] = []
        ordered = sorted(pks)
        for start in range(0, len(ordered), 500):
            block = list(found.filter(pk__in=ordered[start : start + 500]))
            own.name_people(self.editing.model, self.columns, block)
            records.extend(listing.prepare(block))
        self._records = {r.pk: r for r in records}
        return self._records

    def record(self, pk: int | None):
        return self._records[pk or 0]

    # ---- rows

    def changed(self, row: Record, record, version: int) -> Judged:
        """A row that has its record."""
        if self.editing.key_column and self._text_of_key(row) not in ("", self._key(record)):
            return _refused(row, "key_edited", self._key_field(), text=self._text_of_key(row), key=self._key(record))
        judged = Judged(row, Verdict.UNCHANGED, record.pk)
        opened = record if version >= record.version else audit.opened_record(record, version)
        wanted, collides = {}, []
        for editable in self._open_fields():
            self._compare(judged, editable, record, opened, wanted, collides)
        self._compare_locked(judged, row, record, version)
        if judged.faults:
            judged.verdict = Verdict.REFUSED
            return judged
        if not wanted:
            return judged
        if not access.may(self.viewer, self.editing.permit, record):
            return _refused(row, "not_yours")
        if collides and not self._is_answered(row, record):
            return self._to_confirm(judged, record, collides)
        return self._checked(judged, record, wanted)

    def _open_fields(self) -> list[Editable]:
        return [e for e in self.editing.open_fields if e.key in self.there and not e.only_new]

    def _compare(self, judged: Judged, editable: Editable, record, opened, wanted: dict, collides: list) -> None:
        """What this cell wants, against what stands there now and what stood there when the sheet went out."""
        value, field = judged.record.values.get(editable.key, BLANK), self.editing.model_field(editable)
        if self._stays(editable, value, record):
            return
        try:
            said = self._meaning(editable, value)
        except ValidationError as error:
            judged.faults[editable.key] = Note(error.code or "not_a_choice", {"text": value.text[:80]})
            return
        now, was = field.value_from_object(record), field.value_from_object(opened)
        if isinstance(said, datetime):
            said = on_that_day(said, now)
        if any(same(said, known) or _is_cut(said, known) for known in (now, was)):
            return
        if (code := self.editing.locked(record).get(editable.key)) is not None:
            judged.held[editable.key] = Note(code, {"text": value.text[:400]})
            return
        if not same(now, was):
            collides.append((editable, was, now))
        wanted[editable.key] = said
        judged.was[editable.key] = self._written(editable, record)

    def _stays(self, editable: Editable, value: Value, record) -> bool:
        """The cell says what stands there in words, also where that could not be chosen any more (a stage that has ended, a
        person who has gone)."""
        if self.editing.kind(editable) not in CHOSEN:
            return False
        return squeeze(value.text) == squeeze(self.editing.word(editable, record))

    def _compare_locked(self, judged: Judged, row: Record, record, version: int) -> None:
        """A grey cell that somebody wrote over is left out, and said so; where the record moved on, its figures may differ."""
        if version < record.version:
            return
        for column in self.columns:
            text = row.text(LOCKED + column.key)
            if text and tidy(text) not in _texts(plain(self._readers[column.key](record))):
                judged.held[LOCKED + column.key] = Note("read_only_cell", {"text": text[:400]})

    def _is_answered(self, row: Record, record) -> bool:
        answer = self.context.answers.get(row.number, {})
        return answer.get("choice") == "match" and answer.get("matched_id") == record.pk

    def _to_confirm(self, judged: Judged, record, collides: list) -> Judged:
        entry = audit.last_entry(record)
        who = str(entry.actor) if entry is not None and entry.actor is not None else _("the portal")
        for editable, was, now in collides:
            given = {
                "label": self.editing.label(editable),
                "was": self._word(editable, was),
                "now": self._word(editable, now),
            }
            judged.notes.append(Note("changed_meanwhile", {**given, "who": who}))
        judged.verdict = Verdict.AMBIGUOUS
        judged.candidates = [Candidate(record.pk, str(record), "", 100, "as_in_sheet")]
        return judged

    def _checked(self, judged: Judged, record, wanted: dict[str, Any]) -> Judged:
        """Whether the record can stand so, without writing it."""
        kept = self.editing.adjusted(record, wanted)
        for key, value in kept.items():
            if not same(value, wanted[key]):
                judged.notes.append(
                    Note("kept_as", {"label": self.editing.label(self.editing.by_key[key]), "text": str(value)})
                )
        trial, wanted = copy(record), kept
        for key, value in wanted.items():
            setattr(trial, self.editing.model_field(self.editing.by_key[key]).attname, value)
        judged.faults = self._faults_of(trial, wanted)
        judged.verdict = Verdict.REFUSED if judged.faults else Verdict.CHANGED
        self.wanted[judged.number] = wanted
        return judged

    def _faults_of(self, trial, wanted: dict[str, Any]) -> dict[str, Note]:
        try:
            trial.clean_fields(exclude=[f.name for f in trial._meta.fields if f.name not in wanted])
            self.editing.check(trial)
        except ValidationError as error:
            said = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            return _noted(type(trial), said, wanted)
        return {}

    def new(self, row: Record) -> Judged:
        """A row without a stamp."""
        if row.text("stamp").strip():
            return _refused(row, "stamp_broken")
        if not self.editing.creates:
            return _refused(row, "no_new_rows")
        judged, values = Judged(row, Verdict.NEW), {}
        for editable in (e for e in self.editing.open_fields if e.key in self.there):
            value = row.values.get(editable.key, BLANK)
            if value.is_blank:
                continue
            try:
                values[editable.key] = self._meaning(editable, value)
            except ValidationError as error:
                judged.faults[editable.key] = Note(error.code or "not_a_choice", {"text": value.text[:80]})
        judged.faults = judged.faults or self._faults_of_new(values)
        judged.verdict = Verdict.REFUSED if judged.faults else Verdict.NEW
        self.wanted[row.number] = values
        return judged

    def _faults_of_new(self, values: dict[str, Any]) -> dict[str, Note]:
        missing = [e.key for e in self.editing.open_fields if e.only_new and values.get(e.key) in (None, "")]
        if missing:
            return {missing[0]: Note("needed", {})}
        made = self.editing.model()
        for key, value in values.items():
            setattr(made, self.editing.model_field(self.editing.by_key[key]).attname, value)
        return self._faults_of(made, values)

    # ---- values

    def _meaning(self, editable: Editable, value: Value) -> Any:
        """The value of the record's field that a cell stands for. Raises ValidationError with a code of the wording."""
        field, kind = self.editing.model_field(editable), self.editing.kind(editable)
        if kind not in CHOSEN:
            return typed(kind, value, field)
        if value.is_blank or not value.text.strip():
            if not field.null and not field.blank and not field.empty_strings_allowed:
                raise ValidationError("", code="needed")
            return None if field.null or kind == "reference" else ""
        words = self._words_of(editable)
        if kind == "several":
            named = {words.get(squeeze(part)) for part in apart(value.text)}
            if None in named:
                raise ValidationError("", code="not_a_choice")
            return [key for key, _label in field.choices or () if key in named]
        found = words.get(squeeze(value.text))
        if found is None:
            raise ValidationError("", code="no_such_record" if kind == "reference" else "not_a_choice")
        return found

    def _words_of(self, editable: Editable) -> dict[str, Any]:
        if editable.key not in self._words:
            self._words[editable.key] = self.editing.words(editable, self.viewer)
        return self._words[editable.key]

    def _word(self, editable: Editable, value: Any) -> str:
        kind = self.editing.kind(editable)
        if kind == "several":
            return together(dict(self.editing.choices(editable, self.viewer)), value)
        if value not in (None, "") and kind in CHOSEN:
            return str(dict(self.editing.choices(editable, self.viewer)).get(value, value))
        return shown(kind, value)

    def _written(self, editable: Editable, record) -> str:
        """What stands in the record now, as the preview compares it."""
        kind = self.editing.kind(editable)
        if kind in CHOSEN:
            return self.editing.word(editable, record)
        return shown(kind, self.editing.model_field(editable).value_from_object(record))

    def for_action(self, values: dict[str, Any]) -> dict[str, Any]:
        """With related records in the place of their ids."""
        given = dict(values)
        for key, value in values.items():
            field = self.editing.model_field(self.editing.by_key[key])
            if field.is_relation and value is not None:
                given[key] = queries.led_to(field, value)
        return given

    # ---- the key

    def _key_field(self) -> str:
        only_new = next((e.key for e in self.editing.in_column(self.editing.key_column)), None)
        return only_new or LOCKED + self.editing.key_column

    def _text_of_key(self, row: Record) -> str:
        return tidy(row.text(self._key_field()))

    def _key(self, record) -> str:
        column = next(c for c in self.editing.list_class.columns if c.key == self.editing.key_column)
        return tidy(str(column.of(record)))


def _refused(record: Record, code: str, field: str = "", **params: Any) -> Judged:
    return Judged(record, Verdict.REFUSED, faults={field: Note(code, params)})


def _is_cut(said: Any, known: Any) -> bool:
    """A text longer than a cell can hold went out shortened; it was not changed by that."""
    return isinstance(known, str) and isinstance(said, str) and len(known) > 30_000 and tidy(shortened(known)) == said


def _texts(value: Any) -> set[str]:
    """The ways in which a value may come back from a sheet as text."""
    if value is None:
        return {""}
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return {text_of(float(value)), str(value)}
    if isinstance(value, datetime):
        return {text_of(value), text_of(value.replace(microsecond=0)), value.isoformat(" ", "minutes")}
    return {text_of(value)} if isinstance(value, date) else {tidy(shortened(str(value)))}


def _in_both(label: Callable[[], str]) -> tuple[str, ...]:
    """A label in both languages."""
    found: list[str] = []
    languages: Iterable[str] = ("ja", "en")
    for language in languages:
        with override(language):
            found.append(label())
    return tuple(dict.fromkeys(found))


def _noted(model, said: dict[str, list[str]], wanted: dict[str, Any]) -> dict[str, Note]:
    """Each refusal at its column; what lies in none of them is told of the row, a custom field by its name."""
    at: dict[str, list[str]] = {}
    for key, texts in said.items():
        own = field_of(model, key) if key not in wanted and key.startswith(PREFIX) else None
        at.setdefault(key if key in wanted else "", []).append(f"{own}: {' '.join(texts)}" if own else " ".join(texts))
    return {key: Note("said", {"text": " ".join(texts)}) for key, texts in at.items()}
