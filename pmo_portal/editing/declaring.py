"""What of a list may be changed in a workbook: a room declares it once; the record's own action does the change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal import access
from pmo_portal.custom import queries, values
from pmo_portal.custom.models import PREFIX
from pmo_portal.custom.shape import SeveralField, shape_of
from pmo_portal.editing.people import people
from pmo_portal.i18n.notes import own_note
from pmo_portal.intake.choices import squeeze
from pmo_portal.intake.models import EDITING
from pmo_portal.intake.values import Value, tidy
from pmo_portal.lists import Column, List, own

CHOSEN = ("choice", "several", "yesno", "reference")  # kinds of fields that take what is offered
TAKEN_BACK = own_note("Taken back with the workbook that brought it")  # why a record is archived
Options = Callable[[Any], Iterable[tuple[Any, Any]]]


@dataclass(frozen=True)
class Editable:
    """One field of the record: `key` is its name and the action's keyword, `column` the column of the list in whose place it
    stands. `options`: what a relation may be, for a viewer, as (id, text), or which of its choices a field may be given.
    `only_new`: said of new rows only."""

    key: str
    column: str
    options: Options | None = None
    only_new: bool = False


class Editing:
    """Subclasses are registered by the room that owns the record."""

    key = ""
    list_class: type[List]
    permit = "edit"
    seen_by: tuple[str, ...] = ()  # who is offered it at all; each row asks `permit` of its record
    fields: tuple[Editable, ...] = ()
    key_column = ""  # the list's column by which people know the record; edited, the row is refused

    # ---- said by each room

    def change(self, record, *, by, version: int, values: dict[str, Any]):
        """Change the record by the room's own action."""
        raise NotImplementedError

    def take_back(self, record, *, by, version: int, values: dict[str, Any]):
        """The same, to what stood there before."""
        return self.change(record, by=by, version=version, values=values)

    def create(self, *, by, values: dict[str, Any]):
        """A new record from a row without a stamp; only where `creates`."""
        raise NotImplementedError

    creates = False
    url_name = ""  # the list's page
    section = ""  # where it stands in the menu

    def address(self) -> str:
        return reverse(self.url_name)

    def locked(self, record) -> dict[str, str]:
        """Field → code of `intake.wording`: what cannot be changed in this record, although in others it can."""
        return {}

    def adjusted(self, record, values: dict[str, Any]) -> dict[str, Any]:
        """The values as the room's action will keep them, so that preview, journal and record say the same."""
        return values

    def check(self, record) -> None:
        """Raise ValidationError where the record as it would stand cannot be; writes nothing."""

    def remove(self, record, *, by) -> None:
        """Take back a record that a workbook made."""
        raise NotImplementedError

    # ---- what follows from it

    @property
    def model(self) -> type[models.Model]:
        return self.list_class.model

    @property
    def target(self) -> str:
        return EDITING + self.key

    def offered_to(self, viewer) -> bool:
        return access.holds(viewer, *self.seen_by)

    @property
    def open_fields(self) -> tuple[Editable, ...]:
        """Its own fields, and the custom ones that everybody who sees the record sees: a workbook that comes back, its
        preview and its file are there for others too."""
        found = [f for f in queries.fields_of(self.model) if not f.seen_by]
        return (
            *self.fields,
            *(Editable(f.attribute, f.attribute, people if f.kind == values.PERSON else None) for f in found),
        )

    @property
    def columns(self) -> list:
        """The columns of the list, those of the custom fields that everybody sees among them."""
        return [c for c in (*self.list_class.columns, *own.columns(None, self.model)) if self.goes_out(c)]

    def goes_out(self, column: Column) -> bool:
        """Whether the column may stand in a workbook: not that of a field which only some see."""
        return not column.key.startswith(PREFIX) or column.key in self.by_key

    @property
    def by_key(self) -> dict[str, Editable]:
        return {f.key: f for f in self.open_fields}

    def in_column(self, column: str) -> list[Editable]:
        return [f for f in self.open_fields if f.column == column]

    def model_field(self, editable: Editable) -> models.Field:
        made = shape_of(self.model, editable.key) if editable.key.startswith(PREFIX) else None
        return made if made is not None else cast("models.Field", self.model._meta.get_field(editable.key))

    def label(self, editable: Editable) -> str:
        said = str(self.model_field(editable).verbose_name)
        return said if editable.key.startswith(PREFIX) else capfirst(said)

    def labels(self, editable: Editable) -> tuple[str, ...]:
        """The head of its column in both languages."""
        found = []
        for language in ("ja", "en"):
            with translation.override(language):
                found.append(self.label(editable))
        return tuple(dict.fromkeys(found))

    def kind(self, editable: Editable) -> str:
        """choice, several, date, moment, money, number, yesno, reference or text."""
        field = self.model_field(editable)
        if isinstance(field, SeveralField):
            return "several"
        if field.is_relation:
            return "reference"
        if field.choices:
            return "choice"
        kinds = (
            (models.BooleanField, "yesno"),
            (models.DateTimeField, "moment"),
            (models.DateField, "date"),
            (models.DecimalField, "money"),
        )
        return next((name for kind, name in kinds if isinstance(field, kind)), self._number_or_text(field))

    @staticmethod
    def _number_or_text(field: models.Field) -> str:
        return "number" if isinstance(field, models.IntegerField) else "text"

    def choices(self, editable: Editable, viewer) -> list[tuple[Any, str]]:
        """(value, text) of a choice, a yes or no, or a relation, in the active language."""
        if editable.options:
            return [(value, str(text)) for value, text in editable.options(viewer)]
        if self.kind(editable) == "yesno":
            return [(True, _("yes")), (False, _("no"))]
        return [(value, str(text)) for value, text in self.model_field(editable).choices or ()]

    def word(self, editable: Editable, record) -> str:
        """What a choice, a yes or no, or a relation of a record says, whether or not it could be chosen now."""
        field = self.model_field(editable)
        found = getattr(record, field.attname)
        if isinstance(field, SeveralField):
            return together(dict(field.flatchoices), found)
        if field.choices:
            return str(dict(field.flatchoices).get(found, "" if found is None else found))
        if editable.key.startswith(PREFIX) and field.is_relation:
            return dict(editable.options(None)).get(found, "") if editable.options and found else ""
        if found in (None, ""):
            return ""
        return (_("yes") if found else _("no")) if isinstance(found, bool) else str(getattr(record, editable.key))

    def words(self, editable: Editable, viewer) -> dict[str, Any]:
        """Squeezed text, in either language → value."""
        found: dict[str, Any] = {}
        for language in ("ja", "en"):
            with translation.override(language):
                for value, text in self.choices(editable, viewer):
                    found.setdefault(squeeze(text), value)
                    found.setdefault(squeeze(str(value)), value)
        return found


def together(words: dict[Any, Any], keys: Iterable[Any] | None) -> str:
    """Several choices in one cell."""
    return pgettext("between words", ", ").join(str(words.get(key, key)) for key in keys or ())


def apart(text: str) -> list[str]:
    """What of several choices a cell names, however they are parted."""
    return [part.strip() for part in re.split(r"[,、，;；\n]", text) if part.strip()]


def same(one: Any, other: Any) -> bool:
    """Whether two values of a field say the same: blanks at the ends, kinds of line ends and the seconds of a moment do not count."""
    if isinstance(one, list) or isinstance(other, list):
        return sorted(one or []) == sorted(other or [])
    if isinstance(one, str) or isinstance(other, str):
        return tidy(str(one or "")) == tidy(str(other or ""))
    if isinstance(one, datetime) and isinstance(other, datetime):  # a sheet shows no seconds
        return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)
    return one == other


def typed(kind: str, value: Value, field: models.Field) -> Any:
    """What a cell says as the field's own type. Relations and yes-or-no are looked up by whoever knows the choices."""
    empty = None if field.null and kind != "text" else ""
    if value.is_blank:
        return empty
    if value.unknown:
        return value.text if kind == "text" else empty
    if kind == "number":
        if value.value != int(value.value):
            raise ValidationError("", code="not_a_number")
        return int(value.value)
    if kind == "moment":
        return moment(value.text)
    if kind in ("date", "money", "choice"):
        return value.value
    return value.value if isinstance(value.value, str) else value.text


def moment(text: str) -> datetime:
    """A day with a time of day in the office's zone, as a sheet or a person writes it; a bare day is its midnight."""
    written = text.strip().replace("/", "-").replace("T", " ")
    day, _blank, clock = (part.strip() for part in written.partition(" "))
    hour, _colon, rest = clock.partition(":")
    try:
        parts = [int(part) for part in day.split("-")]
        at = time.fromisoformat(f"{hour:0>2}:{rest}") if clock else time()
        found = datetime.combine(date(*parts), at)
    except (ValueError, TypeError):
        raise ValidationError("", code="not_a_moment") from None
    return timezone.make_aware(found.replace(tzinfo=None))


def on_that_day(said: datetime, now: datetime | None) -> datetime:
    """A day alone keeps the time of day that stood there."""
    day = timezone.localtime(said)
    if now is None or day.time() != time():
        return said
    return timezone.make_aware(datetime.combine(day.date(), timezone.localtime(now).time()))


def shown(kind: str, value: Any) -> str:
    """A value of a record as the preview keeps it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None).isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return together({}, value)
    return str(value)


_known: dict[str, Editing] = {}


def register(editing: type[Editing]) -> type[Editing]:
    """Class decorator: this list goes out to Excel and comes back."""
    from pmo_portal.editing.target import EditTarget
    from pmo_portal.intake import targets

    made = editing()
    _known[editing.key] = made
    targets.targets[made.target] = EditTarget(made)
    return editing


def known() -> dict[str, Editing]:
    return _known


def of(list_class: type[List]) -> Editing | None:
    """The declaration of a list; None: it only goes out."""
    return next((e for e in _known.values() if issubclass(list_class, e.list_class)), None)
