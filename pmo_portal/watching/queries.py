"""What a person follows, whom a text names, who may be named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse

from pmo_portal import access
from pmo_portal.accounts.models import Person
from pmo_portal.accounts.queries import people_like, people_who_sign_in
from pmo_portal.watching import mentions
from pmo_portal.watching.kinds import is_watchable, suggestions
from pmo_portal.watching.models import Mention, Watch

OFFERED = 8


def kind_of(model: type[models.Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)


def standing(viewer, record: models.Model | None) -> dict[str, Any] | None:
    """For the button on a record's page; None where the record is none that is watched. One query."""
    if record is None or not is_watchable(type(record)) or record.pk is None:
        return None
    found = Watch.objects.filter(person_id=viewer.pk, content_type=kind_of(type(record)), object_id=record.pk)
    return {"kind": record._meta.label_lower, "pk": record.pk, "on": found.exists()}


def named_well(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(getattr(model, "named_by", ()))


def seen(person, model: type[models.Model], ids: Iterable[int]) -> dict[int, Any]:
    """Of these records, those that the person may see now."""
    found = access.visible(person, model).filter(pk__in=set(ids)).select_related(*named_well(model))
    return {record.pk: record for record in found}


def watched(viewer) -> list[dict[str, Any]]:
    """What the person follows and may still see, the newest first. A query for each kind of record."""
    rows = list(Watch.objects.filter(person_id=viewer.pk).select_related("content_type")[:500])
    by_kind: dict[ContentType, set[int]] = defaultdict(set)
    for row in rows:
        by_kind[row.content_type].add(row.object_id)
    records = {}
    for kind, ids in by_kind.items():
        model = kind.model_class()
        if model is not None and is_watchable(model):
            records |= {(kind.pk, pk): record for pk, record in seen(viewer, model, ids).items()}
    return [
        {"watch": row, "record": record, "kind": record._meta.label_lower, "sort": record._meta.verbose_name}
        for row in rows
        if (record := records.get((row.content_type_id, row.object_id))) is not None
    ]


def suggested(viewer) -> list[dict[str, Any]]:
    """What the person answers for and does not follow yet."""
    have = set(Watch.objects.filter(person_id=viewer.pk).values_list("content_type_id", "object_id"))
    return [
        {"record": record, "kind": record._meta.label_lower, "sort": record._meta.verbose_name}
        for source in suggestions
        for record in source(viewer)
        if (kind_of(type(record)).pk, record.pk) not in have
    ]


# ---- names


def named_in(text: str, record: models.Model) -> dict[str, Person]:
    """Words → person, of those whom the text names and who may see the record."""
    tails = mentions.tails(text)
    if not tails:
        return {}
    wanted = {name for tail in tails for name in mentions.beginnings(tail)}
    people = {
        p.pk: p for p in people_who_sign_in().filter(Q(name_ja__in=wanted) | Q(name_en__in=wanted)) if sees(p, record)
    }
    by_name: dict[str, list[int]] = defaultdict(list)
    for person in people.values():
        for name in {person.name_ja, person.name_en} - {""}:
            by_name[name].append(person.pk)
    return {words: people[pk] for words, pk in mentions.named(text, by_name).items()}


def sees(person, record: models.Model) -> bool:
    return access.visible(person, type(record)).filter(pk=record.pk).exists()


def nameable(record: models.Model, words: str) -> list[dict[str, str]]:
    """People who are called so and may see the record, as the picker writes them."""
    found = [p for p in people_like(words, "reached", most=16) if sees(p, record)][:OFFERED]
    names = [p.name for p in found]
    return [
        {
            "name": p.name,
            "insert": p.name if names.count(p.name) == 1 else f"{p.name}#{p.pk}",
            "note": str(p.job_title or ""),
        }
        for p in found
    ]


def mentions_of(record: models.Model) -> dict[str, str]:
    """Words → the named person's page, read once for a page's record."""
    kept = record.__dict__.get("_mentions")
    if kept is None:
        rows = Mention.objects.filter(content_type=kind_of(type(record)), object_id=record.pk)
        kept = record.__dict__["_mentions"] = {
            words: reverse("setup:person_record", kwargs={"pk": pk})
            for words, pk in rows.values_list("words", "person")
        }
    return kept
