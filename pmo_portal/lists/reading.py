"""The records of a whole list, block by block, for a file: read as plain columns, without what Django does for each record
of a page. Ten thousand records are bound by what is done once per record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.db.models.base import ModelState

from pmo_portal.lists.columns import Column

if TYPE_CHECKING:
    from pmo_portal.lists.listing import List

BLOCK = 500


def blocks(listing: List) -> Iterator[list]:
    """The records in blocks, each prepared in a fixed number of queries.

    What a column leads to is fetched once for each record it leads to, not once for each row: a thousand projects have
    five portfolios.
    """
    found = listing.queryset
    if listing.picked is not None:
        found = found.filter(pk__in=listing.picked)
    model = found.model
    names = [f.attname for f in model._meta.concrete_fields if f.name not in listing.unread]
    names += [name for name in found.query.annotation_select if name not in names]
    near = _Near(listing)
    rows = found.values_list(*names).iterator(chunk_size=BLOCK)
    while block := [_record(model, names, row, found.db) for row in islice(rows, BLOCK)]:
        near.attach(block)
        yield listing.prepared(block)


def _record(model: type[Model], names: list[str], values: tuple, database: str) -> Model:
    """A record as unpickling makes one: its values without its constructor."""
    record = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, database
    record.__dict__.update(zip(names, values, strict=True))
    record.__dict__["_state"] = state
    return record


class _Near:
    """What the records' columns lead to, kept from block to block."""

    def __init__(self, listing: List) -> None:
        self.model: Any = listing.queryset.model
        self.of: dict[str, tuple[str, list[str], dict[Any, Any]]] = {}
        for path in sorted(listing.relations()):
            step, _, rest = path.partition("__")
            attname = self.model._meta.get_field(step).attname
            _attname, further, _known = self.of.setdefault(step, (attname, [], {None: None}))
            further.extend([rest] if rest else [])

    def attach(self, block: list) -> None:
        for step, (attname, further, known) in self.of.items():
            missing = {record.__dict__[attname] for record in block} - known.keys()
            if missing:
                related = self.model._meta.get_field(step).related_model._base_manager
                known |= related.select_related(*further).in_bulk(missing) if further else related.in_bulk(missing)
            for record in block:
                record._state.fields_cache[step] = known[record.__dict__[attname]]


def reader(column: Column, model: Any) -> Callable[[Any], Any]:
    """`column.of`, remembering what it said of a value that many rows share: words are translated once."""
    if column.kind in ("light", "confidence"):
        from pmo_portal.templatetags.pmo import word_of

        return _remembering(column.of, lambda row, value: word_of(column.kind, value))
    if isinstance(column.value, str) and column.value.startswith("get_") and column.value.endswith("_display"):
        field = column.value.removeprefix("get_").removesuffix("_display")
        return _remembering(lambda row: getattr(row, field), lambda row, value: column.of(row))
    related = column.relations(model)
    if isinstance(column.value, str) and len(related) == 1 and "__" not in (step := related.pop()):
        attname = model._meta.get_field(step).attname
        return _remembering(lambda row: row.__dict__[attname], lambda row, value: column.of(row))
    if isinstance(column.value, str) and column.value in {f.attname for f in model._meta.concrete_fields}:
        return attrgetter(column.value)
    return column.of


def _remembering(key: Callable[[Any], Any], told: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    known: dict[Any, Any] = {}

    def of(row: Any) -> Any:
        value = key(row)
        if value not in known:
            known[value] = told(row, value)
        return known[value]

    return of
