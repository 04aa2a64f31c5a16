"""What the floor itself puts into calendars: what is asked of a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy

from pmo_portal import feeds
from pmo_portal.asks.letters import shown
from pmo_portal.asks.queries import due_between


def asked(person, first: date, last: date) -> Iterator[feeds.Entry]:
    for ask in due_between(person, first, last):
        told = shown(ask)
        yield feeds.Entry(f"ask{ask.pk}", told["title"], ask.due_at, told["url"], told["why"], ask.updated_at)


feeds.source("asks", label=gettext_lazy("What is asked of me"), find=asked)
