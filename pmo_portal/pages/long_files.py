"""Workbooks of long lists: they are ordered and made in the background, instead of keeping a browser and a worker waiting."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pmo_portal import access, editing, jobs, making
from pmo_portal.editing import sheets
from pmo_portal.lists import List
from pmo_portal.lists.export import XLSX, file_name, workbook
from pmo_portal.making.models import MadeFile

KIND = "lists.workbook"
WORKBOOKS = ("xlsx", "edit")  # what may be asked for that is a workbook; CSV is streamed, however long


def is_long(listing: List) -> bool:
    """More rows than are written while somebody waits. One narrow query."""
    if listing.picked is not None:
        return False
    most = settings.EXPORT_AT_ONCE
    return listing.queryset.order_by().values("pk")[: most + 1].count() > most


def order(page, listing: List, kind: str) -> MadeFile:
    """The file that `page` (a ListPage without arguments of its own) would give, ordered."""
    asked = page.request.GET.copy()
    asked.pop("export", None)
    where = type(page)
    options = {
        "page": f"{where.__module__}:{where.__qualname__}",
        "query": asked.urlencode(),
        "kwargs": {name: str(value) for name, value in page.kwargs.items()},
        "as": kind,
    }
    return making.order(KIND, by=page.viewer, title=str(listing.title), options=options)


def may(by, options: dict[str, Any]) -> bool:
    """Whether the page that it was ordered on would let them in, and still offer the workbook for editing."""
    page = _page(options)
    if page.seen_by and page.seen_by != access.EVERYONE and not access.holds(by, *page.seen_by):
        return False
    if options["as"] != "edit":
        return True
    found = editing.of(page.list_class)
    return found is not None and found.offered_to(by)


def make(by, options: dict[str, Any]) -> making.Content:
    listing = _page(options).list_class(by, QueryDict(options["query"]), options["kwargs"])
    total = listing.queryset.order_by().count()

    def report(done: int) -> None:
        jobs.progress(done, max(done, total))

    report(0)
    found = editing.of(type(listing)) if options["as"] == "edit" else None
    file = workbook(listing, report) if found is None else sheets.workbook(found, listing, report=report)
    return making.Content(file, file_name(listing, "xlsx"), XLSX)


def _page(options: dict[str, Any]):
    module, _mark, name = options["page"].partition(":")
    return getattr(import_module(module), name)


def hang() -> None:
    """Called by the wiring."""
    making.kind(KIND, label=_("Workbook of a list"), make=make, may=may)
