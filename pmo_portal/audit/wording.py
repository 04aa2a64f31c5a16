"""Audit entries as sentences and from/to values that a person can read, in their language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from pmo_portal.audit.models import AuditEntry

ACTIONS = {
    "approved": pgettext_lazy("audit", "approved"),
    "attached": pgettext_lazy("audit", "file attached"),
    "baseline_revised": pgettext_lazy("audit", "planned dates revised"),
    "commented": pgettext_lazy("audit", "commented"),
    "escalated": pgettext_lazy("audit", "gone up"),
    "pulled_back": pgettext_lazy("audit", "pulled back"),
    "refused": pgettext_lazy("audit", "refused"),
    "rejected": pgettext_lazy("audit", "rejected"),
    "resubmitted": pgettext_lazy("audit", "submitted again"),
    "sent_back": pgettext_lazy("audit", "sent back"),
    "guided": pgettext_lazy("audit", "step of the guided set-up done"),
    "seen_as": pgettext_lazy("audit", "portal seen as they see it"),
    "seen_as_ended": pgettext_lazy("audit", "seeing as them ended"),
    "looked_as": pgettext_lazy("audit", "page looked at as they see it"),
    "signed": pgettext_lazy("audit", "signed"),
    "step_added": pgettext_lazy("audit", "step added"),
    "step_taken_back": pgettext_lazy("audit", "step taken back"),
    "address_bounced": pgettext_lazy("audit", "letters come back"),
    "address_confirmed": pgettext_lazy("audit", "address confirmed"),
    "accepted": pgettext_lazy("audit", "accepted"),
    "answered": pgettext_lazy("audit", "answered"),
    "begun": pgettext_lazy("audit", "begun"),
    "archived": pgettext_lazy("audit", "archived"),
    "budget_revised": pgettext_lazy("audit", "budget revised"),
    "called": pgettext_lazy("audit", "call noted"),
    "cancelled": pgettext_lazy("audit", "cancelled"),
    "changed": pgettext_lazy("audit", "changed"),
    "closed": pgettext_lazy("audit", "closed"),
    "created": pgettext_lazy("audit", "created"),
    "deactivated": pgettext_lazy("audit", "deactivated"),
    "decided": pgettext_lazy("audit", "decided"),
    "declined": pgettext_lazy("audit", "declined"),
    "due_moved": pgettext_lazy("audit", "due date moved"),
    "ended": pgettext_lazy("audit", "ended"),
    "excused": pgettext_lazy("audit", "excused"),
    "expired": pgettext_lazy("audit", "expired"),
    "exported": pgettext_lazy("audit", "exported"),
    "frozen": pgettext_lazy("audit", "frozen"),
    "granted": pgettext_lazy("audit", "granted"),
    "detached": pgettext_lazy("audit", "file taken away"),
    "dropped": pgettext_lazy("audit", "dropped"),
    "code_used": pgettext_lazy("audit", "recovery code used"),
    "codes_made": pgettext_lazy("audit", "recovery codes made"),
    "codes_removed": pgettext_lazy("audit", "recovery codes removed"),
    "passkey_added": pgettext_lazy("audit", "passkey added"),
    "passkey_removed": pgettext_lazy("audit", "passkey removed"),
    "password_changed": pgettext_lazy("audit", "password changed"),
    "totp_added": pgettext_lazy("audit", "authenticator app set up"),
    "totp_removed": pgettext_lazy("audit", "authenticator app removed"),
    "handed_over": pgettext_lazy("audit", "handed over"),
    "imported": pgettext_lazy("audit", "imported"),
    "invited": pgettext_lazy("audit", "invited"),
    "joined": pgettext_lazy("audit", "joined"),
    "met": pgettext_lazy("audit", "met"),
    "move_cancelled": pgettext_lazy("audit", "planned move cancelled"),
    "move_planned": pgettext_lazy("audit", "move planned"),
    "moved": pgettext_lazy("audit", "moved"),
    "opened": pgettext_lazy("audit", "opened"),
    "placed": pgettext_lazy("audit", "placed"),
    "planned": pgettext_lazy("audit", "planned"),
    "proposed": pgettext_lazy("audit", "proposed"),
    "reached": pgettext_lazy("audit", "reached"),
    "reactivated": pgettext_lazy("audit", "reactivated"),
    "reminded": pgettext_lazy("audit", "reminded"),
    "reopened": pgettext_lazy("audit", "reopened"),
    "replaced": pgettext_lazy("audit", "replaced"),
    "reported": pgettext_lazy("audit", "reported"),
    "restored": pgettext_lazy("audit", "restored"),
    "retried": pgettext_lazy("audit", "retried"),
    "returned": pgettext_lazy("audit", "returned"),
    "revised": pgettext_lazy("audit", "revised"),
    "revised_file": pgettext_lazy("audit", "new version of a file"),
    "secret_renewed": pgettext_lazy("audit", "secret renewed"),
    "sent_again": pgettext_lazy("audit", "sent again"),
    "session_ended": pgettext_lazy("audit", "session ended"),
    "started": pgettext_lazy("audit", "started"),
    "submitted": pgettext_lazy("audit", "submitted"),
    "superseded": pgettext_lazy("audit", "superseded"),
    "taken back": pgettext_lazy("audit", "taken back"),
    "token_made": pgettext_lazy("audit", "key made"),
    "token_revoked": pgettext_lazy("audit", "key revoked"),
    "undone": pgettext_lazy("audit", "undone"),
    "waived": pgettext_lazy("audit", "waived"),
    "withdrawn": pgettext_lazy("audit", "withdrawn"),
}
# The same act has its own word on some records.
OF_A_KIND = {
    ("project", "closed"): pgettext_lazy("audit", "completed"),
    ("person", "joined"): pgettext_lazy("audit", "invitation accepted"),
}
HIDDEN = "•••"
MACHINE = {
    "scope",
    "state_since",
    "archived_at",
    "previous_on",
    "confidence_rank",
    "overall_rank",
    "decided_at",
    "submitted_at",
    "opened_at",
    "last_change_at",
    "milestones",
    "suggestions",
    "seconds_spent",
    "evidence_digest",
    "reported_period",
    "is_current",
    "edited_by",
    "object_id",
    "content_type",
    "key_folded",
    "file_path",
    "file_size",
    "file_sha256",
}


@dataclass(frozen=True)
class Change:
    """One field from → to. `kind` is date, moment, money, percent, days, light, confidence or text; `days` says how far a
    date moved."""

    label: str
    was: Any
    now: Any
    kind: str = "text"
    days: int | None = None


@dataclass(frozen=True)
class Told:
    """One entry in the reader's language. `label` names the record, `within` names it where its project is named already
    ("" for the project itself)."""

    entry: AuditEntry
    action: str
    changes: list[Change] = field(default_factory=list)
    label: str = ""
    within: str = ""

    @property
    def is_new(self) -> bool:
        """The record came into being: every field is new, none is worth a line."""
        return self.entry.object_version == 1 and all(c.was is None for c in self.changes)

    @property
    def told_changes(self) -> list[Change]:
        return [] if self.is_new else self.changes

    @property
    def is_strong(self) -> bool:
        """An act by name, not a mere change of fields."""
        return self.entry.action not in ("changed", "created")


_more_fields: dict[type[models.Model], Callable[[str], models.Field | None]] = {}


def tell_more_fields(model: type[models.Model], of: Callable[[str], models.Field | None]) -> None:
    """Names in the trail of this model that begin with `custom_` mean the fields that `of` gives."""
    _more_fields[model] = of


def told(
    entries: Iterable[AuditEntry],
    *,
    in_full: bool = True,
    at_hand: Iterable[models.Model | None] = (),
    viewer: Any = None,
) -> list[Told]:
    """Entries with readable changes. One query for each model that they are about, that a changed field points to or that
    names are made of, however many entries; without those of the fields where only their names are shown (`in_full`
    false), and none for what is `at_hand`. What only some may see is told to a `viewer` who is one of them."""
    found = list(entries)
    records = _records(found, in_full, [record for record in at_hand if record is not None])
    names = {model: {pk: str(record) for pk, record in kept.items()} for model, kept in records.items()}
    return [
        Told(
            e,
            act(e),
            list(_changes(e, names, viewer)),
            *(_called(e, records) or _kept(e)),
        )
        for e in found
    ]


def act(entry: AuditEntry) -> str:
    return str(OF_A_KIND.get((entry.content_type.model, entry.action)) or ACTIONS.get(entry.action) or entry.action)


def _kept(entry: AuditEntry) -> tuple[str, str]:
    """Where the record is gone: the name it had, in the language of who wrote it down."""
    return entry.object_label, entry.object_label


Records = dict[type[models.Model], dict[int, models.Model]]


def _records(entries: list[AuditEntry], in_full: bool, at_hand: list[models.Model]) -> Records:
    """What the entries are about and, where they are told in full, what their changed fields point to."""
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for entry in entries:
        if (model := entry.content_type.model_class()) is not None:
            wanted[model].add(entry.object_id)
        for f, pair in _fields(entry) if in_full else ():
            if isinstance(f, models.ForeignKey):
                wanted[f.related_model].update(v for v in pair if isinstance(v, int))
    records: Records = defaultdict(dict)
    for record in at_hand:
        records[type(record)][record.pk] = record
    for model, ids in wanted.items():
        _read(records, model, ids)
    for model in wanted:
        _give_names(records, model)
    return records


def _read(records: Records, model: type[models.Model], ids: Iterable[int]) -> None:
    missing = set(ids) - records[model].keys()
    if missing:
        records[model] |= {record.pk: record for record in _bare(model).filter(pk__in=missing)}


def _give_names(records: Records, model: type[models.Model]) -> None:
    """Hand the records what their names are made of: among what has been read already it is, as a rule, and to join it
    took longer."""
    for name in _own_relations(model):
        field, found = cast(models.ForeignKey, model._meta.get_field(name)), list(records[model].values())
        related = field.related_model
        _read(records, related, {pk for pk in (getattr(r, field.attname) for r in found) if pk})
        for record in found:
            if not field.is_cached(record):
                setattr(record, name, records[related].get(getattr(record, field.attname)))


def _own_relations(model: type[models.Model]) -> list[str]:
    return [name for name in getattr(model, "named_by", ()) if "__" not in name]


def _called(entry: AuditEntry, records: Records) -> tuple[str, str] | None:
    """What the record is called, in full and within its project, in the reader's language."""
    model = entry.content_type.model_class()
    record = records.get(model, {}).get(entry.object_id) if model is not None else None
    return (str(record), str(getattr(record, "name_within", record))) if record is not None else None


def _bare(model: type[models.Model]) -> models.QuerySet:
    """Rows with what their name needs from further away than the next table."""
    own = _own_relations(model)
    return model._base_manager.select_related(*(n for n in getattr(model, "named_by", ()) if n not in own))


def _fields(entry: AuditEntry):
    model = entry.content_type.model_class()
    for name, pair in entry.changes.items():
        if name in MACHINE or not isinstance(pair, list) or len(pair) != 2 or model is None:
            continue
        found = _column(model, name)
        if found is not None and (not isinstance(found, models.JSONField) or _is_told(found, pair)):
            yield found, pair


def _is_told(f: models.Field, pair: list) -> bool:
    """Whether a list kept as JSON can be told: its model has words for what stands in it (`words_of(name, item)`)."""
    return hasattr(f.model, "words_of") and all(value is None or isinstance(value, list) for value in pair)


def _column(model: type[models.Model], name: str) -> models.Field | None:
    """The field that a stored name means today. An act may note what lies in other tables under a name that is by chance
    that of a relation back to here, and a field may have gone since: neither has values of its own to read."""
    if name.startswith("custom_") and model in _more_fields:
        return _more_fields[model](name)
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) and found.concrete else None


def _changes(entry: AuditEntry, names, viewer) -> Iterable[Change]:
    is_new = entry.action in ("created", "begun")
    for f, (was, now) in _fields(entry):
        if is_new and (
            f.choices is None and not isinstance(f, models.DateField | models.DecimalField | models.CharField)
        ):
            continue
        if (hidden_from := getattr(f, "hidden_from", None)) is not None and hidden_from(viewer, entry.scope_id):
            yield Change(_label(f), was and HIDDEN, now and HIDDEN)
            continue
        kind, was, now = _readable(f, was, names), _value(f, was, names), _value(f, now, names)
        days = (now - was).days if kind == "date" and isinstance(was, date) and isinstance(now, date) else None
        yield Change(_label(f), was, now, kind, days)


def plain_changes(entry: AuditEntry, viewer: Any) -> dict[str, list]:
    """Field → [was, is] as the trail holds them, for programs; of what the viewer may not see only that it changed."""
    found = {}
    for f, (was, now) in _fields(entry):
        hidden_from = getattr(f, "hidden_from", None)
        is_hidden = hidden_from is not None and hidden_from(viewer, entry.scope_id)
        found[f.name] = [was and HIDDEN, now and HIDDEN] if is_hidden else [was, now]
    return found


def _label(f: models.Field) -> str:
    """As its model calls the field where several share a name."""
    own = getattr(f.model, "label_of", None)
    return own(f.name) if own else str(f.verbose_name)


def _readable(f: models.Field, value: Any, names) -> str:
    if f.name.endswith("_light") or f.name == "light":
        return "light"
    if f.name == "confidence":
        return "confidence"
    if isinstance(f, models.DateTimeField):
        return "moment"
    if isinstance(f, models.DateField):
        return "date"
    for ending, kind in (("_percent", "percent"), ("_days", "days")):
        if f.name.endswith(ending):
            return kind
    return "money" if isinstance(f, models.DecimalField) and f.max_digits == 20 else "text"


def _value(f: models.Field, value: Any, names) -> Any:
    if value in (None, ""):
        return None
    if f.name.endswith("_light") or f.name == "confidence":
        return value
    if isinstance(f, models.ForeignKey):
        return names.get(f.related_model, {}).get(value, f"#{value}")
    if isinstance(value, list) and isinstance(f, models.JSONField) and hasattr(f.model, "words_of"):
        return _(", ").join(str(f.model.words_of(f.name, one)) for one in value) or None
    if isinstance(value, list):
        return _(", ").join(str(_value(f, one, names)) for one in value)
    if isinstance(value, str) and isinstance(f, models.CharField) and f.name in getattr(f.model, "in_words", ()):
        return cast(Any, f.model).words_of(f.name, value)
    if f.choices:
        return str(dict(f.flatchoices).get(value, value))
    try:
        if isinstance(f, models.DateTimeField):
            return datetime.fromisoformat(value)
        if isinstance(f, models.DateField):
            return date.fromisoformat(value)
        if isinstance(f, models.DecimalField):
            return Decimal(str(value))
    except (ValueError, TypeError, InvalidOperation):
        return value
    if isinstance(value, bool):
        return "✓" if value else "–"
    return value if isinstance(value, str | int) else str(value)
