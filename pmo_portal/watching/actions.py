"""Following a record or not; telling those who follow, and those who are named."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import translation

from pmo_portal import access, asks
from pmo_portal.accounts.models import Person
from pmo_portal.audit import chain
from pmo_portal.audit.models import AuditEntry, AuditLink
from pmo_portal.watching import queries
from pmo_portal.watching.kinds import is_watchable
from pmo_portal.watching.models import Mention, TrailRead, Watch

BATCH = 300
SILENT = {"exported", "looked_as", "seen_as", "reminded"}  # acts that change nothing of the record
TEXTS = 200  # letters of a text that a notice tells


def watch(record: models.Model, *, by) -> None:
    """From now on `by` is told what others do to it. Safe to do twice."""
    access.require(by, "view", record)
    declared = access.access_of(type(record))
    Watch.objects.get_or_create(
        person_id=by.pk,
        content_type=queries.kind_of(type(record)),
        object_id=record.pk,
        defaults={
            "scope_id": declared.scope_id_of(record) if declared.scope == "scope" and owns_place(record) else None
        },
    )


def owns_place(record: models.Model) -> bool:
    """Whether the record is a place where others stand (a project), rather than one that stands in a place."""
    return bool(record._meta.get_field("scope").one_to_one)


def unwatch(record: models.Model, *, by) -> None:
    Watch.objects.filter(person_id=by.pk, content_type=queries.kind_of(type(record)), object_id=record.pk).delete()


# ---- the trail is read


@transaction.atomic
def read_trail() -> tuple[int, int]:
    """Tell what the next entries of the trail hold for watchers and for those who are named: (entries read, people told).
    Where it was read to is kept in the same transaction: after a crash nothing is told twice and nothing is left out."""
    read, _made = TrailRead.objects.select_for_update().get_or_create(pk=1, defaults={"position": chain.length()})
    links = list(
        AuditLink.objects.filter(position__gt=read.position)
        .order_by("position")
        .values_list("position", "entry_id")[:BATCH]
    )
    if not links:
        return 0, 0
    entries = list(
        AuditEntry.objects.filter(pk__in=[entry for _position, entry in links])
        .exclude(action__in=SILENT)
        .select_related("actor", "content_type")
        .order_by("link__position")
    )
    told = _tell_watchers(entries) + _tell_named(entries)
    TrailRead.objects.filter(pk=1).update(position=links[-1][0])
    return len(links), told


def _tell_watchers(entries: list[AuditEntry]) -> int:
    found: dict[tuple[int, int], list[AuditEntry]] = defaultdict(list)  # (person, watch) → entries
    watches = {w.pk: w for w in _watches_of(entries)}
    for entry in entries:
        model = entry.content_type.model_class()
        if model is None or not is_watchable(model):
            continue
        for w in watches.values():
            own = (w.content_type_id, w.object_id) == (entry.content_type_id, entry.object_id)
            inside = w.scope_id is not None and w.scope_id == entry.scope_id
            if (own or inside) and w.person_id != entry.actor_id and w.since <= entry.at:
                found[w.person_id, w.pk].append(entry)
    people = Person.objects.in_bulk({person for person, _watch in found})
    return sum(_tell_one(people[person], watches[pk], of_one) for (person, pk), of_one in found.items())


def _watches_of(entries: list[AuditEntry]):
    where, by_kind = Q(pk__in=[]), defaultdict(set)
    for entry in entries:
        by_kind[entry.content_type_id].add(entry.object_id)
    for kind, ids in by_kind.items():
        where |= Q(content_type=kind, object_id__in=ids)
    where |= Q(scope__in={entry.scope_id for entry in entries if entry.scope_id})
    return Watch.objects.filter(where, person__is_active=True)


def _tell_one(person: Person, w: Watch, entries: list[AuditEntry]) -> int:
    """What one person is told of what they watch, as far as they may see it now: several at a time in one line."""
    entries = [entry for entry, _record in _seen_of(person, entries)]
    if not entries:
        return 0
    last = entries[-1]
    record = queries.seen(person, last.content_type.model_class(), [last.object_id])[last.object_id]
    return asks.notify(
        person,
        key=f"watch:{w.pk}:{last.pk}",
        kind="watching.changed",
        params={**_said_of(last, record), "count": len(entries)},
        url=record.get_absolute_url(),
        by=last.actor,
        about=record,
    )


def _seen_of(person: Person, entries: list[AuditEntry]) -> list[tuple[AuditEntry, Any]]:
    by_kind: dict[Any, set[int]] = defaultdict(set)
    for entry in entries:
        by_kind[entry.content_type].add(entry.object_id)
    records = {
        (kind.pk, pk): record
        for kind, ids in by_kind.items()
        for pk, record in queries.seen(person, kind.model_class(), ids).items()
    }
    pairs = [(entry, records.get((entry.content_type_id, entry.object_id))) for entry in entries]
    return [(entry, record) for entry, record in pairs if record is not None]


def _said_of(entry: AuditEntry, record) -> dict[str, Any]:
    labels = {}
    for language in ("ja", "en"):
        with translation.override(language):
            labels[f"label_{language}"] = str(record)[:200]
    who = entry.actor
    return {
        **labels,
        "kind": record._meta.model_name,
        "action": entry.action,
        "who_ja": who.name_ja if who else "",
        "who_en": who.name_en if who else "",
    }


def _tell_named(entries: list[AuditEntry]) -> int:
    return sum(_tell_named_in(entry) for entry in entries if any("@" in t or "＠" in t for t in _texts(entry).values()))


def _texts(entry: AuditEntry) -> dict[str, str]:
    """Place → text, of what the entry brought: its reason (a comment is one), and texts that have changed."""
    changed = {name[:80]: now for name, (_was, now) in entry.changes.items() if isinstance(now, str)}
    return changed if entry.reason in changed.values() else {f"entry {entry.pk}": entry.reason, **changed}


def _tell_named_in(entry: AuditEntry) -> int:
    model = entry.content_type.model_class()
    if model is None or model not in access.declared_models():
        return 0
    record = model._base_manager.select_related(*queries.named_well(model)).filter(pk=entry.object_id).first()
    if record is None:
        return 0
    told = 0
    for place, text in _texts(entry).items():
        for words, person in queries.named_in(text, record).items():
            _row, new = Mention.objects.get_or_create(
                person=person,
                content_type=entry.content_type,
                object_id=entry.object_id,
                place=place,
                defaults={"by": entry.actor, "words": words},
            )
            if new and person.pk != entry.actor_id:
                told += _tell_mention(entry, record, person, place, text)
    return told


def _tell_mention(entry: AuditEntry, record, person: Person, place: str, text: str) -> bool:
    return asks.notify(
        person,
        key=f"mention:{entry.content_type_id}:{entry.object_id}:{place}",
        kind="watching.mentioned",
        params={**_said_of(entry, record), "text": text[:TEXTS]},
        url=record.get_absolute_url() if hasattr(record, "get_absolute_url") else "/inbox/",
        by=entry.actor,
        about=record,
    )
