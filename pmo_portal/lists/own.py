"""Custom fields as columns and conditions of the list of the records that carry them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.http import QueryDict

from pmo_portal import access
from pmo_portal.custom import queries, values
from pmo_portal.custom.models import PREFIX, CustomField, Customised
from pmo_portal.custom.registry import carriers
from pmo_portal.custom.shape import told
from pmo_portal.lists.columns import Column
from pmo_portal.lists.filters import Choice, Filter, Named, Range, Several, Truth, Words

KINDS = {values.NUMBER: "number", values.MONEY: "money", values.DATE: "date", values.PERSON: "person"}


def columns(viewer, model: Any) -> list[Column]:
    """A column for each field that the viewer sees somewhere; sorted by it only where they see it everywhere."""
    carrier = carriers.get(model._meta.label_lower)
    return [_column(viewer, f, carrier.currency) for f in queries.seen(viewer, model)] if carrier else []


def _column(viewer, field: CustomField, currency: str) -> Column:
    def value(record: Any) -> Any:
        found = told(field, record) if queries.sees(viewer, field, record) else None
        return getattr(record, "people_named", {}).get(found) if field.kind == values.PERSON and found else found

    sortable = queries.seen_everywhere(viewer, field) and field.kind not in (values.CHOICES, values.PERSON)
    return Column(
        field.attribute,
        str(field),
        value,
        sort=f"custom__{field.key}" if sortable else "",
        kind=KINDS.get(field.kind, "text"),
        currency=currency if field.kind == values.MONEY else "",
        default=field.in_list,
    )


def filters(viewer, model: Any) -> list[Filter]:
    """A condition for each field that the viewer sees everywhere: to choose by what one does not see would tell it."""
    if model._meta.label_lower not in carriers:
        return []
    found = [f for f in queries.fields_of(model) if queries.seen_everywhere(viewer, f)]
    return [_filter(model, f) for f in found]


def _filter(model: Any, field: CustomField) -> Filter:
    key, label, path = field.attribute, str(field), f"custom__{field.key}"
    if field.kind == values.CHOICE:
        return Choice(key, label, path, options=list(field.choices.items()))
    if field.kind == values.CHOICES:
        return Several(key, label, path, options=list(field.choices.items()))
    if field.kind == values.PERSON:
        return Named(key, label, path, options=cache(lambda viewer: _people_in(viewer, model, path)))
    if field.kind == values.YESNO:
        return Truth(key, label, path)
    if field.kind in (values.NUMBER, values.MONEY, values.DATE):
        is_day = field.kind == values.DATE
        return Range(key, label, path, of="date" if is_day else "number", turned=str if is_day else float)
    return Words(key, label, path)


def _people_in(viewer, model: Any, path: str) -> list[tuple[int, str]]:
    """Whom the field names on the records that the viewer sees, by name."""
    rows = access.visible(viewer, model).exclude(**{path: None}).exclude(**{f"{path}__isnull": True})
    named = queries.people(rows.order_by().values_list(path, flat=True).distinct())
    return sorted(((pk, str(person)) for pk, person in named.items()), key=lambda row: (row[1], row[0]))


def any_of(shown: list[Column]) -> bool:
    return any(c.key.startswith(PREFIX) for c in shown)


def column_of(model: Any) -> tuple[str, ...]:
    """Where its records keep their custom fields: a column of its table, for one that carries some."""
    return ("custom",) if model is not None and issubclass(model, Customised) else ()


def has_strange_condition(params: QueryDict, known: Iterable[str]) -> bool:
    """Whether an address (a kept view, somebody's link) asks by a field that is out of use, or not for this reader."""
    asked = {name.removesuffix("_from").removesuffix("_to") for name in params if name.startswith(PREFIX)}
    return bool(asked - set(known))


def name_people(model: Any, shown: list[Column], records: list) -> None:
    """Puts the people whom the shown fields name into the records' reach: one query for a page."""
    fields = [
        f for f in queries.fields_of(model) if f.kind == values.PERSON and any(c.key == f.attribute for c in shown)
    ]
    if not fields:
        return
    named = queries.people(f.read(record) for f in fields for record in records)
    for record in records:
        record.people_named = named
