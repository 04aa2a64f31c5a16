"""A list: what the viewer may see, filtered, searched, sorted and cut into pages; its state is the address."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.lists.columns import Column
from pmo_portal.lists.filters import Filter

COUNT_CAP = 10_000
LONGEST = 200


@dataclass
class Cell:
    column: Column
    value: Any


@dataclass
class Row:
    record: Any
    url: str
    cells: list[Cell]
    is_new: bool = False

    @property
    def first(self) -> Cell:
        return self.cells[0]

    @property
    def phone_second(self) -> list[Cell]:
        return [c for c in self.cells if c.column.phone == "second"]


@dataclass
class Listing:
    """One page of a list, ready to draw."""

    list: List
    rows: builtins.list[Row]
    count: int
    count_capped: bool
    heads: builtins.list[dict]
    chips: builtins.list[dict]
    search: str
    previous_url: str
    next_url: str
    first: int
    last: int
    export_urls: dict[str, str]
    problems: builtins.list[str] = field(default_factory=builtins.list)
    base_url: str = ""
    is_filtered: bool = False


class List:
    """Subclasses say what stands in it; `viewer` and the address say which part is shown."""

    model: Any = None
    title: Promise | str = ""
    columns: list[Column] = []
    filters: list[Filter] = []
    search: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)
    related: tuple[str, ...] = ()
    per_page = 50
    empty_text: Promise | str = ""
    empty_action: tuple[Promise | str, str] | None = None

    def __init__(self, viewer, params: QueryDict, kwargs: dict | None = None) -> None:
        self.viewer, self.params, self.kwargs = viewer, params, kwargs or {}
        self.problems: list[str] = []

    # ---- to be said by each list

    def base(self) -> QuerySet:
        """The records the viewer may see that stand in this list at all."""
        return access.visible(self.viewer, self.model)

    def url_of(self, record) -> str:
        return record.get_absolute_url()

    def prepare(self, records: list) -> list:
        """Fetch what the columns need for this page's rows, in a fixed number of queries."""
        return records

    def is_new(self, record) -> bool:
        return False

    # ---- what the address says

    @cached_property
    def words(self) -> str:
        return self.params.get("q", "").replace("\0", "")[:LONGEST].strip()

    @cached_property
    def sort(self) -> tuple[str, bool]:
        """(column key, descending)."""
        asked = self.params.get("sort", "")
        key, down = asked.removeprefix("-"), asked.startswith("-")
        return (key, down) if any(c.key == key and c.sort for c in self.columns) else ("", False)

    def values_of(self, which: Filter) -> list[str]:
        values = [v.replace("\0", "")[:LONGEST] for v in self.params.getlist(which.key) if v.strip()][:20]
        low, high = (self.params.get(f"{which.key}_{end}", "").replace("\0", "").strip()[:40] for end in ("from", "to"))
        if which.kind == "range" and (low or high):
            return [f"{low}..{high}"]
        return values

    @cached_property
    def queryset(self) -> QuerySet:
        """Filtered and sorted, not yet cut."""
        found = self.base()
        for which in self.filters:
            values = self.values_of(which)
            if not values:
                continue
            try:
                where = which.condition(values, self.viewer)
                found = found.filter(where) if where is not None else found
            except (ValueError, OverflowError):
                self.problems.append(
                    _("“%(value)s” is no value for “%(filter)s”; it was left out.")
                    % {"value": values[0][:40], "filter": which.label}
                )
        for word in self.words.split()[:6]:
            found = found.filter(self.search_condition(word))
        return found.order_by(*self.ordering())

    def search_condition(self, word: str) -> Q:
        where = Q()
        for path in self.search:
            where |= Q(**{f"{path}__icontains": word})
        return where

    def ordering(self) -> list:
        from django.db.models import F

        key, down = self.sort
        if not key:
            return list(self.order)
        path = next(c.sort for c in self.columns if c.key == key)
        by = F(path.replace(".", "__"))
        return [by.desc(nulls_last=True) if down else by.asc(nulls_last=True), "-pk" if down else "pk"]

    # ---- what is drawn

    def page(self, path: str) -> Listing:
        found = self.queryset
        number = self._page_number()
        count = found[: COUNT_CAP + 1].count() if COUNT_CAP else found.count()
        start = (number - 1) * self.per_page
        if start >= max(count, 1):
            number, start = 1, 0
        records = list(found.select_related(*self.related)[start : start + self.per_page])
        rows = [self.row(r) for r in self.prepare(records)]
        return Listing(
            list=self,
            rows=rows,
            count=min(count, COUNT_CAP),
            count_capped=count > COUNT_CAP,
            heads=self.heads(path),
            chips=self.chips(path),
            search=self.words,
            base_url=path,
            previous_url=self.url(path, page=str(number - 1)) if number > 1 else "",
            next_url=self.url(path, page=str(number + 1)) if start + self.per_page < count else "",
            first=start + 1 if rows else 0,
            last=start + len(rows),
            export_urls={kind: self.url(path, export=kind) for kind in ("xlsx", "csv")},
            problems=self.problems,
            is_filtered=bool(self.words or any(self.values_of(f) for f in self.filters)),
        )

    def row(self, record) -> Row:
        return Row(record, self.url_of(record), [Cell(c, c.of(record)) for c in self.columns], self.is_new(record))

    def _page_number(self) -> int:
        text = self.params.get("page", "1")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1

    def url(self, path: str, **changes: str | None) -> str:
        """The same list with some of its state changed; the page number falls away unless it is what changes."""
        params = self.params.copy()
        for gone in ("page", "export", "_partial"):
            params.pop(gone, None)
        for key, value in changes.items():
            if value is None:
                params.pop(key, None)
            else:
                params[key] = value
        text = params.urlencode()
        return f"{path}?{text}" if text else path

    def heads(self, path: str) -> list[dict]:
        key, down = self.sort
        return [
            {
                "column": c,
                "sorted": ("descending" if down else "ascending") if c.key == key else "",
                "url": self.url(path, sort=c.key if c.key == key and down else f"-{c.key}" if c.key == key else c.key)
                if c.sort
                else "",
            }
            for c in self.columns
        ]

    def chips(self, path: str) -> list[dict]:
        drawn = []
        for which in self.filters:
            values = self.values_of(which)
            drawn.append(
                {
                    "filter": which,
                    "key": which.key,
                    "label": which.label,
                    "kind": which.kind,
                    "values": values,
                    "words": which.words(values, self.viewer) if values else "",
                    "remove_url": self.url(path, **dict.fromkeys((which.key, f"{which.key}_from", f"{which.key}_to"))),
                    "choices": which.choices(self.viewer),
                    "low": values[0].partition("..")[0] if values else "",
                    "high": values[0].partition("..")[2] if values else "",
                    "of": getattr(which, "of", ""),
                }
            )
        return drawn
