"""Lists that only programs ask for: a model's rows with conditions and orders named by its fields, where no page has a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from pmo_portal import access, lists
from pmo_portal.lists import Choice, Column, Equal, Range
from pmo_portal.lists.filters import Filter, NoValue, Truth

GREATEST = 2**63 - 1


@dataclass(frozen=True)
class Number(Equal):
    """A record by its number."""

    def condition(self, values: list[str], viewer) -> Q | None:
        for value in values:
            if not (value.isascii() and value.isdigit() and int(value[:20]) <= GREATEST):
                raise NoValue(value)
        return super().condition(values, viewer)


def rows_of(
    model: type[models.Model],
    *,
    equal: Mapping[str, str] | None = None,
    number: Mapping[str, str] | None = None,
    choose: Mapping[str, str] | Iterable[str] = (),
    days: Mapping[str, str] | None = None,
    truth: Mapping[str, str] | None = None,
    filters: Iterable[Filter] = (),
    sorts: Mapping[str, str] | None = None,
    search: tuple[str, ...] = (),
    base: Callable[[Any], QuerySet] | None = None,
) -> type[lists.List]:
    """A list of the records that the viewer may see. Conditions are name → path: `equal` to a text, the `number` of a record,
    one of a field's choices, from day to day (of a column of days, or of moments), yes or no. `sorts`: name → path."""
    chosen = choose if isinstance(choose, Mapping) else {name: name for name in choose}
    conditions: list[Filter] = [
        *(Equal(name, _label(model, path), path) for name, path in (equal or {}).items()),
        *(Number(name, _label(model, path), path) for name, path in (number or {}).items()),
        *(Choice(name, _label(model, path), path, options=_choices(model, path)) for name, path in chosen.items()),
        *(Range(name, _label(model, path), _day(model, path), of="date") for name, path in (days or {}).items()),
        *(Truth(name, _label(model, path), path) for name, path in (truth or {}).items()),
        *filters,
    ]

    def its_base(self: lists.List) -> QuerySet:
        return base(self.viewer) if base is not None else access.visible(self.viewer, model)

    return type(
        f"{model.__name__}Rows",
        (lists.List,),
        {
            "__module__": __name__,
            "model": model,
            "title": model._meta.verbose_name_plural,
            "columns": [Column(name, _label(model, path), path, sort=path) for name, path in (sorts or {}).items()],
            "filters": conditions,
            "search": search,
            "base": its_base,
        },
    )


def _field(model: Any, path: str) -> Any:
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def _label(model: Any, path: str) -> Any:
    """Of a path to another record the name of the way there: `project__key` is the project."""
    return _field(model, path.split("__")[0]).verbose_name


def _choices(model: Any, path: str) -> list:
    return list(_field(model, path).choices or ())


def _day(model: Any, path: str) -> str:
    return f"{path}__date" if isinstance(_field(model, path), models.DateTimeField) else path
