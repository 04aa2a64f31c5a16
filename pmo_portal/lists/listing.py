"""A list: what the viewer may see, filtered, searched, sorted and cut into pages; its state is the address."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.i18n.localised import english_order, reads_english
from pmo_portal.lists import drawing, own, reading
from pmo_portal.lists.columns import Column
from pmo_portal.lists.filters import Filter, NoValue

COUNT_CAP = 10_000  # beyond it a list says "10,000+": nobody waits for the exact number
LONGEST = 200
MOST_PICKED = 1000
# What an address says besides the conditions themselves.
PASSING = ("page", "export", "_partial", "pick", "col")


@dataclass
class Cell:
    column: Column
    value: Any
    currency: str = ""


@dataclass
class Row:
    record: Any
    url: str
    cells: list[Cell]
    is_new: bool = False

    @property
    def key(self) -> Any:
        return self.record.pk

    @property
    def name(self) -> str:
        """What the row is called, for whoever cannot see where its box stands."""
        named = next((c for c in self.cells if c.column.phone == "first"), self.cells[0])
        return str(named.value)


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
    here: str = ""  # its address with its whole state
    clear_url: str = ""
    is_filtered: bool = False
    kept: builtins.list[tuple[str, str]] = field(default_factory=builtins.list)
    carried: builtins.list[tuple[str, str]] = field(default_factory=builtins.list)
    orders: builtins.list[dict] = field(default_factory=builtins.list)
    choices: builtins.list[dict] = field(default_factory=builtins.list)

    @property
    def body(self) -> SafeString:
        """The rows as HTML."""
        unit = getattr(self.list.viewer, "money_unit", "") or "million"
        return drawing.body(self.rows, self.list.shown, unit, selectable=self.list.selectable)

    @property
    def filter_count(self) -> int:
        return sum(1 for chip in self.chips if chip["words"])

    @property
    def more_count(self) -> int:
        """How many conditions stand behind "more"."""
        return sum(1 for chip in self.chips if chip["is_more"])

    @property
    def shown_count(self) -> int:
        return sum(1 for choice in self.choices if choice["shown"])

    @property
    def order_words(self) -> str:
        """The column it is sorted by; empty for the list's own order."""
        return next((str(o["column"].label) for o in self.orders if o["sorted"]), "")


class List:
    """Subclasses say what stands in it; `viewer` and the address say which part is shown."""

    model: Any = None
    title: Promise | str = ""
    columns: list[Column] = []
    filters: list[Filter] = []
    search: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)
    related: tuple[str, ...] = ()  # besides those that the columns shown lead to
    left_out: tuple[str, ...] = ()  # long texts that no column shows
    per_page = 50
    foremost: tuple[str, ...] = ()  # of many conditions those that stand in sight; the others open on demand
    empty_text: Promise | str = ""
    selectable = True

    def __init__(self, viewer, params: QueryDict, kwargs: dict | None = None) -> None:
        self.viewer, self.params, self.kwargs = viewer, params, kwargs or {}
        self.columns = [*type(self).columns, *own.columns(viewer, self.model)]
        self.filters = [*type(self).filters, *own.filters(viewer, self.model)]
        self.faults: dict[str, str] = {}  # filter → the value that makes no sense there

    # ---- to be said by each list

    def base(self) -> QuerySet:
        """The records the viewer may see that stand in this list at all."""
        return access.visible(self.viewer, self.model)

    def url_of(self, record) -> str:
        return record.get_absolute_url()

    def prepare(self, records: list) -> list:
        """Fetch what the columns need for this page's rows, in a fixed number of queries."""
        return records

    def prepared(self, records: builtins.list) -> builtins.list:
        """The same, with what the custom fields shown need."""
        own.name_people(self.model, self.shown, records)
        return self.prepare(records)

    def is_new(self, record) -> bool:
        return False

    def first_steps(self) -> builtins.list[tuple[str, str]]:
        """What the viewer may do when nothing stands here yet: (words, address), the most likely first."""
        return []

    # ---- what the address says

    @cached_property
    def words(self) -> str:
        return self.params.get("q", "").replace("\0", "")[:LONGEST].strip()

    @cached_property
    def sort(self) -> tuple[str, bool]:
        """(column key, descending)."""
        asked = self.params.get("sort", "")
        key, down = asked.removeprefix("-")[:LONGEST], asked.startswith("-")
        return (key, down) if any(c.key == key and c.sort for c in self.columns) else ("", False)

    @cached_property
    def shown(self) -> builtins.list[Column]:
        """The columns that the address asks for (`cols=name,pm`, or `col` once for each), in their own order.

        The title stays: without it a row has nothing to open it by."""
        asked = set(self.params.getlist("col")) | set(self.params.get("cols", "").split(","))
        usual = [c for c in self.columns if c.default]
        chosen = [c for c in self.columns if c.key in asked]
        if not chosen:
            return usual
        title = next((c for c in self.columns if c.phone == "first"), self.columns[0])
        return [c for c in self.columns if c.key in asked or c is title]

    def columns_url(self, path: str) -> str:
        """The address without the boxes of the columns' form: short, and empty where the choice is the usual one."""
        usual = [c for c in self.columns if c.default]
        return self.url(path, cols=None if self.shown == usual else ",".join(c.key for c in self.shown))

    @cached_property
    def picked(self) -> builtins.list[int] | None:
        """The rows that somebody selected, for an export; None: all of them."""
        asked = self.params.getlist("pick")[:MOST_PICKED]
        return [int(v) for v in asked if v.isascii() and v.isdigit() and len(v) < 19] if asked else None

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
            except NoValue as fault:
                self.faults[which.key] = fault.text
            except (ValueError, OverflowError):
                self.faults[which.key] = values[0][:40]
        for word in self.words.split()[:6]:
            found = found.filter(self.search_condition(word))
        return found.order_by(*self.ordering())

    def problems(self) -> builtins.list[str]:
        """What of the address was left out, in words."""
        labels = {which.key: which.label for which in self.filters}
        said = [
            _("“%(filter)s”: “%(value)s” was left out; %(expected)s.")
            % {"value": self.faults[which.key], "filter": which.label, "expected": which.expected(self.viewer)}
            for which in self.filters
            if which.key in self.faults
        ]
        if own.has_strange_condition(self.params, labels):
            said.append(_("One of its conditions is about a custom field that is not in use; it was left out."))
        return said

    def parameters(self) -> set[str]:
        """The names by which an address may ask this list for something."""
        ends = {f"{f.key}_{end}" for f in self.filters if f.kind == "range" for end in ("from", "to")}
        return {"q", "sort", *(f.key for f in self.filters), *ends}

    def sorts(self) -> builtins.list[str]:
        """The columns by which it can be sorted."""
        return [c.key for c in self.columns if c.sort]

    def search_condition(self, word: str) -> Q:
        where = Q()
        for path in self.search:
            where |= Q(**{f"{path}__icontains": word})
        return where

    def ordering(self) -> list:
        key, down = self.sort
        if not key:
            return [self._by_name(path) for path in self.order]
        path = next(c.sort for c in self.columns if c.key == key)
        by = self._by_name(path.replace(".", "__"))
        by = F(by) if isinstance(by, str) else by
        if self._always_known(path):  # an index answers this; told to put the unknown last, it would not
            return [by.desc() if down else by.asc(), "-pk" if down else "pk"]
        return [by.desc(nulls_last=True) if down else by.asc(nulls_last=True), "-pk" if down else "pk"]

    @staticmethod
    def _by_name(path):
        """People by their reading, for an English reader by the name that stands there."""
        if not isinstance(path, str) or not path.endswith("kana") or not reads_english():
            return path
        by = english_order(path.removeprefix("-").removesuffix("kana"))
        return by.desc() if path.startswith("-") else by

    def _always_known(self, path: str) -> bool:
        field = next((f for f in self.model._meta.concrete_fields if f.name == path), None)
        return field is not None and not field.null

    # ---- what is drawn

    def page(self, path: str) -> Listing:
        found = self.queryset
        number = self._page_number()
        count = found.order_by()[: COUNT_CAP + 1].count()
        start = (number - 1) * self.per_page
        if start >= max(count, 1) and count <= COUNT_CAP:
            number, start = 1, 0
        records = self._cut(found, start)
        if not records and start:
            number, start, records = 1, 0, self._cut(found, 0)
        is_more, records = len(records) > self.per_page, records[: self.per_page]
        rows = [self.row(r) for r in self.prepared(records)]
        return Listing(
            list=self,
            rows=rows,
            count=min(count, COUNT_CAP),
            count_capped=count > COUNT_CAP,
            heads=self.heads(path, self.shown),
            chips=self.chips(path),
            search=self.words,
            base_url=path,
            here=self.url(path),
            clear_url=self.clear_url(path),
            kept=self.kept(),
            carried=self.carried(),
            orders=self.heads(path, [c for c in self.columns if c.sort]),
            choices=[{"column": c, "shown": c in self.shown} for c in self.columns],
            previous_url=self.url(path, page=str(number - 1)) if number > 1 else "",
            next_url=self.url(path, page=str(number + 1)) if is_more else "",
            first=start + 1 if rows else 0,
            last=start + len(rows),
            export_urls={kind: self.url(path, export=kind) for kind in ("xlsx", "csv")},
            problems=self.problems(),
            is_filtered=self.is_filtered,
        )

    def bar(self, path: str) -> Listing:
        """The conditions alone, for a page that shows something else of what they leave."""
        self.queryset  # noqa: B018  reading it finds the values that make no sense
        return Listing(
            list=self,
            rows=[],
            count=0,
            count_capped=False,
            heads=[],
            chips=self.chips(path),
            search=self.words,
            base_url=path,
            clear_url=self.clear_url(path),
            kept=self.kept(),
            carried=self.carried(),
            previous_url="",
            next_url="",
            first=0,
            last=0,
            export_urls={},
            problems=self.problems(),
            is_filtered=self.is_filtered,
        )

    def said(self) -> str:
        """Its conditions in words."""
        told = [(which, self.values_of(which)) for which in self.filters]
        found = [f"{which.label}: {which.words(values, self.viewer)}" for which, values in told if values]
        return "; ".join([*([f"“{self.words}”"] if self.words else []), *found])

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or any(self.values_of(f) for f in self.filters))

    def _cut(self, found: QuerySet, start: int) -> builtins.list:
        """A page's rows and one more. They are chosen by the index first; only they are joined with what they show."""
        chosen = found.values("pk")[start : start + self.per_page + 1]
        return list(self.complete(found.filter(pk__in=chosen)))

    def complete(self, found: QuerySet) -> QuerySet:
        """With all that the columns shown lead to."""
        related = self.relations()
        found = found.select_related(*sorted(related)) if related else found
        return found.defer(*self.unread) if self.unread else found

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """What no column shows and would only be carried: long texts, and the custom fields where none is shown."""
        return self.left_out if own.any_of(self.shown) else (*self.left_out, *own.column_of(self.model))

    def blocks(self) -> Iterator[builtins.list]:
        """All its records for a file, in blocks that are prepared."""
        return reading.blocks(self)

    def relations(self) -> set[str]:
        """The relations that the columns shown lead along, as select_related names them."""
        return set(self.related).union(*(c.relations(self.model) for c in self.shown))

    def row(self, record) -> Row:
        cells = [Cell(c, c.of(record), c.currency_of(record)) for c in self.shown]
        return Row(record, self.url_of(record), cells, self.is_new(record))

    def _page_number(self) -> int:
        text = self.params.get("page", "1")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1

    def url(self, path: str, **changes: str | None) -> str:
        """The same list with some of its state changed; the page number falls away unless it is what changes."""
        params = self.params.copy()
        for gone in PASSING:
            params.pop(gone, None)
        for key, value in changes.items():
            if value is None:
                params.pop(key, None)
            else:
                params[key] = value
        text = params.urlencode()
        return f"{path}?{text}" if text else path

    def clear_url(self, path: str) -> str:
        """The same columns in the same order, with no condition."""
        mine = [name for which in self.filters for name in (which.key, f"{which.key}_from", f"{which.key}_to")]
        return self.url(path, **dict.fromkeys(("q", *mine)))

    def kept(self) -> builtins.list[tuple[str, str]]:
        """What a form that sets the conditions carries along: order, columns, and whatever else the page is told."""
        mine = {"q", *PASSING}
        for which in self.filters:
            mine |= {which.key, f"{which.key}_from", f"{which.key}_to"}
        return self._parameters_without(mine)

    def carried(self) -> builtins.list[tuple[str, str]]:
        """The whole state, for the forms of the columns and of what is selected."""
        return self._parameters_without(set(PASSING))

    def _parameters_without(self, names: set[str]) -> builtins.list[tuple[str, str]]:
        return [(k, v[:LONGEST]) for k, values in self.params.lists() if k not in names for v in values[:20]]

    def heads(self, path: str, columns: builtins.list[Column]) -> builtins.list[dict]:
        key, down = self.sort
        return [
            {
                "column": c,
                "sorted": ("descending" if down else "ascending") if c.key == key else "",
                "url": self.url(path, sort=c.key if c.key == key and down else f"-{c.key}" if c.key == key else c.key)
                if c.sort
                else "",
            }
            for c in columns
        ]

    def chips(self, path: str) -> builtins.list[dict]:
        drawn = []
        for which in self.filters:
            values, offered = self.values_of(which), which.choices(self.viewer)
            drawn.append(
                {
                    "boxes": drawing.choices(which.key, offered, values),
                    "filter": which,
                    "key": which.key,
                    "label": which.label,
                    "kind": which.kind,
                    "values": values,
                    "words": which.words(values, self.viewer) if values else "",
                    "remove_url": self.url(path, **dict.fromkeys((which.key, f"{which.key}_from", f"{which.key}_to"))),
                    "choices": offered,
                    "low": values[0].partition("..")[0] if values else "",
                    "high": values[0].partition("..")[2] if values else "",
                    "of": getattr(which, "of", ""),
                    "is_more": bool(self.foremost) and which.key not in self.foremost and not values,
                }
            )
        return drawn
