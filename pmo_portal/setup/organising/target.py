"""A sheet of the organisation as a target of the intake: judged, written by the actions of the pages, taken back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import access, audit
from pmo_portal.accounts.models import OrgUnit, Person
from pmo_portal.intake import targets
from pmo_portal.intake.models import ImportRow
from pmo_portal.intake.records import Record
from pmo_portal.intake.targets import Context, Judged, Target
from pmo_portal.setup import actions, units
from pmo_portal.setup.organising import queries
from pmo_portal.setup.organising.fields import FIELDS
from pmo_portal.setup.organising.judging import Line, Plan, plan
from pmo_portal.setup.organising.tree import Unit

KEY = "organisation"
UNIT, PERSON = OrgUnit._meta.label, Person._meta.label
WRITTEN = (ImportRow.Verdict.NEW, ImportRow.Verdict.CHANGED)


@targets.register
class OrganisationTarget(Target):
    key = KEY
    label = gettext_lazy("Organisation and people")
    fields = FIELDS
    name_field = "name"
    is_offered = False  # its door stands at the organisation

    def require(self, by, scope) -> None:
        if not access.holds(by, "sysadmin"):
            raise PermissionDenied(_("Only a system administrator brings in the organisation."))

    def address(self, scope) -> str:
        return reverse("setup:units")

    def door(self) -> str:
        return reverse("setup:organisation_import")

    def judge(self, context: Context, records: list[Record]) -> list[Judged]:
        context.memo = plan(context, records)
        return [line.judged for line in context.memo.lines]

    def apply(self, context: Context, judged: list[Judged], journal) -> dict[str, int]:
        return _Writing(context, judged, journal).write()

    def why_not_undo(self, context: Context, journal) -> str:
        for label, found in (
            (UNIT, queries.units_by_id(map(int, journal.changed.get(UNIT, {})))),
            (PERSON, queries.people_by_id(map(int, journal.changed.get(PERSON, {})))),
        ):
            for pk, entry in journal.changed.get(label, {}).items():
                record = found.get(int(pk))
                if record is None or any(_stands(record, name) != now for name, now in entry["now"].items()):
                    return _changed_since(record or pk)
        for person in queries.people_by_id(map(int, journal.made.get(PERSON, {}))).values():
            if person.last_login or person.has_usable_password():
                return _("%(record)s has signed in since; it cannot be taken back as a whole.") % {"record": person}
        return ""

    def undo(self, context: Context, journal) -> None:
        """People first, as they belong to the units; of the units the lowest first."""
        _put_back_people(context, journal)
        _put_back_units(context, journal)
        try:
            for pk in journal.made.get(PERSON, {}):
                _drop(queries.people_by_id([int(pk)]).get(int(pk)), context.by)
            for pk in reversed(list(journal.made.get(UNIT, {}))):
                _drop(queries.units_by_id([int(pk)]).get(int(pk)), context.by)
        except ProtectedError as error:
            raise ValidationError(_changed_since(next(iter(error.protected_objects), "")), code="used") from None


def _changed_since(record: Any) -> str:
    return _("%(record)s was changed since; it cannot be taken back as a whole.") % {"record": record}


def _stands(record: Any, name: str) -> Any:
    return queries.parent_of(record) if name == "parent" else getattr(record, name)


def _drop(record: Any, by) -> None:
    if record is not None:
        audit.log(record, "withdrawn", by=by)
        record.delete()


def _put_back_people(context: Context, journal) -> None:
    found = queries.people_by_id(map(int, journal.changed.get(PERSON, {})))
    homes = queries.units_by_id(
        {e["was"]["unit_id"] for e in journal.changed.get(PERSON, {}).values() if e["was"].get("unit_id")}
    )
    for pk, entry in journal.changed.get(PERSON, {}).items():
        person, was = found[int(pk)], dict(entry["was"])
        if "unit_id" in was:
            home = homes.get(was.pop("unit_id"))
            actions.place_person(person, by=context.by, unit=home, on=timezone.localdate())
        if was:
            person.refresh_from_db()
            actions.edit_person(person, by=context.by, version=person.version, **_named(person, was))


def _put_back_units(context: Context, journal) -> None:
    for pk, entry in journal.changed.get(UNIT, {}).items():
        unit, was = queries.units_by_id([int(pk)])[int(pk)], dict(entry["was"])
        if "parent" in was:
            above = queries.units_by_id([was["parent"]]).get(was["parent"]) if was["parent"] else None
            units.place_unit(unit, by=context.by, parent=above, on=timezone.localdate())
            unit.refresh_from_db()
        _edit_unit(unit, context.by, {k: v for k, v in was.items() if k != "parent"})


def _named(person: Person, values: dict[str, Any]) -> dict[str, Any]:
    return {"name_ja": person.name_ja, "name_en": person.name_en} | values


def _edit_unit(unit: OrgUnit, by, values: dict[str, Any]) -> None:
    if not values:
        return
    head_id = values.get("head_id", unit.head_id)
    head = queries.people_by_id([head_id]).get(head_id) if head_id else None
    names = {name: values.get(name, getattr(unit, name)) for name in ("name_ja", "name_en")}
    units.edit_unit(unit, by=by, version=unit.version, code=unit.code, head=head, **names)


class _Writing:
    """Units from the top down, then people, then who heads what; in the caller's transaction."""

    def __init__(self, context: Context, judged: list[Judged], journal) -> None:
        self.made: Plan = context.memo
        self.by, self.journal, self.counts = context.by, journal, Counter[str]()
        wanted = {one.number for one in judged if one.verdict in WRITTEN}
        self.lines = [line for line in self.made.lines if line.judged.number in wanted]
        self.taken = queries.taken_codes()

    def write(self) -> dict[str, int]:
        self._make_units()
        for line in self.lines:
            self._move_unit(line)
        for line in self.lines:
            self._write_person(line)
        for line in self.lines:
            self._set_head(line)
        return dict(self.counts)

    def _make_units(self) -> None:
        rows = {line.judged.number for line in self.lines}
        days = {line.judged.number: line.record.value("starts_on") for line in self.lines}
        for unit in self.made.tree.new:
            if unit.row not in rows:
                continue
            made = units.create_unit(
                by=self.by,
                code=unit.code or self._free_code(),
                name_ja=unit.name_ja,
                name_en=unit.name_en,
                parent=self._record(unit.hangs_below),
                on=days.get(unit.row) or timezone.localdate(),
            )
            unit.pk, unit.code, unit.row = made.pk, made.code, 0
            self.taken.add(made.code)
            self.journal.make(self._row_of(unit), UNIT, [made.pk])
            self.counts["created"] += 1

    def _row_of(self, unit: Unit) -> int:
        return next(line.judged.number for line in self.lines if self._stems_from(line.unit, unit))

    @staticmethod
    def _stems_from(at: Unit | None, unit: Unit) -> bool:
        while at is not None:
            if at is unit:
                return True
            at = at.hangs_below
        return False

    def _free_code(self) -> str:
        number = 1
        while f"U-{number:03d}" in self.taken:
            number += 1
        return f"U-{number:03d}"

    @staticmethod
    def _record(unit: Unit | None) -> OrgUnit | None:
        if unit is None:
            return None
        if unit.pk is None:
            raise ValidationError(_("The unit above %(unit)s was left out.") % {"unit": unit.called}, code="left_out")
        return queries.units_by_id([unit.pk])[unit.pk]

    def _move_unit(self, line: Line) -> None:
        unit, row = line.unit, line.judged.number
        if unit is None or unit.pk is None:
            return
        moves, said = "parent" in line.judged.was, unit.said_parent
        if moves and isinstance(said, Unit):
            above = self._record(said)
            day = line.record.value("starts_on") or timezone.localdate()
            units.place_unit(queries.units_by_id([unit.pk])[unit.pk], by=self.by, parent=above, on=day)
            was = {"parent": unit.parent.pk if unit.parent else None}
            self.journal.change(row, UNIT, unit.pk, was, {"parent": above.pk if above else None})
        if unit.said:
            record = queries.units_by_id([unit.pk])[unit.pk]
            old = {name: getattr(record, name) for name in unit.said}
            _edit_unit(record, self.by, unit.said)
            self.journal.change(row, UNIT, unit.pk, old, unit.said)
        self.counts["updated"] += bool(moves or unit.said)
        unit.said = {}

    def _write_person(self, line: Line) -> None:
        day = line.record.value("starts_on")
        if line.person is None and line.named:
            home = self._record(line.unit)
            line.person = actions.create_person(by=self.by, unit=home, unit_from=day, **self._whole(line.named))
            self.journal.make(line.judged.number, PERSON, [line.person.pk])
            self.counts["created"] += 1
        elif line.person is not None:
            self._change_person(line, line.person, day or timezone.localdate())

    @staticmethod
    def _whole(named: dict[str, Any]) -> dict[str, Any]:
        return {"name_ja": "", "name_en": ""} | named

    def _change_person(self, line: Line, person: Person, day) -> None:
        was, now = {}, {}
        if line.named:
            was |= {name: getattr(person, name) for name in line.named}
            now |= line.named
            actions.edit_person(person, by=self.by, version=person.version, **_named(person, line.named))
        if line.unit is not None and person.unit_id != line.unit.pk:
            was["unit_id"] = person.unit_id
            actions.place_person(person, by=self.by, unit=self._record(line.unit), on=day)
            if day <= timezone.localdate():
                now["unit_id"] = line.unit.pk
            else:
                was.pop("unit_id")
        if was:
            self.journal.change(line.judged.number, PERSON, person.pk, was, now)
            self.counts["updated"] += 1

    def _set_head(self, line: Line) -> None:
        head = line.head.person if isinstance(line.head, Line) else line.head
        if line.unit is None or head is None:
            return
        unit = self._record(line.unit)
        if unit is not None and unit.head_id != head.pk:
            was = unit.head_id
            _edit_unit(unit, self.by, {"head_id": head.pk})
            self.journal.change(line.judged.number, UNIT, unit.pk, {"head_id": was}, {"head_id": head.pk})
