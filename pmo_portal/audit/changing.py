"""Changing a record: lock, compare, save, write from/to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal.audit import context
from pmo_portal.audit.models import AuditEntry
from pmo_portal.i18n.text import one_line, plain
from pmo_portal.records import Record

R = TypeVar("R", bound=Record)
SILENT = {"id", "version", "created_at", "updated_at", "password", "last_login", "key_folded", "name_folded", "digest"}


class Conflict(Exception):
    """Somebody else changed the record since it was opened. `current` is how it stands; nothing was written."""

    def __init__(self, current: Record, opened_version: int) -> None:
        super().__init__(
            _("This was changed in another window or by somebody else. Nothing of yours is lost: compare and choose.")
        )
        self.current = current
        self.opened_version = opened_version


def require_reason(reason: str, said: str) -> None:
    """Raise ValidationError at the field `reason` where none is given; `said` asks for it."""
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(said, code="required")})


def values_of(record: models.Model) -> dict[str, Any]:
    """Field → value as it goes into the trail. Files and machine fields stay out."""
    silent = SILENT | set(getattr(record, "audit_silent", ()))
    found = {f.name: f.value_from_object(record) for f in record._meta.concrete_fields if f.name not in silent}
    custom = found.pop("custom", None) or {}  # each custom field by its own name, as it is read
    return found | {f"custom_{key}": value for key, value in custom.items()}


def scope_id_of(record: models.Model) -> int | None:
    from pmo_portal.access.declarations import access_of

    return access_of(record.__class__).scope_id_of(record)  # a request's user is one only by its class, not its type


def entry_for(
    record: models.Model, action: str, *, by, changes: dict, reason: str = "", scope_id: int | None = None, at=None
) -> AuditEntry:
    """An entry, with its digest, not yet saved."""
    entry = AuditEntry(
        at=at or timezone.now(),
        actor=by,
        on_behalf_of_id=context.on_behalf_of.get(),
        action=action,
        content_type=ContentType.objects.get_for_model(record),
        object_id=record.pk,
        object_label=one_line(str(record))[:300],
        object_version=getattr(record, "version", 1),
        scope_id=scope_id if scope_id is not None else scope_id_of(record),
        changes=_plain(changes),
        reason=plain(reason or ""),
        request_id=context.request_id.get(),
    )
    entry.digest = entry.compute_digest()
    return entry


def _plain(changes: dict) -> dict:
    """As JSON will give it back, so that a digest taken before saving is the one taken after reading."""
    import json

    from django.core.serializers.json import DjangoJSONEncoder

    return json.loads(json.dumps(changes, cls=DjangoJSONEncoder, ensure_ascii=False))


@contextmanager
def change(
    record: R,
    action: str,
    *,
    by,
    version: int | None = None,
    reason: str = "",
    quiet: bool = False,
    draft: bool = False,
) -> Iterator[R]:
    """Lock `record`, hand out a fresh copy, and on leaving save it and write what changed.

    `version` is the one the person had before them; where the record has moved on since, raises `Conflict`.
    Nothing is written where nothing changed, unless a reason was given or it is an act by name (`quiet` false and
    the action is not "changed"). The attributes of `record` are brought up to date too.

    `draft`: what is typed so far is kept and counted, but not yet written down; the next entry of the record (its model
    says `keeps_drafts`) tells everything that changed since the last one.
    """
    with transaction.atomic():
        current = type(record)._base_manager.select_for_update().get(pk=record.pk)
        if version is not None and current.version != int(version):
            raise Conflict(current, int(version))
        before = values_of(current)
        yield current
        _tidy(current)
        _require_sound(current, before)
        after = values_of(current)
        names = [*after, *(name for name in before if name not in after)]
        changes = {n: [before.get(n), after.get(n)] for n in names if before.get(n) != after.get(n)}
        if changes or (action != "changed" and not quiet and not draft):
            current.version += 1
            current.save()
            if not draft:
                if getattr(current, "keeps_drafts", False):
                    changes = _since_told(current, before, after)
                entry_for(current, action, by=by, changes=changes, reason=reason).save(force_insert=True)
        _take_over(record, current)


def _since_told(record: models.Model, before: dict, after: dict) -> dict[str, list]:
    """From what the trail last said to what is now: the drafts in between were not written down."""
    told, now = _plain(before), _plain(after)
    entries = AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(type(record)), object_id=record.pk
    ).order_by("id")
    for version, changes in entries.values_list("object_version", "changes"):
        if version == 1:  # it came into being: what is not named there was empty
            told = dict.fromkeys(told)
        told |= {n: pair[1] for n, pair in changes.items() if n in told or n.startswith("custom_")}
    names = [*now, *(name for name in told if name not in now)]
    return {n: [told.get(n), now.get(n)] for n in names if (told.get(n) or None) != (now.get(n) or None)}


def _tidy(record: models.Model) -> None:
    """Whatever door they came through, texts are kept without what nobody sees; a text of one line stays one."""
    for field in record._meta.concrete_fields:
        value = record.__dict__.get(field.attname)
        if isinstance(value, str) and value:
            setattr(record, field.attname, (plain if isinstance(field, models.TextField) else one_line)(value))


def _require_sound(record: models.Model, before: dict) -> None:
    """As the model says. A reference that has not changed is not looked up again: the database holds it."""
    fields = [f for f in record._meta.concrete_fields if f.is_relation and f.name in before]
    record.clean_fields(exclude={f.name for f in fields if f.value_from_object(record) == before[f.name]})
    record.clean()


def _take_over(record: models.Model, current: models.Model) -> None:
    """Bring the caller's object up to date without dropping its cached relations."""
    for field in current._meta.concrete_fields:
        value = getattr(current, field.attname)
        if getattr(record, field.attname) != value:
            setattr(record, field.attname, value)


def create(record: R, *, by, action: str = "created", reason: str = "") -> R:
    """Check, save and write down a new record."""
    with transaction.atomic():
        _tidy(record)
        record.full_clean(validate_constraints=True)
        record.save(force_insert=True)
        made = {n: [None, v] for n, v in values_of(record).items() if v not in (None, "", [], {})}
        entry_for(record, action, by=by, changes=made, reason=reason).save(force_insert=True)
    return record


def archive(record: R, *, by, reason: str, version: int | None = None) -> R:
    """Take out of use without deleting."""
    with change(record, "archived", by=by, reason=reason, version=version) as current:
        if current.archived_at is None:
            current.archived_at = timezone.now()
    return record


def log(record: models.Model, action: str, *, by, reason: str = "", changes: dict | None = None) -> AuditEntry:
    """Write down something done about a record that changed none of its fields (an export, a sign-in, a reminder)."""
    entry = entry_for(record, action, by=by, changes=changes or {}, reason=reason)
    entry.save(force_insert=True)
    return entry


def note_many(entries: Iterable[AuditEntry]) -> None:
    """Save entries that a bulk action made with `entry_for`."""
    AuditEntry.objects.bulk_create(list(entries), batch_size=1000)
